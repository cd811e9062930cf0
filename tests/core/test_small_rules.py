"""Rules of the core that show only at their edges: rates of lines, snapshots, parts, moves between rows."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from milepost.core import journal
from milepost.core.billing import bill
from milepost.core.changes import MovesDoNotMatch, MoveTooLarge, change, credit_plan, with_amounts
from milepost.core.colors import readable_on
from milepost.core.contract import ContractBelowZero, ContractLine, Key, price
from milepost.core.credits import Credited, Issued, after_reversal, reversal, reversal_of_lines, whole
from milepost.core.duedates import due_on
from milepost.core.inclusive import split_inclusive
from milepost.core.money import parse_cents, plain
from milepost.core.progress import ProgressState, ProgressTerms, Work, apply, certify, rate_changed
from milepost.core.repricing import repriced
from milepost.core.retainage import (
    HeldSnapshot,
    LineWork,
    RetainageTerms,
    Tier,
    held_by_line,
    held_cents,
    release_cents,
    released_tax,
)
from milepost.core.retaxing import retaxed
from milepost.core.settling import oldest_first
from milepost.core.tax import TaxRate
from tests.core import samples

GST, PST = TaxRate("gst", "GST", Decimal(5)), TaxRate("pst", "PST", Decimal(7))


def line(name: str, amount: str, *taxes: TaxRate) -> ContractLine:
    return ContractLine(name, name, Decimal(1), Decimal(amount), taxes)


# Retainage ----------------------------------------------------------------------------------------------


def test_all_of_it_may_be_held_and_nothing() -> None:
    works = [LineWork("a", 100_00, 50_00)]
    assert held_cents(works, RetainageTerms(Decimal(100))) == 50_00
    assert held_cents(works, RetainageTerms(Decimal(0))) == 0
    assert held_by_line(works, RetainageTerms(Decimal(0)), 0) == {"a": 0}


@pytest.mark.parametrize(("cap_of", "original", "held"), [
    ("original", 800_00, 40_00),
    ("original", None, 50_00),
    ("current", 800_00, 50_00),
])  # fmt: skip
def test_a_cap_is_of_the_contract_as_it_was_or_is(cap_of: str, original: int | None, held: int) -> None:
    terms = RetainageTerms(Decimal(10), cap_percent=Decimal(5), cap_of=cap_of)  # type: ignore[arg-type]
    assert held_cents([LineWork("a", 1000_00, 900_00)], terms, original_cents=original) == held
    both = replace(terms, cap_cents=30_00)
    assert held_cents([LineWork("a", 1000_00, 900_00)], both, original_cents=original) == 30_00


def test_a_new_rate_holds_of_new_work_only() -> None:
    """500.00 done at 10 percent; then 5 percent of what comes, whatever the rate of the line was."""
    works = [LineWork("a", 1000_00, 600_00, 100_00), LineWork("b", 1000_00, 300_00)]
    at = HeldSnapshot(60_00, {"a": 500_00, "b": 100_00})
    assert held_cents(works, RetainageTerms(Decimal(5), on_change="new"), snapshot=at) == 80_00
    assert held_cents(works, RetainageTerms(Decimal(5)), snapshot=at) == 50_00
    own = RetainageTerms(Decimal(5), on_change="new", by_line={"b": Decimal(20)})
    assert held_cents(works, own, snapshot=at) == 110_00
    stored = RetainageTerms(Decimal(5), on_change="new", stored_percent=Decimal(1))
    assert held_cents(works, stored, snapshot=at) == 76_00


def test_new_tiers_and_a_new_rate_of_stored_materials_leave_what_was_held() -> None:
    """40.00 is held of 400.00; of the next 200.00 the tiers hold 10 percent up to half, then 5: 15.00."""
    at = HeldSnapshot(40_00, {"a": 400_00})
    tiers = (Tier(Decimal(50), Decimal(10)), Tier(None, Decimal(5)))
    for by_line in (False, True):
        terms = RetainageTerms(tiers=tiers, tiers_by_line=by_line, on_change="new")
        assert held_cents([LineWork("a", 1000_00, 600_00)], terms, snapshot=at) == 55_00
        assert held_cents([LineWork("a", 1000_00, 400_00)], terms, snapshot=at) == 40_00
    with_stored = HeldSnapshot(45_00, {"a": 500_00}, {"a": 100_00})
    terms = RetainageTerms(Decimal(2), stored_percent=Decimal(5), on_change="new")
    assert held_cents([LineWork("a", 1000_00, 500_00, 100_00)], terms, snapshot=with_stored) == 47_00
    agreed = RetainageTerms(amount_cents=30_00, on_change="new")
    assert held_cents([LineWork("a", 1000_00, 600_00)], agreed, snapshot=at) == 30_00


@pytest.mark.parametrize("cells", samples.table("progress", "reductions"), ids=lambda c: c["case"])
def test_a_rate_that_falls_at_a_threshold_holds_what_the_page_says(cells: dict[str, str]) -> None:
    terms = RetainageTerms(
        Decimal(cells["rate"]),
        reduce_after=Decimal(cells["after"]),
        reduce_to=Decimal(cells["to"]),
        on_change=cells["by"],  # type: ignore[arg-type]
        cap_percent=Decimal(cells["cap"]) if cells["cap"] else None,
    )
    value, done = (parse_cents(cells[name], "USD") for name in ("contract", "work to date"))
    works = [LineWork("a", value // 4, done // 2), LineWork("b", value - value // 4, done - done // 2)]
    assert plain(held_cents(works, terms), "USD") == cells["held"]
    assert sum(held_by_line(works, terms, held_cents(works, terms)).values()) == held_cents(works, terms)


def test_the_snapshot_of_a_rate_counts_work_and_stored_materials() -> None:
    ten = ProgressTerms(RetainageTerms(Decimal(10)))
    priced = samples.contract("1000.00")
    state = apply(ProgressState(priced), {"a": Work(cents=300_00, stored_cents=200_00)}, ten).state
    assert rate_changed(state).held_snapshot == HeldSnapshot(50_00, {"a": 500_00}, {"a": 200_00})
    five = ProgressTerms(RetainageTerms(Decimal(5), on_change="new"))
    assert apply(rate_changed(state), {"a": Work(cents=700_00)}, five).held_cents == 10_00


# Progress ----------------------------------------------------------------------------------------------


def test_less_is_certified_first_of_the_work_and_then_of_the_stored_materials() -> None:
    terms = ProgressTerms(RetainageTerms(Decimal(0)))
    start = ProgressState(samples.contract("1000.00, 500.00"))
    applied = apply(start, {"a": Work(cents=300_00, stored_cents=200_00), "b": Work(cents=50_00)}, terms)
    made = certify(start, applied, {"a": 250_00}, terms)
    assert (made.state.work, made.state.stored) == ({"a": 50_00, "b": 50_00}, {"a": 200_00, "b": 0})
    less = certify(start, applied, {"a": 150_00}, terms)
    assert (less.state.work["a"], less.state.stored["a"]) == (0, 150_00)


def test_a_deposit_comes_off_what_is_left_since_the_snapshot() -> None:
    priced = samples.contract("1000.00")
    state = ProgressState(
        priced,
        deposit_cents=200_00,
        work={"a": 400_00},
        stored={"a": 0},
        billed={Key("a"): 400_00},
        recovered_cents=50_00,
        snapshot_earned_cents=400_00,
        snapshot_recovered_cents=50_00,
    )
    assert apply(state, {"a": Work(cents=700_00)}, ProgressTerms()).recovered_cents == 75_00


def test_each_line_s_tax_may_be_rounded_by_itself_and_down() -> None:
    priced = price([line("a", "100", PST), line("b", "100", PST)], currency="USD", tax_per="line")
    work = {"a": Work(cents=50), "b": Work(cents=50)}
    for per, rounding, tax in (("line", "half_up", 8), ("code", "half_up", 7), ("line", "down", 6)):
        made = apply(ProgressState(priced), work, ProgressTerms(tax_per=per, tax_rounding=rounding))  # type: ignore[arg-type]
        assert made.earned_cents == 100 + tax
        held = ProgressTerms(
            RetainageTerms(Decimal(100)),
            tax_on_held="deferred",
            tax_per=per,
            tax_rounding=rounding,  # type: ignore[arg-type]
        )
        assert apply(ProgressState(priced), work, held).payable_cents == 0
    gross = ProgressTerms(RetainageTerms(Decimal(10), of="gross"), tax_on_held="deferred")
    made = apply(ProgressState(priced), {"a": Work(Decimal(100))}, gross)
    assert (made.held_cents, made.held_tax_cents) == (10_70, 0)


def test_a_line_of_nothing_is_neither_above_nor_below() -> None:
    state = ProgressState(samples.contract("0.00, -10.00, 50.00"))
    made = apply(
        state, {"a": Work(Decimal(100)), "b": Work(Decimal(50)), "c": Work(Decimal(100))}, ProgressTerms()
    )
    assert made.payable_cents == 45_00


# Parts, moves, credits ----------------------------------------------------------------------------------


def test_a_row_in_two_parts_its_value_its_weight_and_what_was_placed() -> None:
    job = samples.job("1000.00", "fixed 400.00, remainder")
    job = change(job, samples.contract("1100.00"), placement="next").state
    job = job.after(bill(job, {"1": Fraction(1, 4)}))
    after = change(job, samples.contract("1100.00, 50.00")).state
    frozen, open_part, rest = after.rows
    assert (frozen.id, frozen.amount_cents, frozen.billed) == (("billed", 1, "1"), 125_00, True)
    assert (open_part.value, open_part.placed_cents, open_part.amount_cents) == (300_00, 75_00, 375_00)
    assert (rest.amount_cents, sum(after.amounts.values())) == (650_00, 1150_00)
    pool = samples.job("1000.00", "40 %, remainder")
    pool = pool.after(bill(pool, {"1": Fraction(1, 4)}))
    weights = [row.weight for row in change(pool, samples.contract("1000.00")).state.rows]
    assert weights == [None, Fraction(30), Fraction(60)]


def test_cents_move_between_open_rows_and_no_further() -> None:
    job = samples.job("1000.00", "deposit 100.00, fixed 300.00, fixed 200.00, remainder")
    same = samples.contract("1000.00")
    moved = change(job, same, moves={"2": -50_00, "3": 50_00})
    assert samples.amounts(moved.state) == ["100.00", "300.00", "150.00", "450.00"]
    with pytest.raises(MovesDoNotMatch) as unequal:
        change(job, same, moves={"2": -50_00, "3": 50_01})
    assert (unequal.value.field, str(unequal.value)[:4]) == ("rows", "0.01")
    billed = job.after(bill(job, ["1"]))
    for moves, text in (
        ({"2": -200_01, "3": 200_01}, "“2” cannot give 200.01: 200.00 of it is open."),
        ({"deposit": -1, "3": 1}, "“deposit” cannot give 0.01: 100.00 of it is open."),
        ({"1": 5, "3": -5}, "“1” cannot give 0.05: 0.00 of it is open."),
    ):
        with pytest.raises(MoveTooLarge) as refused:
            change(billed, same, moves=moves, deposit_billed=False)
        assert (refused.value.field, str(refused.value)) == ("rows", text)
    assert samples.amounts(change(job, same, moves={"2": -200_00, "3": 200_00}).state)[2:] == [
        "0.00",
        "600.00",
    ]


def test_equal_parts_go_on_every_open_row() -> None:
    job = samples.job("1000.00", "fixed 400.00, fixed 300.00, remainder")
    job = job.after(bill(job, ["1"]))
    after = change(job, samples.contract("1000.05"), placement="equal")
    assert after.open_after == {"2": 300_03, "3": 300_02}
    assert (after.difference_cents, after.deposit_before_cents, after.deposit_after_cents) == (5, 0, 0)
    last = change(job, samples.contract("1000.05"), placement="final")
    assert last.open_after == {"2": 300_00, "3": 300_05}


def test_a_bill_that_asked_for_nothing_is_taken_back_too() -> None:
    job = samples.job("100.00", "deposit 100 %, share 1, share 1")
    made = bill(job, ["1"])
    said = Issued({one.key: one.delta_cents for one in made.lines}, made.recovered_cents)
    assert made.due_cents == 0
    back = after_reversal(job.after(made), reversal(said, job.priced, Fraction(1)), made.due_by_row)
    assert (back.recovered_cents, back.earned_cents) == (0, 0)
    assert bill(back, ["1"]).recovered_cents == 50_00


def test_a_fixed_row_that_is_taken_back_in_part_keeps_the_part() -> None:
    job = samples.job("1000.00", "fixed 400.00, remainder")
    made = bill(job, ["1"])
    said = Issued({one.key: one.delta_cents for one in made.lines})
    back = after_reversal(job.after(made), reversal(said, job.priced, Fraction(1, 4)), made.due_by_row)
    kept, again, _ = back.rows
    assert (kept.amount_cents, kept.billed) == (300_00, True)
    assert (again.value, again.amount_cents, again.billed) == (100_00, 100_00, False)


def test_a_credit_less_the_one_before_it_is_its_own_part() -> None:
    lines = {Key("a"): 100_00, Key("b"): 300_00}
    priced = samples.contract("100.00, 300.00")
    said = Issued(lines, recovered_cents=40_00, held_cents=20_00)
    first = reversal_of_lines(said, priced, {"a": Fraction(1)})
    assert (first.share, first.recovered_cents, first.held_cents) == (Fraction(1, 4), 10_00, 5_00)
    rest = whole(said, before=first)
    assert rest == Credited({Key("a"): 0, Key("b"): 300_00}, 30_00, 15_00, Fraction(3, 4))
    assert rest.due_cents == 255_00


# Tax -----------------------------------------------------------------------------------------------------


def test_a_price_that_includes_two_taxes_shares_out_what_is_above_the_net() -> None:
    seven, six = Fraction(7), Fraction(6)
    assert split_inclusive([5], [seven, six]) == [(4, [1, 0])]
    assert split_inclusive([4], [-seven, -six]) == [(5, [-1, 0])]
    assert split_inclusive([100_00], [Fraction(-47), Fraction(10)]) == [(158_73, [-74_60, 15_87])]
    assert split_inclusive([7, 8], []) == [(7, []), (8, [])]
    assert split_inclusive([7], [Fraction(0), Fraction(0)]) == [(7, [0, 0])]
    # On each line by itself, or both taxes on what the lines have together
    three = [4, 4, 4]
    rates = [Fraction(13), seven]
    assert split_inclusive(three, rates, per="line") == [(3, [1, 0])] * 3
    assert split_inclusive(three, rates) == [(4, [0, 0]), (3, [1, 0]), (3, [0, 1])]
    # Beside a rate of nothing the others share all of it; against one that comes off, each has its own
    assert split_inclusive([1_00], [Fraction(1, 2), Fraction(0)]) == [(1_00, [0, 0])]
    assert split_inclusive([5], [Fraction(-20), Fraction(-5), Fraction(0)]) == [(7, [-2, 0, 0])]
    assert split_inclusive([35], [Fraction(-20), Fraction(1, 2)]) == [(43, [-9, 1])]


def test_other_taxes_group_the_keys_as_a_new_contract_would() -> None:
    now = price([line("a", "100", GST), line("b", "100")], currency="CAD")
    after = retaxed(now, {}, {"b": (GST, PST)})
    assert after.groups == price([line("a", "100", GST), line("b", "100", GST, PST)], currency="CAD").groups
    half = retaxed(now, {Key("a"): 50_00, Key("a", "gst"): 2_50}, {"a": ()})
    assert half.keys == {Key("a"): 100_00, Key("a", "gst"): 2_50, Key("b"): 100_00}
    assert half.groups[Key("a")] == ("net", frozenset({"gst"}))


def test_a_repriced_contract_keeps_its_groups_and_is_never_below_zero() -> None:
    before = [line("a", "100", GST)]
    now = price(before, currency="JPY")
    after = [*before, line("b", "50", GST, PST)]
    made = repriced(now, before, after)
    assert made.groups == price(after, currency="JPY").groups
    assert (made.total_cents, made.currency) == (162, "JPY")
    with pytest.raises(ContractBelowZero) as refused:
        repriced(now, before, [line("a", "-100", GST)])
    assert refused.value.field == "lines"


def test_other_amounts_on_open_rows_are_placed_there_and_stand_at_the_next_change() -> None:
    job = samples.job("900.00", "deposit 300.00, share 1, share 1, share 1")
    job = job.after(bill(job, ["1"]))
    changed = change(job, samples.contract("960.00"))
    assert changed.open_after == {"2": 230_00, "3": 230_00}
    told = with_amounts(changed, {"2": 260_00, "3": 200_00})
    assert told.open_after == {"2": 260_00, "3": 200_00}
    assert [row.after_cents for row in told.rows] == [200_00, 260_00, 200_00]
    assert (told.difference_cents, told.deposit_after_cents) == (60_00, 300_00)
    placed = {row.id: (row.placed_cents, row.amount_cents) for row in told.state.rows}
    assert placed == {
        "deposit": (0, 300_00),
        "1": (0, 200_00),
        "2": (30_00, 260_00),
        "3": (-30_00, 200_00),
    }
    assert told.state.amounts == {"deposit": 300_00, "1": 200_00, "2": 260_00, "3": 200_00}
    # The next change spreads its own difference and leaves what was placed.
    assert change(told.state, samples.contract("980.00")).open_after == {"2": 270_00, "3": 210_00}
    assert bill(told.state, ["2"]).due_cents == 260_00
    with pytest.raises(ValueError, match=r"^the amounts do not add up to what is open$"):
        with_amounts(changed, {"2": 260_00, "3": 200_01})


def test_a_credit_leaves_out_invoices_that_have_nothing_left_and_those_it_does_not_need() -> None:
    invoices = [(1, 400_00), (2, 100_00), (3, 0)]
    plan = credit_plan(100_00, unrecovered_deposit_cents=0, invoices=invoices)
    assert (plan.deposit_cents, plan.by_invoice) == (0, {2: 100_00})
    plan = credit_plan(50_00, unrecovered_deposit_cents=60_00, invoices=invoices)
    assert (plan.deposit_cents, plan.by_invoice) == (50_00, {})
    with pytest.raises(ValueError, match=r"^1 cents more than was ever billed$"):
        credit_plan(560_01, unrecovered_deposit_cents=60_00, invoices=invoices)


def test_a_processor_holds_what_would_be_cash_and_nothing_else() -> None:
    entry = (*journal.payment_cleared(10_00, 2_00), *journal.processing_cost(50))
    assert [(one.debit, one.credit) for one in journal.through(journal.CLEARING, entry)] == [
        ("clearing", "receivables"),
        ("clearing", "customer_credit"),
        ("processing_fees", "clearing"),
    ]


def test_nothing_held_has_no_tax_to_release_and_a_cent_may_be_released() -> None:
    assert released_tax({"vat": 0}, held=0, released=0) == {"vat": 0}
    assert release_cents(1, held=1, released=0, currency="USD") == 1


def test_a_cent_of_a_payment_settles_a_cent() -> None:
    assert oldest_first(1, [("1001", -5), ("1002", 0), ("1003", 2)]) == [("1003", 1)]


def test_a_month_s_day_is_reached_from_its_first_day() -> None:
    assert due_on(date(2026, 3, 31), months=1, day_of_month=1) == date(2026, 4, 1)
    assert due_on(date(2026, 1, 31), day_of_month=31) == date(2026, 1, 31)
    assert due_on(date(2026, 4, 30), 1, day_of_month=31) == date(2026, 5, 31)


@pytest.mark.parametrize(("color", "on_it"), [
    # The darkest and the lightest greys on which each is read at 4.5 : 1 or more.
    ("#757575", "#ffffff"), ("#767676", "#000000"), ("#0000f5", "#ffffff"), ("#757676", "#000000"),
])  # fmt: skip
def test_the_lettering_changes_between_two_greys(color: str, on_it: str) -> None:
    assert readable_on(color) == on_it
