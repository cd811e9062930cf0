"""The guards that a database must have, and what happens when one is gone."""

import os

import pytest

from milepost.config import databases
from milepost.queries.doctor import examine
from milepost.records import manifest


def test_a_fresh_database_has_exactly_the_guards_of_the_manifest(database):
    """After a change of the schema: MILEPOST_WRITE_MANIFEST=1 pytest tests/config/test_manifest.py"""
    there = manifest.found()
    if os.environ.get("MILEPOST_WRITE_MANIFEST"):
        manifest.KEPT.write_text("\n".join(there) + "\n", encoding="utf-8")
    assert there == manifest.kept()
    assert manifest.differences() == []


@pytest.mark.parametrize(
    ("broken", "mended", "said"),
    [
        (
            "ALTER TABLE allocation DISABLE TRIGGER allocation_is_append_only",
            "ALTER TABLE allocation ENABLE TRIGGER allocation_is_append_only",
            "missing: trigger allocation allocation_is_append_only",
        ),
        (
            "GRANT DELETE ON invoice TO milepost_app",
            "REVOKE DELETE ON invoice FROM milepost_app",
            "not allowed: right invoice delete,insert,select",
        ),
        (
            "ALTER TABLE invoice DISABLE ROW LEVEL SECURITY",
            "ALTER TABLE invoice ENABLE ROW LEVEL SECURITY",
            "missing: row-level-security invoice",
        ),
    ],
)
def test_start_up_refuses_and_doctor_tells_what_was_taken_off(database, owner_cursor, broken, mended, said):
    owner_cursor.execute(broken)
    try:
        with pytest.raises(databases.NotReady) as refused:
            databases.check_guards()
        assert said in str(refused.value)
        assert any(said in str(finding) for finding in examine(using="owner"))
    finally:
        owner_cursor.execute(mended)
    databases.check_guards()
