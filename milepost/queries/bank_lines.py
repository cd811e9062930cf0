"""Lines of the bank that wait, each with what it probably is: by amount, reference and name."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import F

from milepost.core.money import Money
from milepost.queries.balances import with_settled
from milepost.queries.door import question
from milepost.records.businesses import Business
from milepost.records.invoices import Invoice
from milepost.records.payments import BankLine, Payment, Payout

MOST_LINES, MOST_CANDIDATES, MOST_DONE = 200, 3, 30
NEAR = timedelta(days=7)


@dataclass(frozen=True)
class Proposal:
    """
    What a line may be: an open invoice, all that a customer has open, a payment that is recorded, or a
    payout.
    """

    kind: str
    id: int
    words: str
    amount: Money
    is_sure: bool

    @property
    def value(self) -> str:
        """How a form names it."""
        return f"{self.kind}-{self.id}"


@dataclass(frozen=True)
class WaitingLine:
    """A line of the bank, and what it may be, the likeliest first."""

    id: int
    on: date
    text: str
    amount: Money
    proposals: Sequence[Proposal]

    @property
    def sure(self) -> Proposal | None:
        return self.proposals[0] if self.proposals and self.proposals[0].is_sure else None


@dataclass(frozen=True)
class DoneLine:
    """A line that was answered: the payment or the payout that it is; neither, where it is not ours."""

    id: int
    on: date
    text: str
    amount: Money
    payment_id: int | None
    customer: str
    payout: str


@dataclass(frozen=True)
class BankPage:
    """What waits, and what was answered lately, the newest first; `columns` are those of the last table."""

    lines: Sequence[WaitingLine]
    done: Sequence[DoneLine]
    columns: Mapping[str, str]
    currency: str

    @property
    def sure(self) -> list[WaitingLine]:
        return [line for line in self.lines if line.sure]


@dataclass(frozen=True)
class _Open:
    id: int
    number: str
    customer: str
    title: str
    cents: int
    customer_id: int


@question
def bank_page() -> BankPage:
    """The open lines with their proposals, in a number of queries that does not grow with them."""
    business = Business.objects.get()
    lines = list(BankLine.objects.filter(state="open").order_by("-on_date", "-id")[:MOST_LINES])
    invoices = _open_invoices(business.currency)
    payments, payouts = _recorded(lines), _payouts(lines)
    return BankPage(
        [_waiting(line, invoices, payments, payouts) for line in lines],
        _done(),
        business.statement_columns,
        business.currency,
    )


def _done() -> list[DoneLine]:
    rows = BankLine.objects.exclude(state="open").select_related("payment__customer", "payout")
    return [
        DoneLine(
            row.id,
            row.on_date,
            _text(row),
            Money(row.amount_cents, row.currency),
            row.payment_id,
            row.payment.customer.name if row.payment else "",
            row.payout.provider_ref if row.payout else "",
        )
        for row in rows.order_by("-on_date", "-id")[:MOST_DONE]
    ]


def _text(line: BankLine) -> str:
    return " ".join(part for part in (line.name, line.memo, line.reference) if part)


def _waiting(
    line: BankLine, invoices: list[_Open], payments: list[Payment], payouts: list[Payout]
) -> WaitingLine:
    text = _text(line)
    found = _as_payout(line, payouts) + _as_recorded(line, payments)
    found += _as_all_of(line, text, invoices) + _as_invoice(line, text, invoices)
    sure = [one for one in found if one.is_sure]
    if len(sure) > 1 and len({one.kind for one in sure}) == 1:  # two that fit alike: a person chooses
        found = [Proposal(p.kind, p.id, p.words, p.amount, is_sure=False) for p in found]
    found.sort(key=lambda one: not one.is_sure)
    amount = Money(line.amount_cents, line.currency)
    return WaitingLine(line.id, line.on_date, text, amount, found[:MOST_CANDIDATES])


def _as_all_of(line: BankLine, text: str, invoices: list[_Open]) -> list[Proposal]:
    """Everything that a customer has open, where it comes to just this; with their name it is sure."""
    by_customer: dict[int, list[_Open]] = {}
    for one in invoices:
        by_customer.setdefault(one.customer_id, []).append(one)
    return [
        Proposal(
            "customer",
            customer_id,
            ", ".join(one.number for one in theirs) + f" · {theirs[0].customer}",
            Money(line.amount_cents, line.currency),
            any(_named(one.customer, text)[1] for one in theirs),
        )
        for customer_id, theirs in by_customer.items()
        if len(theirs) > 1 and sum(one.cents for one in theirs) == line.amount_cents
    ]


def _as_invoice(line: BankLine, text: str, invoices: list[_Open]) -> list[Proposal]:
    """The number in the text or the same amount; both, or the amount and the whole name, are sure."""
    found = []
    for one in invoices:
        numbered = bool(re.search(rf"(?<!\d){re.escape(one.number)}(?!\d)", text))
        exact, (named, surely) = one.cents == line.amount_cents, _named(one.customer, text)
        score = 4 * numbered + 2 * exact + named
        if line.amount_cents > 0 and (numbered or exact or named):
            words = f"{one.number} {one.title} · {one.customer}"
            amount = Money(one.cents, line.currency)
            found.append((score, Proposal("invoice", one.id, words, amount, exact and (numbered or surely))))
    return [proposal for _score, proposal in sorted(found, key=lambda pair: -pair[0])][:MOST_CANDIDATES]


GENERIC = frozenset({
    "and", "the", "for", "from", "mrs", "und", "der", "die", "das", "les", "des", "del", "los", "las",
    "inc", "llc", "llp", "ltd", "plc", "pty", "corp", "corporation", "company", "limited", "group", "gmbh", "mbh",
    "sarl", "sas", "srl", "spa", "bank", "transfer", "payment", "deposit", "credit", "debit", "invoice", "bill",
    "check", "cheque", "wire", "ach", "card", "online", "mobile",
})  # fmt: skip
"""Words of names and of bank statements that tell nobody apart."""


def _named(customer: str, text: str) -> tuple[bool, bool]:
    """Whether a word of the customer's name stands in the text, and whether enough do to be sure: two, if it has two."""
    own = {word for word in re.findall(r"\w+", customer.lower()) if len(word) > 2 and word not in GENERIC}
    found = own & set(re.findall(r"\w+", text.lower()))
    return bool(found), bool(found) and len(found) >= min(2, len(own))


