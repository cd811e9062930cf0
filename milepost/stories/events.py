"""What happens in a story, deed by deed."""

from typing import Annotated, Literal

from pydantic import Field

from milepost.stories.offer import Line, QuoteChanged
from milepost.stories.values import (
    AS_TEXT,
    Amount,
    Day,
    Exact,
    Name,
    NotBuilt,
    Part,
    Place,
    Rate,
    Share,
    Short,
    SignedAmount,
    Words,
)


class Pay(Part):
    """
    Money: for one invoice, for several, or for the oldest. Without an amount, all that is open. A check,
    unless it says otherwise; what is pending comes from a bank.
    """

    amount: Amount | None = None
    method: Literal["ach", "card", "bank", "check", "cash", "transfer", "other"] | None = None
    invoice: Name | None = None
    invoices: dict[Name, Amount] | None = None
    reference: Annotated[str, AS_TEXT, Field(max_length=100)] = ""
    status: Literal["cleared", "pending"] = "cleared"

    @property
    def way(self) -> str:
        """The method, or what is usual."""
        return self.method or ("ach" if self.status == "pending" else "check")


class Refunded(Part):
    """Given back by hand out of what a payment has left; without an amount, all of it."""

    payment: Place
    amount: Amount | None = None
    method: Literal["check", "cash", "transfer", "other"] = "check"
    reference: Annotated[str, AS_TEXT, Field(max_length=100)] = ""


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
    """The disputed payment that the bank has decided about; the one that is disputed, unless it is said."""

    payment: Place | None = None


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
    reference: Annotated[str, AS_TEXT, Field(max_length=100)] = ""


class LetBe(Part):
    """The last cents of an invoice, or what a payment (by its place) has too much."""

    invoice: Name | None = None
    payment: Place | None = None


class Credited(Part):
    """
    An invoice taken back (`reversal`), whole or so much of it, or an amount off it (`allowance`). A
    `share` up to 1 is a part of the whole ("0.5", "1/3"), above that a percentage ("30").
    """

    invoice: Name
    kind: Literal["reversal", "allowance"]
    amount: Amount | None = None
    share: Share | None = None
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
    discount: Rate | None = None
    description: Words | None = None
    unit: Annotated[str, AS_TEXT, Field(max_length=40)] | None = None


class MilestoneChanged(Part):
    """A milestone by its name: its deliverable, its day, an amount moved onto it (or, below zero, off it)."""

    edit: Name
    deliverable: Words | None = None
    on: Day | None = None
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

    @property
    def own_row(self) -> str:
        """The name of the milestone that it brings, or nothing."""
        lines = (self.own or self.reason).strip().splitlines()
        return lines[0][:200] if lines and self.spread == "own" else ""


class Moved(Part):
    """An event of the schedule on another day; without one, the day is open."""

    event: Name
    on: Day | None = None


class Event(Part):
    """
    What happened on a day: exactly one deed, with what belongs to it. Where it is `refused`, the words
    (or a part of them) with which Milepost says so.
    """

    on: Day
    sign: Name | None = None
    options: list[Name] = []
    how: Literal["link", "in_person"] = "link"
    decline: Name | None = None
    change_quote: QuoteChanged | None = None
    correct_quote: QuoteChanged | None = None
    send_quote: bool | None = None
    move: Moved | None = None
    refused: Words = ""
    view: bool | None = None
    pay: Pay | None = None
    complete: Name | None = None
    request_changes: Name | None = None
    accept: Name | None = None
    send: Name | None = None
    bill: Annotated[list[Name], Field(min_length=1)] | None = None
    wait: bool | None = None
    refund: Annotated[Refunded, Short("payment", "integer")] | None = None
    return_payment: Annotated[Returned, Short("payment", "integer")] | None = None
    clear: Place | None = None
    apply_credit: Annotated[ApplyCredit, Short("invoice")] | None = None
    write_off: Annotated[WrittenOff, Short("invoice")] | None = None
    recover: Annotated[Recovered, Short("invoice")] | None = None
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
    dispute: Annotated[Disputed, Short("payment", "integer")] | None = None
    won: Annotated[Decided, Short("payment", "integer")] | None = None
    lost: Annotated[Decided, Short("payment", "integer")] | None = None
    tax_change: dict[Name, Rate | bool] | None = None
    cancel: Annotated[Cancelled, Short("keep_deposit")] | None = None
    opening: NotBuilt = None
    progress: NotBuilt = None
    apply: NotBuilt = None
    certify: NotBuilt = None
    release: NotBuilt = None


DEEDS = (
    "sign",
    "decline",
    "change_quote",
    "correct_quote",
    "send_quote",
    "move",
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
    "clear",
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
