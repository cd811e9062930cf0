"""What happens to a payment after it came in: refunds, returns, disputes, payouts, by the official SDK."""

from datetime import UTC, datetime, timedelta

import pytest

from milepost.core.money import Money
from milepost.gateways.payments import GatewayRefused, PayoutTruth
from milepost.gateways.stripe.truth import read_taken_back
from tests.gateways.conftest import TEN_THOUSAND, Practice, browse, pay_by_bank, pay_by_card, until

REFUND_FAILS = "4000 0000 0000 5126"
REFUND_TAKES_TIME = "4000 0000 0000 7726"


def usd(cents: int) -> Money:
    return Money(cents, "USD")


def paid(practice: Practice, number: str = "4242 4242 4242 4242", attempt: str = "a") -> str:
    checkout = practice.start(attempt)
    assert pay_by_card(checkout.url, number)[0] == 303
    return checkout.session_id


def tell(practice: Practice, path: str, **params: str) -> None:
    practice.sdk.raw_request("post", path, **params)


def intent(practice: Practice, session_id: str) -> str:
    return practice.gateway.fetch(session_id).payment_id or ""


def payouts(practice: Practice) -> list[PayoutTruth]:
    return list(practice.gateway.payouts(datetime.now(UTC) - timedelta(hours=1)))


def test_a_refund_asked_for_twice_goes_out_once_and_is_part_of_the_truth(practice: Practice):
    session = paid(practice)
    first = practice.gateway.refund(session_id=session, refund_id="7-1", amount=usd(2_500_00))
    again = practice.gateway.refund(session_id=session, refund_id="7-1", amount=usd(2_500_00))
    assert (first.state, first.ours, first.amount) == ("succeeded", "7-1", usd(2_500_00))
    assert again == first
    assert practice.gateway.fetch(session).refunds == (first,)
    practice.hook.wait_for("charge.refunded")


def test_no_more_is_refunded_than_was_paid(practice: Practice):
    session = paid(practice)
    practice.gateway.refund(session_id=session, refund_id="7-1", amount=usd(9_000_00))
    with pytest.raises(GatewayRefused, match="greater"):
        practice.gateway.refund(session_id=session, refund_id="7-2", amount=usd(1_000_01))
    practice.gateway.refund(session_id=session, refund_id="7-3", amount=usd(1_000_00))
    with pytest.raises(GatewayRefused, match="already been refunded"):
        practice.gateway.refund(session_id=session, refund_id="7-4", amount=usd(1))
    unpaid = practice.start("b").session_id
    with pytest.raises(GatewayRefused, match="never paid"):
        practice.gateway.refund(session_id=unpaid, refund_id="7-5", amount=usd(1))


def test_a_refund_that_was_done_can_still_fail(practice: Practice):
    session = paid(practice, REFUND_FAILS)
    done = practice.gateway.refund(session_id=session, refund_id="7-1", amount=TEN_THOUSAND)
    assert done.state == "succeeded"
    tell(practice, "/practice/refunds", refund=done.refund_id)
    (failed,) = practice.gateway.fetch(session).refunds
    assert (failed.state, failed.failure) == ("failed", "expired or canceled card")
    practice.hook.wait_for("refund.failed")


def test_a_refund_that_takes_time_is_pending_first(practice: Practice):
    session = paid(practice, REFUND_TAKES_TIME)
    asked = practice.gateway.refund(session_id=session, refund_id="7-1", amount=usd(5))
    assert asked.state == "pending"
    tell(practice, "/practice/refunds", refund=asked.refund_id)
    assert [one.state for one in practice.gateway.fetch(session).refunds] == ["succeeded"]


def test_a_payment_that_was_refunded_more_than_ten_times_tells_of_all_its_refunds(practice: Practice):
    session = paid(practice)
    made = [
        practice.gateway.refund(session_id=session, refund_id=f"7-{n}", amount=usd(n)) for n in range(1, 105)
    ]
    # Stripe's own object tells of the ten newest, and that there are more
    shown = practice.sdk.v1.charges.list(params={"expand": ["data.refunds"]}).data[0].refunds
    assert ([one.amount for one in shown.data], shown.has_more) == (list(range(104, 94, -1)), True)
    assert practice.gateway.fetch(session).refunds == tuple(made)


def test_what_was_taken_back_lately_is_listed_with_whose_it_is(practice: Practice):
    first, second = paid(practice, attempt="7-1"), paid(practice, attempt="7-2")
    refund = practice.gateway.refund(session_id=first, refund_id="7-1", amount=usd(5))
    tell(practice, "/practice/disputes", payment_intent=intent(practice, second))
    (dispute,) = practice.gateway.fetch(second).disputes
    an_hour_ago, in_an_hour = (datetime.now(UTC) + timedelta(hours=h) for h in (-1, 1))
    told = practice.gateway.taken_back(an_hour_ago)
    assert [(one.ref, one.kind, one.state, one.attempt_id) for one in told] == [
        (refund.refund_id, "refund", "succeeded", "7-1"),
        (dispute.dispute_id, "dispute", "open", "7-2"),
    ]
    assert [one.payment_id for one in told] == [intent(practice, first), intent(practice, second)]
    assert list(practice.gateway.taken_back(in_an_hour)) == []


def test_an_inquiry_and_what_was_paid_without_us_are_not_listed_as_taken_back():
    inquiry = {
        "id": "dp_1",
        "object": "dispute",
        "status": "warning_needs_response",
        "payment_intent": {"id": "pi_1"},
    }
    without = {
        "id": "re_1",
        "object": "refund",
        "status": "succeeded",
        "amount": 5,
        "currency": "usd",
        "payment_intent": None,
    }
    assert read_taken_back([without], [inquiry]) == []


