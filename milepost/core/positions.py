"""The position of a job to date: what is due, recovered and earned, and the cents of every key."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from milepost.core.contract import Key, PricedContract
from milepost.core.rounding import allocate_positions, half_up
from milepost.core.rows import Recovery, Row, Snapshot, open_cents


@dataclass(frozen=True)
class Position:
    """Cumulative figures in cents: per key, due of milestones, deposit recovered. Earned = due + recovered."""

    billed: Mapping[Key, int]
    due_cents: int
    recovered_cents: int

    @property
    def earned_cents(self) -> int:
        return self.due_cents + self.recovered_cents


@dataclass(frozen=True)
class _Plan:
    """How the open deposit comes off the rows that were open at the snapshot."""

    with_row: Mapping[Hashable, int]
    """Recovered with each lines row, when it is billed whole."""
    with_others: int
    """Recovered with everything else."""
    others_due: Mapping[Hashable, int]
    """What each row asks for that its own lines do not cover."""

    @property
    def others_due_cents(self) -> int:
        return sum(self.others_due.values())


def _plan(
    priced: PricedContract,
    open_rows: Sequence[Row],
    amounts: Mapping[Hashable, int],
    open_deposit: int,
    snapshot: Snapshot,
) -> _Plan:
    with_row: dict[Hashable, int] = {}
    others_due: dict[Hashable, int] = {}
    for row in open_rows:
        own = 0
        if row.basis == "lines":
            value = max(open_cents(priced, snapshot, row.lines), 0)
            # What a change order placed on a lines row is not covered by its lines.
            own = min(max(amounts[row.id] - row.placed_cents, 0), value)
            with_row[row.id] = value - own
        if row.basis != "lines" or amounts[row.id] != own:
            others_due[row.id] = amounts[row.id] - own
    return _Plan(with_row, max(open_deposit - sum(with_row.values()), 0), others_due)


def due_and_recovered(
    priced: PricedContract,
    open_rows: Sequence[Row],
    amounts: Mapping[Hashable, int],
    *,
    deposit_cents: int,
    recovery: Recovery,
    snapshot: Snapshot,
    portions: Mapping[Hashable, Fraction],
    recovered_floor_cents: int = 0,
) -> tuple[int, int]:
    """
    Due and deposit recovered to date, in cents, when these portions are billed.

    A portion's due is half_up(amount × portion). Recovered is rounded half up once, and never
    falls below `recovered_floor_cents`. With the last open row everything is recovered.

    >>> due_and_recovered(
    ...     PricedContract("USD", (), {Key("a"): 400_00}, {Key("a"): "net"}),
    ...     [Row("one", "milestone", "share", 1), Row("two", "milestone", "share", 1)],
    ...     {"one": 150_00, "two": 150_00},
    ...     deposit_cents=100_00,
    ...     recovery="off_the_top",
    ...     snapshot=Snapshot(),
    ...     portions={"one": Fraction(1)},
    ... )
    (15000, 5000)
    """
    due = snapshot.due_cents + sum(
        half_up(amounts[row.id] * portions.get(row.id, Fraction(0))) for row in open_rows
    )
    if all(portions.get(row.id) == 1 for row in open_rows):
        return due, deposit_cents
    open_deposit = deposit_cents - snapshot.recovered_cents
    plan = _plan(priced, open_rows, amounts, open_deposit, snapshot)
    with_lines = sum(
        (cents * portions.get(row_id, Fraction(0)) for row_id, cents in plan.with_row.items()), Fraction(0)
    )
    consumed = half_up(with_lines + plan.with_others * _others_share(plan, recovery, portions))
    recovered = snapshot.recovered_cents + min(consumed, open_deposit)
    return due, max(recovered, recovered_floor_cents)


def _others_share(plan: _Plan, recovery: Recovery, portions: Mapping[Hashable, Fraction]) -> Fraction:
    """How much of the deposit that is recovered outside the lines rows is recovered by now."""
    done = {row_id: portions.get(row_id, Fraction(0)) for row_id in plan.others_due}
    if recovery == "final":
        return Fraction(0)
    if recovery == "first":
        return Fraction(any(done.values()))
    if plan.others_due_cents:
        due = sum((cents * done[row_id] for row_id, cents in plan.others_due.items()), Fraction(0))
        return due / plan.others_due_cents
    # Nothing more is due on these rows (the deposit was all of it): each row counts alike.
    return sum(done.values(), Fraction(0)) / len(done) if done else Fraction(0)


def position(
    priced: PricedContract,
    open_rows: Sequence[Row],
    amounts: Mapping[Hashable, int],
    *,
    deposit_cents: int,
    recovery: Recovery,
    snapshot: Snapshot,
    portions: Mapping[Hashable, Fraction],
    recovered_floor_cents: int = 0,
) -> Position:
    """
    The position when these portions of the open rows are billed since the snapshot.

    It depends on the set of portions alone, not on the order in which they were billed. Every
    key and every group of keys stays within a cent of its exact figure; with every row billed
    each key is exact.
    """
    due, recovered = due_and_recovered(
        priced,
        open_rows,
        amounts,
        deposit_cents=deposit_cents,
        recovery=recovery,
        snapshot=snapshot,
        portions=portions,
        recovered_floor_cents=recovered_floor_cents,
    )
    if all(portions.get(row.id) == 1 for row in open_rows):
        return Position(dict(priced.keys), due, recovered)
    exact = exact_figures(priced, open_rows, snapshot, portions, due + recovered)
    return Position(allocate_positions(exact, due + recovered, priced.group_of), due, recovered)


def exact_figures(
    priced: PricedContract,
    open_rows: Sequence[Row],
    snapshot: Snapshot,
    portions: Mapping[Hashable, Fraction],
    earned: int,
) -> dict[Key, Fraction]:
    """The exact figure of every key: lines rows earn their own keys, the others share what is left."""
    by_line = {
        line: portions.get(row.id, Fraction(0))
        for row in open_rows
        if row.basis == "lines"
        for line in row.lines
    }
    before = {key: snapshot.billed.get(key, 0) for key in priced.keys}
    exact = {
        key: before[key] + by_line[key.line] * (cents - before[key])
        for key, cents in priced.keys.items()
        if key.line in by_line
    }
    others = [key for key in priced.keys if key.line not in by_line]
    open_others = sum(priced.keys[key] - before[key] for key in others)
    left = earned - sum(exact.values(), Fraction(0)) - sum(before[key] for key in others)
    share = min(max(left / open_others, Fraction(0)), Fraction(1)) if open_others else Fraction(0)
    for key in others:
        exact[key] = before[key] + share * (priced.keys[key] - before[key])
    return _lean({key: exact[key] for key in priced.keys}, before, priced.keys, earned)


def _lean(
    exact: dict[Key, Fraction], before: Mapping[Key, int], contract: Mapping[Key, int], earned: int
) -> dict[Key, Fraction]:
    """
    Make the exact figures add up to what is earned.

    They do already, but for portions: a portion's due is rounded for each row, and the cents of
    that rounding move the keys towards the contract, or back towards the snapshot.
    """
    need = earned - sum(exact.values(), Fraction(0))
    if need == 0:
        return exact
    towards = contract if need > 0 else before
    sign = 1 if need > 0 else -1
    room = {key: max(sign * (towards[key] - x), Fraction(0)) for key, x in exact.items()}
    rate = need / sum(room.values(), Fraction(0))
    return {key: x + room[key] * rate for key, x in exact.items()}
