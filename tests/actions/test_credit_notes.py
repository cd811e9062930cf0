"""Invoices that are taken back, sent again, made less: the money model's own examples, with the journal."""

from dataclasses import replace
from decimal import Decimal

import pytest

from milepost.actions.attempts import begin_payment, note_session, settle_attempt
from milepost.actions.businesses import add_tax_code
from milepost.actions.credit import refund_credit, use_credit
from milepost.actions.credit_notes import (
    BilledAnew,
    NotMoneyOff,
    NotTakenBack,
    TakenBackBefore,
    fix_invoice,
    give_money_off,
    reissue_invoice,
    take_back_money_off,
)
from milepost.actions.invoices import bill_simple, send_invoice
from milepost.actions.payments import record_payment
from milepost.actions.steps.issuing import DepositComesFirst
from milepost.actions.work import complete_milestone, undo_completion
from milepost.core.change_input import ChangeInput, LineEdit
from milepost.core.credits import CreditNotPositive, CreditTooLarge
from milepost.core.quote_input import LineInput, QuoteInput, RowInput
from milepost.queries.crediting import (
    AlreadyTakenBack,
    DepositIsUsed,
    NotOffADeposit,
    PaymentOnItsWay,
)
from milepost.queries.doctor import examine
from milepost.queries.job_page import job_page
from milepost.queries.ledger import account_balances, journal
from milepost.queries.story_output import story_output
from tests.actions.changed import line_ids, signed
from tests.cast import KITCHEN, kitchen

SHORT = {
    "Accounts receivable": "AR", "Customer deposits": "CD", "Customer credit": "CC", "Tax payable": "TP",
    "Sales allowances": "Allowances",
}  # fmt: skip


def taxed_kitchen(cast):
    """24,000.00 at 8.25 % and 80 hours of 95.00: deposit a quarter, then a quarter, 12,000.00, the rest."""
    tax = add_tax_code(by=cast.alice, at=cast.at, name="State", percent=Decimal("8.25"))
    lines = (
        LineInput("Cabinets", Decimal("24000.00"), tax_codes=(tax,)),
        LineInput("Installation", Decimal("95.00"), Decimal(80), "hour"),
    )
    rows = (
        RowInput("Deposit", "percent", kind="deposit", value=Decimal(25)),
        RowInput("Rough-in complete", "percent", value=Decimal(25)),
        RowInput("Cabinets installed", "fixed", value=Decimal(12_000_00)),
        RowInput("Final walkthrough", "remainder"),
    )
    return kitchen(cast, quote=replace(KITCHEN, lines=lines, rows=rows, template=""))


def bill(cast, job, *names: str) -> int:
    return send_invoice(
        by=cast.bo, at=cast.at, job_id=job.job_id, row_ids=[job.rows[name] for name in names], by_hand=True
    )


def pay(cast, job, cents: int, **more) -> int:
    return record_payment(
        by=cast.bo, at=cast.at, job_id=job.job_id, amount_cents=cents, method="check", **more
    )


def page(cast, job):
    return job_page(cast.business_id, job.job_id, at=cast.at)


def stop(cast, job, name: str):
    return next(stop for stop in page(cast, job).stops if stop.name == name)


def fix(cast, invoice: int, *, again: bool = False, **more):
    return fix_invoice(
        by=cast.bo, at=cast.at, invoice_id=invoice, reason="The wrong day", again=again, **more
    )


def off(cast, invoice: int, cents: int) -> int:
    return give_money_off(
        by=cast.bo, at=cast.at, invoice_id=invoice, amount_cents=cents, reason="A scratch in the door"
    )


def booked(cast) -> str:
    """The newest entry of the journal, as the money model writes it."""
    entry = journal(cast.business_id)[-1]
    moves = [
        f"{SHORT.get(t.debit, t.debit)}→{SHORT.get(t.credit, t.credit)} {t.amount.cents / 100:.2f}"
        for t in entry.transfers
    ]
    return f"{entry.kind} {entry.document}: {', '.join(moves)}"


