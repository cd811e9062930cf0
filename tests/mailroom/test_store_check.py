"""Doctor's look at the file store: a PDF that was sent is there, byte for byte, or it is said."""

import pytest

from milepost.gateways.files import DirectoryFiles
from milepost.mailroom import documents
from milepost.mailroom.store_check import examine_files
from milepost.mailroom.wiring import use


@pytest.fixture
def kept(cast, job, outside, owner_cursor, tmp_path):
    """The place of one printed document in a folder on the disk."""
    document = owner_cursor.execute(
        "SELECT document_id FROM invoice WHERE id = %s", [job.deposit_invoice_id]
    ).fetchone()[0]
    with use(files=DirectoryFiles(tmp_path / "files")):
        documents.ensure_pdf(cast.business_id, document, at=cast.at)
        assert examine_files() == []
        (place,) = (path for path in (tmp_path / "files").rglob("*") if path.is_file())
        yield place


def test_a_changed_pdf_is_found(kept):
    kept.write_bytes(kept.read_bytes().replace(b"%PDF", b"%FDP"))
    (finding,) = examine_files()
    assert finding.where.startswith("file ") and "has changed since it was stored" in finding.where


def test_a_lost_pdf_is_found(kept):
    kept.unlink()
    (finding,) = examine_files()
    assert finding.where.endswith(f"The file {kept.name} is not stored.")


def test_a_row_that_says_another_length_is_found(kept, owner_cursor):
    owner_cursor.execute("SET session_replication_role = replica")
    owner_cursor.execute("UPDATE stored_file SET bytes = bytes + 1")
    (finding,) = examine_files()
    assert "bytes instead of" in finding.where
