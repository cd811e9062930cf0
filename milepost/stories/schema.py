"""
The shape of a story. Every key of the format is here; one that Milepost cannot play yet is refused
by name. Amounts are texts in major units and become whole cents of the story's currency.
"""

import json
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema
from pydantic_core import PydanticCustomError
from pydantic_core.core_schema import ValidationInfo

from milepost.core.money import parse_cents, parse_decimal
from milepost.core.refusals import Refusal

Name = Annotated[str, Field(min_length=1, max_length=200)]
Words = Annotated[str, Field(max_length=5000)]
Days = Annotated[int, Field(ge=0, le=3650)]
Place = Annotated[int, Field(ge=1, le=10_000)]


def _amount(value: Any, info: ValidationInfo, *, negative: bool = False) -> int:
    if not isinstance(value, str):
        raise PydanticCustomError("amount", 'Put amounts in quotes: "1250.00".')
    try:
        return parse_cents(value, (info.context or {}).get("currency", "USD"), negative=negative)
    except Refusal as refusal:
        raise PydanticCustomError("amount", "{said}", {"said": str(refusal)}) from None


def _exact(value: Any, *, digits: int, places: int, negative: bool = False) -> Decimal:
    if not isinstance(value, str):
        raise PydanticCustomError("exact", 'Put numbers in quotes: "8.25".')
    try:
        return parse_decimal(value, digits=digits, places=places, negative=negative)
    except Refusal as refusal:
        raise PydanticCustomError("exact", "{said}", {"said": str(refusal)}) from None


def _not_built(_value: Any) -> Any:
    raise PydanticCustomError("not_built", "is not built yet.")


_NUMBER = WithJsonSchema({"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]+)?$"})
Amount = Annotated[int, BeforeValidator(_amount), _NUMBER]
SignedAmount = Annotated[int, BeforeValidator(lambda v, info: _amount(v, info, negative=True)), _NUMBER]
Rate = Annotated[Decimal, BeforeValidator(lambda v: _exact(v, digits=3, places=5, negative=True)), _NUMBER]
Exact = Annotated[Decimal, BeforeValidator(lambda v: _exact(v, digits=13, places=6, negative=True)), _NUMBER]
NotBuilt = Annotated[Any, BeforeValidator(_not_built), WithJsonSchema({"description": "Not built yet."})]


