"""A quote as a PDF, made when it is asked for and not kept: until it is signed it may change."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.utils.translation import gettext

from milepost.actions.steps.paper import job_facts
from milepost.core.contract import PricedContract
from milepost.mailroom.documents import StoredPdf
from milepost.mailroom.logos import with_logo
from milepost.mailroom.wiring import gateways
from milepost.queries.documents_shape import TEMPLATE_VERSION
from milepost.queries.door import NotThere
from milepost.queries.paper.facts import LineFacts, OfferFacts, RowFacts, TaxFacts
from milepost.queries.paper.offer import offer_content
from milepost.queries.pricing import PricedQuote, core_line, price_offer
from milepost.queries.wording import in_words_of
from milepost.records.customers import Contact
from milepost.records.quotes import QuoteLine, QuoteRow, QuoteVersion
from milepost.records.scope import scoped


def offer_pdf(business_id: int, job_id: int, *, at: datetime, sent_only: bool) -> StoredPdf:
    """
    The newest version (the newest one sent, for the customer) without its options. Refuses NotThere, for
    a signed job too: its contract is the document; and what cannot be priced yet as the core does.
    """
    with scoped(business_id, writing=False):
        versions = QuoteVersion.objects.select_related("job__business", "job__customer", "job__site")
        versions = versions.filter(job_id=job_id, job__signed_on=None).order_by("-version")
        version = (versions.filter(sent_at__isnull=False) if sent_only else versions).first()
        if version is None:
            raise NotThere
        content = offer_content(_facts(version, at))
    data = gateways().pdf.render("contract", TEMPLATE_VERSION, with_logo(content))
    with in_words_of(version.job.customer, version.job.business):
        name = gettext("Quote {number}").format(number=version.job.number)
    return StoredPdf(data, f"{name}.pdf")


def _facts(version: QuoteVersion, at: datetime) -> OfferFacts:
    lines = list(version.lines.order_by("position"))
    rows = list(version.rows.select_related("approver").order_by("position"))
    priced = price_offer(version, lines, rows)
    people = list(Contact.objects.filter(customer_id=version.job.customer_id).order_by("position", "id"))
    nets = priced.contract.net_cents_by_line
    options = [line for line in lines if line.is_optional]
    return OfferFacts(
        job=replace(
            job_facts(version.job, people, at=at),
            contract_cents=priced.contract.total_cents,
            terms=version.terms,
            prices_include_tax=version.prices_include_tax,
        ),
        version=version.version,
        good_until=version.expires_on,
        lines=[_line(version, line, nets[line.position]) for line in priced.lines],
        options=[_line(version, line) for line in options],
        taxes=_taxes(priced.contract, priced.lines),
        rows=_rows(priced),
        clauses=version.clauses,
        note=version.note,
        discount_percent=version.discount_percent,
    )


def _line(version: QuoteVersion, line: QuoteLine, net_cents: int | None = None) -> LineFacts:
    """A line with its own discount. Its amount is after every discount; an option has no net of its own yet."""
    cents = core_line(line, version.discount_percent).net_cents(version.job.currency)
    return LineFacts(
        description=line.description,
        section=line.section,
        quantity=line.quantity,
        unit=line.unit,
        unit_price=line.unit_price,
        taxes=[tax["name"] for tax in line.taxes],
        contract_cents=cents if net_cents is None else net_cents,
        discount_percent=line.discount_percent,
        with_tax_cents=cents,
    )


def _taxes(contract: PricedContract, lines: Sequence[QuoteLine]) -> list[TaxFacts]:
    said = {tax["code"]: tax for line in lines for tax in line.taxes}
    nets = contract.net_cents_by_line
    return [
        TaxFacts(
            contract.tax_rates[code].name,
            contract.tax_rates[code].percent,
            sum(nets[line.position] for line in lines if any(tax["code"] == code for tax in line.taxes)),
            cents,
            said[code].get("kind", "rate"),
            said[code].get("note", ""),
        )
        for code, cents in contract.tax_by_code.items()
    ]


def _rows(priced: PricedQuote) -> list[RowFacts]:
    numbers, number = {}, 0
    for row in priced.rows:
        number += row.kind == "milestone"
        numbers[row.position] = number if row.kind == "milestone" else 0
    return [_row(row, numbers[row.position], priced.amounts[row.position]) for row in priced.rows]


def _row(row: QuoteRow, number: int, amount_cents: int) -> RowFacts:
    return RowFacts(
        number=number,
        name=row.name,
        basis=row.basis,
        value=row.value,
        amount_cents=amount_cents,
        state="ahead",
        deliverable=row.deliverable,
        acceptance=row.acceptance,
        bill_on=row.bill_on,
        before_days=row.before_days,
        event=row.event_name,
        event_on=row.event_on,
        evidence=row.evidence,
        window_days=row.window_days,
        planned_on=row.planned_on,
        planned_until=row.planned_until,
        net_days=row.net_days,
        approver=row.approver.name if row.approver else "",
    )