def balances(cast) -> dict[str, int]:
    return {row.code: row.balance.cents for row in account_balances(cast.business_id) if row.balance.cents}


def documents(cast, job) -> list[tuple[object, ...]]:
    output = story_output(cast.business_id, job.job_id, at=cast.at)
    names = ("number", "kind", "net", "recovered", "due", "state")
    return [tuple(doc.get(name) for name in names) for doc in output["documents"] if doc["kind"] != "receipt"]


def test_an_unpaid_invoice_is_voided_and_its_reissue_bills_the_same_cents(cast):
    # Given the deposit is paid and two milestones are billed
    job = taxed_kitchen(cast)
    pay(cast, job, 8_395_00)
    first = bill(cast, job, "Rough-in complete")
    bill(cast, job, "Cabinets installed")
    was = balances(cast)
    # When the first is taken back and sent again
    fixed = fix(cast, first)
    assert fixed.kind == "void"
    assert booked(cast) == ("void C-1: Revenue→AR 10533.33, TP→AR 660.00, AR→CD 2798.33")
    assert (stop(cast, job, "Rough-in complete").state, page(cast, job).due_now.cents) == ("ahead", 12_000_00)
    assert examine() == []
    again = reissue_invoice(by=cast.bo, at=cast.at, invoice_id=first)
    # Then the new one says the same, to the cent, and nothing else has moved
    assert documents(cast, job)[1:] == [
        ("1002", "progress", "10533.33", "2798.33", "8395.00", "credited"),
        ("1003", "progress", "15056.58", "4000.00", "12000.00", "due"),
        ("1004", "progress", "10533.33", "2798.33", "8395.00", "due"),
        ("C-1", "void", "-10533.33", "-2798.33", "-8395.00", None),
    ]
    assert balances(cast) == was
    assert stop(cast, job, "Rough-in complete").invoice.id == again
    assert examine() == []


def test_crediting_a_paid_invoice_puts_the_deposit_back_and_neither_loses_it_nor_takes_it_twice(cast):
    """MONEY 8: due 8,395.00 with recovery 2,798.33; full reversal −11,193.33 lines, +2,798.33 pot."""
    job = taxed_kitchen(cast)
    pay(cast, job, 8_395_00)
    invoice = bill(cast, job, "Rough-in complete")
    paid = pay(cast, job, 8_395_00)
    assert balances(cast)["deposits"] == 8_395_00 - 2_798_33
    fixed = fix(cast, invoice)
    assert fixed.kind == "reversal"
    assert booked(cast) == ("reversal C-1: Revenue→AR 10533.33, TP→AR 660.00, AR→CD 2798.33, AR→CC 8395.00")
    assert balances(cast) == {"cash": 16_790_00, "deposits": 8_395_00, "customer_credit": 8_395_00}
    assert page(cast, job).credit.cents == 8_395_00
    # … the reissue is paid by that credit
    reissue_invoice(by=cast.bo, at=cast.at, invoice_id=invoice)
    assert use_credit(by=cast.bo, at=cast.at, job_id=job.job_id) == 8_395_00
    assert stop(cast, job, "Rough-in complete").state == "paid"
    assert balances(cast)["deposits"] == 8_395_00 - 2_798_33
    assert examine() == []
    with pytest.raises(NotTakenBack):
        reissue_invoice(by=cast.bo, at=cast.at, invoice_id=bill(cast, job, "Cabinets installed"))
    with pytest.raises(BilledAnew):
        reissue_invoice(by=cast.bo, at=cast.at, invoice_id=invoice)
    assert paid


def test_a_part_paid_invoice_that_is_reversed_leaves_what_was_paid_as_credit_to_refund(cast):
    job = kitchen(cast)
    pay(cast, job, 10_000_00)
    invoice = bill(cast, job, "Rough-in complete")
    payment = pay(cast, job, 4_000_00)
    assert fix(cast, invoice).kind == "reversal"
    assert (page(cast, job).credit.cents, page(cast, job).due_now.cents) == (4_000_00, 0)
    refund_credit(by=cast.bo, at=cast.at, payment_id=payment, amount_cents=1_500_00, method="check")
    refund_credit(by=cast.bo, at=cast.at, payment_id=payment, amount_cents=2_500_00, method="check")
    assert balances(cast) == {"cash": 10_000_00, "deposits": 10_000_00}
    assert examine() == []


