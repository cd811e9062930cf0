"""What is told of a bill is the bill: to the cent, and no figure further than a cent from its exact one."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from milepost.core.billing import JobState, bill
from milepost.core.changes import change
from milepost.core.explaining import RecoveryStory, explain
from tests.core.jobs import jobs
from tests.core.samples import contract, job
from tests.core.test_laws import _open, _sets, laws


@laws
@given(jobs(), st.data())
def test_an_explanation_is_its_bill_to_the_cent(state: JobState, data: st.DataObject) -> None:
    for rows in _sets(data, _open(state)):
        made = bill(state, rows)
        told = explain(state, made)
        assert {one.key: one.now_cents for one in told.keys} == {
            line.key: line.delta_cents for line in made.lines
        }
        assert told.recovery.now_cents == made.recovered_cents
        assert told.earned_to_date_cents - told.earned_before_cents == made.earned_cents
        for one in told.keys:
            assert abs(one.exact_cents - one.to_date_cents) < 1
            assert (one.odd == "exact") == (one.exact_cents == one.to_date_cents)
        state = state.after(made)


def test_the_odd_cent_is_told_where_it_went():
    # A hundred in thirds, over two lines of 33.34 and 66.66: the spare cent goes to the larger fraction
    state = job("33.34, 66.66", "share 1, share 1, share 1")
    first, second = explain(state, bill(state, ["1"])).keys
    assert (first.to_date_cents, first.odd) == (1112, "up")
    assert (second.to_date_cents, second.odd) == (2222, "down")
    assert first.exact_cents + second.exact_cents == 33_34
    assert first.share == Fraction(3334, 10_000)


def test_what_comes_off_a_bill_is_told_with_its_policy_and_what_it_is_measured_on():
    # Given half of a 1,000.00 job with a deposit of 100.00 billed, and a change of 200.00 on the last row
    state = job("1000.00", "deposit 100.00, share 1, share 1, share 1", recovery="off_the_top")
    state = state.after(bill(state, ["1"]))
    state = change(state, contract("1000.00, 200.00"), placement="final").state
    told = explain(state, bill(state, ["2"]))
    assert (told.earned_before_cents, told.earned_to_date_cents) == (333_33, 658_33)
    assert told.due_by_row == {"2": 300_00}
    assert told.recovery == RecoveryStory(
        policy="off_the_top",
        deposit_cents=100_00,
        before_cents=33_33,
        to_date_cents=58_33,
        due_now_cents=300_00,
        open_due_cents=800_00,
        is_last=False,
    )
    first, second = told.keys
    assert (first.worth_cents, first.before_snapshot_cents, first.before_cents) == (1000_00, 333_33, 333_33)
    assert (second.worth_cents, second.before_snapshot_cents, second.before_cents) == (200_00, 0, 0)
    assert first.share == second.share
    # And the next bill begins where this one ended
    after = explain(state.after(bill(state, ["2"])), bill(state.after(bill(state, ["2"])), ["3"]))
    assert after.keys[1].before_cents == second.to_date_cents


def test_with_the_last_row_every_share_is_whole():
    state = job("33.34 @ 8.25, 66.66", "deposit 25 %, share 1, share 1")
    state = state.after(bill(state, ["1"]))
    told = explain(state, bill(state, ["2"]))
    assert told.recovery.is_last
    assert {one.share for one in told.keys} == {Fraction(1)}
    assert {one.odd for one in told.keys} == {"exact"}
