"""Payments after they were booked: bounced cheques, too much, used, given back."""

from datetime import timedelta

import psycopg
import pytest

from milepost.actions.credit import (
    CreditTooSmall,
    NoCredit,
    NotCleared,
    NothingToSettle,
    RefundedAlready,
    RefundTooLarge,
    refund_credit,
    return_payment,
    use_credit,
)
from milepost.actions.invoices import send_invoice
from milepost.actions.payments import record_payment
from milepost.actions.steps.refunding import MoreThanPaid
from milepost.actions.work import complete_milestone
from milepost.queries.doctor import examine
from milepost.queries.job_page import job_page
from milepost.queries.ledger import account_balances, journal
from tests.cast import kitchen


def balances(cast) -> dict[str, int]:
    return {row.code: row.balance.cents for row in account_balances(cast.business_id) if row.balance.cents}


def pay(cast, job, cents: int, **more) -> int:
    return record_payment(
        by=cast.bo, at=cast.at, job_id=job.job_id, amount_cents=cents, method="check", **more
    )


def open_by_invoice(cast, job) -> dict[int, int]:
    stops = job_page(cast.business_id, job.job_id, at=cast.at).open_invoices
    return {stop.invoice.id: stop.invoice.balance.cents for stop in stops}


def bill(cast, job, name: str) -> None:
    row = job.rows[name]
    complete_milestone(by=cast.tess, at=cast.at, job_id=job.job_id, row_id=row)
    send_invoice(by=cast.tess, at=cast.at, job_id=job.job_id, row_ids=[row])


def test_a_cheque_that_bounces_opens_its_invoice_again_and_tells_who_had_the_receipt(cast):
    # Given a deposit that was paid by cheque
    job = kitchen(cast)
    payment = pay(cast, job, 10_000_00)
    # When the bank takes it back and charges 15.00
    return_payment(
        by=cast.bo, at=cast.at, payment_id=payment, reason="R01 insufficient funds", fee_cents=15_00
    )
    # Then it is due again, by new rows
    page = job_page(cast.business_id, job.job_id, at=cast.at)
    assert (page.due_now.cents, page.bar.paid.cents) == (10_000_00, 0)
    assert page.payments[0].state == "returned"
    assert balances(cast) == {
        "receivables": 10_000_00,
        "deposits": 10_000_00,
        "cash": -15_00,
        "bank_charges": 15_00,
    }
    entry = journal(cast.business_id)[-1]
    assert (entry.kind, [(t.debit, t.credit, t.amount.cents) for t in entry.transfers]) == (
        "payment_returned",
        [("Accounts receivable", "Cash", 10_000_00), ("Bank charges", "Cash", 15_00)],
    )
    # And saying it twice changes nothing
    return_payment(by=cast.bo, at=cast.at, payment_id=payment)
    assert len(journal(cast.business_id)) == 3
    assert examine() == []


def test_a_job_that_had_closed_is_open_again_and_closes_anew(cast):
    job = kitchen(cast)
    pay(cast, job, 10_000_00)
    last = 0
    for name, cents in (
        ("Rough-in complete", 10_000_00),
        ("Cabinets installed", 12_000_00),
        ("Final walkthrough", 8_000_00),
    ):
        bill(cast, job, name)
        last = pay(cast, job, cents)
    assert job_page(cast.business_id, job.job_id, at=cast.at).state == "closed"
    return_payment(by=cast.bo, at=cast.at, payment_id=last)
    page = job_page(cast.business_id, job.job_id, at=cast.at)
    assert (page.state, page.due_now.cents) == ("open", 8_000_00)
    pay(cast, job, 8_000_00)
    page = job_page(cast.business_id, job.job_id, at=cast.at)
    assert page.state == "closed"
    assert [row.kind for row in page.documents].count("statement") == 2
    assert examine() == []


def test_what_was_paid_too_much_is_used_for_the_next_invoice(cast):
    job = kitchen(cast)
    pay(cast, job, 10_250_00)
    assert balances(cast)["customer_credit"] == 250_00
    with pytest.raises(NothingToSettle):
        use_credit(by=cast.bo, at=cast.at, job_id=job.job_id)
    bill(cast, job, "Rough-in complete")
    assert use_credit(by=cast.bo, at=cast.at, job_id=job.job_id) == 250_00
    page = job_page(cast.business_id, job.job_id, at=cast.at)
    assert page.due_now.cents == 9_750_00
    assert "customer_credit" not in balances(cast)
    with pytest.raises(NoCredit):
        use_credit(by=cast.bo, at=cast.at, job_id=job.job_id)
    assert examine() == []


