"""
One file that holds everything: the database, the files and the secret behind the customers' links.

    milepost-backup.json   what made it, and when
    database.dump          pg_dump's custom format, made in one snapshot
    secrets.json           the link secret: without it every link in a sent message would be dead
    files/…                photos and documents; made after the dump, and files are only ever added,
                           so no row of the dump misses its file
    complete.json          how many files there are, and the dump's hash: without it the file was cut off
"""

import contextlib
import hashlib
import json
import os
import re
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path, PurePosixPath

from django.conf import settings
from django.db import connections

from milepost.config import environment, postgres

FORMAT = 2
WITHOUT_END = 1  # what 0.1.0 wrote ends without complete.json
ABOUT, DUMP, SECRETS, FILES, END = (
    "milepost-backup.json",
    "database.dump",
    "secrets.json",
    "files",
    "complete.json",
)
BY_HASH = re.compile(r"[0-9a-f]{64}")
EVERY_FILES = 500
Say = Callable[[str], None]


class BackupRefused(Exception):
    """Nothing was written; the sentence says what to do."""


def back_up(target: Path, say: Say) -> None:
    """Write `target`, whole or not at all; refuses an existing file."""
    if target.exists():
        raise BackupRefused(f"{target} is there already. Give another name, or remove it first.")
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with os.fdopen(os.open(part, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600), "wb") as out:
            with tarfile.open(fileobj=out, mode="w") as archive:
                _write(archive, target.parent, say)
            out.flush()
            os.fsync(out.fileno())
        part.rename(target)
    except OSError as problem:
        raise BackupRefused(f"{target} cannot be written: {problem.strerror or problem}") from problem
    finally:
        part.unlink(missing_ok=True)
    say(
        f"{target} holds everything ({target.stat().st_size / 1e6:.1f} MB). It contains secrets: keep it safe."
    )


def restore(source: Path, say: Say) -> None:
    """
    Bring `source` back. It is read to its end before anything is touched. Refuses what is cut off or
    damaged, and a Milepost in which somebody has begun to work or whose folder holds files.
    """
    try:
        with tarfile.open(source) as archive:
            about = _read_about(archive, source)
            _refuse_what_is_not_whole(archive, about)
            _refuse_a_used_database()
            _refuse_a_used_folder()
            with _files_aside(archive, say) as put_in_place:
                _restore_database(archive, say)
                put_in_place()
            _restore_secrets(archive, say)
    except (OSError, tarfile.TarError, KeyError, ValueError) as problem:
        raise BackupRefused(f"{source} is not a backup that can be read: {problem}") from problem
    say(f"{source} is restored.")


# Writing -----------------------------------------------------------------------------------------


def _write(archive: tarfile.TarFile, beside: Path, say: Say) -> None:
    about = {"format": FORMAT, "milepost": version("milepost"), "made_at": datetime.now(UTC).isoformat()}
    _add_text(archive, ABOUT, json.dumps(about, indent=2))
    _add_text(archive, SECRETS, json.dumps({"LINK_SECRET": settings.LINK_SECRET}))
    with tempfile.TemporaryDirectory(prefix=".milepost-backup-", dir=beside) as folder:
        say("Copying the database …")
        dump = Path(folder) / DUMP
        _run("pg_dump", "--format=custom", "--file", str(dump))
        archive.add(dump, DUMP)
        with dump.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    count = 0
    for count, path in enumerate(_files(), start=1):
        archive.add(path, f"{FILES}/{path.relative_to(settings.MILEPOST_FILES).as_posix()}")
        if count % EVERY_FILES == 0:
            say(f"{count} files copied …")
    _add_text(archive, END, json.dumps({"files": count, "dump_sha256": digest}))


def _files() -> Iterator[Path]:
    if settings.MILEPOST_FILES.is_dir():
        for path in sorted(settings.MILEPOST_FILES.rglob("*")):
            parts = path.relative_to(settings.MILEPOST_FILES).parts
            if path.is_file() and not any(part.startswith(".") for part in parts):  # half-written ones
                yield path


def _add_text(archive: tarfile.TarFile, name: str, text: str) -> None:
    with tempfile.TemporaryFile() as file:
        file.write(text.encode())
        entry = tarfile.TarInfo(name)
        entry.size, entry.mode = file.tell(), 0o600
        file.seek(0)
        archive.addfile(entry, file)


