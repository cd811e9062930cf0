"""A storm of events, in any order. Scaled down here; `make soak` runs it whole: MILEPOST_EVENTS=10000."""

import os
import random
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from time import monotonic

import pytest
from django.db import connections

from milepost.config import databases
from milepost.mailroom import inbox
from milepost.queries.clearing import clearing_page
from milepost.queries.doctor import examine
from milepost.queries.ledger import account_balances
from milepost.records.invoices import Invoice
from milepost.records.payments import Attempt, Dispute, Payment, Payout, PayoutLine, Receipt, Refund
from milepost.records.post import Message
from milepost.records.scope import scoped
from milepost.records.timeline import JobEvent
from tests import testbed
from tests.cast import Cast
from tests.mailroom.histories import Signed, World, history

EVENTS = int(os.environ.get("MILEPOST_EVENTS", "60"))
SEED = int(os.environ.get("MILEPOST_SEED", "11"))
TIMES = 5
DOORS = 4


def outcome(cast: Cast) -> dict[str, object]:
    """How it stands in the end: every row that tells of money, the books, what was said and how often."""
    with scoped(cast.business_id, writing=False):
        found: dict[str, object] = {
            "attempts": _rows(Attempt, "id", "state", "payment_ref"),
            "payments": _rows(Payment, "attempt_id", "state", "amount_cents", "fee_cents"),
            "refunds": _rows(Refund, "provider_ref", "state", "amount_cents"),
            "disputes": _rows(Dispute, "provider_ref", "state", "amount_cents", "taken_cents", "fee_cents"),
            "payouts": _rows(Payout, "provider_ref", "state", "amount_cents", "whole_cents"),
            "payout lines": _rows(PayoutLine, "provider_ref", "kind", "amount_cents", "payment__attempt_id"),
            "receipts": Receipt.objects.count(),
            "invoices": _rows(Invoice, "number_text", "total_cents"),
            "settled": _settled(),
            "told": Counter(JobEvent.objects.values_list("job_id", "kind")),
            "said": Counter(Message.objects.values_list("job_id", "kind", "to_address")),
        }
    found["books"] = {row.code: row.balance.cents for row in account_balances(cast.business_id)}
    connections.close_all()
    return found


def _rows(model, *fields: str) -> list[tuple[object, ...]]:
    return sorted(model.objects.values_list(*fields), key=repr)


def _settled() -> Counter[tuple[object, object]]:
    """Cents of each invoice that each attempt's payment settles."""
    settled: Counter[tuple[object, object]] = Counter()
    parts = Payment.objects.values_list(
        "allocations__invoice__number_text", "attempt_id", "allocations__amount_cents"
    )
    for number, attempt, cents in parts:
        settled[number, attempt] += cents or 0
    return settled


@contextmanager
def twin(database: testbed.Server, name: str) -> Iterator[None]:
    """A copy of the database as it stands, for as long as it is lived in."""
    connections.close_all()
    made, source = database.at(name), database.owner_url.rpartition("/")[2].partition("?")[0]
    with database.at("postgres").owner() as owner:
        testbed.drop(owner, name)
        owner.execute(f'CREATE DATABASE "{name}" TEMPLATE "{source}"')
        with databases.pointed_at(made.app_url, made.owner_url):
            yield
            connections.close_all()
        testbed.drop(owner, name)


def work_all(cast: Cast) -> None:
    while inbox.work_waiting(cast.at + timedelta(minutes=1), most=500):
        pass


def check(cast: Cast, world: World) -> None:
    """The gateway's truth, the payments and the books are one."""
    paid = {
        s.truth.payment_id: s.truth.amount.cents
        for s in world.fakes.sessions.values()
        if s.truth.state == "succeeded"
    }
    with scoped(cast.business_id, writing=False):
        rows = Payment.objects.filter(state__in=("cleared", "returned")).values_list(
            "attempt__payment_ref", "amount_cents"
        )
        assert dict(rows) == paid
        assert Receipt.objects.count() == len(paid)
    page = clearing_page(cast.business_id)
    assert (page.held.cents, page.unexplained.cents) == (world.balance_cents, 0)
    assert examine() == []
    connections.close_all()


@pytest.fixture
def world(cast, outside) -> World:
    return World(cast, outside.payments, random.Random(SEED))


def test_events_five_times_over_and_shuffled_end_as_once_and_in_order(cast, world, database):
    # Given all that became of many payments at the gateway, of which nobody has heard
    began = monotonic()
    told = list(history(world, EVENTS))
    made = monotonic()

    # When it is told once and in order; and, in a world just like it, five times over and shuffled
    with twin(database, "mp_in_order"):
        for event in told:
            assert inbox.receive(*event, at=cast.at)
        work_all(cast)
        once = outcome(cast)
        check(cast, world)
    in_order = monotonic()
    with twin(database, "mp_shuffled"):
        assert sum(hear(cast, told * TIMES)) == len(told)
        work_all(cast)
        stormed = outcome(cast)
        check(cast, world)

    # Then nothing at all tells the one from the other
    assert {name: once[name] for name in once if once[name] != stormed[name]} == {}
    assert len(stormed["payments"]) > len(told) / 4
    took = [
        f"{end - start:.0f} s" for start, end in ((began, made), (made, in_order), (in_order, monotonic()))
    ]
    print(f"\nseed {SEED}: {len(told)} events of {len(world.fakes.sessions)} payments, {TIMES} times; {took}")  # noqa: T201


def hear(cast: Cast, events: list[Signed]) -> list[bool]:
    """Events through several doors at once, in no order."""
    random.Random(SEED + 1).shuffle(events)

    def door(place: int) -> list[bool]:
        try:
            return [inbox.receive(*event, at=cast.at) for event in events[place::DOORS]]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(DOORS) as doors:
        return [new for heard in doors.map(door, range(DOORS)) for new in heard]


def test_events_that_come_late_and_again_while_more_happens_end_where_the_gateway_does(cast, world, database):
    """The world goes on between what it tells and when it is heard: a look back finds the present."""
    late: list[Signed] = []
    dice = random.Random(SEED + 2)
    for event in history(world, max(EVENTS // 5, 40)):
        late += [event] * dice.randint(1, 3)
        while late and dice.randrange(3):
            inbox.receive(*late.pop(dice.randrange(len(late))), at=cast.at)
        if not dice.randrange(4):
            inbox.work_waiting(cast.at + timedelta(seconds=1), most=dice.randint(1, 5))
    dice.shuffle(late)
    for event in late:
        inbox.receive(*event, at=cast.at)
    work_all(cast)
    check(cast, world)
