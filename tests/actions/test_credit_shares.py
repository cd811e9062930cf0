"""A share of an invoice is taken back: the cents of the money model, the deposit in the pot, the rest billed again."""

from fractions import Fraction

import pytest

from milepost.actions.credit_notes import fix_invoice, take_back_part
from milepost.core.credits import CreditedAlready, CreditNotPositive, CreditTooLarge, ShareTooSmall
from milepost.queries.crediting import AlreadyTakenBack, DepositPartIsUsed
from milepost.queries.doctor import examine
from tests.actions.test_credit_notes import (
    balances,
    bill,
    booked,
    documents,
    fix,
    off,
    page,
    pay,
    stop,
    taxed_kitchen,
)
from tests.cast import kitchen


def part(cast, invoice: int, share: str | None = None, cents: int | None = None, **more) -> int:
    return take_back_part(
        by=cast.bo, at=cast.at, invoice_id=invoice, share=Fraction(share) if share else None,
        amount_cents=cents, reason="A part is not done", **more,
    )  # fmt: skip


def rows(cast, job) -> list[tuple[str, int, str]]:
    return [(stop.name, stop.amount.cents, stop.state) for stop in page(cast, job).stops]


def again(cast, job, name: str) -> int:
    """Bill a row by its name on the job now."""
    from milepost.actions.invoices import send_invoice

    return send_invoice(
        by=cast.bo, at=cast.at, job_id=job.job_id, row_ids=[stop(cast, job, name).id], by_hand=True
    )


def test_a_quarter_of_a_paid_invoice_is_unbilled_again_and_its_part_of_the_deposit_is_back_in_the_pot(cast):
    # Given an invoice of 11,193.33 that used 2,798.33 of the deposit, paid
    job = taxed_kitchen(cast)
    pay(cast, job, 8_395_00)
    invoice = bill(cast, job, "Rough-in complete")
    pay(cast, job, 8_395_00)
    # When a quarter of it is taken back
    part(cast, invoice, "1/4")
    # Then each figure is a quarter, rounded once: 2,798.33 of work, 699.58 of deposit, 2,098.75 due
    assert booked(cast) == ("reversal C-1: Revenue→AR 2633.33, TP→AR 165.00, AR→CD 699.58, AR→CC 2098.75")
    assert rows(cast, job)[1:3] == [
        ("Rough-in complete", 6_296_25, "paid"),
        ("Rough-in complete, rest", 2_098_75, "ahead"),
    ]
    assert balances(cast)["deposits"] == 8_395_00 - 2_798_33 + 699_58
    assert page(cast, job).total.cents == 33_580_00
    assert examine() == []
    # And billing it again asks for the same cents
    again(cast, job, "Rough-in complete, rest")
    assert documents(cast, job)[2] == ("1003", "progress", "2633.33", "699.58", "2098.75", "due")
    assert examine() == []


def test_thirds_of_an_invoice_end_exact_and_the_last_takes_the_rest(cast):
    job = taxed_kitchen(cast)
    invoice = bill(cast, job, "Rough-in complete")
    part(cast, invoice, "1/3")
    part(cast, invoice, "1/3")
    part(cast, invoice, "1/3")
    assert documents(cast, job)[2:] == [
        ("C-1", "reversal", "-3511.11", "-932.78", "-2798.33", None),
        ("C-2", "reversal", "-3511.11", "-932.77", "-2798.34", None),
        ("C-3", "void", "-3511.11", "-932.78", "-2798.33", None),
    ]
    assert [row[:2] for row in rows(cast, job)[1:4]] == [
        ("Rough-in complete", 2_798_33),
        ("Rough-in complete, rest 2", 2_798_34),
        ("Rough-in complete, rest", 2_798_33),
    ]
    assert balances(cast) == {"receivables": 8_395_00, "deposits": 8_395_00}
    assert examine() == []
    with pytest.raises(AlreadyTakenBack):
        part(cast, invoice, "1/3")
    # All parts together bill what the whole did
    for name in ("Rough-in complete", "Rough-in complete, rest 2", "Rough-in complete, rest"):
        again(cast, job, name)
    assert balances(cast) == {
        "receivables": 16_790_00, "deposits": 5_596_67, "revenue": 10_533_33, "tax_payable": 660_00,
    }  # fmt: skip
    assert examine() == []


