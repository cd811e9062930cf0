"""
One file that holds everything: the database, the files and the secret behind the customers' links.

    milepost-backup.json   what made it, and when
    database.dump          pg_dump's custom format, made in one snapshot
    secrets.json           the link secret: without it every link in a sent message would be dead
    files/…                photos and documents; made after the dump, and files are only ever added,
                           so no row of the dump misses its file
"""

import contextlib
import json
import os
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

FORMAT = 1
ABOUT, DUMP, SECRETS, FILES = "milepost-backup.json", "database.dump", "secrets.json", "files"
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
    """Bring `source` back. Refuses a Milepost in which somebody has begun to work."""
    try:
        with tarfile.open(source) as archive:
            _read_about(archive, source)
            _refuse_a_used_database()
            _restore_database(archive, say)
            _restore_files(archive, say)
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
    for count, path in enumerate(_files(), start=1):
        archive.add(path, f"{FILES}/{path.relative_to(settings.MILEPOST_FILES).as_posix()}")
        if count % EVERY_FILES == 0:
            say(f"{count} files copied …")


def _files() -> Iterator[Path]:
    if settings.MILEPOST_FILES.is_dir():
        yield from sorted(path for path in settings.MILEPOST_FILES.rglob("*") if path.is_file())


def _add_text(archive: tarfile.TarFile, name: str, text: str) -> None:
    with tempfile.TemporaryFile() as file:
        file.write(text.encode())
        entry = tarfile.TarInfo(name)
        entry.size, entry.mode = file.tell(), 0o600
        file.seek(0)
        archive.addfile(entry, file)


# Reading -----------------------------------------------------------------------------------------


def _read_about(archive: tarfile.TarFile, source: Path) -> None:
    about = json.loads(_read(archive, ABOUT))
    if about.get("format") != FORMAT:
        raise BackupRefused(
            f"{source} was written by Milepost {about.get('milepost')}; this is {version('milepost')}. "
            "Restore it with the Milepost that wrote it, or a newer one."
        )


def _read(archive: tarfile.TarFile, name: str) -> bytes:
    file = archive.extractfile(name)
    if file is None:
        raise KeyError(name)
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


def _restore_files(archive: tarfile.TarFile, say: Say) -> None:
    restored = 0
    for entry in archive:
        name = PurePosixPath(entry.name)
        if not entry.isfile() or name.parts[0] != FILES:
            continue
        if ".." in name.parts or name.is_absolute():
            raise ValueError(f"it names a file outside its folder: {entry.name}")
        target = settings.MILEPOST_FILES.joinpath(*name.parts[1:])
        target.parent.mkdir(parents=True, exist_ok=True)
        with archive.extractfile(entry) as packed, target.open("wb") as out:  # type: ignore[union-attr]
            shutil.copyfileobj(packed, out)
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
