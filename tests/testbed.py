"""
Real databases for tests: they commit, deferred triggers fire, row-level security bites.

One server for a test run, with fsync off. The owner migrates one template database, named by a
hash of the migrations and their SQL; every process of the run clones it, which takes 30 ms.

MILEPOST_TEST_POSTGRES names the folder of another PostgreSQL's programs to run the tests on.
MILEPOST_TEST_DATABASE_URL and MILEPOST_TEST_DATABASE_OWNER_URL name a server of yours instead. Its
roles must be called milepost_app and milepost_owner; the owner needs CREATEDB and, to empty tables
between tests, GRANT SET ON PARAMETER session_replication_role.
"""

import fcntl
import hashlib
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from milepost.config import postgres
from tests.settings import ROOT, SLOTS

MOST_SLOTS = 20
KEPT = {"django_migrations", "django_content_type", "auth_permission"}
OPTIONS = ["fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=200"]


@dataclass(frozen=True)
class Server:
    """Where this run's databases live: one URL for each role, of any database there."""

    owner_url: str
    app_url: str

    def at(self, database: str) -> "Server":
        return Server(_renamed(self.owner_url, database), _renamed(self.app_url, database))

    def owner(self) -> "psycopg.Connection[tuple[object, ...]]":
        return psycopg.connect(self.owner_url, autocommit=True)


def _renamed(url: str, database: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{database}"))


def start_server() -> tuple[Server, postgres.Cluster | None]:
    """
    A server of our own for this run, in the first folder that no other run uses, or the one that the
    environment names. Two runs at once never share a server: it ends with the run that started it.
    """
    if url := os.environ.get("MILEPOST_TEST_DATABASE_URL"):
        return Server(os.environ["MILEPOST_TEST_DATABASE_OWNER_URL"], url), None
    programs = Path(os.environ.get("MILEPOST_TEST_POSTGRES") or postgres.binaries())
    kind = postgres.major_version(programs)
    for slot in range(MOST_SLOTS):
        folder = SLOTS / f"postgres-{kind}-{slot}"
        cluster = postgres.Cluster(
            folder, "owner-of-tests", "app-of-tests", options=OPTIONS, may_create=True, programs=programs
        )
        if cluster.start():
            return Server(cluster.url(postgres.OWNER), cluster.url(postgres.APP)), cluster
    raise RuntimeError(f"{MOST_SLOTS} test runs are going on in {SLOTS}; end some.")


def schema_hash() -> str:
    """Changes with every migration and every line of SQL beside them."""
    records = ROOT / "milepost" / "records"
    digest = hashlib.sha256()
    for path in sorted([*records.glob("migrations/*.py"), *records.glob("sql/**/*")]):
        if path.is_file():
            digest.update(str(path.relative_to(records)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def clone(server: Server, name: str) -> Server:
    """A new database with the schema and nothing in it, replacing one of the same name."""
    template = f"mp_template_{schema_hash()}"
    with _one_at_a_time(), server.owner() as owner:
        if not _exists(owner, template):
            _make_template(server, owner, template)
        drop(owner, name)
        owner.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(*map(sql.Identifier, (name, template)))
        )
    return server.at(name)


def copy(source: Server, target: Server, name: str) -> Server:
    """The schema of an empty database of one server, as a new database of another."""
    with target.owner() as owner:
        drop(owner, name)
        owner.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    made = target.at(name)
    programs = Path(os.environ.get("MILEPOST_TEST_POSTGRES") or postgres.binaries())
    dumped = subprocess.run([programs / "pg_dump", source.owner_url], check=True, capture_output=True)
    options = ["--quiet", "--set", "ON_ERROR_STOP=1", "--output", os.devnull]
    subprocess.run([programs / "psql", *options, made.owner_url], input=dumped.stdout, check=True)
    return made


def _exists(owner: "psycopg.Connection[tuple[object, ...]]", name: str) -> bool:
    return owner.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is not None


def drop(owner: "psycopg.Connection[tuple[object, ...]]", name: str) -> None:
    """Drop a database; one that a server thread still holds goes with the whole server."""
    with suppress(psycopg.errors.InsufficientPrivilege):
        owner.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _make_template(server: Server, owner: "psycopg.Connection[tuple[object, ...]]", template: str) -> None:
    for (old,) in owner.execute(
        "SELECT datname FROM pg_database WHERE datname ~ '^mp_template_' AND datname <> %s", [template]
    ).fetchall():
        drop(owner, str(old))
    making = "mp_making"
    drop(owner, making)
    owner.execute(f"CREATE DATABASE {making}")
    from django.core.management import call_command

    from milepost.config.databases import pointed_at

    made = server.at(making)
    with pointed_at(made.app_url, made.owner_url):
        call_command("migrate", database="owner", verbosity=0)
    owner.execute(f"ALTER DATABASE {making} RENAME TO {template}")


def empty(server: Server) -> None:
    """
    Take every row away, past triggers and foreign keys, as only the owner of a test server may.

    Times out after five seconds when a test left a transaction open, and says so.
    """
    with server.owner() as owner:
        owner.execute("SET lock_timeout = '5s'; SET session_replication_role = replica")
        filled = sql.SQL(" UNION ALL ").join(
            sql.SQL("SELECT {} WHERE EXISTS (SELECT 1 FROM {})").format(table, sql.Identifier(table))
            for (table,) in owner.execute(TABLES, [sorted(KEPT)]).fetchall()
        )
        if tables := [sql.Identifier(str(name)) for (name,) in owner.execute(filled).fetchall()]:
            owner.execute(sql.SQL(";").join(sql.SQL("DELETE FROM {}").format(table) for table in tables))


TABLES = """
    SELECT relname::text FROM pg_class
    WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> ALL (%s)
"""


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    path = Path(SLOTS) / "template.lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