def test_money_off_lowers_contract_milestone_and_invoice_and_keeps_the_deposit_recovered(cast):
    job = taxed_kitchen(cast)
    pay(cast, job, 8_395_00)
    invoice = bill(cast, job, "Rough-in complete")
    off(cast, invoice, 500_00)
    assert booked(cast) == "allowance C-1: Allowances→AR 470.52, TP→AR 29.48"
    row = stop(cast, job, "Rough-in complete")
    assert (row.amount.cents, row.invoice.balance.cents) == (7_895_00, 7_895_00)
    assert page(cast, job).bar.quoted.cents == 33_580_00 - 500_00
    assert balances(cast)["deposits"] == 8_395_00 - 2_798_33
    assert examine() == []
    # The rest of the job is billed to the end and comes out exact
    bill(cast, job, "Cabinets installed")
    bill(cast, job, "Final walkthrough")
    assert page(cast, job).bar.left.cents == 0
    assert examine() == []


def test_money_off_a_paid_invoice_is_the_customers_credit(cast):
    job = kitchen(cast)
    pay(cast, job, 10_000_00)
    invoice = bill(cast, job, "Rough-in complete")
    pay(cast, job, 10_000_00)
    off(cast, invoice, 250_00)
    assert booked(cast) == "allowance C-1: Allowances→AR 250.00, AR→CC 250.00"
    assert (page(cast, job).credit.cents, stop(cast, job, "Rough-in complete").state) == (250_00, "paid")
    with pytest.raises(CreditTooLarge):
        off(cast, invoice, 9_750_01)
    with pytest.raises(CreditNotPositive):
        off(cast, invoice, 0)
    with pytest.raises(NotOffADeposit):
        off(cast, job.deposit_invoice_id, 100_00)
    assert examine() == []


def test_money_off_is_taken_back_by_an_invoice_for_exactly_what_came_off(cast):
    job = taxed_kitchen(cast)
    pay(cast, job, 8_395_00)
    invoice = bill(cast, job, "Rough-in complete")
    was = balances(cast)
    note = off(cast, invoice, 500_00)
    take_back_money_off(by=cast.bo, at=cast.at, credit_note_id=note)
    assert page(cast, job).bar.quoted.cents == 33_580_00
    assert documents(cast, job)[-2][1:5] == ("progress", "470.52", "0.00", "500.00")
    now = balances(cast)
    assert (now["receivables"], now["tax_payable"]) == (was["receivables"], was["tax_payable"])
    with pytest.raises(TakenBackBefore):
        take_back_money_off(by=cast.bo, at=cast.at, credit_note_id=note)
    assert examine() == []
    bill(cast, job, "Cabinets installed", "Final walkthrough")
    assert page(cast, job).bar.left.cents == 0
    fixed = fix(cast, invoice)
    with pytest.raises(NotMoneyOff):
        take_back_money_off(by=cast.bo, at=cast.at, credit_note_id=fixed.credit_note_id)
    assert examine() == []


