"""A quote as it was typed, before it is a record."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal


@dataclass(frozen=True)
class LineInput:
    """
    One line of the work. `unit_price` in major units, `discount_percent` off this line; `tax_codes` are
    ids of the business's taxes. An optional line counts only if the customer ticks it.
    """

    description: str
    unit_price: Decimal
    quantity: Decimal = Decimal(1)
    unit: str = ""
    section: str = ""
    ref: str = ""
    tax_codes: tuple[int, ...] = ()
    discount_percent: Decimal = Decimal(0)
    is_optional: bool = False


@dataclass(frozen=True)
class RowInput:
    """
    One row of the schedule. `value` is a percentage, an amount in cents (fixed) or a share, as
    the basis says; `lines` are positions of the lines that a lines row bills. The event comes before
    the payment unless `event_follows`; `planned_until` ends the days that begin with `planned_on`;
    `net_days` are the payment's own terms, None the quote's; `approver` is the name or the email address
    of the customer's person who accepts it, "" whoever approves.
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
    event_follows: bool = False
    planned_on: date | None = None
    planned_until: date | None = None
    deliverable: str = ""
    acceptance: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    window_days: int | None = None
    net_days: int | None = None
    approver: str = ""


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
    """
    A whole quote. `clauses` are (code, title, text); None takes the default wording.
    `discount_percent` comes off every line, after the line's own. `prices_include_tax` None takes the
    business's own.
    """

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
    discount_percent: Decimal = Decimal(0)
    prices_include_tax: bool | None = None