class Part(BaseModel):
    """Whatever stands in a story: no key beyond these, no value of another kind."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Terms(Part):
    """What the clauses say in numbers: days, and percent a month."""

    net_days: Days | None = None
    late_fee_monthly: Rate | None = None
    early_percent: Rate | None = None
    early_days: Days | None = None
    grace_days: Days | None = None
    pause_after_days: Days | None = None


class Tax(Part):
    """A tax of the business that is not a rate alone: the customer owes it, as the note says."""

    name: Name
    kind: Literal["rate", "reverse_charge"] = "reverse_charge"
    percent: Rate = Decimal(0)
    note: Annotated[str, Field(max_length=500)] = ""


class Business(Part):
    """Who does the work, and how they count."""

    name: Name = "A business"
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] = "USD"
    timezone: Name = "America/Chicago"
    holidays: Annotated[str, Field(max_length=10)] = "US"
    deposit_tax: Literal["on_application", "at_deposit", "at_payment"] = "on_application"
    tax_at: Literal["contract", "document"] = "contract"
    tax_per: Literal["code", "line"] = "code"
    tax_rounding: Literal["half_up", "down"] = "half_up"
    prices_include_tax: bool = False
    taxes: Annotated[list[Tax], Field(max_length=50)] = []
    registration: Annotated[str, Field(max_length=100)] = ""
    approval_days: Days = 3
    terms: Terms = Terms()


class Person(Part):
    """Somebody who acts for the customer."""

    name: Name
    email: Annotated[str, Field(max_length=254)] = ""
    phone: Annotated[str, Field(max_length=40)] = ""


class Exempt(Part):
    """Why a customer is charged no tax, and by which certificate."""

    reason: Annotated[str, Field(min_length=1, max_length=200)]
    number: Annotated[str, Field(max_length=100)] = ""
    on: date | None = None


class Customer(Part):
    """Who owes the money. Approver and payer are the customer unless they are somebody else."""

    name: Annotated[str, Field(max_length=200)] = ""
    email: Annotated[str, Field(max_length=254)] = ""
    phone: Annotated[str, Field(max_length=40)] = ""
    address: Words = ""
    site: Words = ""
    registration: Annotated[str, Field(max_length=100)] = ""
    exempt: Exempt | None = None
    approver: Person | None = None
    payer: Person | None = None


class Line(Part):
    """One line of the work. `tax` is by name and rate in percent."""

    id: Name | None = None
    description: Annotated[str, Field(min_length=1, max_length=5000)]
    section: Annotated[str, Field(max_length=200)] = ""
    quantity: Exact = Decimal(1)
    unit: Annotated[str, Field(max_length=40)] = ""
    unit_price: Exact
    tax: dict[Name, Rate] = {}


class Deposit(Part):
    """Collected before the work: a percentage of the contract or a fixed amount."""

    name: Name = "Deposit"
    percent: Rate | None = None
    fixed: Amount | None = None


class After(Part):
    """The event that a milestone follows, with its day and the technician who goes there."""

    event: Name
    on: date | None = None
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
    before: Before | None = None
    after: After | None = None
    deliverable: Words = ""
    acceptance: list[Words] = []
    evidence: list[Literal["photo", "inspection", "document"]] = []
    window_days: Days | None = None
    net_days: Days | None = None
    approver: Annotated[str, Field(max_length=200)] = ""
    planned_on: date | None = None
    planned_until: date | None = None


class Schedule(Part):
    """The deposit, if any, and the milestones."""

    recovery: Literal["off_the_top", "first", "final"] = "off_the_top"
    deposit: Deposit | None = None
    milestones: Annotated[list[Milestone], Field(min_length=1, max_length=200)]


class Quote(Part):
    """The offer. `template` takes a schedule that comes with Milepost, `dates` give its events days."""

    on: date
    number: Annotated[str, Field(max_length=40)] = ""
    title: Annotated[str, Field(max_length=200)] = ""
    lines: Annotated[list[Line], Field(min_length=1, max_length=1000)]
    schedule: Schedule | None = None
    template: Name | None = None
    dates: dict[Name, date] = {}
    prices_include_tax: bool | None = None
    send: bool = True


class SimpleInvoice(Part):
    """Small work that is invoiced at once, in place of a quote."""

    on: date
    title: Annotated[str, Field(max_length=200)] = ""
    lines: Annotated[list[Line], Field(min_length=1, max_length=1000)]
    prices_include_tax: bool | None = None


class Pay(Part):
    """Money: for one invoice, for several, or for the oldest. Without an amount, all that is open."""

    amount: Amount | None = None
    method: Literal["ach", "card", "bank", "check", "cash", "transfer", "other"] = "check"
    invoice: Name | None = None
    invoices: dict[Name, Amount] | None = None
    reference: Annotated[str, Field(max_length=100)] = ""
    status: Literal["cleared", "pending"] = "cleared"


class Refunded(Part):
    """Given back by hand out of what a payment has left; without an amount, all of it."""

    payment: Place
    amount: Amount | None = None
    method: Literal["check", "cash", "transfer", "other"] = "check"
    reference: Annotated[str, Field(max_length=100)] = ""


class Returned(Part):
    """A payment that the bank took back, and what the bank charged for it."""

    payment: Place
    reason: Words = ""
    fee: Amount = 0


class Disputed(Part):
    """A payment, or `amount` of it, that the payer's bank takes until it decides; `fee` is what that costs."""

    payment: Place
    amount: Amount | None = None
    fee: Amount = 0
    reason: Words = ""


class Decided(Part):
    """The disputed payment that the bank has decided about."""

    payment: Place


class ApplyCredit(Part):
    """What was paid too much settles an invoice, or the oldest; without an amount, all that fits."""

    invoice: Name | None = None
    amount: Amount | None = None


class WrittenOff(Part):
    """What will never be paid of an invoice; `tax` takes back the tax in it, where the law does."""

    invoice: Name
    amount: Amount | None = None
    reason: Words = ""
    tax: bool = False


class Recovered(Part):
    """Money for what was written off; without an amount, all of that."""

    invoice: Name
    amount: Amount | None = None
    method: Literal["check", "cash", "transfer", "other"] = "check"
    reference: Annotated[str, Field(max_length=100)] = ""


class LetBe(Part):
    """The last cents of an invoice, or what a payment (by its place) has too much."""

    invoice: Name | None = None
    payment: Place | None = None


