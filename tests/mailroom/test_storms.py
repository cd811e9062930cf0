"""
Storms: many payers at one invoice, many events in any order. Scaled down here; `make soak` runs them whole:
MILEPOST_PAYERS=64 MILEPOST_ROUNDS=50 MILEPOST_EVENTS=10000.
"""

import http.cookiejar
import os
import random
import re
import threading
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.servers.basehttp import WSGIServer

from milepost.actions import attempts
from milepost.actions.invoices import bill_simple
from milepost.core.money import Money
from milepost.core.quote_input import LineInput
from milepost.gateways.payments import RefundTruth
from milepost.gateways.payments.fake import FakePayments
from milepost.mailroom import checkout, inbox, wiring
from milepost.queries.doctor import examine
from milepost.queries.job_page import job_page
from milepost.queries.ledger import account_balances
from tests.cast import Cast, kitchen
from tests.gateways.conftest import Practice, hook, practice
from tests.mailroom.agreeing import assert_they_agree, charged

__all__ = ["hook", "practice"]

PAYERS = int(os.environ.get("MILEPOST_PAYERS", "8"))
ROUNDS = int(os.environ.get("MILEPOST_ROUNDS", "2"))
EVENTS = int(os.environ.get("MILEPOST_EVENTS", "60"))
KIND = (
    "Thank you",
    "is already on its way",
    "nothing to pay",
    "Nothing to pay now",
    "Due now",
    "does not answer at the moment",
    "Paid. Nothing more",
    "run out",
    "on its way. Nothing more",
)


WSGIServer.request_queue_size = 256  # the tests' own web server: a crowd at its door is the point


class Payer:
    """A browser that presses Pay, pays on the gateway's page, and reads what it is led to."""

    def __init__(self, address: str, method: str) -> None:
        self.address, self.method = address, method
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.open = urllib.request.build_opener(jar).open

    def __call__(self, gate: threading.Barrier) -> str:
        page = self.read(self.address)
        gate.wait()
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        if not token or "/payment/" not in page:
            return page
        page = self.read(f"{self.address}payment/", csrfmiddlewaretoken=token[1], method=self.method)
        form = re.search(r'action="(/c/pay/cs_test_[^"]+)"', page)
        if not form:
            return page
        numbers = {"card": "4242424242424242", "bank": "000123456789"}
        names = {"card": "card", "bank": "us_bank_account"}
        offered = "card" if 'value="card"' in page else "bank"
        return self.read(
            urllib.parse.urljoin(self.at, form[1]), method=names[offered], number=numbers[offered]
        )

    def read(self, url: str, **form: str) -> str:
        data = urllib.parse.urlencode(form).encode() if form else None
        try:
            answer = self.open(urllib.request.Request(url, data, {"Referer": self.address}), timeout=60)
        except urllib.error.HTTPError as refused:
            assert refused.code < 500, refused.read().decode()[:2000]
            answer = refused
        with answer:
            self.at = answer.url
            return str(answer.read().decode())


def storm(cast: Cast, url: str, payers: int, methods: str) -> tuple[int, list[str]]:
    """Everybody presses Pay on the deposit of one new kitchen at once. Returns the job and what each was told."""
    job = kitchen(cast)
    people = job_page(cast.business_id, job.job_id, at=cast.at).people
    links = [f"{url}/c/{one.url.rstrip('/').rpartition('/')[2]}/" for one in people]
    gate = threading.Barrier(payers)
    crowd = [
        Payer(links[n % len(links)], methods[n % len(methods) :].split(maxsplit=1)[0]) for n in range(payers)
    ]
    with ThreadPoolExecutor(payers) as threads:
        return job.job_id, list(threads.map(lambda payer: payer(gate), crowd))


@pytest.fixture
def online(practice: Practice, outside):
    with wiring.use(payments=practice.gateway):
        yield practice


def settle(cast: Cast, job_id: int, practice: Practice) -> None:
    practice.settle()
    checkout.settle_job(cast.business_id, job_id, at=datetime.now(UTC))


def test_many_payers_on_one_invoice_are_one_charge_and_the_rest_is_told_kindly(
    cast, online, live_server, owner_cursor
):
    for number in range(1, ROUNDS + 1):
        job_id, told = storm(cast, live_server.url, PAYERS, "card bank")
        settle(cast, job_id, online)
        assert len(charged(online)) == number
        states = owner_cursor.execute(
            "SELECT state, amount_cents FROM payment WHERE job_id = %s", [job_id]
        ).fetchall()
        assert states == [("cleared", 10_000_00)]
        rough = [page for page in told if not any(words in page for words in KIND)]
        assert rough == [], rough[0][:3000]
        assert job_page(cast.business_id, job_id, at=cast.at).due_now.cents == 0
    assert_they_agree(online, cast.business_id)


