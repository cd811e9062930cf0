"""Where the difference of a change order goes when rows bill lines of their own, and what is cut first."""

from decimal import Decimal
from fractions import Fraction

from milepost.core.billing import bill
from milepost.core.changes import change
from milepost.core.rows import Row
from tests.core import samples


def test_a_milestone_of_its_own_is_a_fixed_row_of_the_difference_whatever_was_handed_in() -> None:
    job = samples.job("1000.00", "deposit 100.00, 50 %, remainder")
    own = Row("own", "deposit", "percent", Decimal(30), weight=Fraction(5))
    after = change(job, samples.contract("1000.00, 80.00"), placement="own", own=own).state
    assert after.rows[-1] == Row("own", "milestone", "fixed", 0, placed_cents=80_00, amount_cents=80_00)
    assert samples.amounts(after) == ["100.00", "500.00", "400.00", "80.00"]
    # A change that changes no amount may have one too, for work that costs nothing.
    same = change(job, samples.contract("1000.00"), placement="own", own=own).state
    assert samples.amounts(same) == ["100.00", "500.00", "400.00", "0.00"]


def test_what_is_placed_beside_a_lines_row_leaves_the_rows_between_alone() -> None:
    job = samples.job("60.00, 40.00", "deposit 20.00, lines a, share 1, share 1, share 1")
    assert samples.amounts(job) == ["20.00", "48.00", "10.67", "10.67", "10.66"]
    job = job.after(bill(job, ["2"]))
    after = change(job, samples.contract("60.00, 40.00, 10.00"), placement="final").state
    # Of the 10.00 the lines row takes what less of the deposit comes off it now
    assert samples.amounts(after) == ["20.00", "49.24", "10.67", "10.67", "19.42"]
    again = change(after, samples.contract("60.00, 40.00, 25.00"), placement="next").state
    more = change(again, samples.contract("60.00, 40.00, 30.00"), placement="final").state
    assert samples.amounts(again)[2:] == ["10.67", "10.67", "19.42"]
    assert samples.amounts(more)[2:4] == ["10.67", "10.67"]
    assert sum(more.amounts.values()) == 130_00


def test_a_fixed_row_is_cut_before_a_lines_row_and_a_pool_row_before_both_wherever_they_stand() -> None:
    job = samples.job("60.00, 60.00", "fixed 60.00, lines a")
    assert samples.amounts(change(job, samples.contract("60.00, 20.00")).state) == ["20.00", "60.00"]
    job = samples.job("100.00", "remainder, fixed 60.00")
    job = change(job, samples.contract("120.00"), placement="next").state
    assert samples.amounts(job) == ["60.00", "60.00"]
    assert samples.amounts(change(job, samples.contract("70.00")).state) == ["10.00", "60.00"]
