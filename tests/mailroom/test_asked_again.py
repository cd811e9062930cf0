"""What is asked again, told late, read before and told after: the end is the provider's, and nothing is guessed."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

from milepost.core.money import Money
from milepost.gateways.payments import GatewayRefused, GatewayUnavailable, KeyRefused, RefundTruth
from milepost.mailroom import aftermath, checkout
from milepost.queries.attempts import refunds_to_send
from tests.cast import kitchen
from tests.mailroom.test_aftermath import DEPOSIT, Desk, desk
from tests.mailroom.test_checkout import CANCEL, SUCCESS

__all__ = ["desk"]


def test_a_refund_is_not_given_up_because_a_key_was_revoked(desk: Desk, monkeypatch):
    """The first asking was heard and its answer lost; then the key was changed. Nobody may guess."""
    session = desk.pay(fee=0)
    make = desk.outside.payments.refund

    def lost(**asked: object) -> None:
        make(**asked)
        raise GatewayUnavailable("The answer was lost.")

    def locked_out(**_: object) -> None:
        raise KeyRefused("Expired API key")

    monkeypatch.setattr(desk.outside.payments, "refund", lost)
    desk.refund(1_000_00, reopens=True)
    monkeypatch.setattr(desk.outside.payments, "refund", locked_out)
    for refund in refunds_to_send(desk.cast.business_id, desk.attempt):
        aftermath.send_refund(desk.cast.business_id, refund, at=desk.cast.at)
    assert desk.refunds() == [("asked", 1_000_00)]
    assert len(desk.outside.payments.sessions[session].truth.refunds) == 1
    desk.settle()
    assert desk.refunds() == [("done", 1_000_00)]
    desk.check()


def test_a_refund_that_was_called_refused_and_was_made_after_all_is_booked(desk: Desk, monkeypatch):
    session = desk.pay(fee=0)

    def refuse(**_: object) -> None:
        raise GatewayRefused("There is a request with this key under way.")

    monkeypatch.setattr(desk.outside.payments, "refund", refuse)
    desk.refund(1_000_00, reopens=True)
    ours = f"{desk.cast.business_id}-{desk.sql.execute('SELECT id FROM refund').fetchone()[0]}"
    desk.outside.payments.note_refund(session, RefundTruth("re_1", ours, Money(1_000_00, "USD"), "succeeded"))
    desk.settle()
    desk.settle()
    assert desk.refunds() == [("refused", 1_000_00), ("done", 1_000_00)]
    assert desk.balances()["clearing"] == DEPOSIT - 1_000_00
    assert "customer_credit" not in desk.balances()
    desk.check()


def test_two_refunds_of_all_at_once_here_and_at_the_providers_are_one(desk: Desk):
    """The office asks, its request is lost on the way, and somebody gives all of it back over there."""
    session = desk.pay(fee=0)
    desk.outside.payments.unavailable = True
    desk.refund(DEPOSIT, reopens=True)
    desk.outside.payments.unavailable = False
    desk.outside.payments.note_refund(session, RefundTruth("re_1", "", Money(DEPOSIT, "USD"), "succeeded"))
    desk.settle()
    assert desk.refunds() == [("refused", DEPOSIT), ("done", DEPOSIT)]
    assert desk.balances() == {"receivables": DEPOSIT, "deposits": DEPOSIT}
    assert desk.due() == DEPOSIT
    desk.check()


def test_a_refund_over_there_of_more_than_is_left_takes_no_surcharge_that_never_was(desk: Desk):
    session = desk.pay(fee=0)
    desk.outside.payments.dispute(session, "lost", cents=4_000_00, fee_cents=0)
    desk.settle()
    desk.outside.payments.note_refund(session, RefundTruth("re_1", "", Money(7_000_00, "USD"), "succeeded"))
    desk.settle()
    assert desk.refunds() == [("done", 6_000_00)]
    assert "surcharges" not in desk.balances()
    assert desk.due() == DEPOSIT
    desk.check()


def test_what_was_read_before_a_dispute_was_decided_and_told_after_changes_nothing(desk: Desk):
    """Two processes ask at once, and the one that asked first books last."""
    session = desk.pay(fee=0)
    desk.outside.payments.dispute(session, fee_cents=0)
    before = desk.outside.payments.fetch(session)
    desk.outside.payments.dispute(session, "lost", fee_cents=15_00)
    desk.settle()
    books = desk.balances()
    aftermath.book(desk.cast.business_id, desk.attempt, before, at=desk.cast.at)
    assert desk.balances() == books
    assert books["bank_charges"] == 15_00
    desk.check()


def test_the_janitor_s_pauses_grow_and_end_at_six_hours(desk: Desk):
    desk.begin()
    looks, clock = [], desk.cast.at
    for _ in range(60 * 24 * 2):
        clock += timedelta(minutes=1)
        before = desk.sql.execute("SELECT checked_at FROM attempt").fetchone()
        checkout.settle_unclear(clock)
        if desk.sql.execute("SELECT checked_at FROM attempt").fetchone() != before:
            looks.append(clock)
        if len(looks) > 14:
            break
    pauses = [(b - a).total_seconds() / 60 for a, b in pairwise(looks)]
    assert pauses[0] == 3 and pauses == sorted(pauses) and pauses[-1] <= 6 * 60
    assert pauses[-1] > 100


def one_answers_with(error: Exception, desk: Desk, monkeypatch) -> None:
    """Two attempts: whoever asks about the first gets an error, the second is paid."""
    first = desk.begin()
    other = kitchen(desk.cast)
    checkout.begin(
        by=desk.cast.pat, at=desk.cast.at, job_id=other.job_id, method="card", success_url=SUCCESS,
        cancel_url=CANCEL,
    )  # fmt: skip
    second = next(one for one in desk.outside.payments.sessions if one != first)
    desk.outside.payments.pay(second)
    fetch = desk.outside.payments.fetch

    def answer(session: str):
        if session == first:
            raise error
        return fetch(session)

    monkeypatch.setattr(desk.outside.payments, "fetch", answer)


def test_one_attempt_that_gets_no_answer_does_not_hold_up_the_others(desk: Desk, monkeypatch):
    one_answers_with(GatewayUnavailable("500"), desk, monkeypatch)
    assert checkout.settle_unclear(desk.cast.at + timedelta(minutes=5)) == 1
    assert desk.sql.execute("SELECT state FROM payment").fetchall() == [("cleared",)]


def test_attempts_that_cannot_be_settled_do_not_keep_the_janitor_from_the_others(desk: Desk, monkeypatch):
    """Twenty at a time are asked about: what fails again and again must not always be those twenty."""
    one_answers_with(KeyRefused("Expired API key"), desk, monkeypatch)
    soon = desk.cast.at + timedelta(minutes=5)
    assert checkout.settle_unclear(soon, most=1) + checkout.settle_unclear(soon, most=1) == 1
    states = desk.sql.execute("SELECT state FROM attempt ORDER BY id").fetchall()
    assert states == [("open",), ("succeeded",)]


def test_a_cost_that_nobody_told_is_asked_for_until_it_is_known(desk: Desk):
    """The provider knew it only later, or the process ended between the payment and its cost."""
    session = desk.pay("bank", fee=0)
    assert desk.balances()["clearing"] == DEPOSIT
    truth = desk.outside.payments.sessions[session]
    truth.truth = replace(truth.truth, fee_cents=5_00)
    checkout.settle_unclear(desk.cast.at + timedelta(minutes=2))
    assert desk.balances()["clearing"] == DEPOSIT  # it pauses first
    checkout.settle_unclear(desk.cast.at + timedelta(minutes=4))
    assert desk.balances()["clearing"] == DEPOSIT - 5_00
    assert desk.kinds()[-1] == "processing_cost"
    # And then it is clear, and nobody asks any more
    looked = desk.sql.execute("SELECT checked_at FROM attempt").fetchone()
    checkout.settle_unclear(desk.cast.at + timedelta(days=2))
    assert desk.sql.execute("SELECT checked_at FROM attempt").fetchone() == looked
    desk.check()
