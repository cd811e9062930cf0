"""A payer, a web process, a worker and a gateway, each of which may be killed, and what they do in turn."""

import os
import signal
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.db import connections

from milepost.core.refusals import Refusal
from milepost.gateways.email import OutgoingEmail
from milepost.gateways.files import DirectoryFiles
from milepost.gateways.pdf.fake import FakePress
from milepost.mailroom import checkout, inbox, outbox, wiring
from milepost.records import crashing
from tests.cast import Cast, kitchen
from tests.gateways.conftest import Practice, pay_by_card
from tests.mailroom.agreeing import assert_they_agree

SETTLING = ("truth_fetched", "payment_written", "payment_booked", "aftermath_booked")
PLACES = {
    "press": ("attempt_committed", "page_made", "session_noted"),
    "come_back": SETTLING,
    "hear": ("event_verified", "event_stored"),
    "work": (
        *SETTLING,
        "event_worked",
        "message_claimed",
        "message_written",
        "document_made",
        "message_sent",
        "message_noted",
    ),
    "ask": SETTLING,
}
"""
The named places that each step passes: Pay is pressed, the payer comes back, an event is heard (these in
the web process); the worker works events and sends, or its janitor asks, because no event ever came.
"""
STEPS = [(step, point) for step, points in PLACES.items() for point in points]
TRIED_AGAIN = ("press", "hear")
"""Whoever got no answer tries again: the payer presses once more, the gateway tells once more."""
LATER = timedelta(minutes=30)
Step = Callable[[], None]


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
    """The kitchen's deposit and everybody around it. Each step runs in a process of its own."""

    def __init__(self, cast: Cast, practice: Practice, folder: Path) -> None:
        self.cast, self.practice = cast, practice
        self.job = kitchen(cast)
        self.letters = LetterBox(folder / "letters")
        self.page = folder / "page"
        self.files = DirectoryFiles(folder / "files")
        self.lock: int | None = None

    def run(self, step: Step, *, die_at: str = "", sign: int = signal.SIGKILL) -> int:
        """
        Run a step to its end, or to a named place. Returns how it ended: 0, or minus the signal; with
        SIGSTOP the process that is held there.
        """
        connections.close_all()
        child = os.fork()
        if not child:
            self._live(step, die_at, sign)
        if sign == signal.SIGSTOP:
            _, status = os.waitpid(child, os.WUNTRACED)
            assert os.WIFSTOPPED(status), f"it never came by {die_at}"
            return child
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

    def _live(self, step: Step, die_at: str, sign: int) -> None:
        if self.lock is not None:
            os.close(self.lock)  # the server's folder is not this child's to hold
        if die_at:
            crashing.arm(die_at, sign)
        gateways = {"payments": self.practice.gateway, "email": self.letters, "sms": None}
        try:
            with wiring.use(**gateways, pdf=FakePress(), files=self.files):
                step()
        except BaseException:
            traceback.print_exc(file=sys.stderr)
            os._exit(1)
        os._exit(0)

    def press(self) -> None:
        """Web: Pay is pressed, and the payer is sent to the gateway's page."""
        self.page.write_text(self._begin())

    def pay(self) -> None:
        """The payer's own browser: it pays on the gateway's page."""
        pay_by_card(self.page.read_text())
        self.practice.hook.wait_for("checkout.session.completed")

    def come_back(self) -> None:
        """Web: the page to which the payer is led back."""
        checkout.settle_job(self.cast.business_id, self.job.job_id, at=datetime.now(UTC))

    def hear(self) -> None:
        """Web: what the gateway tells is taken in."""
        for body, signature in list(self.practice.hook.received):
            inbox.receive(body, signature, at=datetime.now(UTC))

    def work(self, later: timedelta = timedelta(seconds=1)) -> None:
        """The worker: events, the janitor, messages."""
        at = datetime.now(UTC) + later
        inbox.work_waiting(at)
        checkout.settle_unclear(at)
        while outbox.send_waiting(at):
            pass

    def ask(self) -> None:
        """The worker after a while; when no event has come, it is its janitor that asks."""
        self.work(LATER)

    def live_through(self, broken: str, breaks: Callable[[Step], None]) -> None:
        """Everything between "pay" and "receipt", one step of it broken; then one round of the worker."""
        quiet = broken in ("come_back", "ask")
        steps = [self.press, self.pay, *([getattr(self, broken)] if quiet else [self.hear, self.work])]
        for step in steps:
            if step.__name__ == broken:
                breaks(step)
            if step == self.pay:
                step()
            elif step.__name__ != broken or broken in TRIED_AGAIN:
                assert self.run(step) == 0
        assert self.run(lambda: self.work(2 * LATER)) == 0

    def assert_all_agree(self) -> None:
        """And the receipt has gone out under one identity, and nobody is asked to pay again."""
        with wiring.use(payments=self.practice.gateway):
            assert_they_agree(self.practice, self.cast.business_id)
            assert len(set(self.letters.sent("Receipt"))) == 1
            with suppress(Refusal):
                self._begin()
                raise AssertionError("it can be paid again")

    def _begin(self) -> str:
        return checkout.begin(
            by=self.cast.pat,
            at=datetime.now(UTC),
            job_id=self.job.job_id,
            method="card",
            success_url="http://127.0.0.1:1/{attempt}/",
            cancel_url="http://127.0.0.1:1/",
        )
