"""A storm of events, in any order. Scaled down here; `make soak` runs it whole: MILEPOST_EVENTS=10000."""

import os
import random
from collections import Counter
from datetime import timedelta
from decimal import Decimal

from milepost.actions.invoices import bill_simple
from milepost.core.money import Money
from milepost.core.quote_input import LineInput
from milepost.gateways.payments import RefundTruth
from milepost.gateways.payments.fake import FakePayments
from milepost.mailroom import checkout, inbox
from milepost.queries.doctor import examine
from milepost.queries.ledger import account_balances
from tests.cast import Cast

EVENTS = int(os.environ.get("MILEPOST_EVENTS", "60"))


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
