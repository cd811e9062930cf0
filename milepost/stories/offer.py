"""What a story offers: lines of work, a payment schedule, the quote around them."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from milepost.core.schedule_templates import PAY_ON_COMPLETION
from milepost.stories.values import (
    AS_TEXT,
    Amount,
    Day,
    Days,
    Exact,
    Name,
    NotBuilt,
    Part,
    Rate,
    Short,
    Words,
)


class Line(Part):
    """
    One line of the work. `tax` is by name and rate in percent, `discount` a percentage off this line;
    an optional line counts if the customer ticks it (`options` of `sign`).
    """

    id: Name | None = None
    description: Annotated[str, AS_TEXT, Field(min_length=1, max_length=5000)]
    section: Annotated[str, AS_TEXT, Field(max_length=200)] = ""
    quantity: Exact = Decimal(1)
    unit: Annotated[str, AS_TEXT, Field(max_length=40)] = ""
    unit_price: Exact
    tax: dict[Name, Rate] = {}
    discount: Rate = Decimal(0)
    optional: bool = False


class Deposit(Part):
    """Collected before the work: a percentage of the contract or a fixed amount."""

    name: Name = "Deposit"
    percent: Rate | None = None
    fixed: Amount | None = None


class After(Part):
    """The event that a milestone follows, with its day and the technician who goes there."""

    event: Name
    on: Day | None = None
    technician: Name | None = None


class Before(After):
    """The event that a milestone is billed ahead of, by so many business days."""

    days: Days = 0


class Milestone(Part):
    """One basis of percent, fixed, share, lines and remainder; and when it is billed."""

    name: Name
    percent: Rate | None = None
    fixed: Amount | None = None
    share: Exact | None = None
    lines: list[Name] | None = None
    remainder: bool | None = None
    bill_on: Literal["completion", "acceptance"] = "completion"
    before: Annotated[Before, Short("event")] | None = None
    after: Annotated[After, Short("event")] | None = None
    deliverable: Words = ""
    acceptance: list[Words] = []
    evidence: list[Literal["photo", "inspection", "document"]] = []
    window_days: Days | None = None
    net_days: Days | None = None
    approver: Annotated[str, AS_TEXT, Field(max_length=200)] = ""
    planned_on: Day | None = None
    planned_until: Day | None = None


WORK_COMPLETE = Milestone(name=PAY_ON_COMPLETION.rows[0].name, remainder=True)


class Schedule(Part):
    """
    The deposit, if any, and the milestones; without any, what is left is paid when the work is done.
    `recovery` is the business's unless it is said.
    """

    recovery: Literal["off_the_top", "first", "final"] | None = None
    deposit: Deposit | None = None
    milestones: Annotated[list[Milestone], Field(min_length=1, max_length=200)] = [WORK_COMPLETE]
    progress: NotBuilt = None
    retainage: NotBuilt = None


class QuoteTerms(Part):
    """The terms of one quote where they are not the business's own."""

    net_days: Days | None = None
    late_fee_monthly: Rate | None = None
    grace_days: Days | None = None
    pause_after_days: Days | None = None
    approval_days: Days | None = None


class Quote(Part):
    """
    The offer. `template` takes a schedule that comes with Milepost, `dates` give its events days; where
    neither is said, one payment when the work is done;
    `discount` is a percentage off every line, after the line's own; it can be signed until `expires`.
    """

    on: Day
    number: Annotated[str, AS_TEXT, Field(max_length=40)] = ""
    title: Annotated[str, AS_TEXT, Field(max_length=200)] = ""
    note: Words = ""
    discount: Rate = Decimal(0)
    expires: Day | None = None
    terms: QuoteTerms = QuoteTerms()
    lines: Annotated[list[Line], Field(min_length=1, max_length=1000)]
    schedule: Schedule | None = None
    template: Name | None = PAY_ON_COMPLETION.code
    dates: dict[Name, Day] = {}
    prices_include_tax: bool | None = None
    send: bool = True
    progress: NotBuilt = None
    retainage: NotBuilt = None


class QuoteChanged(Part):
    """A quote written anew before it is signed: what is not said stays as it was."""

    title: Annotated[str, AS_TEXT, Field(max_length=200)] | None = None
    note: Words | None = None
    discount: Rate | None = None
    expires: Day | None = None
    terms: QuoteTerms | None = None
    lines: Annotated[list[Line], Field(min_length=1, max_length=1000)] | None = None
    schedule: Schedule | None = None
    template: Name | None = None
    dates: dict[Name, Day] | None = None
    send: bool = True
