"""The laws of schedules and positions, over random jobs: exact figures, recovery, and weights of signing."""

from collections.abc import Hashable
from decimal import Decimal
from fractions import Fraction

from hypothesis import assume, event, given
from hypothesis import strategies as st

from milepost.core.billing import JobState, bill, sign
from milepost.core.changes import change
from milepost.core.contract import ContractLine, Key, PricedContract, price
from milepost.core.refusals import Refusal
from milepost.core.rows import Row
from tests.core.effort import tried
from tests.core.jobs import contracts, jobs
from tests.core.test_laws import changed

laws = tried(50)


def _open(state: JobState) -> list[Hashable]:
    return [row.id for row in state.open_rows if row.id not in state.billed_row_ids]


def _exact(state: JobState, billed: frozenset[Hashable], earned: int) -> dict[Key, Fraction] | None:
    """
    Each key as the definition has it: lines rows earn their own keys, the others share what is left. None
    where the others would have to go back, or beyond the contract.
    """
    before = {key: state.snapshot.billed.get(key, 0) for key in state.priced.keys}
    part = {
        line: Fraction(row.id in billed)
        for row in state.open_rows
        if row.basis == "lines"
        for line in row.lines
    }
    exact = {
        key: before[key] + part[key.line] * (cents - before[key])
        for key, cents in state.priced.keys.items()
        if key.line in part
    }
    others = {key: cents for key, cents in state.priced.keys.items() if key.line not in part}
    room = sum(cents - before[key] for key, cents in others.items())
    left = earned - sum(exact.values()) - sum(before[key] for key in others)
    g = Fraction(left, room) if room else Fraction(0)
    if not 0 <= g <= 1 or (left and not room):
        return None
    return exact | {key: before[key] + g * (cents - before[key]) for key, cents in others.items()}


@laws
@given(jobs(), st.data())
def test_every_key_and_group_is_within_a_cent_of_its_exact_figure_after_changes_and_with_lines_rows_too(
    state: JobState, data: st.DataObject
) -> None:
    for _ in range(data.draw(st.integers(0, 2))):
        state = state.after(bill(state, _open(state)[:1]))
        if not _open(state):
            return
        state = data.draw(changed(state))
    rows = _open(state)
    assume(len(rows) > 1)
    chosen = data.draw(st.lists(st.sampled_from(rows), min_size=1, max_size=len(rows) - 1, unique=True))
    now = bill(state, chosen).position
    exact = _exact(state, frozenset({*chosen, *state.portions}), now.earned_cents)
    event(f"shared: {exact is not None}")
    if exact is None:
        return
    drift: dict[Hashable, Fraction] = {}
    for key, cents in now.billed.items():
        assert abs(cents - exact[key]) < 1
        group = state.priced.group_of(key)
        drift[group] = drift.get(group, Fraction(0)) + cents - exact[key]
    assert all(abs(cents) < 1 for cents in drift.values())


@laws
@given(jobs(), st.data())
def test_the_policy_says_when_the_deposit_is_recovered(state: JobState, data: st.DataObject) -> None:
    """In a pool: in proportion to what is due, with the first invoice, or with the last."""
    assume(not any(row.basis == "lines" for row in state.rows))
    whole = sum(state.amounts[row.id] for row in state.open_rows)
    for row in data.draw(st.permutations(_open(state))):
        state = state.after(bill(state, [row]))
        if not _open(state):
            assert state.recovered_cents == state.deposit_cents
        elif state.recovery == "final":
            assert state.recovered_cents == 0
        elif state.recovery == "first":
            assert state.recovered_cents == state.deposit_cents
        elif whole:
            exact = Fraction(state.deposit_cents * state.due_cents, whole)
            assert abs(state.recovered_cents - exact) <= Fraction(1, 2)


@st.composite
def pools(draw: st.DrawFn) -> list[Row]:
    """A deposit or none, percentages that leave something, and a row that takes it."""
    percents = draw(st.lists(st.sampled_from([Decimal(5), Decimal("12.5"), Decimal(20)]), max_size=3))
    rows = [Row(f"row {i}", "milestone", "percent", percent) for i, percent in enumerate(percents)]
    rows.append(Row("rest", "milestone", draw(st.sampled_from(["remainder", "share"])), Decimal(1)))  # type: ignore[arg-type]
    down = draw(st.none() | st.sampled_from([Decimal(10), Decimal("33.3")]))
    deposit = [Row("down", "deposit", "percent", down)] if down else []
    return deposit + rows


@laws
@given(contracts(), contracts(first=6), pools())
def test_a_change_before_anything_is_billed_is_as_if_the_new_contract_had_been_signed(
    one: PricedContract, more: PricedContract, rows: list[Row]
) -> None:
    wide = price([*one.lines, *more.lines], currency="USD")
    start = price(one.lines, currency="USD")
    assume(start.total_cents)
    after = change(sign(start, rows), wide, deposit_billed=False).state
    assert after.amounts == sign(wide, rows).amounts


@laws
@given(jobs(), st.integers(1, 10**6), st.sampled_from(["next", "final", "equal", "own"]))
def test_what_is_placed_on_a_row_leaves_every_other_alone(
    state: JobState, cents: int, placement: str
) -> None:
    """The whole difference goes where it was placed, and nowhere else."""
    assume(not any(row.basis == "lines" for row in state.rows))
    assume(all(row.weight for row in state.open_rows if row.in_pool))
    line = ContractLine("extra", "Extra", Decimal(1), Decimal(cents) / 100)
    extra = price([*state.priced.lines, line], currency="USD")
    assume(extra.total_cents == state.priced.total_cents + cents)
    own = Row("own", "milestone", "fixed", 0) if placement == "own" else None
    try:
        after = change(state, extra, placement=placement, own=own).state  # type: ignore[arg-type]
    except Refusal:
        assume(False)
        raise
    gained = {
        row.id: after.amounts[row.id] - state.amounts.get(row.id, 0)
        for row in after.rows
        if row.kind == "milestone"
    }
    rows = [row.id for row in state.open_rows]
    if placement == "equal":
        assert max(gained.values()) - min(gained.values()) <= 1
    else:
        where = {"next": rows[0], "final": rows[-1], "own": "own"}[placement]
        assert gained == {row: cents if row == where else 0 for row in gained}
    assert sum(gained.values()) == cents
