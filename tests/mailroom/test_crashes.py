"""
`kill -9` between "pay" and "receipt": of the web process, of the worker, of the database, at every named
place. After a restart and one round of the janitor the gateway, the payment, the receipt and the journal
agree, and the receipt has gone out under one identity.
"""

import os
import signal
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import connections

from milepost.config import databases, postgres
from milepost.core.refusals import Refusal
from milepost.gateways.email import OutgoingEmail
from milepost.gateways.files import DirectoryFiles
from milepost.gateways.pdf.fake import FakePress
from milepost.mailroom import checkout, inbox, outbox, wiring
from milepost.records import crashing
from tests import testbed
from tests.cast import kitchen, make_cast
from tests.gateways.conftest import Practice, hook, pay_by_card, practice
from tests.mailroom.agreeing import assert_they_agree

__all__ = ["hook", "practice"]

AT_THE_DOOR = ("attempt_committed", "page_made", "session_noted")
AT_THE_HOOK = ("event_verified", "event_stored")
IN_THE_WORKER = tuple(point for point in crashing.POINTS if point not in (*AT_THE_DOOR, *AT_THE_HOOK))
ALL = os.environ.get("MILEPOST_CRASHES") == "all"
SOME = ("attempt_committed", "page_made", "event_stored", "payment_written", "payment_booked", "message_sent")
"""In `make test`; `make soak` goes through all of them."""
LATER = timedelta(minutes=30)


