"""Disputes, returns and refunds that cross each other: nobody gets the same money twice, and none is lost."""

from dataclasses import replace

import pytest

from milepost.actions.concessions import undo_concession, write_off
from milepost.actions.credit import NoCredit, refund_credit, use_credit
from milepost.actions.payments import record_payment
from milepost.actions.refunds import DisputeIsOpen
from milepost.mailroom import checkout
from milepost.queries.job_page import job_page
from tests.mailroom.test_aftermath import DEPOSIT, Desk, desk
from tests.mailroom.test_checkout import CANCEL, SUCCESS

__all__ = ["desk"]


def state(desk: Desk) -> str:
    return desk.sql.execute("SELECT state FROM payment ORDER BY id LIMIT 1").fetchone()[0]


def credit(desk: Desk) -> int:
    return job_page(desk.cast.business_id, desk.job.job_id, at=desk.cast.at).credit.cents


def test_a_bank_return_after_a_refund_was_asked_for_leaves_no_credit_when_the_refund_fails(desk: Desk):
    # Given 1,000.00 on their way back to a payer whose bank then returns the whole payment
    session = desk.pay("bank", fee=0)
    desk.outside.payments.refunds_take_time = True
    desk.refund(1_000_00, reopens=True)
    desk.outside.payments.dispute(session, "lost", code="R01", fee_cents=0)
    desk.settle()
    assert desk.due() == DEPOSIT
    assert desk.balances()["disputed"] == desk.balances()["refunds_payable"] == 1_000_00
    desk.check()
    # When the refund cannot be made, because its payment was returned
    desk.outside.payments.end_refund(session, failure="the payment was returned")
    desk.settle()
    # Then that money is nobody's credit: the bank has it
    assert (credit(desk), state(desk)) == (0, "returned")
    with pytest.raises(NoCredit):
        use_credit(by=desk.cast.bo, at=desk.cast.at, job_id=desk.job.job_id)
    assert desk.balances() == {"receivables": DEPOSIT, "deposits": DEPOSIT}
    assert desk.due() == DEPOSIT
    desk.check()
    # However often it is told
    booked = desk.kinds()
    desk.settle()
    assert desk.kinds() == booked


def test_credit_of_a_refused_refund_that_was_used_meanwhile_is_open_again(desk: Desk):
    session = desk.pay(fee=0)
    desk.outside.payments.refunds_take_time = True
    desk.refund(1_000_00, reopens=True)
    desk.outside.payments.dispute(session, "lost", fee_cents=0)
    desk.settle()
    # The refund was done after all, and came back days later
    desk.outside.payments.end_refund(session)
    desk.settle()
    assert desk.balances()["disputed"] == 1_000_00
    desk.outside.payments.end_refund(session, failure="account closed")
    desk.settle()
    assert desk.balances() == {"receivables": DEPOSIT, "deposits": DEPOSIT}
    assert credit(desk) == 0
    desk.check()


def test_nothing_is_given_back_by_hand_while_the_bank_decides(desk: Desk):
    session = desk.begin()
    record_payment(
        by=desk.cast.bo, at=desk.cast.at, job_id=desk.job.job_id, amount_cents=250_00, method="check"
    )
    desk.outside.payments.pay(session)
    desk.settle()
    desk.outside.payments.dispute(session)
    desk.settle()
    by_hand = {"payment_id": desk.payment, "amount_cents": 250_00, "method": "check"}
    with pytest.raises(DisputeIsOpen):
        refund_credit(by=desk.cast.bo, at=desk.cast.at, **by_hand)
    # Won, it is theirs again
    desk.outside.payments.dispute(session, "won")
    desk.settle()
    refund_credit(by=desk.cast.bo, at=desk.cast.at, **by_hand)
    desk.check()


def test_a_dispute_that_was_lost_and_is_won_after_all_is_credit_that_pays_the_invoice_again(desk: Desk):
    session = desk.pay(fee=0)
    desk.outside.payments.dispute(session, "lost", fee_cents=0)
    desk.settle()
    assert (desk.due(), state(desk)) == (DEPOSIT, "returned")
    # When the bank changes its mind
    desk.outside.payments.dispute(session, "won", fee_cents=0)
    desk.settle()
    assert (credit(desk), state(desk)) == (DEPOSIT, "cleared")
    assert desk.balances()["clearing"] == desk.balances()["customer_credit"] == DEPOSIT
    ((_to, subject, text),) = desk.told("dispute_won_office")
    assert subject == "Dispute won: $10,000.00 is back"
    assert "so $10,000.00 of it is the customer’s credit: use it for what is open" in text
    desk.check()
    use_credit(by=desk.cast.bo, at=desk.cast.at, job_id=desk.job.job_id)
    assert (desk.due(), credit(desk)) == (0, 0)
    desk.check()