def test_without_the_guard_several_are_charged(cast, online, live_server, owner_cursor, monkeypatch):
    """The control: no lock on the payer and no single live attempt, and everybody looks before anybody writes."""
    gate = threading.Barrier(4)
    begin = attempts._begin

    def unlocked(job_id: int):
        from milepost.records.jobs import Job

        return Job.objects.select_related("business", "customer", "site").get(id=job_id)

    def together(*given, **named):
        gate.wait(30)
        return begin(*given, **named)

    monkeypatch.setattr(attempts, "lock_payer", unlocked)
    monkeypatch.setattr(attempts, "_begin", together)
    monkeypatch.setattr(checkout, "settle", lambda *_, **__: "processing")  # booked below, under its lock
    owner_cursor.execute("DROP INDEX one_live_attempt_per_invoice")
    try:
        job_id, _told = storm(cast, live_server.url, 4, "card")
    finally:
        monkeypatch.undo()
        owner_cursor.execute("UPDATE attempt_invoice SET live = false")
        owner_cursor.execute(
            "CREATE UNIQUE INDEX one_live_attempt_per_invoice ON attempt_invoice (invoice_id) WHERE live"
        )
    settle(cast, job_id, online)
    assert len(charged(online)) > 1
    # What was charged too often is nobody's loss: it is the customer's credit, to the cent
    credit = {r.code: r.balance.cents for r in account_balances(cast.business_id)}["customer_credit"]
    assert credit == (len(charged(online)) - 1) * 10_000_00
    assert_they_agree(online, cast.business_id)


def lives(fakes: FakePayments, session: str, dice: random.Random) -> list[str]:
    """What becomes of one payment of 100.00: the kinds of its events, each after what it tells of has happened."""
    usd = lambda cents: Money(cents, "USD")  # noqa: E731
    steps = [("checkout.session.completed", lambda: fakes.pay(session, fee_cents=3_20))]
    end = dice.randrange(5)
    if end == 1:
        part = RefundTruth(f"re_{session}", "", usd(40_00), "pending")
        steps += [
            ("refund.created", lambda: fakes.note_refund(session, part)),
            ("charge.refunded", lambda: fakes.end_refund(session)),
        ]
    if end == 2:
        part = RefundTruth(f"re_{session}", "", usd(100_00), "succeeded")
        steps += [
            ("charge.refunded", lambda: fakes.note_refund(session, part)),
            ("refund.failed", lambda: fakes.end_refund(session, failure="account closed")),
        ]
    if end > 2:
        won = "won" if end == 3 else "lost"
        steps += [
            ("charge.dispute.created", lambda: fakes.dispute(session)),
            ("charge.dispute.closed", lambda: fakes.dispute(session, won)),
        ]
    return steps


def play(cast: Cast, outside, *, seed: int, times: int) -> dict[str, object]:
    """Some payments' lives. With `times` above 1 each event comes so often, all of them shuffled."""
    dice = random.Random(seed)
    queue = []
    while len(queue) < EVENTS:
        line = LineInput("Call-out", Decimal(100))
        made = bill_simple(by=cast.alice, at=cast.at, customer_id=cast.customer_id, lines=[line])
        checkout.begin(
            by=cast.pat, at=cast.at, job_id=made.job_id, method="card", success_url="http://x/{attempt}/",
            cancel_url="http://x/",
        )  # fmt: skip
        session = list(outside.payments.sessions)[-1]
        for kind, happens in lives(outside.payments, session, dice):
            happens()
            queue.append(outside.payments.event(session, kind, cast.at))
            if times == 1:
                inbox.receive(*queue[-1], at=cast.at)
                inbox.work_waiting(cast.at, most=10)
    if times > 1:
        storm = [event for event in queue for _ in range(times)]
        dice.shuffle(storm)
        new = sum(inbox.receive(*event, at=cast.at) for event in storm)
        assert new == len(queue)
        while inbox.work_waiting(cast.at + timedelta(seconds=1), most=500):
            pass
    return outcome(cast)


def outcome(cast: Cast) -> dict[str, object]:
    """How it stands in the end: the books, the payments, what was said, how often."""
    from milepost.records.payments import Dispute, Payment, Refund
    from milepost.records.post import Message
    from milepost.records.scope import scoped

    with scoped(cast.business_id, writing=False):
        return {
            "payments": Counter(Payment.objects.values_list("state", "amount_cents")),
            "refunds": Counter(Refund.objects.values_list("state", "amount_cents")),
            "disputes": Counter(Dispute.objects.values_list("state", "amount_cents", "taken_cents")),
            "said": Counter(Message.objects.values_list("kind", flat=True)),
        }


def test_events_five_times_over_and_shuffled_end_as_once_and_in_order(cast, outside, database):
    from tests import testbed
    from tests.cast import make_cast

    once = play(cast, outside, seed=11, times=1)
    once["books"] = {r.code: r.balance.cents for r in account_balances(cast.business_id)}
    assert examine() == []
    testbed.empty(database)
    outside.payments.sessions.clear()
    again = make_cast()
    storm = play(again, outside, seed=11, times=5)
    storm["books"] = {r.code: r.balance.cents for r in account_balances(again.business_id)}
    # A refund that came back before anybody heard of it was never announced as done
    for said in (once["said"], storm["said"]):
        for early in ("refunded", "refund_refused", "refund_refused_office"):
            said.pop(early, None)
    once["refunds"].pop(("refused", 100_00), None)
    storm["refunds"].pop(("refused", 100_00), None)
    settled = {"customer_credit", "receivables"}
    assert {k: v for k, v in once.items() if k != "books"} == {k: v for k, v in storm.items() if k != "books"}
    different = {code for code in once["books"] if once["books"][code] != storm["books"][code]}
    assert different <= settled
    net = [
        sum(b[code] * sign for code, sign in (("receivables", 1), ("customer_credit", -1)))
        for b in (once["books"], storm["books"])
    ]
    assert net[0] == net[1]
    truths = outside.payments.sessions.values()
    assert sum(1 for s in truths if s.truth.state == "succeeded") == sum(storm["payments"].values())
    assert examine() == []
