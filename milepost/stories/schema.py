"""
The shape of a story. Every key of the format is here; one that Milepost cannot play yet is refused
by name. Amounts are texts in major units and become whole cents of the story's currency.
"""

import json
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Field

from milepost.stories.events import Event
from milepost.stories.offer import Line, Quote
from milepost.stories.values import AS_TEXT, Amount, Day, Days, Name, NotBuilt, Part, Rate, Words


class Terms(Part):
    """What the clauses say in numbers: days, and percent a month."""

    net_days: Days | None = None
    late_fee_monthly: Rate | None = None
    early_percent: Rate | None = None
    early_days: Days | None = None
    grace_days: Days | None = None
    pause_after_days: Days | None = None
    returned_fee: Amount | None = None


class Tax(Part):
    """A tax of the business that is not a rate alone: the customer owes it, as the note says."""

    name: Name
    kind: Literal["rate", "reverse_charge"] = "reverse_charge"
    percent: Rate = Decimal(0)
    note: Annotated[str, AS_TEXT, Field(max_length=500)] = ""


class Business(Part):
    """Who does the work, and how they count. `parts_from`: the least that is paid online in part."""

    name: Name = "A business"
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] = "US"
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] = "USD"
    timezone: Name = "America/Chicago"
    holidays: Annotated[str, AS_TEXT, Field(max_length=10)] = "US"
    deposit_tax: Literal["on_application", "at_deposit", "at_payment"] = "on_application"
    tax_at: Literal["contract", "document"] = "contract"
    tax_per: Literal["code", "line"] = "code"
    tax_rounding: Literal["half_up", "down"] = "half_up"
    prices_include_tax: bool = False
    taxes: Annotated[list[Tax], Field(max_length=50)] = []
    registration: Annotated[str, AS_TEXT, Field(max_length=100)] = ""
    recovery: Literal["off_the_top", "first", "final"] = "off_the_top"
    parts_from: Amount = 1
    approval_days: Days = 3
    terms: Terms = Terms()


class Person(Part):
    """Somebody who acts for the customer."""

    name: Name
    email: Annotated[str, AS_TEXT, Field(max_length=254)] = ""
    phone: Annotated[str, AS_TEXT, Field(max_length=40)] = ""


class Contact(Person):
    """One of several who act for the customer, with the parts that they have."""

    parts: Annotated[list[Literal["approver", "payer", "copy"]], Field(min_length=1)]


class Exempt(Part):
    """Why a customer is charged no tax, and by which certificate."""

    reason: Annotated[str, AS_TEXT, Field(min_length=1, max_length=200)]
    number: Annotated[str, AS_TEXT, Field(max_length=100)] = ""
    on: Day | None = None


class Customer(Part):
    """
    Who owes the money. Approver and payer are the customer unless they are somebody else; `contacts`
    are all of the people at once.
    """

    name: Annotated[str, AS_TEXT, Field(max_length=200)] = ""
    kind: Literal["person", "company"] = "person"
    language: Annotated[str, AS_TEXT, Field(max_length=10)] = ""
    email: Annotated[str, AS_TEXT, Field(max_length=254)] = ""
    phone: Annotated[str, AS_TEXT, Field(max_length=40)] = ""
    address: Words = ""
    site: Words = ""
    registration: Annotated[str, AS_TEXT, Field(max_length=100)] = ""
    exempt: Exempt | None = None
    approver: Person | None = None
    payer: Person | None = None
    contacts: Annotated[list[Contact], Field(max_length=50)] = []


class SimpleInvoice(Part):
    """Small work that is invoiced at once, in place of a quote."""

    on: Day
    title: Annotated[str, AS_TEXT, Field(max_length=200)] = ""
    lines: Annotated[list[Line], Field(min_length=1, max_length=1000)]
    prices_include_tax: bool | None = None


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

    title: Annotated[str, AS_TEXT, Field(max_length=200)] = ""
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
