"""What a payment settles: the oldest balances first, to the cent."""

from collections.abc import Hashable, Sequence
from fractions import Fraction
from typing import TypeVar

from milepost.core.rounding import half_up

Id = TypeVar("Id", bound=Hashable)


def oldest_first(amount_cents: int, balances: Sequence[tuple[Id, int]]) -> list[tuple[Id, int]]:
    """
    Spread a payment over open balances in their order; what is over is not in the answer.

    Units: whole cents. `balances` are (name, cents open), the oldest first; one that is nothing or below
    it takes nothing, and whoever takes nothing is left out.

    >>> oldest_first(12_000_00, [("1001", 10_000_00), ("1002", 5_000_00), ("1003", 100_00)])
    [('1001', 1000000), ('1002', 200000)]
    >>> oldest_first(500_00, [("1001", 0), ("1002", 300_00)])
    [('1002', 30000)]
    """
    left, parts = amount_cents, []
    for name, open_cents in balances:
        share = min(left, max(open_cents, 0))
        if share > 0:
            parts.append((name, share))
            left -= share
    return parts


def part_to_date(cents: int, done_cents: int, whole_cents: int) -> int:
    """
    What of an amount belongs to the part that is done, to date; rounded half up once. Done whole, it is
    the whole amount.

    >>> [part_to_date(10, done, 3_00) for done in (0, 1_00, 2_00, 3_00)]
    [0, 3, 7, 10]
    """
    return half_up(Fraction(cents * done_cents, whole_cents))
