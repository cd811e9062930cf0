"""Files in one directory of the machine."""

import os
import tempfile
from contextlib import suppress
from pathlib import Path

from milepost.gateways.files.store import (
    FileDamaged,
    FileMissing,
    FilesUnavailable,
    checked_name,
    sha256_of,
)


class DirectoryFiles:
    """
    `root/ab/cd/abcd…`: two levels, so that no folder grows past a few thousand entries.

    A file is written beside its place, synced, and renamed into it; then its folder is synced. So a file
    that has its name is whole, whatever happened to the machine. Files are readable by their owner only.
    """

    def __init__(self, root: Path) -> None:
        self.root = Path(root)

    def put(self, data: bytes) -> str:
        """See FileStore. Bytes that are there and whole are not written again; damaged ones are mended."""
        name = sha256_of(data)
        place = self._place(name)
        try:
            if place.exists() and sha256_of(place.read_bytes()) == name:
                return name
            make_folders(place.parent, self.root)
            write_whole(place, data)
        except OSError as failed:
            raise FilesUnavailable(
                f"A file could not be stored in {self.root}: {failed.strerror}."
            ) from failed
        return name

    def get(self, sha256: str) -> bytes:
        """See FileStore."""
        place = self._place(sha256)
        try:
            data = place.read_bytes()
        except FileNotFoundError as missing:
            raise FileMissing(f"The file {sha256} is not stored.") from missing
        except OSError as failed:
            raise FilesUnavailable(f"A file could not be read in {self.root}: {failed.strerror}.") from failed
        if sha256_of(data) != sha256:
            raise FileDamaged(f"The file {place} has changed since it was stored. Restore it from a backup.")
        return data

    def exists(self, sha256: str) -> bool:
        """See FileStore."""
        try:
            return self._place(sha256).is_file()
        except FileMissing:
            return False

    def _place(self, sha256: str) -> Path:
        name = checked_name(sha256)
        return self.root / name[:2] / name[2:4] / name


def make_folders(folder: Path, root: Path) -> None:
    """Make the folder and those above it up to the root, and sync each parent that got a new entry."""
    missing = []
    while not folder.exists():
        missing.append(folder)
        if folder == root:
            break
        folder = folder.parent
    for made in reversed(missing):
        made.mkdir(mode=0o700, parents=made == root, exist_ok=True)
        sync_folder(made.parent)


def write_whole(place: Path, data: bytes) -> None:
    """Write to a temporary name, sync, rename, sync the folder; leave nothing half-written behind."""
    handle, temporary = tempfile.mkstemp(prefix=".", suffix=".part", dir=place.parent)
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        Path(temporary).replace(place)
    except BaseException:
        with suppress(OSError):
            Path(temporary).unlink()
        raise
    sync_folder(place.parent)


def sync_folder(folder: Path) -> None:
    """Make the folder's entries durable; a rename is not before its folder is."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
