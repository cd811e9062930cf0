"""A row of which a part is billed, or taken back: what stays, what is open, and what the next change shares."""

from decimal import Decimal
from fractions import Fraction

import pytest

from milepost.core.billing import JobState, bill
from milepost.core.changes import change
from milepost.core.contract import Key
from milepost.core.credits import (
    Credited,
    CreditTooLarge,
    Issued,
    after_allowance,
    after_reversal,
    allowance,
    cut_by_row,
    reversal,
)
from milepost.core.rows import Row, Snapshot, billed_part
from milepost.core.snapshots import rows_at_snapshot
from tests.core import samples

HALF, QUARTER = Fraction(1, 2), Fraction(1, 4)


def taken_back(job: JobState, row: str, share: Fraction) -> JobState:
    """The row is billed, and this share of its invoice reversed."""
    made = bill(job, [row])
    said = Issued({one.key: one.delta_cents for one in made.lines}, made.recovered_cents)
    return after_reversal(job.after(made), reversal(said, job.priced, share), made.due_by_row)


def test_the_billed_part_of_a_row_is_a_fixed_frozen_row_whatever_the_row_was() -> None:
    row = Row("walls", "milestone", "lines", None, frozenset("ab"), 5_00, Fraction(20), False, 500_00)
    first = billed_part(row, 200_00, [row])
    assert first == Row(
        ("billed", 1, "walls"), "milestone", "fixed", 200_00, billed=True, amount_cents=200_00
    )
    other = Row(("billed", 1, "roof"), "milestone", "fixed", 0)
    assert billed_part(row, 1, [other, first, row]).id == ("billed", 2, "walls")


def test_a_row_billed_in_part_leaves_its_share_of_weight_and_placed_cents_open() -> None:
    job = samples.job("1000.00", "deposit 10 %, 40 %, remainder")
    job = change(job, samples.contract("1100.00"), placement="next").state
    weight = job.rows[1].weight
    assert weight is not None
    job = job.after(bill(job, {"1": QUARTER}))
    deposit, frozen, rest, last = rows_at_snapshot(job)
    assert (deposit.billed, deposit.amount_cents) == (True, 100_00)
    assert frozen == Row(("billed", 1, "1"), "milestone", "fixed", 125_00, billed=True, amount_cents=125_00)
    assert rest == Row(
        "1",
        "milestone",
        "percent",
        Decimal(40),
        placed_cents=75_00,
        weight=weight * 3 / 4,
        amount_cents=375_00,
    )
    assert (last.billed, last.amount_cents) == (False, 500_00)
    assert job.snapshot == Snapshot({Key("a"): 0}, 0, 0)
    again = change(job, samples.contract("1100.00")).state
    assert again.snapshot == Snapshot({Key("a"): 137_50}, 125_00, 12_50)
    signed = samples.job("1000.00", "deposit 10 %, 40 %, remainder")
    half = signed.after(bill(signed, {"1": HALF}))
    assert [(row.billed, row.amount_cents) for row in rows_at_snapshot(half)] == [
        (True, 100_00), (True, 200_00), (False, 200_00), (False, 500_00),
    ]  # fmt: skip
    whole = signed.after(bill(signed, ["1"]))
    assert [(row.billed, row.amount_cents) for row in rows_at_snapshot(whole)] == [
        (True, 100_00), (True, 400_00), (False, 500_00),
    ]  # fmt: skip
    assert rows_at_snapshot(half)[2].value == Decimal(40)
    assert [row.billed for row in rows_at_snapshot(signed, deposit_billed=False)] == [False, False, False]


def test_a_row_that_is_taken_back_in_part_shares_the_next_change_by_the_part_of_its_weight() -> None:
    job = taken_back(samples.job("1000.00", "40 %, 60 %"), "1", QUARTER)
    assert [(row.id, row.billed, row.amount_cents) for row in job.rows] == [
        (("billed", 1, "1"), True, 300_00),
        ("1", False, 100_00),
        ("2", False, 600_00),
    ]
    # 800.00 are open; a quarter of 40 stands against 60
    after = change(job, samples.contract("1100.00")).state
    assert samples.amounts(after) == ["300.00", "114.29", "685.71"]
    twice = taken_back(after, "1", HALF)
    assert [row.id for row in twice.rows] == [("billed", 1, "1"), ("billed", 2, "1"), "1", "2"]
    assert samples.amounts(twice) == ["300.00", "57.14", "57.15", "685.71"]


