"""A quote as it was typed, before it is a record."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal


@dataclass(frozen=True)
class LineInput:
    """One line of the work. `unit_price` in major units; `tax_codes` are ids of the business's taxes."""

    description: str
    unit_price: Decimal
    quantity: Decimal = Decimal(1)
    unit: str = ""
    section: str = ""
    ref: str = ""
    tax_codes: tuple[int, ...] = ()


@dataclass(frozen=True)
class RowInput:
    """
    One row of the schedule. `value` is a percentage, an amount in cents (fixed) or a share, as
    the basis says; `lines` are positions of the lines that a lines row bills.
    """

    name: str
    basis: str
    kind: str = "milestone"
    value: Decimal | None = None
    lines: tuple[int, ...] = ()
    bill_on: str = "completion"
    before_days: int = 0
    event: str = ""
    event_on: date | None = None
    deliverable: str = ""
    acceptance: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    window_days: int | None = None


@dataclass(frozen=True)
class TermsInput:
    """What the clauses say in numbers. None takes the business's own."""

    net_days: int | None = None
    late_fee_monthly: Decimal | None = None
    grace_days: int | None = None
    pause_after_days: int | None = None
    approval_days: int | None = None


@dataclass(frozen=True)
class QuoteInput:
    """A whole quote. `clauses` are (code, title, text); None takes the default wording."""

    title: str
    lines: tuple[LineInput, ...]
    rows: tuple[RowInput, ...]
    terms: TermsInput = field(default_factory=TermsInput)
    clauses: tuple[tuple[str, str, str], ...] | None = None
    site: str = ""
    note: str = ""
    template: str = ""
    recovery: str = ""
    expires_on: date | None = None
