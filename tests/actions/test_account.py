"""The statement of account: what the books say, in the customer's words."""

from datetime import date, timedelta

import pytest

from milepost.actions.concessions import write_off
from milepost.actions.credit import refund_credit, return_payment, use_credit
from milepost.actions.credit_notes import give_money_off
from milepost.actions.invoices import send_invoice
from milepost.actions.payments import record_customer_payment, record_payment
from milepost.actions.work import complete_milestone
from milepost.queries.account import Account, customer_account, job_account
from milepost.queries.door import NotThere
from tests.cast import kitchen

DAY = date(2026, 3, 2)


def account(cast, *, since: date = DAY, until: date = DAY) -> Account:
    return customer_account(cast.business_id, cast.customer_id, since=since, until=until)


def lines(found: Account) -> list[tuple[str, str, int, int]]:
    return [(line.kind, line.number, line.amount.cents, line.balance.cents) for line in found.lines]


def bill(cast, job, name: str, *, days: int) -> int:
    at, row = cast.at + timedelta(days=days), job.rows[name]
    complete_milestone(by=cast.tess, at=at, job_id=job.job_id, row_id=row)
    return send_invoice(by=cast.tess, at=at, job_id=job.job_id, row_ids=[row])


def test_it_opens_with_what_was_owed_and_closes_with_what_is(cast):
    # Given two kitchens whose deposits are billed on 2 March; one cheque of 15,000.00 on the 12th
    first, second = kitchen(cast), kitchen(cast)
    at = cast.at + timedelta(days=10)
    record_customer_payment(
        by=cast.bo,
        at=at,
        customer_id=cast.customer_id,
        amount_cents=15_000_00,
        method="check",
        reference="77",
    )
    bill(cast, first, "Rough-in complete", days=20)
    # When the account is asked for from the 10th to the 31st
    found = account(cast, since=date(2026, 3, 10), until=date(2026, 3, 31))
    # Then the cheque is one line, though it paid two jobs
    assert found.opening.cents == 20_000_00
    assert lines(found) == [
        ("payment_cleared", "R-1", -15_000_00, 5_000_00),
        ("progress_invoice", "1003", 10_000_00, 15_000_00),
    ]
    assert (found.closing.cents, found.charged.cents, found.paid.cents) == (15_000_00, 10_000_00, 15_000_00)
    assert [(item.number, item.balance.cents) for item in found.open] == [
        ("1002", 5_000_00),
        ("1003", 10_000_00),
    ]
    # 1002 was due on 2 March, 29 days ago; 1003 is due on the 29th
    assert [part.cents for part in found.ageing] == [0, 15_000_00, 0, 0, 0]
    later = account(cast, until=date(2026, 6, 2))
    assert [part.cents for part in later.ageing] == [0, 0, 0, 10_000_00, 5_000_00]
    # And of the second job alone
    alone = job_account(cast.business_id, second.job_id, since=DAY, until=date(2026, 3, 31))
    assert lines(alone) == [
        ("deposit_invoice", "1002", 10_000_00, 10_000_00),
        ("payment_cleared", "R-1", -5_000_00, 5_000_00),
    ]


def test_as_of_a_day_in_the_past_it_says_what_was_open_then(cast):
    job = kitchen(cast)
    payment = record_payment(
        by=cast.bo, at=cast.at + timedelta(days=5), job_id=job.job_id, amount_cents=10_000_00, method="check"
    )
    return_payment(by=cast.bo, at=cast.at + timedelta(days=9), payment_id=payment)
    open_on = {day: account(cast, until=date(2026, 3, day)).open_total.cents for day in (2, 6, 7, 10, 11)}
    assert open_on == {2: 10_000_00, 6: 10_000_00, 7: 0, 10: 0, 11: 10_000_00}
    closing_on = {day: account(cast, until=date(2026, 3, day)).closing.cents for day in (2, 6, 7, 10, 11)}
    assert closing_on == open_on


def test_every_kind_of_event_is_a_line_and_closing_is_open_less_credit(cast):
    first, second = kitchen(cast), kitchen(cast)
    payment = record_payment(
        by=cast.bo, at=cast.at, job_id=first.job_id, amount_cents=10_500_00, method="check"
    )
    refund_credit(by=cast.bo, at=cast.at, payment_id=payment, amount_cents=200_00, method="check")
    use_credit(by=cast.bo, at=cast.at, job_id=second.job_id, amount_cents=250_00)
    bill(cast, first, "Rough-in complete", days=0)
    invoice = account(cast).open[-1].invoice_id
    give_money_off(by=cast.alice, at=cast.at, invoice_id=invoice, amount_cents=1_000_00, reason="Scratch")
    write_off(by=cast.bo, at=cast.at, invoice_id=invoice, amount_cents=4_000_00)
    found = account(cast)
    assert lines(found) == [
        ("deposit_invoice", "1001", 10_000_00, 10_000_00),
        ("deposit_invoice", "1002", 10_000_00, 20_000_00),
        ("payment_cleared", "R-1", -10_500_00, 9_500_00),
        ("refund_asked", "R-1", 200_00, 9_700_00),
        ("progress_invoice", "1003", 10_000_00, 19_700_00),
        ("allowance", found.lines[5].number, -1_000_00, 18_700_00),
        ("write_off", "1003", -4_000_00, 14_700_00),
    ]
    assert (found.open_total.cents, found.credit.cents, found.closing.cents) == (14_750_00, 50_00, 14_700_00)
    assert sum(part.cents for part in found.ageing) == found.open_total.cents


def test_another_business_s_account_is_not_there(cast):
    job = kitchen(cast)
    with pytest.raises(NotThere):
        customer_account(cast.mallory.business_id, cast.customer_id, since=DAY, until=DAY)
    with pytest.raises(NotThere):
        job_account(cast.mallory.business_id, job.job_id, since=DAY, until=DAY)
