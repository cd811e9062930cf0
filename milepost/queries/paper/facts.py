"""The facts that a document is made of: whole cents, dates and names, before they are words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from milepost.core.explaining import BillStory
from milepost.records.businesses import Business
from milepost.records.customers import Contact, Customer

AT_ONCE = ("simple", "fee")
"""Invoices that are a job of their own: there is no road before or after them."""


@dataclass(frozen=True)
class JobFacts:
    """What every document of a job knows. `terms` as signed; `site` an address or ""."""

    business: Business
    customer: Customer
    contacts: Sequence[Contact]
    number: str
    title: str
    site: str
    currency: str
    contract_cents: int
    signed_on: date | None
    terms: dict[str, object]
    pay_url: str
    at: datetime
    recovery: str = "off_the_top"
    tax_at: str = "contract"
    tax_per: str = "code"
    tax_rounding: str = "half_up"
    prices_include_tax: bool = False


@dataclass(frozen=True)
class LineFacts:
    """
    A contract line; `before_cents` and `now_cents` are net, `contract_cents` too, all after discount;
    `with_tax_cents` is the contract's with its taxes.
    """

    description: str
    section: str
    quantity: Decimal
    unit: str
    unit_price: Decimal
    taxes: Sequence[str]
    contract_cents: int
    before_cents: int = 0
    now_cents: int = 0
    discount_percent: Decimal = Decimal(0)
    with_tax_cents: int = 0


@dataclass(frozen=True)
class TaxFacts:
    """
    A tax of one document: its name and rate, the net it stands on, itself. `kind` is "rate", or
    "reverse_charge" where the customer owes it, as `note` says ("": in our words).
    """

    name: str
    percent: Decimal
    base_cents: int
    tax_cents: int
    kind: str = "rate"
    note: str = ""


@dataclass(frozen=True)
class RowFacts:
    """
    A row of the schedule as it stands. `number` counts milestones from 1, 0 is the deposit.
    `state` is where it stands for the reader of this document.
    """

    number: int
    name: str
    basis: str
    value: Decimal | None
    amount_cents: int
    state: Literal["paid", "billed", "now", "ahead"]
    deliverable: str = ""
    acceptance: Sequence[str] = ()
    bill_on: str = "completion"
    before_days: int = 0
    event: str = ""
    event_on: date | None = None
    completed_by: str = ""
    completed_on: date | None = None
    accepted_by: str = ""
    accepted_on: date | None = None
    photos: int = 0
    due_now_cents: int = 0
    evidence: Sequence[str] = ()
    window_days: int | None = None
    planned_on: date | None = None
    planned_until: date | None = None
    net_days: int | None = None
    approver: str = ""


@dataclass(frozen=True)
class InvoiceFacts:
    """
    One invoice. `billed_before_cents` is due to date before it, deposit included; `recovered_taxes` are
    the taxes inside the recovered deposit, where deposits carry any. `why` is the core's own account of
    a bill for work; `names` are what its lines are called, and its taxes by ("tax", code), `changed_cents` what change orders have
    added to the contract since it was signed, `given_cents` what was given off it.
    """

    job: JobFacts
    kind: Literal["deposit", "progress", "simple", "fee", "cancellation"]
    number: str
    issued_on: date
    due_on: date
    lines: Sequence[LineFacts]
    taxes: Sequence[TaxFacts]
    rows: Sequence[RowFacts]
    net_cents: int
    tax_cents: int
    recovered_cents: int
    total_cents: int
    billed_before_cents: int
    deposit_cents: int
    deposit_left_cents: int
    recovered_taxes: Sequence[TaxFacts] = ()
    changed_cents: int = 0
    given_cents: int = 0
    why: BillStory | None = None
    names: Mapping[object, str] = field(default_factory=dict)


@dataclass(frozen=True)
class CreditFacts:
    """
    One credit note: what it takes back of one invoice, every amount positive, and how things stand
    after it. `paid_cents` had been paid of the invoice, `excess_cents` of it is now the customer's
    credit; `recovered_cents` of the deposit is left to be used again, with the `recovered_taxes` in it.
    """

    job: JobFacts
    kind: Literal["void", "reversal", "allowance", "cancellation", "reduction"]
    number: str
    issued_on: date
    invoice_kind: str
    invoice_number: str
    invoice_issued_on: date
    invoice_cents: int
    credited_before_cents: int
    paid_cents: int
    excess_cents: int
    reason: str
    lines: Sequence[LineFacts]
    taxes: Sequence[TaxFacts]
    rows: Sequence[RowFacts]
    net_cents: int
    recovered_cents: int
    total_cents: int
    billed_cents: int
    recovered_taxes: Sequence[TaxFacts] = ()
    share: Fraction | None = None

    @property
    def stands_cents(self) -> int:
        """What the invoice still asks for."""
        return self.invoice_cents - self.credited_before_cents - self.total_cents


@dataclass(frozen=True)
class CoveredFacts:
    """So much of one invoice that a payment settles."""

    invoice_number: str
    title: str
    total_cents: int
    settled_cents: int
    balance_cents: int
    job: str = ""


@dataclass(frozen=True)
class JobShare:
    """A job that a payment covers a part of: what is billed and paid of it by now, and its road."""

    name: str
    billed_cents: int
    paid_cents: int
    rows: Sequence[RowFacts]


@dataclass(frozen=True)
class ReceiptFacts:
    """
    One cleared payment: what it covered, what was kept as credit, what is left of the job. `jobs`, when
    it covers a part of several, are all of them; the first is `job`.
    """

    job: JobFacts
    number: str
    method: str
    reference: str
    received_on: date
    amount_cents: int
    covered: Sequence[CoveredFacts]
    credit_cents: int
    billed_cents: int
    paid_cents: int
    covers_deposit: bool
    rows: Sequence[RowFacts]
    jobs: Sequence[JobShare] = ()
    surcharge_cents: int = 0


@dataclass(frozen=True)
class PaymentStep:
    """One thing that became of a payment; `cents` above zero came, below zero went."""

    on: date
    text: str
    cents: int


@dataclass(frozen=True)
class PaymentSheetFacts:
    """
    A payment as it stands: "on_its_way", "failed", "received", "disputed", "returned", "refunded" (whole)
    or "refunded_in_part". `covered` is what it settles today, `credit_cents` what of it is unused.
    """

    job: JobFacts
    state: str
    method: str
    reference: str
    on: date
    amount_cents: int
    receipt: str
    steps: Sequence[PaymentStep]
    covered: Sequence[CoveredFacts]
    credit_cents: int

    @property
    def stands_cents(self) -> int:
        """What of it is here today."""
        return sum(step.cents for step in self.steps)


@dataclass(frozen=True)
class ContractFacts:
    """The version that was signed, and how."""

    job: JobFacts
    version: int
    lines: Sequence[LineFacts]
    taxes: Sequence[TaxFacts]
    rows: Sequence[RowFacts]
    clauses: Sequence[dict[str, str]]
    note: str
    signed_by: str
    signed_at: datetime
    how: str
    discount_percent: Decimal = Decimal(0)


@dataclass(frozen=True)
class OfferFacts:
    """A version that is offered. `options` count for nothing yet; `discount_percent` came off every line."""

    job: JobFacts
    version: int
    good_until: date | None
    lines: Sequence[LineFacts]
    options: Sequence[LineFacts]
    taxes: Sequence[TaxFacts]
    rows: Sequence[RowFacts]
    clauses: Sequence[dict[str, str]]
    note: str
    discount_percent: Decimal


@dataclass(frozen=True)
class MoneyEvent:
    """
    An invoice, a credit note (below zero) or a payment on a statement. A payment's `text` is its method's code, `number` its
    receipt's, `reference` the payer's own (a cheque's number).
    """

    on: date
    text: str
    number: str
    invoiced_cents: int
    paid_cents: int
    reference: str = ""


@dataclass(frozen=True)
class StatementFacts:
    """The closing statement: everything that was billed and paid, and nothing left."""

    job: JobFacts
    lines: Sequence[LineFacts]
    taxes: Sequence[TaxFacts]
    events: Sequence[MoneyEvent]
    rows: Sequence[RowFacts]
    billed_cents: int
    paid_cents: int


@dataclass(frozen=True)
class PaidSheetFacts:
    """
    What was paid on an invoice since it was issued, its balance, and what comes next.
    `billed_cents` and `paid_cents` are of the whole job; without them no money bar is drawn.
    """

    job: JobFacts
    number: str
    issued_on: date
    total_cents: int
    payments: Sequence[MoneyEvent]
    balance_cents: int
    next_name: str
    next_cents: int
    rows: Sequence[RowFacts]
    due_on: date | None = None
    billed_cents: int | None = None
    paid_cents: int | None = None