def test_a_dispute_won_after_the_invoice_was_written_off(desk: Desk):
    session = desk.pay(fee=0)
    desk.outside.payments.dispute(session, "lost", fee_cents=0)
    desk.settle()
    given_up = write_off(by=desk.cast.bo, at=desk.cast.at, invoice_id=desk.job.deposit_invoice_id)
    desk.outside.payments.dispute(session, "won", fee_cents=0)
    desk.settle()
    # The money is not lost among the bad debts: it is credit until somebody says what it pays
    assert desk.balances()["customer_credit"] == desk.balances()["bad_debts"] == DEPOSIT
    desk.check()
    undo_concession(by=desk.cast.bo, at=desk.cast.at, concession_id=given_up)
    use_credit(by=desk.cast.bo, at=desk.cast.at, job_id=desk.job.job_id)
    assert desk.balances() == {"clearing": DEPOSIT, "deposits": DEPOSIT}
    desk.check()


def surcharged(desk: Desk, force, *, funding: str = "credit") -> str:
    """The deposit paid by card with 300.00 on top."""
    force("UPDATE business SET surcharge_percent = 3")
    checkout.begin(
        by=desk.cast.pat, at=desk.cast.at, job_id=desk.job.job_id, method="card", success_url=SUCCESS,
        cancel_url=CANCEL, surcharged=True,
    )  # fmt: skip
    (session,) = desk.outside.payments.sessions
    desk.outside.payments.pay(session, funding=funding)
    desk.settle()
    return str(session)


def test_a_part_of_a_debit_card_s_payment_is_refunded_after_its_surcharge_went_back_by_itself(desk, force):
    surcharged(desk, force, funding="debit")
    desk.settle()
    assert "surcharges" not in desk.balances()
    # Half of it goes back, with no surcharge that is not there, and then the rest
    desk.refund(5_000_00, reopens=True)
    assert desk.refunds() == [("done", 0), ("done", 5_000_00)]
    desk.refund(5_000_00, reopens=True)
    assert desk.balances() == {"receivables": DEPOSIT, "deposits": DEPOSIT}
    desk.check()


def test_what_a_lost_dispute_took_of_a_payment_counts_when_the_rest_is_refunded(desk: Desk, force):
    session = surcharged(desk, force)
    desk.outside.payments.dispute(session, "lost", fee_cents=0, cents=5_150_00)
    desk.settle()
    desk.refund(4_850_00, reopens=True)
    # All of it is gone, and the whole surcharge with it
    assert desk.balances() == {"receivables": DEPOSIT, "deposits": DEPOSIT}
    desk.check()


def test_a_surcharge_that_was_given_back_is_not_taken_a_second_time(desk: Desk, force):
    # Given a surcharge of 300.00, half of which went back with half of the payment
    session = surcharged(desk, force)
    desk.refund(5_000_00, reopens=True)
    assert desk.balances()["surcharges"] == 150_00
    # When the whole charge is disputed and lost
    desk.outside.payments.dispute(session, "lost", fee_cents=0, cents=10_300_00)
    desk.settle()
    # Then no more surcharge is taken back than there was; the rest is for a person to look at
    books = desk.balances()
    assert "surcharges" not in books
    assert books["disputed"] == 5_150_00
    assert books["receivables"] == DEPOSIT
    desk.check()
    # And won after all, everything is back
    (told,) = desk.outside.payments.sessions[session].truth.disputes
    session_now = desk.outside.payments.sessions[session]
    session_now.truth = replace(session_now.truth, disputes=(replace(told, state="won"),))
    desk.settle()
    books = desk.balances()
    assert (books["surcharges"], books["customer_credit"]) == (150_00, 5_000_00)
    assert "disputed" not in books
    desk.check()


def test_who_had_the_receipt_reads_what_is_open_and_what_of_the_receipt_still_counts(desk: Desk):
    session = desk.pay(fee=0)
    desk.outside.payments.dispute(session, "lost", fee_cents=0, cents=2_500_00)
    desk.settle()
    ((_to, subject, text),) = desk.told("payment_returned")
    assert subject == "Returned by the bank: $2,500.00"
    assert "This amount is open again:" in text and "The receipt counts for the rest." in text


def test_a_payment_that_was_credit_alone_is_taken_back_and_nothing_is_to_be_paid(desk: Desk):
    session = desk.begin()
    record_payment(
        by=desk.cast.bo, at=desk.cast.at, job_id=desk.job.job_id, amount_cents=DEPOSIT, method="check"
    )
    desk.outside.payments.pay(session)
    desk.settle()
    desk.outside.payments.dispute(session, "lost", fee_cents=0)
    desk.settle()
    ((_to, _subject, text),) = desk.told("payment_returned")
    assert "It was your credit, so nothing is to be paid." in text
    assert "Pay again" not in text and "open again" not in text
    assert "It was their credit, and the customer knows:" in desk.told("payment_returned_office")[0][2]


def test_a_dispute_lost_over_what_was_refunded_before_tells_the_office_alone(desk: Desk):
    session = desk.pay(fee=0)
    desk.refund(DEPOSIT, reopens=True)
    desk.outside.payments.dispute(session, "lost", fee_cents=0)
    desk.settle()
    assert desk.told("payment_returned") == []
    ((_to, subject, text),) = desk.told("payment_returned_office")
    assert subject == "Returned: $10,000.00 from Carol Reyes"
    assert "It had been given back before, so nothing is open again:" in text
    assert "$10,000.00 had been given back before, and the bank has taken it once more." in text
    assert desk.balances()["disputed"] == DEPOSIT
    desk.check()
