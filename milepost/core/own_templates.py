"""A payment schedule that is kept for the next quotes: freed from its job, its price and its days."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final, Literal

from milepost.core.quote_input import RowInput
from milepost.core.rounding import half_up, largest_remainder

AmountsAs = Literal["percent", "fixed"]
MODES: Final[tuple[AmountsAs, ...]] = ("percent", "fixed")

_WHOLE: Final = Decimal(100)
_HUNDREDTHS: Final = 100_00


@dataclass(frozen=True)
class PricedRow:
    """A payment as it stands, with its amount in cents."""

    row: RowInput
    amount_cents: int


def as_template(
    rows: Sequence[PricedRow], total_cents: int, *, amounts_as: AmountsAs
) -> tuple[RowInput, ...]:
    """
    The payments as they can stand under any price.

    Percentages, shares and the rest stay as they were agreed. An amount becomes its percentage of the
    total, to two decimals by largest remainder, or stays (`amounts_as`); a payment of its own lines
    becomes one or the other, because the next quote has other lines. If nothing then takes what is left,
    the last payment does; and if the percentages no longer fit into a hundred (a change moved them), each
    becomes what it is of the total today. Days, the approver and the lines belong to the job and are left
    behind.

    >>> kept = as_template(
    ...     [
    ...         PricedRow(RowInput("Deposit", "fixed", "deposit", Decimal(10_000_00)), 10_000_00),
    ...         PricedRow(RowInput("Cabinets", "lines", lines=(1,)), 20_000_00),
    ...         PricedRow(RowInput("End", "lines", lines=(2,)), 10_000_00),
    ...     ],
    ...     40_000_00,
    ...     amounts_as="percent",
    ... )
    >>> [(row.basis, str(row.value)) for row in kept]
    [('percent', '25.00'), ('percent', '50.00'), ('remainder', 'None')]
    """
    kept = [_kept(part, amounts_as) for part in rows]
    if amounts_as == "percent":
        kept = _in_percent(kept, rows, total_cents, [part.row.basis in ("fixed", "lines") for part in rows])
    if _percents(kept) > _WHOLE:
        kept = _in_percent(kept, rows, total_cents, [True] * len(rows))
    if not any(row.basis in ("share", "remainder") for row in kept) and _changed(rows, kept):
        kept[-1] = replace(kept[-1], basis="remainder", value=None)
    return tuple(kept)


def _kept(part: PricedRow, amounts_as: AmountsAs) -> RowInput:
    row = _free(part.row)
    if row.basis not in ("fixed", "lines") or amounts_as == "percent":
        return row
    return replace(row, basis="fixed", value=Decimal(part.amount_cents))


def _in_percent(
    kept: Sequence[RowInput], rows: Sequence[PricedRow], total_cents: int, which: Sequence[bool]
) -> list[RowInput]:
    """Some of the payments as their percentages of today's total; rounded together, to a hundred at most."""
    parts = [part.amount_cents if one else 0 for part, one in zip(rows, which, strict=True)]
    exact = [Fraction(cents * _HUNDREDTHS, total_cents or 1) for cents in parts]
    rounded = largest_remainder(exact, half_up(sum(exact)))
    return [
        replace(row, basis="percent", value=Decimal(hundredths).scaleb(-2)) if one else row
        for row, hundredths, one in zip(kept, rounded, which, strict=True)
    ]


def _free(row: RowInput) -> RowInput:
    """Without what belongs to one job: its days, its people, its lines."""
    return replace(row, lines=(), event_on=None, planned_on=None, planned_until=None, approver="")


def _percents(rows: Sequence[RowInput]) -> Decimal:
    return sum((row.value or Decimal(0) for row in rows if row.basis == "percent"), Decimal(0))


def _changed(rows: Sequence[PricedRow], kept: Sequence[RowInput]) -> bool:
    """Whether the payments still make the whole of any price: percentages that come to a hundred do."""
    if any(row.basis == "fixed" for row in kept):
        return True
    return (
        any(part.row.basis != row.basis for part, row in zip(rows, kept, strict=True))
        or _percents(kept) != _WHOLE
    )


_TEXTS: Final = ("name", "basis", "kind", "bill_on", "event", "deliverable")


def to_plain(row: RowInput) -> dict[str, Any]:
    """A payment of a template as JSON; numbers are texts, so that they stay exact."""
    return {name: getattr(row, name) for name in _TEXTS} | {
        "value": None if row.value is None else f"{row.value:f}",
        "before_days": row.before_days,
        "event_follows": row.event_follows,
        "acceptance": list(row.acceptance),
        "evidence": list(row.evidence),
        "window_days": row.window_days,
        "net_days": row.net_days,
    }


def from_plain(plain: dict[str, Any]) -> RowInput:
    """
    A payment of a template from its JSON.

    >>> row = RowInput("End", "percent", value=Decimal("12.50"), evidence=("photo",), net_days=7)
    >>> from_plain(to_plain(row)) == row
    True
    """
    value = plain["value"]
    return RowInput(
        **{name: plain[name] for name in _TEXTS},
        value=None if value is None else Decimal(value),
        before_days=plain["before_days"],
        event_follows=plain["event_follows"],
        acceptance=tuple(plain["acceptance"]),
        evidence=tuple(plain["evidence"]),
        window_days=plain["window_days"],
        net_days=plain["net_days"],
    )