def test_money_off_is_asked_again_though_a_line_that_its_invoice_lowered_is_unbilled_since(cast):
    # The pantry comes down to 100.00 when 500.00 of it is billed, so the last invoice says -400.00 of it
    lines = (LineInput("Kitchen", Decimal(1_000)), LineInput("Pantry", Decimal(1_000)))
    halves = tuple(RowInput(name, "share", value=Decimal(1)) for name in ("Start", "End"))
    job = kitchen(cast, quote=QuoteInput("Kitchen", lines, halves))
    start = bill(cast, job, "Start")
    less = LineEdit("edit", line_ids(cast, job)["Pantry"], unit_price=Decimal(100))
    signed(cast, job, ChangeInput("A smaller pantry", (less,)))
    end = bill(cast, job, "End")
    note = off(cast, end, 10_00)
    fix(cast, end)
    fix(cast, start)
    take_back_money_off(by=cast.bo, at=cast.at, credit_note_id=note)
    said = story_output(cast.business_id, job.job_id, at=cast.at)["documents"]
    again = next(document for document in said if document["due"] == "10.00")
    assert again["lines"] == [{"description": "Kitchen", "amount": "10.00"}]
    assert examine() == []
    # What is open is the rest of the contract, and not a cent more
    bill(cast, job, "Start", "End")
    assert (page(cast, job).bar.quoted.cents, page(cast, job).bar.left.cents) == (1_100_00, 0)
    assert examine() == []


def test_an_invoice_with_money_off_is_taken_back_for_what_still_stands_and_billed_again_at_less(cast):
    job = kitchen(cast)
    pay(cast, job, 10_000_00)
    invoice = bill(cast, job, "Rough-in complete", "Cabinets installed")
    off(cast, invoice, 2_200_00)
    assert [stop(cast, job, n).amount.cents for n in ("Rough-in complete", "Cabinets installed")] == [
        9_000_00, 10_800_00,
    ]  # fmt: skip
    fixed = fix(cast, invoice, again=True)
    assert fixed.invoice_id
    assert page(cast, job).due_now.cents == 19_800_00
    bill(cast, job, "Final walkthrough")
    assert page(cast, job).bar.left.cents == 0
    assert examine() == []


def test_one_form_sent_twice_takes_back_once(cast):
    job = kitchen(cast)
    invoice = bill(cast, job, "Rough-in complete")
    one = fix(cast, invoice, again=True, form_key="fix-1")
    assert fix(cast, invoice, again=True, form_key="fix-1") == one
    with pytest.raises(AlreadyTakenBack):
        fix(cast, invoice)


def test_while_an_online_payment_is_on_its_way_nothing_is_taken_back(cast):
    job = kitchen(cast)
    begun = begin_payment(by=cast.pat, at=cast.at, job_id=job.job_id, method="bank")
    note_session(by=cast.system, at=cast.at, attempt_id=begun.attempt_id, session_id="cs_1", url="https://x/")
    settle_attempt(
        by=cast.system, at=cast.at, attempt_id=begun.attempt_id, outcome="processing", amount_cents=10_000_00
    )
    with pytest.raises(PaymentOnItsWay, match="1001"):
        fix(cast, job.deposit_invoice_id)
    settle_attempt(by=cast.system, at=cast.at, attempt_id=begun.attempt_id, outcome="failed", amount_cents=0)
    assert fix(cast, job.deposit_invoice_id).kind == "void"


def test_a_deposit_invoice_is_taken_back_while_nothing_of_it_is_used(cast):
    job = kitchen(cast)
    pay(cast, job, 10_000_00)
    work = bill(cast, job, "Rough-in complete")
    with pytest.raises(DepositIsUsed, match=r"3,333\.33"):
        fix(cast, job.deposit_invoice_id)
    fix(cast, work)
    assert fix(cast, job.deposit_invoice_id).kind == "reversal"
    assert booked(cast) == "reversal C-2: CD→AR 10000.00, AR→CC 10000.00"
    # Work that uses it waits until it is sent again
    with pytest.raises(DepositComesFirst):
        bill(cast, job, "Rough-in complete")
    reissue_invoice(by=cast.bo, at=cast.at, invoice_id=job.deposit_invoice_id)
    use_credit(by=cast.bo, at=cast.at, job_id=job.job_id)
    bill(cast, job, "Rough-in complete")
    assert balances(cast)["deposits"] == 6_666_67
    assert examine() == []


