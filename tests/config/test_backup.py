"""The drill: everything into one file, and back out of it into an empty Milepost."""

import hashlib
import io
import json
import stat

import psycopg
import pytest
from django.utils import timezone
from PIL import Image
from psycopg import sql

from milepost.actions.work import EvidenceInput, complete_milestone
from milepost.config import backup, databases
from milepost.config.backup import BackupRefused
from milepost.gateways.files import DirectoryFiles
from milepost.mailroom.documents import ensure_pdf, fetch_file
from milepost.mailroom.intake import take_photo
from milepost.mailroom.store_check import examine_files
from milepost.mailroom.wiring import use
from milepost.queries.doctor import examine
from milepost.queries.job_page import job_page
from milepost.queries.portal_link import guest_of
from milepost.queries.portal_people import portal_links
from milepost.records.models import Business, User
from tests import testbed
from tests.cast import kitchen

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
def elsewhere(database, database_server, settings, tmp_path):
    """Another machine: an empty database and an empty data folder."""
    name = f"{database.owner_url.split('/')[3].split('?')[0]}_restored"
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


def test_the_application_still_sees_one_business_at_a_time_after_a_restore(
    at_work, elsewhere, settings, tmp_path
):
    backup.back_up(tmp_path / "all.milepost", str)
    settings.MILEPOST_FILES = tmp_path / "other" / "files"
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


