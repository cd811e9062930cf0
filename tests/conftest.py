"""What every test may ask for. The databases are explained in tests/testbed.py."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest

from milepost.config import databases, postgres
from tests import testbed

# What is started in processes of its own has no doctests, and is not for being imported here.
collect_ignore = ["served.py", "mailroom/unguarded.py"]
_running: list[tuple[testbed.Server, postgres.Cluster | None]] = []


def _server() -> testbed.Server:
    """This process's server, started when it is first needed."""
    if not _running:
        _running.append(testbed.start_server())
    return _running[0][0]


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node) -> None:  # type: ignore[no-untyped-def]
    """The one process that starts the others owns the server; they are told where it is."""
    server = _server()
    node.workerinput["milepost_server"] = (server.owner_url, server.app_url)


def pytest_unconfigure() -> None:
    for _, cluster in _running:
        if cluster is not None:
            cluster.stop()
    _running.clear()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests for a browser say that they did not run, rather than fail, where there is none."""
    if _chromium() is None:
        missing = pytest.mark.skip(reason="no Chromium here (on Debian: apt-get install chromium)")
        for item in items:
            if item.get_closest_marker("browser"):
                item.add_marker(missing)


def _chromium() -> str | None:
    names = ("chromium", "chromium-browser", "google-chrome")
    return next((path for path in map(shutil.which, names) if path), None)


@pytest.fixture(autouse=True)
def _nobody_s_language() -> Iterator[None]:
    """A page that was asked for in a language leaves it behind in its thread, as in a server: not for the next test."""
    from django.utils import translation

    translation.deactivate()
    yield


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, object]) -> dict[str, object]:
    """The machine's own Chromium, which refuses its sandbox to root."""
    sandbox = ["--no-sandbox"] if os.getuid() == 0 else []
    return {
        **browser_type_launch_args,
        "executable_path": _chromium(),
        "args": ["--disable-dev-shm-usage", *sandbox],
    }


@pytest.fixture(scope="session")
def database_server(request: pytest.FixtureRequest) -> testbed.Server:
    """Where databases can be made."""
    told = getattr(request.config, "workerinput", {}).get("milepost_server")
    return testbed.Server(*told) if told else _server()


@pytest.fixture(scope="session")
def django_db_setup(database_server, django_test_environment, django_db_blocker) -> Iterator[testbed.Server]:  # type: ignore[no-untyped-def]
    """This process's own database, for as long as it runs."""
    with django_db_blocker.unblock():
        name = f"mp_run_{os.getpid()}"
        server = testbed.clone(database_server, name)
        with databases.pointed_at(server.app_url, server.owner_url):
            yield server
        with database_server.owner() as owner:
            testbed.drop(owner, name)


@pytest.fixture
def database(django_db_setup, django_db_blocker) -> Iterator[testbed.Server]:  # type: ignore[no-untyped-def]
    """
    A real database, empty before and after. Nothing is wrapped: what a test commits is committed.

    `database.app_url` and `database.owner_url` say where it is, for other processes and threads.
    """
    from django.db import connections

    with django_db_blocker.unblock():
        yield django_db_setup
        for connection in connections.all(initialized_only=True):
            if connection.in_atomic_block or connection.needs_rollback:
                connection.close()
        testbed.empty(django_db_setup)


@pytest.fixture
def _django_db_helper(database: testbed.Server) -> None:
    """pytest-django's `db`, `transactional_db`, `live_server` and mark mean the same: a real database."""


@pytest.fixture
def owner_cursor(database: testbed.Server) -> Iterator[psycopg.Cursor[tuple[object, ...]]]:
    """Raw SQL as the owner, each statement committed: past row-level security, not past triggers."""
    with psycopg.connect(database.owner_url, autocommit=True) as connection:
        yield connection.cursor()


class AppCursor(psycopg.Cursor[tuple[object, ...]]):
    """Raw SQL as the application's role, each statement committed unless a scope is open."""

    @contextmanager
    def scope(self, business_id: int) -> Iterator["AppCursor"]:
        """One transaction that sees one business; what is deferred is checked as it ends."""
        with self.connection.transaction():
            self.execute("SELECT set_config('milepost.business', %s, true)", [str(business_id)])
            yield self


@pytest.fixture
def app_cursor(database: testbed.Server) -> Iterator[AppCursor]:
    """Raw SQL with only the application's grants: `with app_cursor.scope(business.id): …`."""
    with psycopg.connect(database.app_url, autocommit=True, cursor_factory=AppCursor) as connection:
        yield connection.cursor()


@pytest.fixture
def cast(database):  # type: ignore[no-untyped-def]
    """The people of the tests, in a business of their own: see tests/cast.py."""
    from tests.cast import make_cast  # it needs Django's models, which this file is read before

    return make_cast()
