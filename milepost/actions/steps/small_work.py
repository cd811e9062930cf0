"""What is billed without a quote: a job of its own, of one invoice."""

from datetime import datetime

from milepost.actions.steps.numbering import next_number
from milepost.actions.steps.offer import (
    build_lines,
    build_rows,
    check_tax_numbers,
    site_of,
    terms_of,
    title_of,
)
from milepost.actions.steps.opening import open_job
from milepost.actions.steps.paper import local_day
from milepost.core.msgids import gettext_noop
from milepost.core.quote_input import QuoteInput, TermsInput
from milepost.core.refusals import Refusal
from milepost.queries.billing_state import LoadedJob
from milepost.queries.pricing import PricedQuote, price_quote
from milepost.records.businesses import Business
from milepost.records.customers import Customer
from milepost.records.jobs import Job
from milepost.records.quotes import QuoteLine, QuoteRow, QuoteVersion


class NothingToInvoice(Refusal):
    code = "nothing_to_invoice"
    message = gettext_noop("Write what was done and what it costs, so that there is something to invoice.")


def open_small(
    business: Business, customer: Customer, quote: QuoteInput, at: datetime, *, origin: str = "simple"
) -> tuple[Job, LoadedJob]:
    """A job of its own for what is billed at once. Refuses NothingToInvoice, UnknownTax, TaxNumberMissing."""
    inclusive = quote.prices_include_tax
    offered = QuoteVersion(
        business=business,
        terms=terms_of(business, TermsInput(), clauses=()),
        prices_include_tax=business.prices_include_tax if inclusive is None else inclusive,
    )
    lines: list[QuoteLine] = build_lines(business, offered, quote.lines, customer=customer)
    rows: list[QuoteRow] = build_rows(business, offered, quote.rows, customer=customer)
    check_tax_numbers(business, customer, lines)
    rows[0].name, rows[0].value = title_of(quote), None
    priced: PricedQuote = price_quote(
        business,
        lines,
        rows,
        currency=business.currency,
        recovery=business.recovery,
        prices_include_tax=offered.prices_include_tax,
    )
    if priced.contract.total_cents <= 0:
        raise NothingToInvoice(field="lines")
    job = Job.objects.create(
        business=business,
        customer=customer,
        site=site_of(customer, quote.site),
        number=next_number("quote").text,
        title=title_of(quote),
        origin=origin,
        currency=business.currency,
        recovery=business.recovery,
        deposit_tax=business.deposit_tax,
        created_at=at,
    )
    loaded = open_job(job, offered, priced, on=local_day(business, at))
    return job, loaded
