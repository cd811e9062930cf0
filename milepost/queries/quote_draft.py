"""A quote while it is written: what was saved, as it would be typed; and its totals before it is saved."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import cast

from milepost.core.contract import ContractLine, PricedContract, price
from milepost.core.money import Money
from milepost.core.quote_input import LineInput, QuoteInput, RowInput, TermsInput
from milepost.core.refusals import Refusal
from milepost.core.rounding import Rule
from milepost.core.rows import Recovery, Row
from milepost.core.schedule import row_amounts
from milepost.core.tax import TaxPer, TaxRate
from milepost.queries.approvers import called
from milepost.queries.clause_wording import EXEMPTION, default_clauses
from milepost.queries.door import NotThere, question
from milepost.queries.offer_page import tax_lines
from milepost.queries.pricing import both_discounts
from milepost.queries.wording import in_words_of
from milepost.records.businesses import Business, TaxCode
from milepost.records.customers import Contact
from milepost.records.quotes import QuoteLine, QuoteRow, QuoteVersion


@dataclass(frozen=True)
class QuoteDraft:
    """
    The newest version of a quote as its form shows it. `sent_at` None: it may still be replaced.
    `stamp` is another after every saving.
    """

    job_id: int
    customer_id: int
    number: str
    title: str
    state: str
    customer_name: str
    version: int
    sent_at: datetime | None
    quote: QuoteInput
    stamp: int = 0


@dataclass(frozen=True)
class DraftTotals:
    """
    A quote in cents as it stands on the screen: a net for each line and an amount for each row, in
    their order. Optional lines are priced but count for nothing yet. `problem` says what is missing;
    what cannot be priced without it is None.
    """

    lines: Sequence[Money | None]
    rows: Sequence[Money | None]
    net: Money
    taxes: Sequence[tuple[str, Decimal, Money]]
    total: Money
    deposit: Money
    options: Money
    problem: Refusal | None = None


@question
def quote_draft(job_id: int) -> QuoteDraft:
    """The newest version, sent or not. Refuses NotThere."""
    versions = QuoteVersion.objects.select_related("job__customer", "job__business", "job__site").order_by(
        "-version"
    )
    version = versions.filter(job_id=job_id).first()
    if version is None:
        raise NotThere
    job = version.job
    return QuoteDraft(
        job_id=job.id,
        customer_id=job.customer_id,
        number=job.number,
        title=job.title,
        state=job.state,
        customer_name=job.customer.name,
        version=version.version,
        sent_at=version.sent_at,
        quote=as_typed(version),
        stamp=version.id,
    )


def _is_default(clauses: list[dict[str, str]], version: QuoteVersion) -> bool:
    """Whether these are the default clauses, in the customer's language now or in the reader's."""
    with in_words_of(version.job.customer, version.job.business):
        if clauses == default_clauses(version.terms):
            return True
    return clauses == default_clauses(version.terms)


def as_typed(version: QuoteVersion) -> QuoteInput:
    """A stored version as it would be typed. Clauses in the default wording are None."""
    job, terms = version.job, version.terms
    clauses = [clause for clause in version.clauses if clause["code"] != EXEMPTION]
    own = None if _is_default(clauses, version) else clauses
    rows = list(version.rows.select_related("approver").order_by("position"))
    people = list(job.customer.contacts.filter(archived_at=None)) if any(row.approver for row in rows) else []
    return QuoteInput(
        title=job.title,
        lines=tuple(_line(line) for line in version.lines.order_by("position")),
        rows=tuple(_row(row, people) for row in rows),
        terms=TermsInput(
            terms["net_days"],
            Decimal(terms["late_fee_monthly"]),
            terms["grace_days"],
            terms["pause_after_days"],
            terms["approval_days"],
        ),
        clauses=None if own is None else tuple((c["code"], c["title"], c["text"]) for c in own),
        site=job.site.address if job.site else "",
        note=version.note,
        template=version.template,
        recovery=job.recovery,
        expires_on=version.expires_on,
        discount_percent=version.discount_percent,
        prices_include_tax=version.prices_include_tax,
    )


def _line(line: QuoteLine) -> LineInput:
    return LineInput(
        line.description,
        line.unit_price,
        line.quantity,
        line.unit,
        line.section,
        line.ref,
        tuple(tax["code"] for tax in line.taxes),
        line.discount_percent,
        line.is_optional,
    )


def _row(row: QuoteRow, people: Sequence[Contact]) -> RowInput:
    return RowInput(
        row.name,
        row.basis,
        row.kind,
        row.value,
        tuple(row.line_positions),
        row.bill_on,
        row.before_days,
        row.event_name,
        row.event_on,
        row.event_follows,
        row.planned_on,
        row.planned_until,
        row.deliverable,
        tuple(row.acceptance),
        tuple(row.evidence),
        row.window_days,
        row.net_days,
        called(row.approver, people) if row.approver in people else "",
    )


@question
def draft_totals(
    lines: Sequence[LineInput],
    rows: Sequence[RowInput],
    *,
    recovery: str = "",
    discount_percent: Decimal = Decimal(0),
    prices_include_tax: bool = False,
) -> DraftTotals:
    """
    Price what is on the screen, by the business's tax rules. A line's amount is its net, or its price
    where prices include tax. Refuses nothing: `problem` says it.
    """
    business = Business.objects.get()
    codes = {code for line in lines for code in line.tax_codes}
    rates = {tax.id: TaxRate(tax.id, tax.name, tax.percent) for tax in TaxCode.objects.filter(id__in=codes)}
    parts = [_core_line(place, line, rates, discount_percent) for place, line in enumerate(lines, start=1)]
    nothing = Money(0, business.currency)
    try:
        whole = _priced(business, parts, prices_include_tax)
        firm = [p for p, line in zip(parts, lines, strict=True) if not line.is_optional]
        contract = whole if len(firm) == len(parts) else _priced(business, firm, prices_include_tax)
    except Refusal as problem:
        blank = [None] * len(lines), [None] * len(rows)
        return DraftTotals(*blank, nothing, (), nothing, nothing, nothing, problem)
    return _totals(business, whole, contract, rows, cast(Recovery, recovery or business.recovery))


def _core_line(place: int, line: LineInput, rates: dict[int, TaxRate], discount: Decimal) -> ContractLine:
    taxes = tuple(rates[code] for code in line.tax_codes if code in rates)
    off = both_discounts(line.discount_percent, discount)
    return ContractLine(place, line.description, line.quantity, line.unit_price, taxes, off)


def _priced(business: Business, lines: list[ContractLine], inclusive: bool) -> PricedContract:
    return price(
        lines,
        currency=business.currency,
        tax_per=cast(TaxPer, business.tax_per),
        tax_rounding=cast(Rule, business.tax_rounding),
        inclusive=inclusive,
    )


def _totals(
    business: Business,
    whole: PricedContract,
    contract: PricedContract,
    rows: Sequence[RowInput],
    recovery: Recovery,
) -> DraftTotals:
    def money(cents: int) -> Money:
        return Money(cents, business.currency)

    amounts, problem = _amounts(contract, rows, recovery)
    deposit = sum(amounts.get(n, 0) for n, row in enumerate(rows, start=1) if row.kind == "deposit")
    return DraftTotals(
        lines=[money(line.net_cents(business.currency)) for line in whole.lines],
        rows=[money(amounts[n]) if n in amounts else None for n in range(1, len(rows) + 1)],
        net=money(contract.net_cents),
        taxes=tax_lines(contract),
        total=money(contract.total_cents),
        deposit=money(deposit),
        options=money(whole.total_cents - contract.total_cents),
        problem=problem,
    )


def _amounts(
    contract: PricedContract, rows: Sequence[RowInput], recovery: Recovery
) -> tuple[dict[int, int], Refusal | None]:
    """A row's amount by its place; a row of lines that are all optional has none yet."""
    there = {line.id for line in contract.lines}
    schedule = [
        _core_row(place, row, there)
        for place, row in enumerate(rows, start=1)
        if row.basis != "lines" or not row.lines or there & set(row.lines)
    ]
    try:
        found = row_amounts(contract, schedule, recovery=recovery)
    except Refusal as problem:
        return {}, problem
    return {cast(int, place): cents for place, cents in found.items()}, None


def _core_row(place: int, row: RowInput, there: set[object]) -> Row:
    value: Decimal | int | None = row.value
    if row.basis == "fixed" and row.value is not None:
        value = int(row.value)
    lines = frozenset(line for line in row.lines if line in there)
    return Row(place, row.kind, row.basis, value, lines)  # type: ignore[arg-type]
