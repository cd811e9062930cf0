"""What is told of a bill is the bill: to the cent, and no figure further than a cent from its exact one."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from milepost.core.billing import JobState, bill
from milepost.core.explaining import explain
from tests.core.jobs import jobs
from tests.core.samples import job
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


def test_with_the_last_row_every_share_is_whole():
    state = job("33.34 @ 8.25, 66.66", "deposit 25 %, share 1, share 1")
    state = state.after(bill(state, ["1"]))
    told = explain(state, bill(state, ["2"]))
    assert told.recovery.is_last
    assert {one.share for one in told.keys} == {Fraction(1)}
    assert {one.odd for one in told.keys} == {"exact"}
