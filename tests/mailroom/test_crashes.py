"""
`kill -9` between "pay" and "receipt": of the web process, of the worker, of the database, at every named
place. After a restart and one round of the worker, janitor and all, the gateway, the payment, the receipt
and the journal agree, and the receipt has gone out under one identity.
"""

import os
import re
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connections

import milepost
from milepost.config import databases, postgres
from milepost.records import crashing
from tests import testbed
from tests.cast import make_cast
from tests.gateways.conftest import Practice, hook, pay_by_card, practice
from tests.mailroom.town import STEPS, Step, Town

__all__ = ["hook", "practice"]

ALL = os.environ.get("MILEPOST_CRASHES") == "all"
SOME = [
    ("press", "attempt_committed"),
    ("press", "page_made"),
    ("come_back", "payment_booked"),
    ("hear", "event_stored"),
    ("work", "payment_written"),
    ("work", "message_sent"),
    ("ask", "payment_booked"),
]
"""In `make test`; `make soak` goes through all of them."""


@pytest.fixture
def town(cast, practice: Practice, tmp_path: Path) -> Town:
    return Town(cast, practice, tmp_path)


def test_no_place_is_named_at_which_nothing_is_killed():
    """Whoever names a new place has to say which step passes it."""
    house = Path(milepost.__file__).parent
    named = {
        name
        for path in house.rglob("*.py")
        if path.name != "crashing.py"
        for name in re.findall(r"crash_point\(\s*(.*?)\s*\)", path.read_text())
    }
    assert named == {f'"{point}"' for point in crashing.POINTS}
    assert {point for _step, point in STEPS} == set(crashing.POINTS)
    assert set(SOME) < set(STEPS)
    with pytest.raises(KeyError):
        crashing.arm("somewhere_else")


@pytest.mark.parametrize(("step", "point"), STEPS if ALL else SOME)
def test_a_process_that_is_killed_between_pay_and_receipt_leaves_nothing_behind(
    town: Town, step: str, point: str
):
    def killed(happens: Step) -> None:
        assert town.run(happens, die_at=point) == -signal.SIGKILL

    town.live_through(step, killed)
    town.assert_all_agree()


def test_a_payer_who_never_comes_back_and_a_web_process_that_never_heard_are_found_by_the_janitor(town: Town):
    """Nobody presses twice, no event arrives: the answer to our own call was lost, and the payer has paid."""
    assert town.run(town.press, die_at="page_made") == -signal.SIGKILL
    (session,) = town.practice.sdk.v1.checkout.sessions.list().data
    pay_by_card(str(session.url))
    assert town.run(town.ask) == 0
    town.assert_all_agree()


class Power:
    """A database server that may be killed. What it says is committed is out of its hands (not off the disk's)."""

    def __init__(self, folder: Path) -> None:
        options = ["fsync=off", "full_page_writes=off", "synchronous_commit=on"]
        self.cluster = postgres.Cluster(folder, "owner", "app", options=options, may_create=True)
        assert self.cluster.start()

    @property
    def server(self) -> testbed.Server:
        return testbed.Server(self.cluster.url(postgres.OWNER), self.cluster.url(postgres.APP))

    def cut(self) -> None:
        """Kill every process of the server at once, and start it anew."""
        server = self.cluster._server
        assert server is not None
        for process in (server.pid, *_children(server.pid)):
            os.kill(process, signal.SIGKILL)
        self.cluster.stop()
        assert self.cluster.start()


def _children(parent: int) -> list[int]:
    """The processes that a process has started, by the kernel's own list."""
    listed = Path(f"/proc/{parent}/task/{parent}/children").read_text()
    return [int(child) for child in listed.split()]


@pytest.fixture(scope="module")
def power(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Power]:
    made = Power(tmp_path_factory.mktemp("killed") / "data")
    yield made
    made.cluster.stop()


@pytest.mark.parametrize(("step", "point"), STEPS if ALL else [("work", "payment_written")])
def test_a_database_that_is_killed_leaves_nothing_behind(
    power: Power,
    practice: Practice,
    tmp_path: Path,
    django_db_setup,
    django_db_blocker,
    step: str,
    point: str,
):
    with django_db_blocker.unblock():
        made = testbed.copy(django_db_setup, power.server, "mp_killed")
        with databases.pointed_at(made.app_url, made.owner_url):
            town = Town(make_cast(), practice, tmp_path)
            town.lock = power.cluster._lock

            def cut_off(happens: Step) -> None:
                held = town.run(happens, die_at=point, sign=signal.SIGSTOP)
                power.cut()
                town.lock = power.cluster._lock
                os.kill(held, signal.SIGCONT)
                os.waitpid(held, 0)  # it ends as it may: its connection is gone

            town.live_through(step, cut_off)
            town.assert_all_agree()
            connections.close_all()