def test_of_what_a_change_had_placed_on_a_row_the_part_that_is_taken_back_keeps_its_share() -> None:
    """100.00 was placed on it: 50.00 of them stay placed, and 900.00 are shared 20 to 60."""
    job = change(samples.job("1000.00", "40 %, 60 %"), samples.contract("1100.00"), placement="next").state
    job = taken_back(job, "1", HALF)
    assert samples.amounts(job) == ["250.00", "250.00", "600.00"]
    after = change(job, samples.contract("1200.00")).state
    assert samples.amounts(after) == ["250.00", "275.00", "675.00"]


def test_a_row_that_is_taken_back_whole_is_as_it_was() -> None:
    job = samples.job("1000.00", "deposit 100.00, 40 %, remainder")
    back = taken_back(job, "1", Fraction(1))
    assert [row.billed for row in back.rows] == [True, False, False]
    assert (samples.amounts(back), back.portions) == (samples.amounts(job), {})
    assert back.snapshot == Snapshot({Key("a"): 0}, 0, 0)
    half = taken_back(job, "1", HALF)
    assert half.snapshot == Snapshot({Key("a"): 222_22}, 200_00, 22_22)


def test_money_off_takes_a_snapshot_that_keeps_what_was_recovered() -> None:
    job = samples.job("1000.00", "deposit 100.00, 40 %, remainder")
    made = bill(job, ["1"])
    said = Issued({one.key: one.delta_cents for one in made.lines}, made.recovered_cents)
    off = allowance(said, 60_00)
    after = after_allowance(job.after(made), off, cut_by_row(off, made.due_by_row))
    assert after.snapshot == Snapshot({Key("a"): 384_44}, 340_00, 44_44)
    assert (after.portions, after.priced.total_cents) == ({}, 940_00)
    last = bill(after, ["2"])
    assert (last.recovered_cents, last.due_cents) == (55_56, 500_00)


def test_money_off_many_lines_keeps_net_and_tax_within_a_cent_of_their_proportion() -> None:
    # 300 lines of 0.05 and 0.01 tax on each: 18.00. A third off is 5.00 net and 1.00 tax; cents that went to
    # the largest fractions of 600 keys at once would all be tax (1/3 cent each, against 2/3 of a net).
    lines = {Key(str(n), tax): 1 if tax else 5 for n in range(300) for tax in (None, "vat")}
    off = allowance(Issued(lines), 6_00, group_of=lambda key: key.tax)
    assert sum(cents for key, cents in off.lines.items() if key.tax is None) == 5_00
    assert sum(cents for key, cents in off.lines.items() if key.tax == "vat") == 1_00


def test_money_off_an_invoice_with_a_discount_line_brings_that_line_down_too() -> None:
    # 1,000.00 of work with 100.00 tax, less 400.00 that bears none: 700.00. A tenth off is a tenth of each.
    said = Issued({Key("work"): 1_000_00, Key("work", "vat"): 100_00, Key("discount"): -400_00})
    assert allowance(said, 70_00).lines == {
        Key("work"): 100_00,
        Key("work", "vat"): 10_00,
        Key("discount"): -40_00,
    }


def test_money_off_for_the_second_time_comes_off_what_still_stands() -> None:
    said = Issued({Key("a"): 100_00, Key("b"): 100_00, Key("c"): 60_00}, recovered_cents=20_00)
    before = Credited({Key("a"): 60_00, Key("c"): 60_00})
    assert allowance(said, 70_00, before=before).lines == {Key("a"): 20_00, Key("b"): 50_00}
    assert allowance(said, 120_00, before=before).due_cents == 120_00
    with pytest.raises(CreditTooLarge) as refused:
        allowance(said, 120_01, before=before)
    assert str(refused.value) == "This invoice asked for 120.00, so 120.01 cannot come off it."
