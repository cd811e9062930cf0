"""Why a bill is what it is: every key's exact figure, what is to date, and where an odd cent went."""

from collections.abc import Hashable
from dataclasses import dataclass
from fractions import Fraction
from math import floor
from typing import Literal

from milepost.core.billing import Bill, JobState
from milepost.core.contract import Key
from milepost.core.positions import exact_figures
from milepost.core.rows import Recovery

Odd = Literal["exact", "down", "up"]


@dataclass(frozen=True)
class KeyStory:
    """
    One key of a bill, in cents. `exact_cents` is to date and not rounded; `odd` says what rounding
    did to it. `before_snapshot_cents` was billed when the contract last changed: only the rest is shared.
    """

    key: Key
    worth_cents: int
    before_snapshot_cents: int
    exact_cents: Fraction
    to_date_cents: int
    before_cents: int

    @property
    def now_cents(self) -> int:
        return self.to_date_cents - self.before_cents

    @property
    def share(self) -> Fraction:
        """How much of what was open at the snapshot is earned to date."""
        open_cents = self.worth_cents - self.before_snapshot_cents
        return (self.exact_cents - self.before_snapshot_cents) / open_cents if open_cents else Fraction(0)

    @property
    def odd(self) -> Odd:
        if self.exact_cents == self.to_date_cents:
            return "exact"
        return "up" if self.to_date_cents > floor(self.exact_cents) else "down"


@dataclass(frozen=True)
class RecoveryStory:
    """How much of the deposit comes off this bill, in cents, and by which policy."""

    policy: Recovery
    deposit_cents: int
    before_cents: int
    to_date_cents: int
    due_now_cents: int
    open_due_cents: int
    is_last: bool

    @property
    def now_cents(self) -> int:
        return self.to_date_cents - self.before_cents


@dataclass(frozen=True)
class BillStory:
    """A bill explained: what is earned to date, the deposit, every key in stored order."""

    earned_before_cents: int
    earned_to_date_cents: int
    due_by_row: dict[Hashable, int]
    recovery: RecoveryStory
    keys: tuple[KeyStory, ...]


def explain(state: JobState, made: Bill) -> BillStory:
    """
    Why this bill, made of this state, says what it says. The sums are the bill's own.

    >>> from decimal import Decimal
    >>> from milepost.core.billing import bill, sign
    >>> from milepost.core.contract import ContractLine, price
    >>> from milepost.core.rows import Row
    >>> one = price([ContractLine("a", "A", Decimal(1), Decimal(100))], currency="USD")
    >>> job = sign(one, [Row(n, "milestone", "share", Decimal(1)) for n in "xyz"])
    >>> told = explain(job, bill(job, ["x"])).keys[0]
    >>> told.exact_cents, told.to_date_cents, told.odd
    (Fraction(3334, 1), 3334, 'exact')
    """
    now = made.position
    portions = made.portions
    is_last = all(portions.get(row.id) == 1 for row in state.open_rows)
    exact = (
        {key: Fraction(cents) for key, cents in state.priced.keys.items()}
        if is_last
        else exact_figures(state.priced, state.open_rows, state.snapshot, portions, now.earned_cents)
    )
    open_due = sum(state.amounts[row.id] for row in state.open_rows)
    return BillStory(
        state.earned_cents,
        sum(now.billed.values()),
        dict(made.due_by_row),
        RecoveryStory(
            state.recovery,
            state.deposit_cents,
            state.recovered_cents,
            now.recovered_cents,
            made.due_cents,
            open_due,
            is_last,
        ),
        tuple(
            KeyStory(
                key,
                cents,
                state.snapshot.billed.get(key, 0),
                exact[key],
                now.billed[key],
                state.billed.get(key, 0),
            )
            for key, cents in state.priced.keys.items()
        ),
    )