def test_a_job_that_had_closed_is_open_again_when_an_invoice_is_taken_back(cast):
    line = LineInput("Tap repaired", Decimal("180.00"))
    simple = bill_simple(by=cast.bo, at=cast.at, customer_id=cast.customer_id, title="Tap", lines=(line,))
    record_payment(by=cast.bo, at=cast.at, job_id=simple.job_id, amount_cents=180_00, method="cash")
    assert job_page(cast.business_id, simple.job_id, at=cast.at).state == "closed"
    fixed = fix(cast, simple.invoice_id, again=True)
    now = job_page(cast.business_id, simple.job_id, at=cast.at)
    assert (fixed.kind, now.state, now.due_now.cents) == ("reversal", "open", 180_00)
    use_credit(by=cast.bo, at=cast.at, job_id=simple.job_id)
    assert job_page(cast.business_id, simple.job_id, at=cast.at).state == "closed"
    assert examine() == []


def test_a_large_deposit_against_a_small_first_milestone_never_makes_an_invoice_negative(cast):
    """What cannot be deducted now stays to be recovered, before and after the invoice is taken back."""
    rows = (
        RowInput("Deposit", "percent", kind="deposit", value=Decimal(90)),
        RowInput("Rough-in complete", "fixed", value=Decimal(10_00)),
        RowInput("Final walkthrough", "remainder"),
    )
    for recovery in ("off_the_top", "first", "final"):
        job = kitchen(cast, quote=replace(KITCHEN, rows=rows, recovery=recovery, template=""))
        pay(cast, job, 36_000_00)
        first = bill(cast, job, "Rough-in complete")
        assert stop(cast, job, "Rough-in complete").invoice.total.cents == 10_00
        fix(cast, first, again=True)
        assert stop(cast, job, "Rough-in complete").invoice.total.cents == 10_00
        bill(cast, job, "Final walkthrough")
        assert page(cast, job).due_now.cents == 4_000_00
    assert "deposits" not in balances(cast)
    assert examine() == []


def test_refunding_a_payment_that_was_made_twice_leaves_the_paid_invoice_paid(cast):
    job = kitchen(cast)
    pay(cast, job, 10_000_00)
    twice = pay(cast, job, 10_000_00)
    refund_credit(by=cast.bo, at=cast.at, payment_id=twice, amount_cents=10_000_00, method="transfer")
    assert stop(cast, job, "Deposit").state == "paid"
    assert (page(cast, job).due_now.cents, page(cast, job).credit.cents) == (0, 0)
    assert examine() == []


def test_what_was_voided_may_be_undone_and_done_again(cast):
    job = kitchen(cast)
    row = job.rows["Rough-in complete"]
    complete_milestone(by=cast.tess, at=cast.at, job_id=job.job_id, row_id=row)
    fix(cast, bill(cast, job, "Rough-in complete"))
    assert stop(cast, job, "Rough-in complete").state == "ready"
    undo_completion(by=cast.tess, at=cast.at, job_id=job.job_id, row_id=row)
    assert stop(cast, job, "Rough-in complete").state == "ahead"


@pytest.mark.parametrize("mode", ["at_deposit", "at_payment"])
def test_the_tax_of_a_deposit_is_neither_counted_twice_nor_lost_when_invoices_are_taken_back(cast, mode):
    from milepost.actions.businesses import change_business

    change_business(by=cast.alice, at=cast.at, deposit_tax=mode)
    job = taxed_kitchen(cast)
    pay(cast, job, 3_000_00)
    first = bill(cast, job, "Rough-in complete")
    assert examine() == []
    pay(cast, job, 8_395_00)
    fix(cast, first, again=True)
    assert examine() == []
    second = bill(cast, job, "Cabinets installed")
    fix(cast, second)
    third = stop(cast, job, "Rough-in complete").invoice.id
    fix(cast, third)
    assert examine() == []
    fix(cast, job.deposit_invoice_id, again=True)
    assert examine() == []
    use_credit(by=cast.bo, at=cast.at, job_id=job.job_id)
    bill(cast, job, "Rough-in complete", "Cabinets installed", "Final walkthrough")
    assert examine() == []
    assert page(cast, job).bar.left.cents == 0
