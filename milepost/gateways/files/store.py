"""What a file store is, and what may go wrong with it."""

import hashlib
import re
from typing import Protocol

_SHA256 = re.compile(r"[0-9a-f]{64}")


class FileMissing(Exception):
    """No file with this sha256 is stored."""


class FileDamaged(Exception):
    """The stored bytes are not those whose sha256 names them: restore the file from a backup."""


class FilesUnavailable(Exception):
    """The store can't be written or read just now: the disk is full, or rights are missing."""


class FileStore(Protocol):
    """A directory, an S3-compatible store, or the fake in memory. Files are never changed or removed."""

    def put(self, data: bytes) -> str:
        """Store the bytes, durably, and answer with their sha256 in 64 hex digits. Again is the same."""
        ...

    def get(self, sha256: str) -> bytes:
        """The bytes. Raises FileMissing, or FileDamaged when they are not what was stored."""
        ...

    def exists(self, sha256: str) -> bool:
        """Whether a file of this name is stored."""
        ...


def sha256_of(data: bytes) -> str:
    """
    The name of these bytes.

    >>> sha256_of(b"")[:8]
    'e3b0c442'
    """
    return hashlib.sha256(data).hexdigest()


def checked_name(sha256: str) -> str:
    """The name itself, once it is 64 hex digits in lower case; anything else names no file."""
    if not _SHA256.fullmatch(sha256):
        raise FileMissing("A file is named by the 64 hex digits of its sha256.")
    return sha256
