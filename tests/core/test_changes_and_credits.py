"""Changes, credits, deposit tax and new rates: the money model's own examples, as a contractor reads them."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milepost.core.billing import JobState, bill, sign
from milepost.core.changes import (
    NothingLeftToPlaceOn,
    OwnMilestoneBelowZero,
    OwnMilestoneMissing,
    change,
    credit_plan,
)
from milepost.core.contract import Key
from milepost.core.credits import (
    Credited,
    CreditedAlready,
    CreditNotPositive,
    CreditTooLarge,
    Issued,
    after_allowance,
    after_reversal,
    allowance,
    reversal,
)
from milepost.core.deposit_tax import deposit_by_key, recovered_by_key
from milepost.core.inclusive import split_inclusive
from milepost.core.repricing import repriced
from milepost.core.retaxing import retaxed
from milepost.core.rows import ContractBelowBilled, Row
from milepost.core.tax import TaxRate, TaxRules
from tests.core.effort import tried
from tests.core.jobs import contracts, jobs
from tests.core.samples import amounts, contract, job

KITCHEN = ("40000.00", "deposit 25 %, 25 %, 30 %, remainder")


def test_the_exempt_line_does_not_price_billed_work_anew():
    # Given 10,000.00 with 8.25 % tax, half of it billed
    half = job("10000.00 @ 8.25", "50 %, 50 %")
    half = half.after(bill(half, ["1"]))
    # When an exempt line of 90,000.00 joins, and the next row is fixed at 1,000.00
    rows = (
        *half.rows[:1],
        Row("next", "milestone", "fixed", 1_000_00),
        Row("rest", "milestone", "remainder"),
    )
    wide = JobState(
        half.priced, rows, half.amounts | {"next": 0, "rest": 0}, billed=half.billed, due_cents=half.due_cents,
        portions={"1": Fraction(1)},
    )  # fmt: skip
    changed = change(wide, contract("10000.00 @ 8.25, 90000.00")).state
    invoice = bill(changed, ["next"])
    # Then it bills forward only
    delta = {line.key: line.delta_cents for line in invoice.lines}
    assert delta == {Key("a"): 52_41, Key("a", "8.25"): 4_32, Key("b"): 943_27}


def test_an_island_before_and_after_the_deposit_is_billed():
    signed = job(*KITCHEN)
    before = change(signed, contract("44000.00"), deposit_billed=False)
    assert amounts(before.state) == ["11000.00", "11000.00", "13200.00", "8800.00"]
    after = change(signed, contract("44000.00"))
    assert amounts(after.state) == ["10000.00", "11333.33", "13600.00", "9066.67"]
    assert (after.difference_cents, after.deposit_before_cents) == (4_000_00, 10_000_00)
    assert [row.before_cents for row in after.rows] == [10_000_00, 12_000_00, 8_000_00]


def test_two_more_outlets_go_onto_the_next_payment_and_nothing_else_moves():
    signed = job(*KITCHEN)
    signed = signed.after(bill(signed, ["1"]))
    changed = change(signed, contract("40000.00, 180.00"), placement="next")
    assert amounts(changed.state) == ["10000.00", "10000.00", "12180.00", "8000.00"]


def test_a_shrink_ends_in_an_invoice_of_nothing_that_earns_and_recovers():
    signed = job("10000.00", "deposit 40 %, 30 %, remainder")
    signed = signed.after(bill(signed, ["1"]))
    shrunk = change(signed, contract("7000.00")).state
    assert amounts(shrunk) == ["4000.00", "3000.00", "0.00"]
    last = bill(shrunk, ["2"])
    assert (last.due_cents, last.earned_cents, last.recovered_cents) == (0, 2_000_00, 2_000_00)


def test_below_what_is_billed_the_credit_comes_from_the_deposit_and_then_from_the_newest_invoices():
    signed = job("10000.00", "deposit 20 %, 50 %, remainder")
    billed = signed.after(bill(signed, ["1"]))
    with pytest.raises(ContractBelowBilled) as refused:
        change(billed, contract("5000.00"))
    credit = refused.value.values["credit"].cents  # type: ignore[attr-defined]
    unrecovered = billed.deposit_cents - billed.recovered_cents
    plan = credit_plan(
        credit, unrecovered_deposit_cents=unrecovered, invoices=[("deposit", 0), ("1", 4_000_00)]
    )
    assert (credit, plan.deposit_cents, plan.by_invoice) == (2_000_00, 750_00, {"1": 1_250_00})
    with pytest.raises(ValueError, match="more than was ever billed"):
        credit_plan(10, unrecovered_deposit_cents=4, invoices=[("1", 5)])


def test_a_line_that_is_billed_cannot_leave_the_contract():
    signed = job("6000.00, 4000.00", "lines a, lines b")
    billed = signed.after(bill(signed, ["1"]))
    lines = contract("6000.00, 4000.00")
    only_b = type(lines)("USD", lines.lines[1:], {Key("b"): 4000_00}, {Key("b"): "net"})
    with pytest.raises(ContractBelowBilled):
        change(billed, only_b)


def test_a_change_on_a_job_that_is_billed_to_the_end_needs_a_milestone_of_its_own():
    signed = job("1000.00", "remainder")
    done = signed.after(bill(signed, ["1"]))
    with pytest.raises(NothingLeftToPlaceOn):
        change(done, contract("1200.00"), placement="next")
    own = Row("extra", "milestone", "fixed", 0)
    assert change(done, contract("1200.00"), placement="own", own=own).open_after == {"extra": 200_00}
    with pytest.raises(OwnMilestoneMissing):
        change(done, contract("1200.00"), placement="own")
    with pytest.raises(OwnMilestoneBelowZero):
        change(signed, contract("900.00"), placement="own", own=own)
    assert change(done, contract("1000.00"), placement="next").open_after == {}


# Credits -------------------------------------------------------------------------------------------


def test_a_reversal_puts_the_work_and_the_recovered_deposit_back():
    # Given the second payment of 24,000 @ 8.25 % and 7,600 with a quarter down
    signed = job("24000.00 @ 8.25, 80 × 95.00", "deposit 25 %, 25 %, fixed 12000.00, remainder")
    invoice = bill(signed, ["1"])
    billed = signed.after(invoice)
    said = Issued({line.key: line.delta_cents for line in invoice.lines}, invoice.recovered_cents)
    # When it is reversed in full
    credit = reversal(said, billed.priced, Fraction(1))
    # Then −11,193.33 of lines, +2,798.33 back in the pot, −8,395.00 of receivables
    assert (credit.lines_cents, credit.recovered_cents, credit.due_cents) == (11_193_33, 2_798_33, 8_395_00)
    again = bill(after_reversal(billed, credit, invoice.due_by_row), ["1"])
    assert again.lines == invoice.lines
    assert (again.due_cents, again.recovered_cents) == (8_395_00, 2_798_33)


def test_an_invoice_reversed_in_thirds_ends_exact():
    priced = contract("100.00 @ 8.25")
    said = Issued(priced.keys, 27_07)
    parts, before = [], Credited()
    for third in (Fraction(1, 3), Fraction(2, 3), Fraction(1)):
        to_date = reversal(said, priced, third, before=before)
        parts.append(to_date.less(before))
        before = to_date
    assert [part.lines_cents for part in parts] == [36_08, 36_09, 36_08]
    assert sum(part.recovered_cents for part in parts) == 27_07
    assert before.lines == said.lines
    with pytest.raises(CreditedAlready):
        reversal(said, priced, Fraction(1), before=before)


def test_money_off_lowers_contract_row_and_tax_alike_and_leaves_the_deposit_recovered():
    signed = job(*KITCHEN)
    invoice = bill(signed, ["1"])
    billed = signed.after(invoice)
    said = Issued({line.key: line.delta_cents for line in invoice.lines}, invoice.recovered_cents)
    lower = after_allowance(billed, allowance(said, 500_00), {"1": 500_00})
    assert amounts(lower) == ["10000.00", "9500.00", "12000.00", "8000.00"]
    assert lower.priced.total_cents == 39_500_00
    assert (lower.due_cents, lower.recovered_cents) == (9_500_00, 3_333_33)
    with pytest.raises(CreditTooLarge):
        allowance(said, 10_000_01)
    with pytest.raises(CreditNotPositive):
        allowance(said, 0)


# Taxed deposits ------------------------------------------------------------------------------------


def test_a_deposit_over_mixed_taxes_keeps_the_mix():
    """odoo test_tax_breakdown: 50 % of 200 @ 15 + 10, 200 @ 10, 200 @ 10, 200 without."""
    priced = contract("200.00 @ 15 + 10, 200.00 @ 10, 200.00 @ 10, 200.00")
    parts = deposit_by_key(priced, 445_00)
    assert {key.tax: sum(c for k, c in parts.items() if k.tax == key.tax) for key in parts if key.tax} == {
        "15": 15_00,
        "10": 30_00,
    }
    assert [parts[Key(line)] for line in "abcd"] == [100_00, 100_00, 100_00, 100_00]


def test_an_amount_that_includes_its_tax_finds_the_net_first():
    assert split_inclusive([100_00], [Fraction(24)]) == [(80_65, [19_35])]
    assert split_inclusive([100_00], []) == [(100_00, [])]
    assert split_inclusive([100_00], [Fraction(0)]) == [(100_00, [0])]


@tried(80)
@given(jobs(), st.data())
def test_a_taxed_deposit_is_recovered_key_by_key_and_ends_exact(state: JobState, data: st.DataObject) -> None:
    deposit = deposit_by_key(state.priced, state.deposit_cents)
    assert sum(deposit.values()) == (state.deposit_cents if state.priced.total_cents else 0)
    for row in data.draw(st.permutations([row.id for row in state.open_rows])):
        state = state.after(bill(state, [row]))
        if not state.priced.total_cents:
            return
        parts = recovered_by_key(state.priced, deposit, state.recovered_cents, billed=state.billed)
        assert sum(parts.values()) == state.recovered_cents
        assert all(0 <= cents <= deposit[key] + 1 for key, cents in parts.items())
    assert parts == deposit


# New rates -----------------------------------------------------------------------------------------


def test_a_rate_that_changes_taxes_only_what_is_not_billed():
    priced = contract("1000.00 @ 19")
    billed = {Key("a"): 400_00, Key("a", "19"): 76_00}
    new = retaxed(priced, billed, {"a": (TaxRate("16", "VAT", Decimal(16)),)})
    assert dict(new.keys) == {Key("a"): 1000_00, Key("a", "19"): 76_00, Key("a", "16"): 96_00}


def test_a_customer_who_turns_out_to_be_exempt_pays_no_more_tax():
    priced = contract("1000.00 @ 19, 500.00 @ 19")
    billed = {Key("a"): 400_00, Key("a", "19"): 76_00}
    new = retaxed(priced, billed, {"a": (), "b": ()})
    assert new.total_cents == 1_576_00
    assert dict(new.keys) == {
        Key("a"): 1000_00, Key("a", "19"): 76_00, Key("b"): 500_00, Key("b", "19"): 0,
    }  # fmt: skip


@tried(60)
@given(contracts(), st.integers(0, 100))
def test_the_same_rates_again_change_no_net_and_at_most_a_cent_a_tax(priced, percent):
    billed = {key: cents * percent // 100 for key, cents in priced.keys.items()}
    same = retaxed(priced, billed, {})
    for key, cents in priced.keys.items():
        if key.tax is None:
            assert same.keys[key] == cents
    for code, cents in priced.tax_by_code.items():
        assert abs(same.tax_by_code.get(code, 0) - cents) <= len(priced.lines) + 1


def test_a_line_that_loses_its_tax_in_mid_job_is_billed_on_where_each_document_is_taxed():
    """The tax that is billed of it stands, or goes back; the other line is taxed as before."""
    rows = [Row(name, "milestone", "share", 1) for name in ("one", "two", "three")]
    taxed = contract("600.00 @ 20, 300.00 @ 20")
    state = sign(taxed, rows, tax_rules=TaxRules(at="document"))
    state = state.after(bill(state, ["one"]))
    free = replace(taxed.lines[0], taxes=())
    state = change(state, repriced(taxed, taxed.lines, (free, taxed.lines[1])), placement="spread").state
    for row in ("two", "three"):
        made = bill(state, [row])
        state = state.after(made)
        assert sum(line.delta_cents for line in made.lines) == made.due_cents
    assert state.billed == state.priced.keys
    assert state.priced.keys == {Key("a"): 600_00, Key("b"): 300_00, Key("b", "20"): 60_00, Key("a", "20"): 0}
