"""A job ends before it is done: what is billed stays, the rest is dropped, the deposit is kept or given back."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milepost.core.billing import JobState, bill
from milepost.core.cancelling import KeptBelowZero, KeptTooMuch, cancel
from milepost.core.contract import Key
from tests.core import samples
from tests.core.effort import tried
from tests.core.jobs import jobs


def half_billed() -> JobState:
    """1,000.00 and 8.25 % tax with a deposit of a quarter; one of two halves is billed."""
    job = samples.job("1000.00 @ 8.25, 200.00", "deposit 25 %, share 1, share 1")
    return job.after(bill(job, ["1"]))


def test_what_is_billed_of_each_line_stays_and_the_rest_is_dropped() -> None:
    job = half_billed()
    gone = cancel(job, deposit_billed_cents=320_63, keep_cents=0)
    assert (job.recovered_cents, gone.kept_cents, gone.returned_cents) == (160_32, 0, 160_31)
    assert (gone.contract_cents, gone.dropped_cents) == (641_26, 641_24)
    assert gone.changes == {Key("a"): -499_99, Key("a", "8.25"): -41_25, Key("b"): -100_00}


def test_what_is_kept_of_the_deposit_is_part_of_the_contract() -> None:
    gone = cancel(half_billed(), deposit_billed_cents=320_63, keep_cents=160_31)
    assert (gone.kept_cents, gone.returned_cents) == (160_31, 0)
    assert (gone.contract_cents, gone.dropped_cents) == (801_57, 480_93)


def test_a_job_on_which_nothing_is_billed_drops_every_line_and_one_that_is_done_none() -> None:
    job = samples.job("1000.00, 0.00", "remainder")
    assert cancel(job, deposit_billed_cents=0, keep_cents=0).changes == {Key("a"): -1000_00}
    done = job.after(bill(job, ["1"]))
    gone = cancel(done, deposit_billed_cents=0, keep_cents=0)
    assert (gone.changes, gone.dropped_cents, gone.contract_cents) == ({}, 0, 1000_00)


def test_no_more_is_kept_than_is_left_and_no_less_than_nothing() -> None:
    with pytest.raises(KeptTooMuch) as refused:
        cancel(half_billed(), deposit_billed_cents=320_63, keep_cents=160_32)
    assert (refused.value.code, refused.value.field) == ("kept_too_much", "keep")
    assert str(refused.value) == "Only 160.31 of the deposit is left, so 160.32 cannot be kept."
    with pytest.raises(KeptBelowZero) as below:
        cancel(half_billed(), deposit_billed_cents=320_63, keep_cents=-1)
    assert (below.value.code, below.value.field) == ("kept_below_zero", "keep")
    assert str(below.value) == "What is kept of a deposit is nothing, or more."


@tried(60)
@given(jobs(), st.data())
def test_a_cancelled_contract_is_what_is_billed_and_what_is_kept(
    state: JobState, data: st.DataObject
) -> None:
    for row in data.draw(st.lists(st.sampled_from([row.id for row in state.open_rows]), unique=True)):
        state = state.after(bill(state, {row: Fraction(1)}))
    keep = data.draw(st.integers(0, state.deposit_cents - state.recovered_cents))
    gone = cancel(state, deposit_billed_cents=state.deposit_cents, keep_cents=keep)
    assert gone.contract_cents == state.due_cents + state.recovered_cents + gone.kept_cents
    assert state.deposit_cents == state.recovered_cents + gone.kept_cents + gone.returned_cents
    assert gone.contract_cents + gone.dropped_cents == state.priced.total_cents
    after = {key: cents + gone.changes.get(key, 0) for key, cents in state.priced.keys.items()}
    assert after == {key: state.billed.get(key, 0) for key in state.priced.keys}
