"""The payment schedule in cents: deposit + milestones = contract total, always."""

from collections.abc import Hashable, Mapping, Sequence
from fractions import Fraction
from typing import Literal

from milepost.core.contract import PricedContract
from milepost.core.lines_rows import lines_amounts
from milepost.core.money import Money, plain_decimal
from milepost.core.rounding import half_up, split_by_key
from milepost.core.rows import (
    ContractBelowBilled,
    PercentsExceedHundred,
    Recovery,
    Row,
    RowBelowZero,
    ScheduleExceedsContract,
    ScheduleMissesContract,
    Snapshot,
    check_rows,
    deposit_cents,
)

OnExcess = Literal["refuse", "cut"]


def row_amounts(
    priced: PricedContract,
    rows: Sequence[Row],
    *,
    recovery: Recovery = "off_the_top",
    snapshot: Snapshot | None = None,
    on_excess: OnExcess = "refuse",
) -> dict[Hashable, int]:
    """
    The amount of every row in cents, tax included, in schedule order.

    The deposit is rounded by itself; lines and fixed rows stand; percent, share and remainder
    rows split what is left by their weights, by largest remainder. Billed rows keep their
    amount. `on_excess`: rows that ask for more than the contract are refused (a quote) or cut,
    pool rows first, then fixed rows and lines rows from the last one (a change order).
    Refuses the kinds of ScheduleRefused, and ContractBelowBilled.

    >>> from decimal import Decimal
    >>> from milepost.core.contract import ContractLine, price
    >>> kitchen = price([ContractLine("kitchen", "Kitchen", Decimal(1), Decimal("40000"))], currency="USD")
    >>> row_amounts(
    ...     kitchen,
    ...     [
    ...         Row("Deposit", "deposit", "percent", Decimal(25)),
    ...         Row("Rough-in complete", "milestone", "percent", Decimal(25)),
    ...         Row("Cabinets installed", "milestone", "percent", Decimal(30)),
    ...         Row("Final walkthrough", "milestone", "remainder"),
    ...     ],
    ... )
    {'Deposit': 1000000, 'Rough-in complete': 1000000, 'Cabinets installed': 1200000, 'Final walkthrough': 800000}
    """
    at = snapshot or Snapshot()
    check_rows(priced, rows)
    deposit = deposit_cents(priced, rows)
    rest = priced.total_cents - deposit - at.due_cents
    if rest < 0:
        raise ContractBelowBilled(
            billed=Money(deposit + at.due_cents, priced.currency), credit=Money(-rest, priced.currency)
        )
    open_rows = [row for row in rows if row.kind == "milestone" and not row.billed]
    base = _before_pool(priced, rows, open_rows, recovery=recovery, snapshot=at)
    pool = rest - sum(base.values()) - sum(row.placed_cents for row in open_rows)
    shares = _share_pool(priced, rows, open_rows, base, pool, on_excess=on_excess)
    open_amounts = {row.id: (base | shares)[row.id] + row.placed_cents for row in open_rows}
    if on_excess == "cut":
        open_amounts = _cut(open_rows, open_amounts, rest)
    _check_law(priced, open_amounts, rest)
    return {row.id: _amount(row, deposit, open_amounts) for row in rows}


def _amount(row: Row, deposit: int, open_amounts: Mapping[Hashable, int]) -> int:
    if row.kind == "deposit":
        return deposit
    return row.frozen_cents if row.billed else open_amounts[row.id]


def _before_pool(
    priced: PricedContract,
    rows: Sequence[Row],
    open_rows: Sequence[Row],
    *,
    recovery: Recovery,
    snapshot: Snapshot,
) -> dict[Hashable, int]:
    """The lines and fixed rows, which do not depend on the pool; placed parts left out."""
    fixed = {row.id: int(row.number) for row in open_rows if row.basis == "fixed"}
    open_deposit = deposit_cents(priced, rows) - snapshot.recovered_cents
    return fixed | lines_amounts(
        priced, open_rows, recovery=recovery, snapshot=snapshot, open_deposit_cents=open_deposit
    )


def _share_pool(
    priced: PricedContract,
    rows: Sequence[Row],
    open_rows: Sequence[Row],
    base: Mapping[Hashable, int],
    pool: int,
    *,
    on_excess: OnExcess,
) -> dict[Hashable, int]:
    """Split the pool over its rows by their original weights."""
    pooled = [row for row in open_rows if row.in_pool]
    if on_excess == "refuse":
        _check_pool(priced, rows, pooled, base, pool)
    if not pooled:
        return {}
    known = {row.id: row.weight for row in pooled if row.weight is not None}
    weights: Mapping[Hashable, Fraction] = known
    if len(known) < len(pooled):
        done = sum(
            row.frozen_cents for row in rows if row.billed and row.kind == "milestone" and not row.in_pool
        )
        weights = _weights(priced, rows, sum(base.values()) + done) | known
    by_row = {row.id: max(weights[row.id], Fraction(0)) for row in pooled}
    if not any(by_row.values()):
        # A remainder of nothing at signing takes what comes later; without one, all alike.
        by_row = {row.id: Fraction(row.basis == "remainder") for row in pooled}
    if not any(by_row.values()):
        by_row = dict.fromkeys(by_row, Fraction(1))
    return split_by_key(max(pool, 0), by_row)


