"""Why every row of a schedule asks for what it asks."""

from fractions import Fraction

from hypothesis import given

from milepost.core.billing import JobState, bill
from milepost.core.changes import change
from milepost.core.explaining_rows import RowStory, ScheduleStory, explain_rows
from tests.core import samples
from tests.core.effort import tried
from tests.core.jobs import jobs


def test_what_was_left_to_share_is_told_with_what_came_before_it() -> None:
    # Given lines of 60.00 and 40.00; the row of the first is billed, then 10.00 are placed on the next row
    job = samples.job("60.00, 40.00", "deposit 20.00, lines a, fixed 8.00, share 1, share 2")
    assert explain_rows(job).rows[1] == RowStory("1", "lines", 48_00, worth_cents=60_00)
    job = job.after(bill(job, ["1"]))
    job = change(job, samples.contract("60.00, 40.00, 10.00"), placement="next").state
    one, two = Fraction(1), Fraction(2)
    assert explain_rows(job) == ScheduleStory(
        total_cents=110_00,
        deposit_cents=20_00,
        due_before_cents=48_00,
        others_cents=8_00,
        placed_cents=10_00,
        pool_cents=24_00,
        weights=Fraction(3),
        rows=(
            RowStory("deposit", "deposit", 20_00),
            RowStory("1", "billed", 48_00),
            RowStory("2", "fixed", 18_00, placed_cents=10_00),
            RowStory("3", "pool", 8_00, weight=one, exact_cents=Fraction(8_00)),
            RowStory("4", "pool", 16_00, weight=two, exact_cents=Fraction(16_00)),
        ),
    )
    assert (explain_rows(job).sharers, explain_rows(job).rows[2].own_cents) == (2, 8_00)


def test_a_row_whose_share_was_cut_is_told_as_set() -> None:
    job = samples.job("100.00", "share 1, share 1, fixed 60.00")
    job = change(job, samples.contract("120.00"), placement="next").state
    told = explain_rows(change(job, samples.contract("70.00")).state)
    assert [(row.how, row.amount_cents, row.odd) for row in told.rows] == [
        ("set", 10_00, "exact"),
        ("set", 0, "exact"),
        ("fixed", 60_00, "exact"),
    ]
    assert told.pool_cents == -10_00
    nothing = explain_rows(samples.job("60.00", "fixed 60.00, remainder")).rows[1]
    assert (nothing.how, nothing.exact_cents, nothing.odd) == ("pool", 0, "exact")


@tried(50)
@given(jobs())
def test_the_figures_of_the_story_come_to_the_schedule(state: JobState) -> None:
    told = explain_rows(state)
    assert {row.row: row.amount_cents for row in told.rows} == dict(state.amounts)
    assert sum(row.exact_cents for row in told.rows if row.how == "pool") in (told.pool_cents, 0)
    for row in told.rows:
        if row.how == "pool":
            assert abs(row.own_cents - row.exact_cents) < 1
            assert (row.odd == "up") == (row.own_cents > row.exact_cents)