def test_a_part_of_the_credit_pays_the_invoice_that_was_chosen(cast):
    job = kitchen(cast)
    pay(cast, job, 10_250_00)
    bill(cast, job, "Rough-in complete")
    bill(cast, job, "Cabinets installed")
    chosen = max(open_by_invoice(cast, job))
    with pytest.raises(CreditTooSmall, match=r"250\.00"):
        use_credit(by=cast.bo, at=cast.at, job_id=job.job_id, invoice_id=chosen, amount_cents=250_01)
    with pytest.raises(NothingToSettle):
        use_credit(by=cast.bo, at=cast.at, job_id=job.job_id, invoice_id=job.deposit_invoice_id)
    use_credit(by=cast.bo, at=cast.at, job_id=job.job_id, invoice_id=chosen, amount_cents=100_00)
    assert open_by_invoice(cast, job) == {chosen - 1: 10_000_00, chosen: 11_900_00}
    assert balances(cast)["customer_credit"] == 150_00
    assert examine() == []


def test_credit_of_one_job_pays_another_of_the_same_customer_and_bounces_from_both(cast):
    first, second = kitchen(cast), kitchen(cast)
    payment = pay(cast, first, 12_000_00)
    use_credit(by=cast.bo, at=cast.at, job_id=second.job_id)
    assert job_page(cast.business_id, second.job_id, at=cast.at).due_now.cents == 8_000_00
    return_payment(by=cast.bo, at=cast.at, payment_id=payment)
    for job in (first, second):
        assert job_page(cast.business_id, job.job_id, at=cast.at).due_now.cents == 10_000_00
    assert balances(cast) == {"receivables": 20_000_00, "deposits": 20_000_00}
    assert examine() == []


def test_credit_is_given_back_once_and_never_more_than_there_is(cast):
    job = kitchen(cast)
    payment = pay(cast, job, 10_250_00)
    with pytest.raises(RefundTooLarge):
        refund_credit(by=cast.bo, at=cast.at, payment_id=payment, amount_cents=250_01, method="check")
    for _twice in range(2):
        refund_credit(
            by=cast.bo, at=cast.at, payment_id=payment, amount_cents=200_00, method="check", reference="77",
            form_key="once",
        )  # fmt: skip
    assert balances(cast) == {"cash": 10_050_00, "deposits": 10_000_00, "customer_credit": 50_00}
    assert [entry.kind for entry in journal(cast.business_id)][-2:] == ["refund_asked", "refund_done"]
    with pytest.raises(RefundedAlready):
        return_payment(by=cast.bo, at=cast.at + timedelta(days=3), payment_id=payment)
    assert examine() == []


def test_a_refund_beyond_the_credit_opens_what_was_paid_when_that_is_wanted(cast):
    # Given a deposit of 10,000.00 paid with 10,250.00
    job = kitchen(cast)
    payment = pay(cast, job, 10_250_00)
    back = {"by": cast.bo, "at": cast.at, "payment_id": payment, "method": "check"}
    # When more than all of it is asked for, nothing is booked
    with pytest.raises(MoreThanPaid, match=r"Only 10,250\.00"):
        refund_credit(**back, amount_cents=10_250_01, reopens=True)
    # When 1,250.00 go back, the credit goes first and 1,000.00 of the deposit are open again
    refund_credit(**back, amount_cents=1_250_00, reopens=True)
    assert job_page(cast.business_id, job.job_id, at=cast.at).due_now.cents == 1_000_00
    assert balances(cast) == {"cash": 9_000_00, "receivables": 1_000_00, "deposits": 10_000_00}
    assert examine() == []


def test_a_returned_payment_is_not_refunded(cast):
    job = kitchen(cast)
    payment = pay(cast, job, 10_250_00)
    return_payment(by=cast.bo, at=cast.at, payment_id=payment)
    with pytest.raises(NotCleared):
        refund_credit(by=cast.bo, at=cast.at, payment_id=payment, amount_cents=1, method="cash")


@pytest.mark.parametrize("who", ["app", "owner"])
def test_sql_alone_cannot_give_back_more_than_was_paid_nor_change_a_refund(
    cast, app_cursor, owner_cursor, who
):
    job = kitchen(cast)
    payment = pay(cast, job, 10_250_00)
    refund_credit(by=cast.bo, at=cast.at, payment_id=payment, amount_cents=200_00, method="check")
    insert = (
        "INSERT INTO refund (business_id, payment_id, amount_cents, method, reference, refunded_on, recorded_at, recorded_by)"
        f" VALUES ({cast.business_id}, {payment}, 5001, 'check', '', '2026-03-02', now(), 'x')"
    )
    for statement in (insert, "UPDATE refund SET amount_cents = 1", "DELETE FROM refund"):
        with pytest.raises(psycopg.Error):
            if who == "owner":
                owner_cursor.execute(statement)
            else:
                with app_cursor.scope(cast.business_id):
                    app_cursor.execute(statement)
    assert examine() == []
