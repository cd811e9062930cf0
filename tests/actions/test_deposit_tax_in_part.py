"""A deposit that carries tax is credited, kept, returned and put back in part: its tax goes with it, once."""

from decimal import Decimal
from fractions import Fraction

import pytest

from milepost.actions.cancelling import cancel_job
from milepost.actions.change_signing import sign_change
from milepost.actions.changes import draft_change, send_change
from milepost.actions.credit import return_payment
from milepost.actions.credit_notes import take_back_part
from milepost.core.change_input import ChangeInput, LineEdit
from milepost.queries.doctor import examine
from milepost.records.jobs import ContractLine
from milepost.records.scope import scoped
from tests.actions.test_credit_notes import booked
from tests.actions.test_credit_shares import part, rows
from tests.actions.test_deposit_tax import balances, bill, pay, taxed_kitchen


def test_a_taxed_deposit_that_is_partly_used_is_kept_and_returned_with_its_tax(cast):
    # Given 3,000.00 down with 500.00 of VAT in it, of which the first milestone has used half
    job = taxed_kitchen(cast, "at_deposit")
    pay(cast, job, 3_000_00)
    bill(cast, job, "Rough-in")
    # When the job is cancelled and 600.00 of it are kept
    cancel_job(by=cast.bo, at=cast.at, job_id=job.job_id, keep_cents=600_00, reason="They sell the house")
    # Then the 900.00 that go back take 150.00 of tax with them, and the 100.00 in what is kept stay owed
    assert booked(cast) == "cancellation_invoice 1003: CD→Cancellation income 500.00"
    assert balances(cast) == {
        "cash": 3_000_00, "receivables": 4_500_00, "customer_credit": 900_00, "revenue": 5_000_00,
        "tax_payable": 1_100_00, "cancellation": 500_00,
    }  # fmt: skip
    assert examine() == []


def test_what_is_kept_of_a_deposit_that_was_never_paid_is_taxed_from_then_on(cast):
    job = taxed_kitchen(cast, "at_payment")
    bill(cast, job, "Rough-in")
    cancel_job(by=cast.bo, at=cast.at, job_id=job.job_id, keep_cents=600_00, reason="")
    assert booked(cast) == "cancellation_invoice 1003: CD→Cancellation income 500.00, CD→TP 100.00"
    assert balances(cast) == {
        "receivables": 6_600_00, "revenue": 5_000_00, "tax_payable": 1_100_00, "cancellation": 500_00,
    }  # fmt: skip
    assert examine() == []
    # The payment that comes after all does not tax it a second time
    pay(cast, job, 6_600_00)
    assert balances(cast)["tax_payable"] == 1_100_00
    assert examine() == []


def test_a_part_of_a_taxed_deposit_goes_back_and_the_next_invoice_recovers_what_is_left(cast):
    job = taxed_kitchen(cast, "at_deposit")
    pay(cast, job, 3_000_00)
    bill(cast, job, "Rough-in")
    part(cast, job.deposit_invoice_id, cents=900_00)
    assert booked(cast) == "reversal C-1: CD→AR 750.00, TP→AR 150.00, AR→CC 900.00"
    assert [row[:2] for row in rows(cast, job)] == [
        ("Deposit", 2_100_00), ("Rough-in", 4_500_00), ("Handover", 5_400_00),
    ]  # fmt: skip
    assert examine() == []
    bill(cast, job, "Handover")
    assert booked(cast).endswith("AR→Revenue 5000.00, AR→TP 1000.00, CD→AR 500.00, TP→AR 100.00")
    assert balances(cast)["tax_payable"] == 2_000_00
    assert "deposits" not in balances(cast)
    assert examine() == []


def test_a_deposit_that_is_half_paid_is_taxed_for_what_is_paid_of_what_is_left(cast):
    # Given 1,500.00 paid of 3,000.00, so half of its 500.00 of tax is owed
    job = taxed_kitchen(cast, "at_payment")
    payment = pay(cast, job, 1_500_00)
    assert balances(cast)["tax_payable"] == 250_00
    # When 1,000.00 of the deposit are taken back: 1,500.00 of 2,000.00 is paid, 333.33 of tax are in it
    part(cast, job.deposit_invoice_id, cents=1_000_00)
    assert booked(cast) == "reversal C-1: CD→AR 1000.00"
    assert balances(cast)["tax_payable"] == 250_00
    assert examine() == []
    pay(cast, job, 500_00)
    assert balances(cast)["tax_payable"] == 333_33
    return_payment(by=cast.bo, at=cast.at, payment_id=payment)
    assert balances(cast)["tax_payable"] == 83_33
    assert examine() == []


@pytest.mark.parametrize("how", ["at_deposit", "at_payment"])
def test_half_of_an_invoice_puts_its_half_of_the_deposit_back_with_the_tax_in_it(cast, how):
    job = taxed_kitchen(cast, how)
    pay(cast, job, 3_000_00)
    invoice = bill(cast, job, "Rough-in")
    take_back_part(by=cast.bo, at=cast.at, invoice_id=invoice, share=Fraction(1, 2), reason="")
    assert booked(cast) == "reversal C-1: Revenue→AR 2500.00, TP→AR 500.00, AR→CD 625.00, AR→TP 125.00"
    assert examine() == []
    bill_again = {stop: cents for stop, cents, _state in rows(cast, job)}
    assert bill_again["Rough-in, rest"] == 2_250_00
    bill(cast, job, "Handover")
    assert examine() == []


@pytest.mark.parametrize("how", ["at_deposit", "at_payment"])
def test_a_change_below_what_is_billed_credits_a_part_of_a_taxed_deposit_and_leaves_the_invoice(cast, how):
    # Given the deposit paid and half the work billed, 7,500.00 of 12,000.00
    job = taxed_kitchen(cast, how)
    pay(cast, job, 3_000_00)
    bill(cast, job, "Rough-in")
    # When the contract comes down to 6,600.00
    with_line = ChangeInput(
        "Half a kitchen", (LineEdit("edit", line=_line(cast, job), unit_price=Decimal(5_500)),)
    )
    made = draft_change(by=cast.alice, at=cast.at, job_id=job.job_id, change=with_line)
    send_change(by=cast.alice, at=cast.at, job_id=job.job_id, change_id=made)
    sign_change(by=cast.carol, at=cast.at, job_id=job.job_id, change_id=made, name="Carol")
    # Then 900.00 of the unused deposit are credited with their tax, and the invoice stands
    assert [row[:2] for row in rows(cast, job)] == [
        ("Deposit", 2_100_00), ("Rough-in", 4_500_00), ("Handover", 0),
    ]  # fmt: skip
    assert balances(cast)["customer_credit"] == 900_00
    assert balances(cast)["tax_payable"] == 1_000_00 + 100_00
    assert examine() == []


def _line(cast, job) -> int:
    with scoped(cast.business_id, writing=False):
        return ContractLine.objects.get(job_id=job.job_id).id
