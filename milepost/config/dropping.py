"""
Who the embedded database runs as. PostgreSQL refuses to run as root, and rightly so.

Under an ordinary user it is that user. Under root it is a system user of ours, `milepost`. The
folders on the way to the program or the data may be closed to that user (a checkout in /root, a
temporary folder of mode 0700). We never open a folder that is not ours; instead the server then
keeps one right of root, to pass through folders and read. Nobody can sign in to the server as its
superuser, so nothing that a client sends can use that right.
"""

import contextlib
import ctypes
import os
import pwd
import shutil
import signal
import struct
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

SYSTEM_USER = "milepost"
FALLBACK_USERS = ("postgres", "daemon", "nobody")

PR_SET_PDEATHSIG, PR_SET_KEEPCAPS, PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE = 1, 8, 47, 2
PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP, SECBIT_KEEP_CAPS = 28, 1 << 2, 1 << 4
CAPABILITY_VERSION_3 = 0x20080522
CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH = 1, 2

_libc = ctypes.CDLL(None, use_errno=True)


class NoUser(Exception):
    """Root, and no system user to run the database as."""


class Access(Enum):
    """What the server keeps of root's rights: the number of a Linux capability, or nothing."""

    NONE = None
    READ_SEARCH = CAP_DAC_READ_SEARCH
    OVERRIDE = CAP_DAC_OVERRIDE  # what containers usually have


@dataclass(frozen=True)
class Identity:
    """The user that the database's processes run as; `drops` when we are root and have to become it."""

    uid: int
    gid: int
    drops: bool

    def access_for(self, program: Path, *folders: Path) -> Access:
        """The least right with which this user can run `program` and use `folders`, found by trying."""
        if not self.drops:
            return Access.NONE
        for access in Access:
            if self._can_use(access, program, folders):
                return access
        raise NoUser(
            f"User {pwd.getpwuid(self.uid).pw_name} may not enter {program.parent} or {folders[0]}. "
            "Put Milepost and its data into folders that others may pass through, or run it as an "
            "ordinary user."
        )

    def entering(self, access: Access, *, dies_with_parent: bool = False) -> Callable[[], None]:
        """What a child does between fork and exec to become this user."""
        parent = os.getpid()

        def enter() -> None:
            if self.drops:
                _become(self.uid, self.gid, access)
            if dies_with_parent:
                _libc.prctl(PR_SET_PDEATHSIG, signal.SIGINT, 0, 0, 0)
                if os.getppid() != parent:  # it died before we could ask
                    os._exit(1)

        return enter

    def _can_use(self, access: Access, program: Path, folders: tuple[Path, ...]) -> bool:
        child = os.fork()
        if child == 0:
            usable = False
            with contextlib.suppress(BaseException):
                _become(self.uid, self.gid, access)
                usable = os.access(program, os.X_OK, effective_ids=True) and all(
                    os.access(folder, os.R_OK | os.W_OK | os.X_OK, effective_ids=True) for folder in folders
                )
            os._exit(0 if usable else 1)
        return os.waitpid(child, 0)[1] == 0


def identity(existing: Path | None = None) -> Identity:
    """
    The user for a cluster. Under root, an `existing` cluster keeps the user it was made by,
    unless that is root itself.
    """
    if os.getuid() != 0:
        return Identity(os.getuid(), os.getgid(), drops=False)
    if existing is not None and (uid := existing.stat().st_uid) != 0:
        return Identity(uid, existing.stat().st_gid, drops=True)
    user = _system_user()
    return Identity(user.pw_uid, user.pw_gid, drops=True)


def _system_user() -> pwd.struct_passwd:
    with contextlib.suppress(KeyError):
        return pwd.getpwnam(SYSTEM_USER)
    for command in (
        [
            "useradd",
            "--system",
            "--no-create-home",
            "--home-dir",
            "/nonexistent",
            "--shell",
            "/usr/sbin/nologin",
        ],
        ["adduser", "-S", "-D", "-H", "-s", "/sbin/nologin"],  # BusyBox
    ):
        if program := shutil.which(command[0], path="/usr/sbin:/sbin:/usr/bin:/bin"):
            subprocess.run(  # noqa: S603 - fixed arguments
                [program, *command[1:], SYSTEM_USER], capture_output=True, check=False
            )
            with contextlib.suppress(KeyError):
                return pwd.getpwnam(SYSTEM_USER)
    for name in FALLBACK_USERS:
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise NoUser("PostgreSQL does not run as root, and no system user can be made. Run as an ordinary user.")


def _become(uid: int, gid: int, access: Access) -> None:
    if access.value is not None:
        _check(_libc.prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0))
        # access(2) forgets a non-root user's capabilities unless this bit is set, and initdb asks it
        # whether its programs can be run. Without the right to set it we are as well off as before.
        _libc.prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP | SECBIT_KEEP_CAPS, 0, 0, 0)
    os.setgroups([])
    os.setresgid(gid, gid, gid)
    os.setresuid(uid, uid, uid)
    if access.value is not None:
        _keep_capability(access.value)


def _keep_capability(number: int) -> None:
    """Hold one capability and no other, and hand it on through exec (capset(2), capabilities(7))."""
    header = struct.pack("=Ii", CAPABILITY_VERSION_3, 0)
    mask = 1 << number
    _check(_libc.capset(header, struct.pack("=6I", mask, mask, mask, 0, 0, 0)))
    _check(_libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, number, 0, 0))


def _check(result: int) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