def test_so_many_cents_are_taken_back_and_what_is_too_much_is_refused(cast):
    job = taxed_kitchen(cast)
    invoice = bill(cast, job, "Rough-in complete")
    part(cast, invoice, cents=1_000_00)
    assert stop(cast, job, "Rough-in complete").invoice.balance.cents == 7_395_00
    assert stop(cast, job, "Rough-in complete, rest").amount.cents == 1_000_00
    with pytest.raises(CreditTooLarge):
        part(cast, invoice, cents=7_395_01)
    with pytest.raises(CreditNotPositive):
        part(cast, invoice, cents=0)
    with pytest.raises(CreditedAlready):
        part(cast, invoice, "9/10")
    with pytest.raises(ShareTooSmall):
        part(cast, invoice, "1/10000000")
    # The same form sent twice takes back once
    assert part(cast, invoice, cents=1_00, form_key="f") == part(cast, invoice, cents=1_00, form_key="f")
    assert stop(cast, job, "Rough-in complete").invoice.balance.cents == 7_394_00
    assert examine() == []


def test_a_share_of_a_deposit_that_comes_to_no_cent_is_refused_in_words(cast):
    job = kitchen(cast)
    deposit = stop(cast, job, "Deposit").invoice.id
    with pytest.raises(ShareTooSmall) as refused:
        part(cast, deposit, "1/10000000")
    assert refused.value.field == "share"
    assert stop(cast, job, "Deposit").invoice.balance.cents == 10_000_00


def test_after_a_share_money_comes_off_and_the_rest_is_taken_back(cast):
    job = taxed_kitchen(cast)
    invoice = bill(cast, job, "Rough-in complete")
    part(cast, invoice, "1/2")
    off(cast, invoice, 500_00)
    part(cast, invoice, "1/4")
    fixed = fix(cast, invoice)
    assert fixed.kind == "void"
    assert page(cast, job).total.cents == 33_080_00
    assert sum(stop.amount.cents for stop in page(cast, job).stops) == 33_080_00
    assert examine() == []


def test_a_share_of_a_closed_job_opens_it_and_a_share_of_two_milestones_parts_both(cast):
    job = kitchen(cast)
    invoice = bill(cast, job, "Rough-in complete", "Cabinets installed", "Final walkthrough")
    pay(cast, job, 40_000_00)
    assert page(cast, job).state == "closed"
    part(cast, invoice, "1/10")
    assert page(cast, job).state == "open"
    assert [row[:2] for row in rows(cast, job)] == [
        ("Deposit", 10_000_00),
        ("Rough-in complete", 9_000_00),
        ("Rough-in complete, rest", 1_000_00),
        ("Cabinets installed", 10_800_00),
        ("Cabinets installed, rest", 1_200_00),
        ("Final walkthrough", 7_200_00),
        ("Final walkthrough, rest", 800_00),
    ]
    assert page(cast, job).credit.cents == 3_000_00
    assert examine() == []


def test_a_part_of_an_unused_deposit_goes_back_and_the_milestones_ask_for_it(cast):
    # Given a paid deposit of 8,395.00 of which 2,798.33 are used
    job = taxed_kitchen(cast)
    pay(cast, job, 8_395_00)
    bill(cast, job, "Rough-in complete")
    # When 3,395.00 of it go back
    part(cast, job.deposit_invoice_id, cents=3_395_00)
    assert booked(cast) == "reversal C-1: CD→AR 3395.00, AR→CC 3395.00"
    assert [row[:2] for row in rows(cast, job)] == [
        ("Deposit", 5_000_00),
        ("Rough-in complete", 8_395_00),
        ("Cabinets installed", 12_000_00),
        ("Final walkthrough", 8_185_00),
    ]
    assert page(cast, job).credit.cents == 3_395_00
    assert examine() == []
    with pytest.raises(DepositPartIsUsed):
        part(cast, job.deposit_invoice_id, cents=2_201_68)
    bill(cast, job, "Cabinets installed", "Final walkthrough")
    assert balances(cast)["revenue"] == 31_600_00
    assert "deposits" not in balances(cast)
    assert examine() == []


def test_the_whole_of_an_invoice_asked_for_as_a_part_is_a_void(cast):
    job = kitchen(cast)
    invoice = bill(cast, job, "Rough-in complete")
    part(cast, invoice, "1")
    assert documents(cast, job)[-1] == ("C-1", "void", "-13333.33", "-3333.33", "-10000.00", None)
    again_invoice = fix_invoice(
        by=cast.bo, at=cast.at, invoice_id=job.deposit_invoice_id, reason="", again=False
    )
    assert again_invoice.kind == "void"
    assert examine() == []