def test_a_damaged_dump_leaves_the_database_and_the_folder_empty(
    at_work, elsewhere, settings, tmp_path, monkeypatch
):
    # Given a backup whose dump breaks off in the middle
    backup.back_up(tmp_path / "all.milepost", str)
    whole = backup._play_back

    def broken(dump):
        dump.write_bytes(dump.read_bytes()[: dump.stat().st_size * 9 // 10])
        whole(dump)

    monkeypatch.setattr(backup, "_play_back", broken)
    settings.MILEPOST_FILES = tmp_path / "other" / "files"
    # When it is restored, then nothing of it is there
    with (
        databases.pointed_at(elsewhere.app_url, elsewhere.owner_url),
        pytest.raises(BackupRefused, match="did not come back"),
    ):
        backup.restore(tmp_path / "all.milepost", str)
    assert ask(
        elsewhere.owner_url, "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace"
    ) == [(0,)]
    assert list(settings.MILEPOST_FILES.rglob("*")) == []


def test_a_disk_that_fails_half_way_leaves_no_half_a_backup(at_work, tmp_path, monkeypatch):
    def full(*_arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(backup, "_files", full)
    with pytest.raises(BackupRefused, match="No space left"):
        backup.back_up(tmp_path / "all.milepost", str)
    assert [path.name for path in tmp_path.iterdir() if "milepost" in path.name] == []


def test_files_that_are_there_are_not_mixed_with_those_of_a_backup(at_work, elsewhere, tmp_path):
    backup.back_up(tmp_path / "all.milepost", str)
    with (
        databases.pointed_at(elsewhere.app_url, elsewhere.owner_url),
        pytest.raises(BackupRefused, match="holds files already"),
    ):
        backup.restore(tmp_path / "all.milepost", str)
    assert ask(elsewhere.owner_url, "SELECT to_regclass('public.business')") == [(None,)]


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9, 0.99])
def test_a_backup_that_was_cut_off_is_refused_and_changes_nothing(
    at_work, elsewhere, settings, tmp_path, share
):
    # Given a copy that broke off on its way
    whole = tmp_path / "all.milepost"
    (settings.MILEPOST_FILES / "ab" / "film").write_bytes(b"frame" * 200_000)
    backup.back_up(whole, str)
    size = whole.stat().st_size
    with whole.open("r+b") as file:
        file.truncate(int(size * share) // 512 * 512)  # where a block of the archive ends
    # When it is restored, then it says so, and nothing is there
    refuse(elsewhere, settings, whole, "is cut off", tmp_path)


def refuse(elsewhere, settings, file, words, tmp_path) -> None:
    settings.MILEPOST_FILES = tmp_path / "other" / "files"
    with (
        databases.pointed_at(elsewhere.app_url, elsewhere.owner_url),
        pytest.raises(BackupRefused, match=words),
    ):
        backup.restore(file, str)
    assert ask(elsewhere.owner_url, "SELECT to_regclass('public.business')") == [(None,)]
    assert not settings.MILEPOST_FILES.exists() or list(settings.MILEPOST_FILES.rglob("*")) == []


def test_a_backup_that_was_changed_is_refused(at_work, elsewhere, settings, tmp_path):
    name = hashlib.sha256(b"a contract").hexdigest()
    (settings.MILEPOST_FILES / "ab" / name).write_bytes(b"a contract")
    backup.back_up(tmp_path / "all.milepost", str)
    changed = (tmp_path / "all.milepost").read_bytes().replace(b"a contract", b"another 00")
    (tmp_path / "all.milepost").write_bytes(changed)
    refuse(elsewhere, settings, tmp_path / "all.milepost", f"damaged: {name}", tmp_path)


def test_a_backup_of_the_first_version_is_still_brought_back(
    at_work, elsewhere, settings, tmp_path, monkeypatch
):
    # Given a backup without its end, as 0.1.0 wrote it
    whole = backup._add_text
    monkeypatch.setattr(backup, "FORMAT", 1)
    monkeypatch.setattr(backup, "_add_text", lambda a, name, text: name == backup.END or whole(a, name, text))
    backup.back_up(tmp_path / "all.milepost", str)
    monkeypatch.undo()
    settings.MILEPOST_FILES = tmp_path / "other" / "files"
    with databases.pointed_at(elsewhere.app_url, elsewhere.owner_url):
        backup.restore(tmp_path / "all.milepost", str)
    assert ask(elsewhere.owner_url, "SELECT name FROM business") == [("Alice Builds",)]


def test_the_drill_a_job_with_its_papers_and_photos_stands_again_elsewhere(
    cast, elsewhere, settings, tmp_path
):
    # Given a job with a signed contract and an invoice in print, a photo, and a link that Carol holds
    settings.MILEPOST_FILES = tmp_path / "mine" / "files"
    with use(files=DirectoryFiles(settings.MILEPOST_FILES)):
        job = kitchen(cast)
        photo = take_photo(by=cast.tess, at=cast.at, upload=picture(), name="rough-in.png")
        complete_milestone(
            by=cast.tess, at=cast.at, job_id=job.job_id, row_id=job.rows["Rough-in complete"],
            evidence=[EvidenceInput("photo", photo)],
        )  # fmt: skip
        papers = [row.id for row in job_page(cast.business_id, job.job_id, at=cast.at).documents]
        printed = [ensure_pdf(cast.business_id, paper, at=cast.at).data for paper in papers]
        kept = fetch_file(cast.business_id, photo).data
    link = next(row.url for row in portal_links(cast.business_id) if row.name == "Carol Reyes")
    backup.back_up(tmp_path / "all.milepost", str)
    # When it is restored on another machine
    settings.MILEPOST_FILES = tmp_path / "other" / "files"
    with databases.pointed_at(elsewhere.app_url, elsewhere.owner_url):
        backup.restore(tmp_path / "all.milepost", str)
        databases.migrate(str)
        # Then doctor finds nothing, the papers and the photo are the same to the byte, and the link opens
        with use(files=DirectoryFiles(settings.MILEPOST_FILES)):
            assert (examine(), examine_files()) == ([], [])
            assert [ensure_pdf(cast.business_id, paper, at=cast.at).data for paper in papers] == printed
            assert fetch_file(cast.business_id, photo).data == kept
        assert guest_of(link.rstrip("/").rpartition("/")[2]).job_id == job.job_id


def picture() -> io.BytesIO:
    data = io.BytesIO()
    Image.new("RGB", (40, 30), "navy").save(data, "PNG")
    data.seek(0)
    return data
