"""Files: named by what is in them, whole or not there, noticed when damaged."""

import hashlib
import os
import stat
from pathlib import Path

import pytest

from milepost.gateways.files import (
    DirectoryFiles,
    FileDamaged,
    FileMissing,
    FileStore,
    FilesUnavailable,
    MemoryFiles,
)

PHOTO = b"\xff\xd8 a photo"
NAME = hashlib.sha256(PHOTO).hexdigest()


@pytest.fixture(params=["directory", "memory"])
def files(request: pytest.FixtureRequest, tmp_path: Path) -> FileStore:
    return DirectoryFiles(tmp_path / "data" / "files") if request.param == "directory" else MemoryFiles()


def test_what_was_put_is_got_and_again_is_the_same(files: FileStore) -> None:
    assert not files.exists(NAME)
    assert files.put(PHOTO) == files.put(PHOTO) == NAME
    assert files.exists(NAME)
    assert files.get(NAME) == PHOTO
    assert files.get(files.put(b"")) == b""


@pytest.mark.parametrize(
    "name", ["../../../etc/passwd", "", NAME.upper(), NAME + "\n", "/" + NAME[1:], "0" * 64]
)
def test_a_name_that_is_no_stored_sha256_reaches_no_file(files: FileStore, name: str) -> None:
    files.put(PHOTO)
    assert not files.exists(name)
    with pytest.raises(FileMissing):
        files.get(name)


def test_a_file_lies_two_folders_deep_for_its_owner_only(tmp_path: Path) -> None:
    DirectoryFiles(tmp_path / "files").put(PHOTO)
    place = tmp_path / "files" / NAME[:2] / NAME[2:4] / NAME
    assert place.read_bytes() == PHOTO
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    assert [path.name for path in place.parent.iterdir()] == [NAME]


def test_a_damaged_file_is_noticed_and_mended_by_the_next_put(tmp_path: Path) -> None:
    files = DirectoryFiles(tmp_path)
    files.put(PHOTO)
    (tmp_path / NAME[:2] / NAME[2:4] / NAME).write_bytes(b"something else")
    with pytest.raises(FileDamaged, match="Restore it from a backup"):
        files.get(NAME)
    files.put(PHOTO)
    assert files.get(NAME) == PHOTO


def test_a_crash_before_the_rename_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = DirectoryFiles(tmp_path)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(FilesUnavailable, match="No space left"):
        files.put(PHOTO)
    monkeypatch.undo()
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    assert not files.exists(NAME)
    assert files.put(PHOTO) == NAME
