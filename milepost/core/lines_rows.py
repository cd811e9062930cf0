"""What a row that bills its own lines asks for, once the deposit is taken off."""

from collections.abc import Hashable, Mapping, Sequence
from fractions import Fraction
from math import floor

from milepost.core.contract import PricedContract
from milepost.core.rounding import half_up, remainder_by_key
from milepost.core.rows import Recovery, Row, Snapshot, open_cents


def lines_amounts(
    priced: PricedContract,
    open_rows: Sequence[Row],
    *,
    recovery: Recovery,
    snapshot: Snapshot,
    open_deposit_cents: int,
) -> dict[Hashable, int]:
    """
    The amount of every open lines row, in cents, without what change orders placed on it.

    off_the_top: each row's open value V comes down in proportion to the open deposit.
    first / final: V less what is recovered with the row, in schedule order / from the end.
    The rest of the open deposit is recovered with the other rows.

    >>> from decimal import Decimal
    >>> from milepost.core.contract import ContractLine, price
    >>> priced = price(
    ...     [ContractLine("a", "A", Decimal(1), Decimal(60)), ContractLine("b", "B", Decimal(1), Decimal(40))],
    ...     currency="USD",
    ... )
    >>> rows = [Row(name, "milestone", "lines", lines=frozenset({name})) for name in "ab"]
    >>> for policy in ("off_the_top", "first", "final"):
    ...     lines_amounts(priced, rows, recovery=policy, snapshot=Snapshot(), open_deposit_cents=25_00)
    {'a': 4500, 'b': 3000}
    {'a': 3500, 'b': 4000}
    {'a': 6000, 'b': 1500}
    """
    values = {
        row.id: open_cents(priced, snapshot, row.lines)
        for row in open_rows
        if row.kind == "milestone" and row.basis == "lines"
    }
    if not values:
        return {}
    others = priced.total_cents - snapshot.billed_cents - sum(values.values())
    if recovery == "off_the_top":
        return _off_the_top(values, others, open_deposit_cents, demand=_demand(open_rows))
    return _in_order(values, others, open_deposit_cents, open_rows, recovery)


def _demand(open_rows: Sequence[Row]) -> int | None:
    """What the other rows ask for in all, when that is given; None when a pool takes what is left."""
    if any(row.in_pool for row in open_rows):
        return None
    fixed = sum(int(row.number) for row in open_rows if row.basis == "fixed")
    return fixed + sum(row.placed_cents for row in open_rows)


def _off_the_top(
    values: Mapping[Hashable, int], others: int, open_deposit: int, *, demand: int | None
) -> dict[Hashable, int]:
    open_earned = sum(values.values()) + others
    rest = open_earned - open_deposit
    rate = Fraction(rest, open_earned) if open_earned else Fraction(0)
    exact = {row_id: value * rate for row_id, value in values.items()}
    amounts = {row_id: half_up(x) for row_id, x in exact.items()}
    # The other rows must be left with no less than nothing and no more than their own keys can
    # earn; half-up on several rows can miss that by cents, and then largest remainder decides.
    least, most = (rest - others, rest) if demand is None else (rest - demand, rest - demand)
    asked = sum(amounts.values())
    target = min(max(asked, least), most)
    if target != asked and 0 <= target - sum(floor(x) for x in exact.values()) <= len(exact):
        return remainder_by_key(exact, target)
    return amounts


def _in_order(
    values: Mapping[Hashable, int],
    others: int,
    open_deposit: int,
    open_rows: Sequence[Row],
    recovery: Recovery,
) -> dict[Hashable, int]:
    """Go through the rows in the order in which the deposit is consumed."""
    fixed = sum(int(row.number) for row in open_rows if row.basis == "fixed")
    room = max(others - fixed - sum(row.placed_cents for row in open_rows), 0)
    left = open_deposit
    if _demand(open_rows) is not None:
        # Without a pool, what the other rows earn beyond their due is given.
        left -= min(left, room)
        room = 0
    amounts: dict[Hashable, int] = {}
    for row in open_rows if recovery == "first" else reversed(open_rows):
        if row.id in values:
            taken = min(left, max(values[row.id], 0))
            amounts[row.id] = values[row.id] - taken
        else:
            taken = min(left, room)
            room -= taken
        left -= taken
    return {row_id: amounts[row_id] for row_id in values}
