"""Invoices as differences of positions, as a contractor would check them."""

from fractions import Fraction

import pytest

from milepost.core.billing import (
    NothingToBill,
    PortionOutOfRange,
    RowAlreadyBilled,
    RowNotInSchedule,
    bill,
)
from milepost.core.changes import change
from milepost.core.contract import Key
from milepost.core.refusals import Refusal
from tests.core.samples import bill_all, contract, job
from tests.core.test_rules_tables import assert_closed

STORY = ("24000.00 @ 8.25, 80 × 95.00", "deposit 25 %, 25 %, fixed 12000.00, remainder")


def test_a_milestone_bills_its_amount_and_earns_the_deposit_with_it() -> None:
    invoice = bill(job(*STORY), ["1"])
    assert (invoice.due_cents, invoice.recovered_cents) == (8_395_00, 2_798_33)
    assert invoice.net_by_line == {"a": 8_000_00, "b": 2_533_33}
    assert invoice.tax_by_code == {"8.25": 660_00}


def test_several_milestones_on_one_invoice_are_told_apart() -> None:
    state = job(*STORY)
    invoice = bill(state, ["2", "1"])
    assert list(invoice.due_by_row) == ["1", "2"]
    assert invoice.due_by_row == {"1": 8_395_00, "2": 12_000_00}
    assert invoice.recovered_by_row == {"1": 2_798_33, "2": 4_000_00}
    assert sum(invoice.earned_by_row.values()) == invoice.earned_cents == 27_193_33


def test_the_invoice_shows_what_was_billed_before_and_not_the_cumulative_amount() -> None:
    (first, second), _ = bill_all(job("100.00", "share 1, share 1, share 1"), ["1", "2"])
    line = second.lines[0]
    assert (line.before_cents, line.now_cents, line.delta_cents) == (33_34, 66_67, 33_33)
    assert first.due_cents + second.due_cents == second.position.due_cents


def test_seven_invoices_carry_together_the_tax_that_was_signed() -> None:
    invoices, closed = bill_all(
        job("99.99 @ 8.25", "share 1, share 1, share 1, share 1, share 1, share 1, share 1"), "1234567"
    )
    assert sum(invoice.tax_cents for invoice in invoices) == 8_25
    assert_closed(closed)


def test_a_row_bills_its_own_lines_and_no_other() -> None:
    invoice = bill(job("6000.00 @ 5, 4000.00", "deposit 20 %, lines a, remainder"), ["1"])
    assert invoice.net_by_line == {"a": 6000_00, "b": 0}
    assert invoice.tax_by_code == {"5": 300_00}
    assert (invoice.due_cents, invoice.recovered_cents) == (5040_00, 1260_00)


@pytest.mark.parametrize(
    ("recovery", "first", "second"),
    [
        ("off_the_top", (4500_00, 1500_00), (3000_00, 1000_00)),
        ("first", (3500_00, 2500_00), (4000_00, 0)),
        ("final", (6000_00, 0), (1500_00, 2500_00)),
    ],
)
def test_the_policy_says_with_which_invoice_the_deposit_is_consumed(recovery, first, second) -> None:  # type: ignore[no-untyped-def]
    state = job("6000.00, 4000.00", "deposit 2500.00, lines a, lines b", recovery=recovery)
    invoices, closed = bill_all(state, ["1", "2"])
    assert [(one.due_cents, one.recovered_cents) for one in invoices] == [first, second]
    assert_closed(closed)


def test_a_large_deposit_against_a_small_first_milestone_never_makes_a_credit_note() -> None:
    for recovery in ("off_the_top", "first", "final"):
        state = job("10000.00", "deposit 90 %, 1 %, remainder", recovery=recovery)  # type: ignore[arg-type]
        invoices, closed = bill_all(state, ["1", "2"])
        assert all(invoice.due_cents >= 0 and invoice.earned_cents >= 0 for invoice in invoices)
        assert_closed(closed)


def test_first_recovers_with_the_lines_row_no_more_than_its_lines_carry() -> None:
    state = job("1000.00, 9000.00", "deposit 2500.00, lines a, remainder", recovery="first")
    (first, second), closed = bill_all(state, ["1", "2"])
    assert (first.earned_cents, first.recovered_cents, first.due_cents) == (1000_00, 1000_00, 0)
    assert (second.earned_cents, second.recovered_cents, second.due_cents) == (9000_00, 1500_00, 7500_00)
    assert_closed(closed)