class LetterBox:
    """Emails in a file: what was sent before a crash stays sent."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def send(self, mail: OutgoingEmail) -> str:
        with self._path.open("a") as box:
            box.write(f"{mail.message_id}\t{mail.subject}\n")
        return mail.message_id

    def sent(self, subject: str) -> list[str]:
        lines = self._path.read_text().splitlines() if self._path.exists() else []
        return [line.partition("\t")[0] for line in lines if subject in line]


class Town:
    """Processes that may be killed: each is a child of this one, with connections of its own."""

    def __init__(self, cast, practice: Practice, folder: Path) -> None:
        self.cast, self.practice = cast, practice
        self.job = kitchen(cast)
        self.letters = LetterBox(folder / "letters")
        self.files = DirectoryFiles(folder / "files")
        self.lock: int | None = None

    def run(self, step: Callable[[], None], *, die_at: str = "", hold: bool = False) -> int:
        """Run a step in a process of its own. Returns how it ended: 0, or minus the signal."""
        connections.close_all()
        child = os.fork()
        if not child:
            if self.lock is not None:
                os.close(self.lock)  # the server's folder is not this child's to hold
            crashing._AT, crashing._SIGN = die_at, signal.SIGSTOP if hold else signal.SIGKILL
            try:
                gateways = {"payments": self.practice.gateway, "email": self.letters, "sms": None}
                with wiring.use(**gateways, pdf=FakePress(), files=self.files):
                    step()
            except BaseException:
                traceback.print_exc(file=sys.stderr)
                os._exit(1)
            os._exit(0)
        if hold:
            os.waitpid(child, os.WUNTRACED)
            return child
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

    def press_pay(self) -> None:
        url = checkout.begin(
            by=self.cast.pat,
            at=datetime.now(UTC),
            job_id=self.job.job_id,
            method="card",
            success_url="http://127.0.0.1:1/{attempt}/",
            cancel_url="http://127.0.0.1:1/",
        )
        Path(self.letters._path.parent / "page").write_text(url)

    def pay(self) -> None:
        """The payer's own browser: it pays on the gateway's page."""
        pay_by_card((self.letters._path.parent / "page").read_text())
        self.practice.hook.wait_for("checkout.session.completed")

    def hear(self) -> None:
        """The web process takes what the gateway tells it."""
        for body, signature in list(self.practice.hook.received):
            inbox.receive(body, signature, at=datetime.now(UTC))

    def work(self, later: timedelta = timedelta(seconds=1)) -> None:
        """The worker: events, the janitor, messages."""
        at = datetime.now(UTC) + later
        inbox.work_waiting(at)
        checkout.settle_unclear(at)
        while outbox.send_waiting(at):
            pass

    def steps(self, point: str) -> list[tuple[Callable[[], None], bool]]:
        """What happens, in order, and in which of them it is to break."""
        return [
            (self.press_pay, point in AT_THE_DOOR),
            (self.hear, point in AT_THE_HOOK),
            (self.work, point in IN_THE_WORKER),
        ]


@pytest.fixture
def town(cast, practice: Practice, tmp_path: Path) -> Town:
    return Town(cast, practice, tmp_path)


def agree(town: Town) -> None:
    assert_they_agree(town.practice, town.cast.business_id)
    assert len(set(town.letters.sent("Receipt"))) == 1
    with suppress(Refusal):  # and nobody is asked to pay again
        checkout.begin(
            by=town.cast.pat, at=datetime.now(UTC), job_id=town.job.job_id, method="card",
            success_url="http://127.0.0.1:1/", cancel_url="http://127.0.0.1:1/",
        )  # fmt: skip
        raise AssertionError("it can be paid again")


@pytest.mark.parametrize("point", crashing.POINTS if ALL else SOME)
def test_a_process_that_is_killed_between_pay_and_receipt_leaves_nothing_behind(town: Town, point: str):
    for step, breaks in town.steps(point):
        if step == town.hear:
            town.pay()
        if breaks:
            assert town.run(step, die_at=point) == -signal.SIGKILL
        assert town.run(step) == 0
    assert town.run(lambda: town.work(LATER)) == 0
    with wiring.use(payments=town.practice.gateway):
        agree(town)


def test_a_payer_who_never_comes_back_and_a_web_process_that_never_heard_are_found_by_the_janitor(town: Town):
    """Nobody presses twice, no event arrives: the answer to our own call was lost, and the payer has paid."""
    assert town.run(town.press_pay, die_at="page_made") == -signal.SIGKILL
    (session,) = town.practice.sdk.v1.checkout.sessions.list().data
    pay_by_card(str(session.url))
    assert town.run(lambda: town.work(LATER)) == 0
    with wiring.use(payments=town.practice.gateway):
        agree(town)


@pytest.fixture(scope="module")
def own_cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[postgres.Cluster]:
    """A database server that may be killed. What it says is committed is out of its hands (not off the disk's)."""
    options = ["fsync=off", "full_page_writes=off", "synchronous_commit=on"]
    cluster = postgres.Cluster(
        tmp_path_factory.mktemp("killed") / "data", "owner", "app", options=options, may_create=True
    )
    assert cluster.start()
    yield cluster
    cluster.stop()


@pytest.mark.skipif(not ALL, reason="a database of its own: make soak")
@pytest.mark.parametrize("point", crashing.POINTS)
def test_a_database_that_is_killed_leaves_nothing_behind(
    own_cluster: postgres.Cluster,
    practice: Practice,
    tmp_path: Path,
    django_db_setup,
    django_db_blocker,
    point,
):
    server = testbed.Server(own_cluster.url(postgres.OWNER), own_cluster.url(postgres.APP))
    with django_db_blocker.unblock():
        made = testbed.clone(server, "mp_killed")
        with databases.pointed_at(made.app_url, made.owner_url):
            town = Town(make_cast(), practice, tmp_path)
            for step, breaks in town.steps(point):
                if step == town.hear:
                    town.pay()
                if breaks:
                    town.lock = own_cluster._lock
                    held = town.run(step, die_at=point, hold=True)
                    os.killpg(own_cluster._server.pid, signal.SIGKILL)
                    own_cluster.stop()
                    assert own_cluster.start()
                    town.lock = own_cluster._lock
                    os.kill(held, signal.SIGCONT)
                    os.waitpid(held, 0)  # it ends as it may: its connection is gone
                assert town.run(step) == 0
            assert town.run(lambda: town.work(LATER)) == 0
            with wiring.use(payments=town.practice.gateway):
                agree(town)
            connections.close_all()