class Credited(Part):
    """An invoice taken back (`reversal`), or an amount off it (`allowance`)."""

    invoice: Name
    kind: Literal["reversal", "allowance"]
    amount: Amount | None = None
    share: NotBuilt = None
    reason: Words = ""


class Cancelled(Part):
    """The job ends; so much of the deposit that is not used is kept."""

    keep_deposit: Amount = 0
    reason: Words = ""


class LineAdded(Line):
    """A line that a change order adds."""


class LineChanged(Part):
    """A line of the quote by its id, edited or removed, or one that is added."""

    edit: Name | None = None
    remove: Name | None = None
    add: LineAdded | None = None
    quantity: Exact | None = None
    unit_price: Exact | None = None
    tax: dict[Name, Rate] | None = None
    description: Words | None = None
    unit: Annotated[str, Field(max_length=40)] | None = None


class MilestoneChanged(Part):
    """A milestone by its name: its deliverable, its day, an amount moved onto it (or, below zero, off it)."""

    edit: Name
    deliverable: Words | None = None
    on: date | None = None
    move: SignedAmount | None = None


class ChangeOrdered(Part):
    """A change order that is written and sent. `number` is what later events call it."""

    number: Name
    reason: Words = "A change"
    spread: Literal["next", "spread", "final", "own", "equal"] = "spread"
    own: Name | None = None
    days: Annotated[int, Field(ge=-999, le=999)] = 0
    lines: Annotated[list[LineChanged], Field(max_length=1000)] = []
    milestones: Annotated[list[MilestoneChanged], Field(max_length=200)] = []


class Event(Part):
    """What happened on a day: exactly one deed, with what belongs to it."""

    on: date
    sign: Name | None = None
    view: bool | None = None
    pay: Pay | None = None
    complete: Name | None = None
    request_changes: Name | None = None
    accept: Name | None = None
    send: Name | None = None
    bill: Annotated[list[Name], Field(min_length=1)] | None = None
    wait: bool | None = None
    refund: Refunded | None = None
    return_payment: Returned | None = None
    apply_credit: ApplyCredit | None = None
    write_off: WrittenOff | None = None
    recover: Recovered | None = None
    let_be: LetBe | None = None
    grant_discount: Name | None = None
    by: Name | None = None
    evidence: dict[Literal["photo", "inspection", "document"], Annotated[int, Field(ge=0, le=50)]] = {}
    reason: Words = ""
    note: Words = ""
    change_order: ChangeOrdered | None = None
    approve: Name | None = None
    decline_change: Name | None = None
    withdraw_change: Name | None = None
    portion: NotBuilt = None
    void: Name | None = None
    reissue: Name | None = None
    credit: Credited | None = None
    void_credit: Place | None = None
    dispute: Disputed | None = None
    won: Decided | None = None
    lost: Decided | None = None
    tax_change: dict[Name, Rate | bool] | None = None
    cancel: Cancelled | None = None
    opening: NotBuilt = None
    progress: NotBuilt = None
    apply: NotBuilt = None
    certify: NotBuilt = None
    release: NotBuilt = None


DEEDS = (
    "sign",
    "view",
    "pay",
    "complete",
    "request_changes",
    "accept",
    "send",
    "bill",
    "wait",
    "refund",
    "return_payment",
    "dispute",
    "won",
    "lost",
    "apply_credit",
    "write_off",
    "recover",
    "let_be",
    "grant_discount",
    "change_order",
    "approve",
    "decline_change",
    "withdraw_change",
    "void",
    "reissue",
    "credit",
    "void_credit",
    "cancel",
    "tax_change",
)


class Expect(Part):
    """Any part of the output, written as the output writes it."""

    contract: Any = None
    schedule: Any = None
    documents: Any = None
    payments: Any = None
    customer_credit: Any = None
    refunds: Any = None
    ledger: Any = None
    journal: Any = None
    timeline: Any = None
    messages: Any = None


class Story(Part):
    """A business, a customer, a quote, and what happened, day by day."""

    title: Annotated[str, Field(max_length=200)] = ""
    business: Business = Business()
    customer: Customer
    quote: Quote | None = None
    invoice: SimpleInvoice | None = None
    events: Annotated[list[Event], Field(max_length=2000)] = []
    expect: Expect = Expect()
    progress: NotBuilt = None
    retainage: NotBuilt = None


def schema_text() -> str:
    """The format as JSON Schema, for editors and other software; docs/story.schema.json is this text."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema"} | Story.model_json_schema()
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
