"""The day on which somebody paid is the provider's to tell, in the business's time zone, however late we hear."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from milepost.actions.businesses import change_business
from milepost.actions.concessions import NoDiscount, grant_discount
from milepost.gateways.stripe.truth import read_truth
from milepost.mailroom import checkout
from milepost.queries.job_page import job_page
from milepost.queries.ledger import journal
from tests.actions.test_concessions import discounted
from tests.gateways.test_stripe_truth import session as stripe_session
from tests.mailroom.test_aftermath import DEPOSIT, Desk, desk
from tests.mailroom.test_checkout import CANCEL, SUCCESS

__all__ = ["desk"]

AFTER_TEN_DAYS = datetime(2026, 3, 13, tzinfo=ZoneInfo("America/Chicago"))
"""The midnight that ends the tenth day; the clocks there went forward in between."""


def pay_online(
    desk: Desk, job_id: int, invoice_id: int, cents: int, *, paid: datetime, heard: datetime
) -> None:
    checkout.begin(
        by=desk.cast.pat, at=paid, job_id=job_id, method="card", success_url=SUCCESS, cancel_url=CANCEL,
        invoice_ids=[invoice_id], amount_cents=cents,
    )  # fmt: skip
    session = list(desk.outside.payments.sessions)[-1]
    desk.outside.payments.pay(session, at=paid)
    checkout.settle(desk.cast.business_id, desk.attempt, at=heard)


@pytest.mark.parametrize(("minutes", "in_time"), [(-2, True), (2, False)])
def test_a_discount_is_earned_until_midnight_of_its_last_day_where_the_business_is(desk, minutes, in_time):
    # Given 2 % off within ten days, and parts of an invoice may be paid
    cast = desk.cast
    job, invoice = discounted(cast)
    change_business(by=cast.alice, at=cast.at, parts_from_cents=100_00)
    midnight = AFTER_TEN_DAYS.astimezone(UTC)
    # When it is paid about midnight in Chicago, which is another day in Greenwich, and heard an hour later
    paid = midnight + timedelta(minutes=minutes)
    pay_online(desk, job.job_id, invoice, 9_800_00, paid=paid, heard=midnight + timedelta(hours=1))
    last_day = (cast.at + timedelta(days=10)).date()
    received = job_page(cast.business_id, job.job_id, at=cast.at).payments[-1].on
    assert received == (last_day if in_time else last_day + timedelta(days=1))
    # Then it counts as paid on the day on which it was paid
    if in_time:
        grant_discount(by=cast.bo, at=midnight + timedelta(hours=2), invoice_id=invoice)
    else:
        with pytest.raises(NoDiscount):
            grant_discount(by=cast.bo, at=midnight + timedelta(hours=2), invoice_id=invoice)
    desk.check()


def test_a_payment_that_is_heard_of_days_later_is_booked_then_and_was_received_before(desk: Desk):
    cast, session = desk.cast, desk.begin()
    desk.outside.payments.pay(session, at=cast.at)
    later = cast.at + timedelta(days=3)
    checkout.settle(cast.business_id, desk.attempt, at=later)
    (payment,) = job_page(cast.business_id, desk.job.job_id, at=later).payments
    assert (payment.on, journal(cast.business_id)[-1].on) == (cast.at.date(), later.date())
    assert payment.amount.cents == DEPOSIT
    desk.check()


def test_a_clock_that_is_ahead_makes_no_payment_of_tomorrow(desk: Desk):
    session = desk.begin()
    desk.outside.payments.pay(session, at=desk.cast.at + timedelta(days=1))
    desk.settle()
    (payment,) = job_page(desk.cast.business_id, desk.job.job_id, at=desk.cast.at).payments
    assert payment.on == desk.cast.at.date()


def test_stripe_tells_it_by_the_charge():
    moment = datetime(2026, 3, 13, 4, 58, tzinfo=UTC)
    intent = {
        "id": "pi_1",
        "status": "succeeded",
        "amount_received": 100_00,
        "latest_charge": {"created": int(moment.timestamp())},
    }
    assert read_truth(stripe_session(intent)).paid_at == moment
    assert read_truth(stripe_session({"id": "pi_1", "status": "processing"})).paid_at is None