# Reading -----------------------------------------------------------------------------------------


def _read_about(archive: tarfile.TarFile, source: Path) -> dict[str, object]:
    first = archive.next()  # a look for its name would read a copy that was cut off to where it breaks
    if first is None or first.name != ABOUT:
        raise KeyError(f"it does not begin with {ABOUT}")
    about: dict[str, object] = json.loads(_read(archive, first))
    if about.get("format") not in (FORMAT, WITHOUT_END):
        raise BackupRefused(
            f"{source} was written by Milepost {about.get('milepost')}; this is {version('milepost')}. "
            "Restore it with the Milepost that wrote it, or a newer one."
        )
    return about


def _refuse_what_is_not_whole(archive: tarfile.TarFile, about: dict[str, object]) -> None:
    """Every byte is read once: a copy that was cut off or changed is found before anything is touched."""
    try:
        files, digest = _read_all(archive)
    except tarfile.ReadError:
        raise BackupRefused("The backup is cut off: it ends in the middle. Use another copy.") from None
    if about["format"] == WITHOUT_END:
        return
    try:
        end = json.loads(_read(archive, END))
    except KeyError:
        raise BackupRefused("The backup is cut off: its end is missing. Use another copy.") from None
    if (files, digest) != (end["files"], end["dump_sha256"]):
        raise BackupRefused(
            "The backup is damaged: its parts are not those that were written. Use another copy."
        )


def _read_all(archive: tarfile.TarFile) -> tuple[int, str]:
    """How many files there are, and the dump's hash."""
    files, digest = 0, ""
    for entry in archive:
        name = PurePosixPath(entry.name)
        if entry.name == DUMP:
            digest = _digest(archive, entry)
        elif entry.isfile() and name.parts[0] == FILES:
            if ".." in name.parts or name.is_absolute():
                raise ValueError(f"it names a file outside its folder: {entry.name}")
            if _digest(archive, entry) != name.name and BY_HASH.fullmatch(name.name):
                raise BackupRefused(
                    f"The backup is damaged: {name.name} is not what was stored. Use another copy."
                )
            files += 1
    return files, digest


def _digest(archive: tarfile.TarFile, entry: tarfile.TarInfo) -> str:
    with archive.extractfile(entry) as packed:  # type: ignore[union-attr]
        digest = hashlib.sha256()
        while part := packed.read(1 << 20):
            digest.update(part)
        return digest.hexdigest()


def _read(archive: tarfile.TarFile, entry: str | tarfile.TarInfo) -> bytes:
    file = archive.extractfile(entry)
    if file is None:
        raise KeyError(entry)
    with file:
        return file.read()


def _refuse_a_used_database() -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT to_regclass('public.business') IS NOT NULL")
        if not cursor.fetchone()[0]:
            return
        cursor.execute("SELECT EXISTS (SELECT 1 FROM business) OR EXISTS (SELECT 1 FROM app_user)")
        if cursor.fetchone()[0]:
            raise BackupRefused(
                "Somebody works in this Milepost already, and a restore would mix the two. "
                "Set MILEPOST_DATA (or DATABASE_URL) to an empty one."
            )


def _refuse_a_used_folder() -> None:
    """Files are only ever added; those of two Mileposts in one folder could never be told apart again."""
    if next(_files(), None) is not None:
        raise BackupRefused(
            f"{settings.MILEPOST_FILES} holds files already. Set MILEPOST_DATA (or MILEPOST_FILES) to an empty folder."
        )


def _restore_database(archive: tarfile.TarFile, say: Say) -> None:
    say("Bringing the database back …")
    with tempfile.TemporaryDirectory(prefix="milepost-restore-") as folder:
        dump = Path(folder) / DUMP
        with archive.extractfile(DUMP) as packed, dump.open("wb") as out:  # type: ignore[union-attr]
            shutil.copyfileobj(packed, out)
        with connections["owner"].cursor() as cursor:
            cursor.execute("DROP SCHEMA public CASCADE")
            cursor.execute("CREATE SCHEMA public")
            cursor.execute("GRANT USAGE ON SCHEMA public TO PUBLIC")
        connections["owner"].close()
        _play_back(dump)


