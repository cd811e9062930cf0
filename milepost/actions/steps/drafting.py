"""A quote as it is written: its job, and one version of what it offers."""

from collections.abc import Sequence
from datetime import datetime

from milepost.actions.steps.numbering import next_number
from milepost.actions.steps.offer import (
    build_lines,
    build_rows,
    check_discount,
    clauses_of,
    site_of,
    terms_of,
    title_of,
)
from milepost.core.quote_input import QuoteInput
from milepost.core.refusals import Refusal
from milepost.queries.pricing import price_lines
from milepost.records.businesses import Business
from milepost.records.customers import Customer
from milepost.records.jobs import Job
from milepost.records.quotes import QuoteLine, QuoteRow, QuoteVersion


def new_job(
    business: Business,
    customer: Customer,
    quote: QuoteInput,
    *,
    at: datetime,
    number: str = "",
    replaces: Job | None = None,
) -> Job:
    """The job of a new quote, as a draft without any version yet."""
    return Job.objects.create(
        business=business,
        customer=customer,
        site=site_of(customer, quote.site),
        replaces=replaces,
        number=number or next_number("quote").text,
        title=title_of(quote),
        currency=business.currency,
        recovery=quote.recovery or business.recovery,
        deposit_tax=business.deposit_tax,
        created_at=at,
    )


def write_version(business: Business, job: Job, version: int, quote: QuoteInput, at: datetime) -> None:
    """One version with its lines and rows. Refuses what they refuse; prices are checked when it is sent."""
    check_discount(quote.discount_percent, field="discount")
    terms = terms_of(business, quote.terms, clauses=quote.clauses)
    written = QuoteVersion.objects.create(
        business=business,
        job=job,
        version=version,
        template=quote.template,
        terms=terms,
        clauses=clauses_of(quote, terms, job.customer),
        note=quote.note.strip(),
        discount_percent=quote.discount_percent,
        prices_include_tax=business.prices_include_tax
        if quote.prices_include_tax is None
        else quote.prices_include_tax,
        expires_on=quote.expires_on,
        created_at=at,
    )
    lines = build_lines(business, written, quote.lines, customer=job.customer)
    QuoteLine.objects.bulk_create(lines)
    written.total_cents = _so_far(written, lines)
    written.save(update_fields=["total_cents"])
    QuoteRow.objects.bulk_create(build_rows(business, written, quote.rows, customer=job.customer))


def _so_far(version: QuoteVersion, lines: Sequence[QuoteLine]) -> int:
    """What a draft comes to in cents, for the list; 0 while it cannot be priced."""
    try:
        return price_lines(version, lines).total_cents
    except Refusal:
        return 0
