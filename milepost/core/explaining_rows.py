"""Why every row of a payment schedule asks for what it asks: what was left to share, and by which weights."""

from collections.abc import Hashable
from dataclasses import dataclass
from fractions import Fraction
from math import floor
from typing import Literal

from milepost.core.billing import JobState
from milepost.core.explaining import Odd
from milepost.core.rows import Row, open_cents

How = Literal["deposit", "billed", "fixed", "lines", "pool", "set"]


@dataclass(frozen=True)
class RowStory:
    """
    One row, in cents. `how`: the deposit; billed when the contract last changed; an amount; its own lines,
    which are worth `worth_cents`; its share of the pool; or set by hand, because its share was cut or moved.
    `exact_cents` is its share before rounding, `placed_cents` what change orders have put on it since.
    """

    row: Hashable
    how: How
    amount_cents: int
    placed_cents: int = 0
    worth_cents: int = 0
    weight: Fraction = Fraction(0)
    exact_cents: Fraction = Fraction(0)

    @property
    def own_cents(self) -> int:
        """The row without what was placed on it."""
        return self.amount_cents - self.placed_cents

    @property
    def odd(self) -> Odd:
        if self.how != "pool" or self.exact_cents == self.own_cents:
            return "exact"
        return "up" if self.own_cents > floor(self.exact_cents) else "down"


@dataclass(frozen=True)
class ScheduleStory:
    """
    A schedule explained, in cents: total − deposit − due before − what amounts and lines ask for − what is
    placed on single rows = pool, which the others share by weight.
    """

    total_cents: int
    deposit_cents: int
    due_before_cents: int
    others_cents: int
    placed_cents: int
    pool_cents: int
    weights: Fraction
    rows: tuple[RowStory, ...]

    @property
    def sharers(self) -> int:
        return sum(row.how in ("pool", "set") for row in self.rows)


def explain_rows(state: JobState) -> ScheduleStory:
    """
    Why the rows of a job ask for what they ask. The amounts are the rows' own, whatever has set them.

    >>> from decimal import Decimal
    >>> from milepost.core.billing import sign
    >>> from milepost.core.contract import ContractLine, price
    >>> one = price([ContractLine("a", "A", Decimal(1), Decimal(100))], currency="USD")
    >>> told = explain_rows(sign(one, [Row(n, "milestone", "share", Decimal(1)) for n in "xyz"]))
    >>> told.pool_cents, [(row.own_cents, str(row.exact_cents), row.odd) for row in told.rows]
    (10000, [(3334, '10000/3', 'up'), (3333, '10000/3', 'down'), (3333, '10000/3', 'down')])
    """
    rest = state.priced.total_cents - state.deposit_cents - state.snapshot.due_cents
    pooled = [row for row in state.open_rows if row.in_pool]
    others = [row for row in state.open_rows if not row.in_pool]
    placed = sum(row.placed_cents for row in state.open_rows)
    asked = sum(state.amounts[row.id] - row.placed_cents for row in others)
    pool = rest - asked - placed
    weights = sum((row.weight or Fraction(0) for row in pooled), Fraction(0))
    return ScheduleStory(
        state.priced.total_cents,
        state.deposit_cents,
        state.snapshot.due_cents,
        asked,
        placed,
        pool,
        weights,
        tuple(_row(row, state, pool, weights) for row in state.rows),
    )


def _row(row: Row, state: JobState, pool: int, weights: Fraction) -> RowStory:
    amount = state.amounts[row.id]
    if row.kind == "deposit":
        return RowStory(row.id, "deposit", amount)
    if row.billed:
        return RowStory(row.id, "billed", amount)
    if not row.in_pool:
        worth = open_cents(state.priced, state.snapshot, row.lines) if row.basis == "lines" else 0
        how: How = "lines" if row.basis == "lines" else "fixed"
        return RowStory(row.id, how, amount, row.placed_cents, worth)
    weight = row.weight or Fraction(0)
    exact = pool * weight / weights if weights else Fraction(0)
    fits = abs(amount - row.placed_cents - exact) < 1
    return RowStory(row.id, "pool" if fits else "set", amount, row.placed_cents, 0, weight, exact)
