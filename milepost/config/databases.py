"""The database that commands work on: started, migrated, or a scratch one that is thrown away."""

import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import OperationalError, connections
from django.db.migrations.executor import MigrationExecutor

from milepost.config import environment, postgres
from milepost.records import manifest

MIGRATION_LOCK = 0x4D505354  # any number of processes may start at once; one migrates
Say = Callable[[str], None]


class NotReady(Exception):
    """The database cannot be used as it is; the sentence says what to do."""


@contextmanager
def running() -> Iterator[postgres.Cluster | None]:
    """
    A database that answers. The embedded one is started if no other process has, and ended again.

    Yields the cluster when this process started it.
    """
    if not settings.EMBEDDED_DATABASE:
        _refuse_a_silent_server()
        yield None
        return
    started = settings.CLUSTER.start()
    try:
        yield settings.CLUSTER if started else None
    finally:
        connections.close_all()
        if started:
            settings.CLUSTER.stop()


def _refuse_a_silent_server() -> None:
    try:
        connections["default"].ensure_connection()
    except OperationalError as problem:
        raise NotReady(f"The database of DATABASE_URL does not answer: {str(problem).strip()}") from problem


def migrate(say: Say) -> None:
    """Bring the schema up to date as the owner; without the owner's URL, only check that it is."""
    owner = connections["owner"]
    with owner.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [MIGRATION_LOCK])
        try:
            pending = _pending()
            if pending and settings.DATABASE_URL and not settings.DATABASE_OWNER_URL:
                raise NotReady(
                    f"{pending} migrations are missing. Set DATABASE_OWNER_URL, or start one process that has it."
                )
            if pending:
                say(f"Preparing the database ({pending} steps) …")
                call_command("migrate", database="owner", verbosity=0, interactive=False)
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [MIGRATION_LOCK])
    owner.close()


def check_guards() -> None:
    """Refuse a database that lacks a guard, or gives the application a right that it must not have."""
    wrong = manifest.differences()
    if wrong:
        shown = "\n".join(f"  {line}" for line in wrong[:20])
        raise NotReady(
            f"The database is not guarded as it must be ({len(wrong)} differences):\n{shown}\n"
            "Restore a backup, or ask whoever changed the database by hand to take it back."
        )


def wipe() -> None:
    """Throw everything away. Only for a demo that was not finished."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    connections["owner"].close()
    connections["default"].close()


def _pending() -> int:
    executor = MigrationExecutor(connections["owner"])
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def businesses() -> int:
    """How many businesses are kept here."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM business")
        return int(cursor.fetchone()[0])


@contextmanager
def scratch(say: Say) -> Iterator[None]:
    """A database of one's own, migrated and empty, that is gone afterwards. Takes about two seconds."""
    folder = Path(tempfile.mkdtemp(prefix="milepost-scratch-"))
    cluster = postgres.Cluster(folder, "scratch", "scratch", options=["fsync=off", "synchronous_commit=off"])
    say("Making a database for this story …")
    try:
        cluster.start()
        with pointed_at(cluster.url(postgres.APP), cluster.url(postgres.OWNER)):
            call_command("migrate", database="owner", verbosity=0, interactive=False)
            yield
    finally:
        cluster.stop()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def pointed_at(app_url: str, owner_url: str) -> Iterator[None]:
    """Django's two connections, on another database."""
    before = {}
    for alias, url in (("default", app_url), ("owner", owner_url)):
        connections[alias].close()
        before[alias] = dict(connections[alias].settings_dict)
        connections[alias].settings_dict.update(environment.database(url, max_age_s=600))
    try:
        yield
    finally:
        for alias, kept in before.items():
            connections[alias].close()
            connections[alias].settings_dict.update(kept)


def wait_for_port(host: str, port: int, *, within_s: float, gone: Callable[[], bool]) -> bool:
    """Whether something listens there in time; gives up at once when `gone` says that it never will."""
    import socket

    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline and not gone():
        try:
            socket.create_connection((host, port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return True
    return False


def server_version(url: str) -> int:
    """150004 for PostgreSQL 15.4."""
    with psycopg.connect(url) as connection:
        return connection.info.server_version
