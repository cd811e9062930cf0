"""The embedded server starts anywhere, is never two, and does not outlive whoever started it."""

import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from milepost.config import postgres
from milepost.config.postgres import Cluster, ServerRefused

QUICK = ("fsync=off", "max_connections=10", "shared_buffers=8MB")


def cluster_in(folder: Path) -> Cluster:
    return Cluster(folder, "owner-secret", "app-secret", options=QUICK)


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    made = cluster_in(tmp_path / "data")
    yield made
    made.stop()


def ask(url: str, question: str) -> object:
    with psycopg.connect(url) as connection:
        row = connection.execute(question).fetchone()
        return row and row[0]


def eventually(what, within_s: float = 20) -> bool:
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        if what():
            return True
        time.sleep(0.05)
    return False


def test_the_owner_owns_the_database_and_the_application_owns_nothing(cluster):
    assert cluster.start() is True
    assert ask(cluster.url(postgres.OWNER), "SELECT pg_get_userbyid(datdba) FROM pg_database "
               "WHERE datname = 'milepost'") == "milepost_owner"  # fmt: skip
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        ask(cluster.url(postgres.APP), "CREATE TABLE mine (id int)")
    assert ask(cluster.url(postgres.OWNER), "SELECT count(*) FROM pg_roles "
               "WHERE rolsuper AND rolname ~ '^milepost'") == 0  # fmt: skip


def test_nobody_signs_in_as_superuser_or_without_the_password(cluster):
    cluster.start()
    for url in (
        cluster.url(postgres.OWNER).replace("milepost_owner", "postgres"),
        cluster.url(postgres.APP).replace("app-secret", "guess"),
    ):
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(url)


def test_only_the_servers_user_may_enter_the_folders(cluster):
    cluster.start()
    for folder in (cluster.folder, cluster.sockets):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_it_does_not_run_as_root(cluster):
    cluster.start()
    pid = int((cluster.folder / "postmaster.pid").read_text().splitlines()[0])
    assert Path(f"/proc/{pid}").stat().st_uid != 0


@pytest.mark.skipif(os.getuid() != 0, reason="only root can drop to another user")
def test_a_closed_folder_on_the_way_stays_closed(tmp_path):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    cluster = cluster_in(closed / "data")
    try:
        assert cluster.start() is True
    finally:
        cluster.stop()
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700


def test_a_second_process_connects_instead_of_starting(cluster):
    assert cluster.start() is True
    second = cluster_in(cluster.data)
    assert second.start() is False
    second.stop()
    assert second.answers()


def test_what_was_written_is_there_after_a_restart(cluster):
    cluster.start()
    with psycopg.connect(cluster.url(postgres.OWNER)) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS n")
    cluster.stop()
    assert not cluster.answers()
    assert cluster.start() is True
    assert ask(cluster.url(postgres.OWNER), "SELECT n FROM kept") == 7


@pytest.mark.parametrize(
    "name", ["with a space", "with, comma and 'quotes'", "deep/" + "a" * 60 + "/" + "b" * 60], ids=["space", "odd", "long"]
)  # fmt: skip
def test_it_starts_whatever_the_folder_is_called(tmp_path, name):
    cluster = cluster_in(tmp_path / name)
    try:
        assert cluster.start() is True
        assert cluster.answers()
        assert stat.S_IMODE(cluster.sockets.stat().st_mode) == 0o700
    finally:
        cluster.stop()


STARTER = """
import sys, time
from pathlib import Path
from milepost.config.postgres import Cluster
cluster = Cluster(Path(sys.argv[1]), "owner-secret", "app-secret", options=sys.argv[2:])
print("started" if cluster.start() else "connected", flush=True)
time.sleep(600)
"""


def start_elsewhere(folder: Path) -> "subprocess.Popen[str]":
    process = subprocess.Popen(
        [sys.executable, "-c", STARTER, str(folder), *QUICK], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "started\n"
    return process


def test_a_killed_parent_takes_the_server_with_it_and_the_next_start_heals(cluster):
    # Given a server that another process started, and a committed row
    parent = start_elsewhere(cluster.data)
    with psycopg.connect(cluster.url(postgres.OWNER)) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS n")
    # When that process is killed, with no chance to clean up
    parent.kill()
    parent.wait()
    # Then the server goes, and the next process starts it again
    assert cluster.start() is True
    assert ask(cluster.url(postgres.OWNER), "SELECT n FROM kept") == 7


def test_a_killed_server_heals_even_when_its_process_id_is_somebody_elses(cluster):
    cluster.start()
    with psycopg.connect(cluster.url(postgres.OWNER)) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS n")
    pid_file = cluster.folder / "postmaster.pid"
    pid, *rest = pid_file.read_text().splitlines()
    os.kill(int(pid), signal.SIGKILL)
    assert eventually(cluster.ended)
    cluster.stop()
    # As in a container, where the same few numbers come again after every start
    pid_file.write_text("\n".join(["1", *rest]))
    assert cluster.start() is True
    assert ask(cluster.url(postgres.OWNER), "SELECT n FROM kept") == 7


def test_a_start_that_was_killed_half_way_leaves_nothing_half_made(cluster, monkeypatch):
    monkeypatch.setattr(Cluster, "_first_sql", lambda self: "SELECT 1/0;\n")
    with pytest.raises(ServerRefused, match="division by zero"):
        cluster.start()
    monkeypatch.undo()
    assert cluster.start() is True


def test_another_major_version_is_refused_in_words(cluster):
    cluster.start()
    cluster.stop()
    (cluster.folder / "PG_VERSION").write_text("17\n")
    with pytest.raises(
        ServerRefused, match=r"made by PostgreSQL 17; this Milepost brings 18.*milepost backup"
    ):
        cluster.start()


def test_a_folder_that_is_no_database_is_refused_and_left_alone(cluster):
    cluster.folder.mkdir(parents=True)
    (cluster.folder / "thesis.txt").write_text("years of work")
    with pytest.raises(ServerRefused, match="neither empty nor a database"):
        cluster.start()
    assert (cluster.folder / "thesis.txt").read_text() == "years of work"


def test_a_folder_that_others_may_enter_is_refused(cluster):
    cluster.start()
    cluster.stop()
    cluster.folder.chmod(0o755)
    with pytest.raises(ServerRefused, match="only user"):
        cluster.start()


def test_small_shared_memory_turns_parallel_queries_off(tmp_path, monkeypatch):
    class Small:
        f_frsize, f_blocks = 4096, 16384  # the 64 MB of a container

    monkeypatch.setattr(os, "statvfs", lambda path: Small)
    assert postgres.shared_memory_settings() == ["max_parallel_workers_per_gather=0"]
    monkeypatch.undo()
    assert "dynamic_shared_memory_type=mmap" in postgres.shared_memory_settings(tmp_path / "none")