def test_a_bank_payment_is_returned_days_after_it_arrived_with_the_banks_code(practice: Practice):
    checkout = practice.start(method="bank")
    pay_by_bank(checkout.url)
    practice.settle()
    tell(practice, "/practice/returns", payment_intent=intent(practice, checkout.session_id), code="R10")
    truth = practice.gateway.fetch(checkout.session_id)
    assert truth.state == "succeeded"
    (returned,) = truth.disputes
    assert (returned.state, returned.code, returned.reason) == ("lost", "R10", "debit not authorized")
    assert (returned.amount, returned.fee_cents) == (TEN_THOUSAND, 4_00)
    body, signature = practice.hook.wait_for("charge.dispute.closed")
    event = practice.gateway.read_event(body, signature, datetime.now(UTC))
    assert (event.session_id, event.payment_id) == (None, truth.payment_id)
    assert practice.gateway.session_of(event.payment_id or "") == checkout.session_id


def test_the_account_that_is_returned_later_is_returned_by_itself(swift: Practice):
    checkout = swift.start(method="bank")
    pay_by_bank(checkout.url, "000555555559")
    until(lambda: bool(swift.gateway.fetch(checkout.session_id).disputes))
    assert swift.gateway.fetch(checkout.session_id).disputes[0].code == "R01"


@pytest.mark.parametrize("outcome", ["won", "lost"])
def test_a_dispute_is_opened_with_a_fee_and_decided_once(practice: Practice, outcome: str):
    session = paid(practice)
    tell(practice, "/practice/disputes", payment_intent=intent(practice, session))
    (opened,) = practice.gateway.fetch(session).disputes
    assert (opened.state, opened.amount, opened.fee_cents) == ("open", TEN_THOUSAND, 15_00)
    tell(practice, f"/practice/disputes/{opened.dispute_id}/{outcome}")
    tell(practice, f"/practice/disputes/{opened.dispute_id}/{'won' if outcome == 'lost' else 'lost'}")
    assert [one.state for one in practice.gateway.fetch(session).disputes] == [outcome]
    events = practice.sdk.v1.events.list(params={"type": "charge.dispute.closed"})
    assert len(events.data) == 1


def test_a_payout_brings_what_came_in_less_what_went_out_and_every_fee(practice: Practice):
    # Given two payments, of which one is refunded in part and one is disputed
    first, second = paid(practice, attempt="7-1"), paid(practice, attempt="7-2")
    practice.gateway.refund(session_id=first, refund_id="r", amount=usd(1_000_00))
    # When the provider pays out, twice, and the second payment is disputed in between
    tell(practice, "/practice/payouts")
    tell(practice, "/practice/disputes", payment_intent=intent(practice, second))
    tell(practice, "/practice/payouts")
    # Then there is one payout, as nothing is left for another; it is the sum of its lines, to the cent
    (payout,) = payouts(practice)
    assert (payout.state, payout.amount) == ("paid", usd(2 * 10_000_00 - 2 * 290_30 - 1_000_00))
    assert sum(line.amount.cents - line.fee_cents for line in payout.lines) == payout.amount.cents
    told = {(line.kind, line.amount.cents, line.fee_cents, line.attempt_id) for line in payout.lines}
    assert told == {
        ("payment", 10_000_00, 290_30, "7-1"),
        ("payment", 10_000_00, 290_30, "7-2"),
        ("refund", -1_000_00, 0, None),
    }
    assert {line.payment_id for line in payout.lines} == {intent(practice, first), intent(practice, second)}
    # And the dispute waits for the next one, which new money makes possible
    paid(practice, attempt="7-3")
    paid(practice, attempt="7-4")
    tell(practice, "/practice/payouts")
    later = payouts(practice)[-1]
    assert ("dispute", -10_000_00, 15_00) in {(x.kind, x.amount.cents, x.fee_cents) for x in later.lines}
    assert later.amount == usd(20_000_00 - 2 * 290_30 - 10_015_00)


def test_a_payout_that_the_bank_refused_says_so(practice: Practice):
    paid(practice)
    tell(practice, "/practice/payouts", fails="1")
    assert [one.state for one in payouts(practice)] == ["failed"]


def test_an_attempt_whose_answer_was_lost_is_found_by_its_name(practice: Practice):
    session = practice.start("7-12").session_id
    now = datetime.now(UTC)
    assert practice.gateway.find_checkout("7-12", now) == session
    assert practice.gateway.find_checkout("7-1", now) is None
    assert practice.gateway.find_checkout("7-12", now + timedelta(minutes=5)) is None
    assert practice.gateway.session_of("pi_unknown") is None


def test_a_card_that_asks_for_a_code_pays_only_with_it(practice: Practice):
    checkout = practice.start()
    asks = {"method": "card", "number": "4000 0025 0000 3155"}
    status, text, _ = browse(checkout.url, **asks)
    assert status == 200 and "asks for its code" in text and 'name="code"' in text
    status, text, _ = browse(checkout.url, **asks, code="0000")
    assert status == 200 and "did not accept this code" in text
    assert practice.gateway.fetch(checkout.session_id).state == "open"
    assert browse(checkout.url, **asks, code="1234")[0] == 303
    assert practice.gateway.fetch(checkout.session_id).state == "succeeded"