def _play_back(dump: Path) -> None:
    """
    The dump's SQL through psql, in one transaction.

    Not by pg_restore alone: ours is newer than the oldest server we work on, and begins with a
    setting (transaction_timeout, PostgreSQL 17) that an older one refuses.
    """
    script = [_program("pg_restore"), "--no-owner", "--file", "-", str(dump)]
    psql = [_program("psql"), "--no-psqlrc", "--quiet", "--single-transaction", "--set", "ON_ERROR_STOP=1"]
    with (
        tempfile.TemporaryFile() as said,
        subprocess.Popen(script, stdout=subprocess.PIPE, stderr=said) as reading,  # noqa: S603
        subprocess.Popen(  # noqa: S603
            psql, env=_as_owner(), stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=said
        ) as writing,
    ):
        with contextlib.suppress(BrokenPipeError), writing.stdin as out:  # type: ignore[union-attr]
            for line in reading.stdout:  # type: ignore[union-attr]
                if line.startswith(b"SET transaction_timeout"):
                    break
                out.write(line)
            shutil.copyfileobj(reading.stdout, out)  # type: ignore[arg-type]
            if reading.wait():
                writing.kill()  # before its input ends: it would commit the half that it has
        if writing.wait() or reading.wait():
            said.seek(0)
            raise BackupRefused(f"The database did not come back: {said.read().decode().strip()[-2000:]}")


@contextlib.contextmanager
def _files_aside(archive: tarfile.TarFile, say: Say) -> Iterator[Callable[[], None]]:
    """The files, unpacked beside their place; what is given back puts them in it. If it is not called, they go."""
    settings.MILEPOST_FILES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".restoring-", dir=settings.MILEPOST_FILES) as folder:
        aside = Path(folder)
        _unpack(archive, aside, say)

        def put_in_place() -> None:
            for child in list(aside.iterdir()):
                child.rename(settings.MILEPOST_FILES / child.name)

        yield put_in_place


def _unpack(archive: tarfile.TarFile, folder: Path, say: Say) -> None:
    restored = 0
    for entry in archive:
        name = PurePosixPath(entry.name)
        if not entry.isfile() or name.parts[0] != FILES:
            continue
        target = folder.joinpath(*name.parts[1:])
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with archive.extractfile(entry) as packed, target.open("wb") as out:  # type: ignore[union-attr]
            shutil.copyfileobj(packed, out)
        target.chmod(0o600)
        restored += 1
        if restored % EVERY_FILES == 0:
            say(f"{restored} files are back …")


def _restore_secrets(archive: tarfile.TarFile, say: Say) -> None:
    link_secret = json.loads(_read(archive, SECRETS))["LINK_SECRET"]
    if environment.text("LINK_SECRET", link_secret) != link_secret:
        say("LINK_SECRET is set to another value than in the backup: links sent earlier will not open.")
    environment.replace_secret(settings.MILEPOST_DATA, "LINK_SECRET", link_secret)


def _program(name: str) -> str:
    return str(postgres.binaries() / name)


def _run(program: str, *arguments: str) -> None:
    """One of PostgreSQL's programs, as the owner."""
    done = subprocess.run(  # noqa: S603 - PostgreSQL's own programs
        [_program(program), *arguments], env=_as_owner(), text=True, capture_output=True, check=False
    )
    if done.returncode != 0:
        raise BackupRefused(f"{program} did not finish: {done.stderr.strip()[-2000:]}")


def _as_owner() -> dict[str, str]:
    """The connection, for libpq. The password travels in the environment, where `ps` does not show it."""
    database = connections["owner"].settings_dict
    connection = {
        "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
        "PGHOST": database["HOST"],
        "PGPORT": str(database["PORT"] or ""),
        "PGUSER": database["USER"],
        "PGPASSWORD": database["PASSWORD"],
        "PGDATABASE": database["NAME"],
    }
    secure = {
        f"PG{name.upper()}": str(value) for name, value in database["OPTIONS"].items() if name[:3] == "ssl"
    }
    return {name: value for name, value in {**connection, **secure}.items() if value}