def _as_recorded(line: BankLine, payments: list[Payment]) -> list[Proposal]:
    """A payment that somebody recorded by hand, of this amount, within a week."""
    return [
        Proposal(
            "payment",
            one.id,
            f"{one.customer.name} {one.reference}".strip(),
            Money(one.amount_cents, one.currency),
            True,
        )
        for one in payments
        if one.amount_cents == line.amount_cents and abs(one.received_on - line.on_date) <= NEAR
    ]


def _as_payout(line: BankLine, payouts: list[Payout]) -> list[Proposal]:
    return [
        Proposal("payout", one.id, one.provider_ref, Money(one.whole_cents, one.currency), True)
        for one in payouts
        if one.whole_cents == line.amount_cents and abs(one.arrives_on - line.on_date) <= NEAR
    ]


def _recorded(lines: list[BankLine]) -> list[Payment]:
    amounts = {line.amount_cents for line in lines}
    found = Payment.objects.filter(till="cash", state="cleared", amount_cents__in=amounts, bank_lines=None)
    return list(found.select_related("customer").order_by("id"))


def _payouts(lines: list[BankLine]) -> list[Payout]:
    amounts = {line.amount_cents for line in lines}
    return list(Payout.objects.filter(state="paid", whole_cents__in=amounts, bank_lines=None).order_by("id"))


def _open_invoices(currency: str) -> list[_Open]:
    found = (
        with_settled(Invoice.objects.filter(currency=currency))
        .select_related("customer")
        .filter(settled__lt=F("total_cents") - F("credited_cents"))
        .order_by("id")
    )
    return [
        _Open(
            one.id,
            one.number_text,
            one.customer.name,
            one.title,
            one.stands_cents - one.settled,  # type: ignore[attr-defined]
            one.customer.merged_into_id or one.customer_id,
        )
        for one in found
    ]
