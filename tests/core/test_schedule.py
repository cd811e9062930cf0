"""Payment schedules as a contractor writes them down."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest

from milepost.core.billing import bill
from milepost.core.changes import change
from milepost.core.money import Money
from milepost.core.rows import (
    ContractBelowBilled,
    PercentsExceedHundred,
    Recovery,
    Row,
    RowBelowZero,
    ScheduleExceedsContract,
    ScheduleMissesContract,
    Snapshot,
)
from milepost.core.schedule import row_amounts, signing_weights
from tests.core.samples import amounts, contract, job, schedule

KITCHEN = ("40000.00", "deposit 25 %, 25 %, 30 %, remainder")


def test_a_kitchen_of_40000_is_four_round_amounts() -> None:
    assert amounts(job(*KITCHEN)) == ["10000.00", "10000.00", "12000.00", "8000.00"]


def test_thirds_of_100_bill_100() -> None:
    assert amounts(job("100.00", "share 1, share 1, share 1")) == ["33.34", "33.33", "33.33"]


def test_a_schedule_is_not_refused_because_its_parts_miss_the_total_by_a_cent() -> None:
    assert amounts(job("5.47", "33.34 %, 33.33 %, 33.33 %")) == ["1.83", "1.82", "1.82"]


def test_two_halves_of_12870_59_leave_no_credit_note_of_a_cent() -> None:
    assert amounts(job("12870.59", "50 %, 50 %")) == ["6435.30", "6435.29"]


def test_percentages_typed_as_33_3_three_times_bill_the_whole_contract() -> None:
    assert sum(job("1000.00", "33.3 %, 33.3 %, 33.3 %").amounts.values()) == 1000_00


def test_the_remainder_weighs_what_the_others_leave_of_the_contract() -> None:
    weights = signing_weights(contract(KITCHEN[0]), schedule(KITCHEN[1]))
    assert weights == {"1": 25, "2": 30, "3": 20}
    fixed = signing_weights(contract("1000.00"), schedule("deposit 100.00, 25 %, fixed 150.00, remainder"))
    assert fixed == {"1": 25, "3": 50}


def test_a_remainder_beside_shares_is_one_share() -> None:
    weights = signing_weights(contract("900.00"), schedule("share 1, share 1, remainder"))
    assert set(weights.values()) == {1}


def test_shares_beside_percentages_split_what_these_leave() -> None:
    state = job("1000.00", "40 %, share 2, share 1, remainder")
    assert amounts(state) == ["400.00", "300.00", "150.00", "150.00"]


def test_a_refusal_names_by_how_much_the_rows_exceed_the_contract() -> None:
    with pytest.raises(ScheduleExceedsContract) as refused:
        row_amounts(contract("10000.00"), schedule("deposit 25 %, fixed 8000.00, remainder"))
    assert refused.value.values["over"] == Money(500_00, "USD")
    assert "500.00 more than the contract of 10,000.00" in str(refused.value)


def test_a_percent_deposit_follows_the_price_until_it_is_billed_and_stands_from_then_on() -> None:
    rows = schedule(KITCHEN[1])
    assert row_amounts(contract("44000.00"), rows)["deposit"] == 11_000_00
    billed = [replace(rows[0], billed=True, amount_cents=10_000_00), *rows[1:]]
    assert row_amounts(contract("44000.00"), billed)["deposit"] == 10_000_00


def test_a_change_order_leaves_the_billed_deposit_alone_and_spreads_the_rest_by_original_share() -> None:
    # Given a 40,000.00 kitchen whose 25 % deposit is billed
    # When a change order lifts the contract by 4,000.00
    changed = change(job(*KITCHEN), contract("44000.00")).state
    # Then the deposit stands and every cent of the rest is placed
    assert amounts(changed) == ["10000.00", "11333.33", "13600.00", "9066.67"]


def test_a_change_order_does_not_split_again_what_is_billed() -> None:
    signed = job("10000.00", "25 %, 25 %, 50 %")
    changed = change(signed.after(bill(signed, ["1"])), contract("12000.00")).state
    assert amounts(changed) == ["2500.00", "3166.67", "6333.33"]


def test_what_was_placed_on_the_next_row_stays_there_when_a_later_change_spreads() -> None:
    signed = job("10000.00", "25 %, 25 %, 50 %")
    first = change(signed.after(bill(signed, ["1"])), contract("12000.00"), placement="next").state
    assert amounts(first) == ["2500.00", "4500.00", "5000.00"]
    assert amounts(change(first, contract("13000.00")).state) == ["2500.00", "4833.33", "5666.67"]


def test_a_shrinking_contract_empties_the_pool_then_cuts_fixed_rows_from_the_last() -> None:
    signed = job("10000.00", "fixed 3000.00, fixed 3000.00, remainder")
    assert amounts(change(signed, contract("6500.00")).state) == ["3000.00", "3000.00", "500.00"]
    assert amounts(change(signed, contract("5000.00")).state) == ["3000.00", "2000.00", "0.00"]
    assert amounts(change(signed, contract("2000.00")).state) == ["2000.00", "0.00", "0.00"]


def test_lines_rows_are_cut_after_the_fixed_rows() -> None:
    signed = job("6000.00, 4000.00", "lines a, fixed 3000.00, remainder")
    assert amounts(change(signed, contract("6000.00, 1000.00")).state) == ["6000.00", "1000.00", "0.00"]


def test_a_contract_below_what_is_billed_asks_for_a_credit_first() -> None:
    signed = job("10000.00", "deposit 20 %, 50 %, remainder")
    billed = signed.after(bill(signed, ["1"]))
    with pytest.raises(ContractBelowBilled) as refused:
        change(billed, contract("6000.00"))
    assert refused.value.values["credit"] == Money(1000_00, "USD")


def test_a_remainder_of_nothing_takes_what_a_change_brings() -> None:
    signed = job("1000.00", "50 %, 50 %, remainder")
    assert amounts(signed) == ["500.00", "500.00", "0.00"]
    billed = signed.after(bill(signed, ["1", "2"]))
    assert amounts(change(billed, contract("1200.00")).state) == ["500.00", "500.00", "200.00"]


def test_a_change_with_no_row_left_to_take_it_is_refused() -> None:
    signed = job("1000.00, 500.00", "lines a, lines b")
    with pytest.raises(ScheduleMissesContract):
        change(signed, contract("1000.00, 500.00, 50.00"))


def test_a_placed_part_below_zero_is_refused_on_a_quote() -> None:
    rows = [
        Row("1", "milestone", "fixed", 100, placed_cents=-200),
        Row("2", "milestone", "remainder"),
    ]
    with pytest.raises(RowBelowZero):
        row_amounts(contract("10.00"), rows)


def test_the_other_rows_can_always_earn_what_the_lines_rows_leave() -> None:
    # Three lines of a cent each, two of them recovered: half-up on each row would lose a cent
    state = job("0.01, 0.01, 0.01", "deposit 0.02, lines a, lines b, lines c")
    assert sorted(state.amounts.values()) == [0, 0, 1, 2]


def test_weights_are_kept_from_signing() -> None:
    assert [row.weight for row in job(*KITCHEN).rows] == [None, 25, 30, 20]
    own = [Row("1", "milestone", "share", 1, weight=Fraction(3)), Row("2", "milestone", "share", 1)]
    assert row_amounts(contract("100.00"), own) == {"1": 75_00, "2": 25_00}


def test_a_billed_row_needs_its_amount() -> None:
    rows = [Row("1", "milestone", "percent", Decimal(50), billed=True), Row("2", "milestone", "remainder")]
    with pytest.raises(ValueError, match="amount_cents"):
        row_amounts(contract("100.00"), rows, snapshot=Snapshot(due_cents=50_00))


def test_a_schedule_below_what_is_billed_says_how_much_that_is_and_what_to_credit() -> None:
    deposit, start, rest = schedule("deposit 20.00, fixed 50.00, remainder")
    rows = [
        replace(deposit, billed=True, amount_cents=20_00),
        replace(start, billed=True, amount_cents=50_00),
        rest,
    ]
    with pytest.raises(ContractBelowBilled) as refused:
        row_amounts(contract("60.00"), rows, snapshot=Snapshot(due_cents=50_00))
    assert refused.value.values == {"billed": Money(70_00, "USD"), "credit": Money(10_00, "USD")}


def test_what_cannot_be_asked_for_is_refused_at_the_milestones_with_its_amounts() -> None:
    with pytest.raises(RowBelowZero) as below:
        row_amounts(
            contract("10.00"),
            [Row("1", "milestone", "fixed", 100, placed_cents=-200), Row("2", "milestone", "remainder")],
        )
    assert (below.value.field, below.value.values) == ("milestones", {"amount": Money(-1_00, "USD")})
    with pytest.raises(ScheduleMissesContract) as misses:
        change(job("1000.00, 500.00", "lines a, lines b"), contract("1000.00, 500.00, 50.00"))
    assert misses.value.field == "milestones"
    assert misses.value.values == {"left": Money(50_00, "USD"), "total": Money(1_550_00, "USD")}
    with pytest.raises(ScheduleMissesContract):
        row_amounts(contract("1.00, 0.05"), schedule("lines a"))


def test_a_row_that_was_not_there_at_signing_weighs_what_the_others_leave() -> None:
    start, middle, rest = schedule("fixed 20.00, 30 %, remainder")
    rows = [replace(start, billed=True, amount_cents=20_00), replace(middle, weight=Fraction(30)), rest]
    found = row_amounts(contract("100.00"), rows, snapshot=Snapshot(due_cents=20_00))
    assert found == {"1": 20_00, "2": 30_00, "3": 50_00}


def test_where_nothing_was_left_for_anybody_the_remainder_takes_what_comes_or_all_take_it_alike() -> None:
    nothing_left = job("10.00", "fixed 10.00, 0 %, remainder")
    assert amounts(change(nothing_left, contract("12.00")).state) == ["10.00", "0.00", "2.00"]
    for_nobody = job("10.00", "fixed 10.00, 0 %, 0 %")
    assert amounts(change(for_nobody, contract("12.00")).state) == ["10.00", "1.00", "1.00"]


@pytest.mark.parametrize(
    ("text", "rows", "recovery", "weights"),
    [
        # A percentage weighs what it says, not the cents that its deposit was rounded to
        ("100.01", "deposit 25 %, 25 %, 30 %, remainder", "off_the_top", [25, 30, 20]),
        ("10.00", "deposit 25 %, remainder", "off_the_top", [75]),
        # What a lines row asks for depends on which of them the deposit comes off
        ("60.00, 40.00", "deposit 25.00, lines a, remainder", "first", [40]),
        ("60.00, 40.00", "deposit 25.00, lines a, remainder", "off_the_top", [30]),
        ("60.00, 40.00", "deposit 25.00, lines a, remainder", "final", [15]),
    ],
)
def test_the_weights_at_signing(text: str, rows: str, recovery: Recovery, weights: list[int]) -> None:
    assert list(signing_weights(contract(text), schedule(rows), recovery=recovery).values()) == weights
    if recovery == "off_the_top":
        assert list(signing_weights(contract(text), schedule(rows)).values()) == weights


def test_unless_it_is_said_otherwise_the_deposit_comes_off_each_lines_row_alike() -> None:
    found = row_amounts(contract("60.00, 40.00"), schedule("deposit 25.00, lines a, lines b"))
    assert found == {"deposit": 25_00, "1": 45_00, "2": 30_00}


def test_milestones_that_are_a_hundred_percent_by_themselves_share_what_the_deposit_leaves() -> None:
    for percent in ("99", "100"):
        assert row_amounts(contract("100.00"), schedule(f"deposit 25 %, {percent} %"))["1"] == 75_00
    for percents in ("98.9 %", "100 %, 0.5 %"):
        with pytest.raises(PercentsExceedHundred) as refused:
            row_amounts(contract("100.00"), schedule(f"deposit 25 %, {percents}"))
        assert refused.value.field == "milestones"
