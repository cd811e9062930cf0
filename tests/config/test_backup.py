"""The drill: everything into one file, and back out of it into an empty Milepost."""

import json
import stat

import psycopg
import pytest
from django.utils import timezone
from psycopg import sql

from milepost.config import backup, databases
from milepost.config.backup import BackupRefused
from milepost.records.models import Business, User
from tests import testbed

# What must come back: rows, and everything that guards them.
GUARDS = """
    SELECT (SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal), (SELECT count(*) FROM pg_policies),
           (SELECT count(*) FROM pg_constraint WHERE connamespace = 'public'::regnamespace),
           (SELECT count(*) FROM pg_class WHERE relrowsecurity),
           (SELECT count(*) FROM information_schema.role_table_grants WHERE grantee = 'milepost_app')
"""


@pytest.fixture
def at_work(database, settings, tmp_path):
    """A Milepost with a business, a person and a photo."""
    settings.MILEPOST_FILES = tmp_path / "files"
    settings.MILEPOST_DATA = tmp_path / "data"
    settings.LINK_SECRET = "the links that customers hold"
    (settings.MILEPOST_FILES / "ab").mkdir(parents=True)
    (settings.MILEPOST_FILES / "ab" / "photo").write_bytes(b"\xff\xd8 a kitchen")
    Business.objects.using("owner").create(name="Alice Builds", created_at=timezone.now())
    User.objects.db_manager("owner").create_user("alice@example.com", "correct horse", name="Alice")
    return database


@pytest.fixture
def elsewhere(at_work, database_server, settings, tmp_path):
    """Another machine: an empty database and an empty data folder."""
    name = f"{at_work.owner_url.split('/')[3].split('?')[0]}_restored"
    with database_server.owner() as owner:
        testbed.drop(owner, name)
        owner.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    yield database_server.at(name)
    with database_server.owner() as owner:
        testbed.drop(owner, name)


def ask(url: str, question: str):
    with psycopg.connect(url) as connection:
        return connection.execute(question).fetchall()


def test_a_backup_brings_everything_back_into_an_empty_milepost(at_work, elsewhere, settings, tmp_path):
    # Given a backup of a Milepost at work
    said: list[str] = []
    backup.back_up(tmp_path / "all.milepost", said.append)
    assert stat.S_IMODE((tmp_path / "all.milepost").stat().st_mode) == 0o600
    # When it is restored on another machine
    settings.MILEPOST_FILES = tmp_path / "other" / "files"
    settings.MILEPOST_DATA = tmp_path / "other"
    with databases.pointed_at(elsewhere.app_url, elsewhere.owner_url):
        backup.restore(tmp_path / "all.milepost", said.append)
        databases.migrate(said.append)
    # Then rows, guards, files and the secret behind the links are what they were
    assert ask(elsewhere.owner_url, "SELECT name FROM business") == [("Alice Builds",)]
    assert ask(elsewhere.app_url, "SELECT email FROM app_user") == [("alice@example.com",)]
    assert ask(elsewhere.owner_url, GUARDS) == ask(at_work.owner_url, GUARDS)
    assert (settings.MILEPOST_FILES / "ab" / "photo").read_bytes() == b"\xff\xd8 a kitchen"
    assert (
        json.loads((tmp_path / "other" / "secrets.json").read_text())["LINK_SECRET"] == settings.LINK_SECRET
    )
    # And the restored Milepost can be backed up in turn
    with databases.pointed_at(elsewhere.app_url, elsewhere.owner_url):
        backup.back_up(tmp_path / "again.milepost", said.append)


def test_the_application_still_sees_one_business_at_a_time_after_a_restore(at_work, elsewhere, tmp_path):
    backup.back_up(tmp_path / "all.milepost", str)
    with databases.pointed_at(elsewhere.app_url, elsewhere.owner_url):
        backup.restore(tmp_path / "all.milepost", str)
    with pytest.raises(psycopg.Error, match="business"):
        ask(elsewhere.app_url, "SELECT name FROM customer")


def test_a_milepost_at_work_is_not_overwritten(at_work, tmp_path):
    backup.back_up(tmp_path / "all.milepost", str)
    with pytest.raises(BackupRefused, match="works in this Milepost already"):
        backup.restore(tmp_path / "all.milepost", str)
    assert User.objects.using("owner").count() == 1


def test_a_file_that_is_there_is_not_overwritten(at_work, tmp_path):
    (tmp_path / "all.milepost").write_text("my thesis")
    with pytest.raises(BackupRefused, match="is there already"):
        backup.back_up(tmp_path / "all.milepost", str)
    assert (tmp_path / "all.milepost").read_text() == "my thesis"


def test_a_file_that_is_no_backup_changes_nothing(at_work, elsewhere, tmp_path):
    (tmp_path / "thesis").write_text("my thesis")
    with (
        databases.pointed_at(elsewhere.app_url, elsewhere.owner_url),
        pytest.raises(BackupRefused, match="not a backup"),
    ):
        backup.restore(tmp_path / "thesis", str)


def test_a_damaged_dump_leaves_the_database_empty(at_work, elsewhere, tmp_path, monkeypatch):
    # Given a backup whose dump breaks off in the middle
    backup.back_up(tmp_path / "all.milepost", str)
    whole = backup._play_back

    def broken(dump):
        dump.write_bytes(dump.read_bytes()[: dump.stat().st_size * 9 // 10])
        whole(dump)

    monkeypatch.setattr(backup, "_play_back", broken)
    # When it is restored, then nothing of it is there
    with (
        databases.pointed_at(elsewhere.app_url, elsewhere.owner_url),
        pytest.raises(BackupRefused, match="did not come back"),
    ):
        backup.restore(tmp_path / "all.milepost", str)
    assert ask(
        elsewhere.owner_url, "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace"
    ) == [(0,)]


def test_a_disk_that_fails_half_way_leaves_no_half_a_backup(at_work, tmp_path, monkeypatch):
    def full(*_arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(backup, "_files", full)
    with pytest.raises(BackupRefused, match="No space left"):
        backup.back_up(tmp_path / "all.milepost", str)
    assert [path.name for path in tmp_path.iterdir() if "milepost" in path.name] == []