def signing_weights(
    priced: PricedContract, rows: Sequence[Row], *, recovery: Recovery = "off_the_top"
) -> dict[Hashable, Fraction]:
    """
    The weight of every pool row at signing, to be kept for the life of the job.

    A percent row weighs its percent, a share row its share, the remainder what the others leave
    of a hundred. Shares beside percentages split what the percentages leave, and a
    remainder beside shares counts as one share.

    >>> from decimal import Decimal
    >>> from milepost.core.contract import ContractLine, price
    >>> kitchen = price([ContractLine("kitchen", "Kitchen", Decimal(1), Decimal("40000"))], currency="USD")
    >>> rows = [
    ...     Row("Deposit", "deposit", "percent", Decimal(25)),
    ...     Row("Rough-in complete", "milestone", "percent", Decimal(25)),
    ...     Row("Cabinets installed", "milestone", "percent", Decimal(30)),
    ...     Row("Final walkthrough", "milestone", "remainder"),
    ... ]
    >>> [str(weight) for weight in signing_weights(kitchen, rows).values()]
    ['25', '30', '20']
    """
    check_rows(priced, rows)
    milestones = [row for row in rows if row.kind == "milestone"]
    base = _before_pool(priced, rows, milestones, recovery=recovery, snapshot=Snapshot())
    return _weights(priced, rows, sum(base.values()))


def _weights(priced: PricedContract, rows: Sequence[Row], base_cents: int) -> dict[Hashable, Fraction]:
    pooled = [row for row in rows if row.in_pool]
    percents = {row.id: row.number for row in pooled if row.basis == "percent"}
    shares = {row.id: row.number for row in pooled if row.basis == "share"}
    remainder = next((row.id for row in pooled if row.basis == "remainder"), None)
    if remainder is not None:
        shares[remainder] = Fraction(1)
    if not percents and len(shares) > 1:
        return shares
    left = _percent_left(priced, rows, base_cents) - sum(percents.values())
    each = left / sum(shares.values()) if shares else Fraction(0)
    parts = {row_id: share * each for row_id, share in shares.items()}
    return {row.id: (percents | parts)[row.id] for row in pooled}


def _percent_left(priced: PricedContract, rows: Sequence[Row], base_cents: int) -> Fraction:
    """The percentage of the contract that the deposit, lines and fixed rows leave."""
    total = priced.total_cents
    deposit = next((row for row in rows if row.kind == "deposit"), None)
    percent = Fraction(0)
    if deposit is not None:
        given = deposit.basis == "percent"
        cents = deposit_cents(priced, rows)
        percent = deposit.number if given else Fraction(100 * cents, total or 1)
    return 100 - percent - Fraction(100 * base_cents, total or 1)


def _check_pool(
    priced: PricedContract,
    rows: Sequence[Row],
    pooled: Sequence[Row],
    base: Mapping[Hashable, int],
    pool: int,
) -> None:
    """Refuse a quote whose rows ask for more than there is, or leave something unbilled."""
    total = Money(priced.total_cents, priced.currency)
    if pool < 0:
        over = Money(-pool, priced.currency)
        raise ScheduleExceedsContract(over=over, total=total, field="milestones")
    if not pooled and pool > 0:
        left = Money(pool, priced.currency)
        raise ScheduleMissesContract(left=left, total=total, field="milestones")
    if any(row.weight is not None for row in pooled):
        return
    percents = sum((row.number for row in pooled if row.basis == "percent"), Fraction(0))
    asked = priced.total_cents * percents / 100
    # A cent of slack: the deposit and the lines rows are rounded before the pool.
    over_cents = asked - pool - 1 - len(base)
    if over_cents <= 0:
        return
    if any(row.basis != "percent" for row in pooled) or base:
        over = Money(int(asked - pool), priced.currency)
        raise ScheduleExceedsContract(over=over, total=total, field="milestones")
    if not 99 <= percents <= 100:
        raise PercentsExceedHundred(percent=_hundredths(rows, percents), field="milestones")


def _hundredths(rows: Sequence[Row], percents: Fraction) -> str:
    """The percentages of the schedule added up, for people: two decimals at most."""
    deposit = sum(row.number for row in rows if row.kind == "deposit" and row.basis == "percent")
    return plain_decimal(half_up((percents + deposit) * 100), 2).rstrip("0").rstrip(".")


def _cut(open_rows: Sequence[Row], amounts: Mapping[Hashable, int], rest: int) -> dict[Hashable, int]:
    """Bring the rows down to what is left: pool rows, then fixed rows, then lines rows, last first."""
    kept = {row_id: max(cents, 0) for row_id, cents in amounts.items()}
    over = sum(kept.values()) - rest
    last_first = open_rows[::-1]
    order = {"fixed": 1, "lines": 2}
    for row in sorted(last_first, key=lambda row: order.get(row.basis, 0)):
        taken = max(min(over, kept[row.id]), 0)
        kept[row.id] -= taken
        over -= taken
    return kept


def _check_law(priced: PricedContract, open_amounts: Mapping[Hashable, int], rest: int) -> None:
    lowest = min(open_amounts.values(), default=0)
    if lowest < 0:
        raise RowBelowZero(amount=Money(lowest, priced.currency), field="milestones")
    left = rest - sum(open_amounts.values())
    if left:
        raise ScheduleMissesContract(
            left=Money(left, priced.currency),
            total=Money(priced.total_cents, priced.currency),
            field="milestones",
        )
