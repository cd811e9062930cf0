"""A change order as it was written, before it is a record."""

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

Op = Literal["add", "edit", "remove"]


@dataclass(frozen=True)
class LineEdit:
    """
    One line added, edited or removed. `line` names the contract's line; None adds one.

    What is None stays as it is. `unit_price` is in major units, `tax_codes` are ids of the business's
    taxes (none for a line that is not taxed), `discount_percent` comes off the line.
    """

    op: Op
    line: Hashable | None = None
    description: str | None = None
    quantity: Decimal | None = None
    unit: str | None = None
    unit_price: Decimal | None = None
    tax_codes: tuple[int, ...] | None = None
    discount_percent: Decimal | None = None
    section: str = ""
    ref: str = ""


@dataclass(frozen=True)
class RowEdit:
    """
    A milestone's deliverable or date, or so many cents moved onto it (negative: off it).

    What is moved among the milestones of one change order comes to zero.
    """

    row: int
    deliverable: str | None = None
    planned_on: date | None = None
    move_cents: int = 0


@dataclass(frozen=True)
class ChangeInput:
    """
    A whole change order: why, what, and where the difference goes (`own_name` for its own milestone).
    `days` are added to the time of the job. With `replace_unpaid`, invoices that nobody has paid yet are
    taken back with the signature and sent again at their new amounts.
    """

    reason: str
    lines: tuple[LineEdit, ...] = ()
    rows: tuple[RowEdit, ...] = ()
    placement: str = "spread"
    own_name: str = ""
    days: int = 0
    expires_on: date | None = None
    replace_unpaid: bool = False