def test_a_change_order_does_not_price_again_what_is_already_billed() -> None:
    # Given line a, 10,000.00 with 8.25 % tax, half billed
    signed = job("10000.00 @ 8.25", "50 %, fixed 1000.00, remainder")
    billed = signed.after(bill(signed, ["1"]))
    # When line b, 90,000.00 without tax, is added
    changed = change(billed, contract("10000.00 @ 8.25, 90000.00")).state
    # Then the next row, fixed at 1,000.00, bills a little of each, and nothing negative
    invoice = bill(changed, ["2"])
    assert {line.key: line.delta_cents for line in invoice.lines} == {
        Key("a"): 52_41,
        Key("a", "8.25"): 4_32,
        Key("b"): 943_27,
    }
    assert_closed(changed.after(invoice).after(bill(changed.after(invoice), ["3"])))


def test_a_change_to_a_line_that_its_row_has_billed_joins_the_pool() -> None:
    signed = job("6000.00, 4000.00", "lines a, remainder")
    billed = signed.after(bill(signed, ["1"]))
    changed = change(billed, contract("6500.00, 4000.00")).state
    invoice = bill(changed, ["2"])
    assert invoice.due_cents == 4500_00
    assert invoice.net_by_line == {"a": 500_00, "b": 4000_00}


def test_what_a_change_placed_on_a_lines_row_earns_the_other_lines() -> None:
    signed = job("6000.00, 4000.00", "deposit 20 %, lines a, remainder")
    changed = change(signed, contract("6000.00, 4000.00, 1000.00"), placement="next").state
    invoice = bill(changed, ["1"])
    assert invoice.net_by_line["a"] == 6000_00
    assert invoice.due_cents == changed.amounts["1"]
    assert_closed(changed.after(invoice).after(bill(changed.after(invoice), ["2"])))


def test_after_a_shrink_a_last_invoice_of_nothing_still_earns_and_recovers() -> None:
    signed = job("10000.00", "deposit 50 %, 25 %, remainder")
    billed = signed.after(bill(signed, ["1"]))
    changed = change(billed, contract("7500.00")).state
    invoice = bill(changed, ["2"])
    assert (invoice.due_cents, invoice.recovered_cents) == (0, 2500_00)
    assert_closed(changed.after(invoice))


def test_an_accepted_part_is_billed_to_date_and_the_rest_later() -> None:
    state = job("1000.01", "deposit 10 %, 50 %, remainder")
    part = bill(state, {"1": Fraction(4, 5)})
    assert part.due_cents == 400_01  # half_up(500.01 × 80 %)
    rest = bill(state.after(part), ["1"])
    assert part.due_cents + rest.due_cents == state.amounts["1"]
    assert state.after(part).billed_row_ids == frozenset()
    assert state.after(part).after(rest).billed_row_ids == {"1"}


def test_a_void_puts_the_work_back_and_the_reissue_bills_the_same_cents() -> None:
    # Given two invoices, of which the first is voided: its increments are taken out again
    signed = job(*STORY)
    first = bill(signed, ["1"])
    second = bill(signed.after(first), ["2"])
    both = signed.after(first).after(second)
    voided = type(both)(
        both.priced,
        both.rows,
        both.amounts,
        both.recovery,
        both.snapshot,
        {line.key: both.billed[line.key] - line.delta_cents for line in first.lines},
        both.due_cents - first.due_cents,
        both.recovered_cents - first.recovered_cents,
        {"2": Fraction(1)},
    )
    # When it is billed again
    again = bill(voided, ["1"])
    # Then every cent of it is the same
    assert [line.delta_cents for line in again.lines] == [line.delta_cents for line in first.lines]
    assert (again.due_cents, again.recovered_cents) == (first.due_cents, first.recovered_cents)
    assert again.due_by_row == first.due_by_row


@pytest.mark.parametrize(
    ("rows", "refusal", "field"),
    [
        ([], NothingToBill, "rows"),
        (["deposit"], RowNotInSchedule, "rows"),
        (["9"], RowNotInSchedule, "rows"),
        (["1"], RowAlreadyBilled, "rows"),
        ({"2": Fraction(0)}, PortionOutOfRange, "portion"),
        ({"2": Fraction(3, 2)}, PortionOutOfRange, "portion"),
    ],
)
def test_what_cannot_be_billed_is_refused(rows, refusal: type[Refusal], field: str) -> None:  # type: ignore[no-untyped-def]
    state = job(*STORY)
    state = state.after(bill(state, ["1"]))
    with pytest.raises(refusal) as refused:
        bill(state, rows)
    assert refused.value.field == field


def test_a_row_billed_before_a_change_is_not_billed_again() -> None:
    signed = job(*STORY)
    changed = change(signed.after(bill(signed, ["1"])), contract("25000.00 @ 8.25, 80 × 95.00")).state
    assert changed.billed_row_ids == {"1"}
    with pytest.raises(RowAlreadyBilled):
        bill(changed, ["1"])
