"""The office's lists: what needs you, jobs, quotes, customers, invoices, payments, messages."""

from functools import partial

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from milepost.queries import job_lists, lists, money_lists
from milepost.queries import needs as needs_queries
from milepost.queries.door import NotThere
from milepost.queries.job_lists import SORTINGS
from milepost.queries.money_lists import INVOICE_SORTINGS, PAYMENT_SORTINGS
from milepost.queries.paging import row_before
from milepost.web.office.listing import Listing, listing_of
from milepost.web.office.settings_words import PAID_BY
from milepost.web.session import door


def older_than(request: HttpRequest) -> int | None:
    """The key of the page asked for; anything else is the first page."""
    return row_before(request.GET.get("before", ""))


@require_GET
def needs(request: HttpRequest) -> HttpResponse:
    if not request.user.is_authenticated:
        return render(request, "office/welcome.html")
    return _needs(request)


@door("office")
def _needs(request: HttpRequest) -> HttpResponse:
    found = needs_queries.needs(request.business_id, at=request.at)
    return render(request, "office/needs.html", {"needs": found, "needs_you_count": found.count})


@require_GET
@door("office")
def needs_count(request: HttpRequest) -> HttpResponse:
    """How many things wait, for the rail of any page."""
    waiting = needs_queries.needs_count(request.business_id, at=request.at)
    return render(request, "office/_count.html", {"waiting": waiting})


@require_GET
@door("office")
def jobs(request: HttpRequest) -> HttpResponse:
    shows = (("", _("All")), ("open", _("Open")), ("closed", _("Closed")), ("cancelled", _("Cancelled")))
    sorts = (
        ("newest", _("Newest")),
        ("title", _("Job")),
        ("customer", _("Customer")),
        ("total", _("Total")),
    )
    return _jobs(request, "office/jobs.html", listing_of(request, SORTINGS, sorts=sorts, shows=shows))


@require_GET
@door("office")
def quotes(request: HttpRequest) -> HttpResponse:
    shows = (("", _("All")), ("draft", _("Draft")), ("sent", _("Sent")), ("declined", _("Declined")))
    sorts = (("newest", _("Newest")), ("title", _("Job")), ("customer", _("Customer")))
    sortings = {word: SORTINGS[word] for word, _words in sorts}
    return _jobs(request, "office/quotes.html", listing_of(request, sortings, sorts=sorts, shows=shows))


def _jobs(request: HttpRequest, template: str, listing: Listing) -> HttpResponse:
    page = job_lists.jobs(
        request.business_id,
        quotes=template == "office/quotes.html",
        today=timezone.localdate(),
        state=listing.show,
        sort=listing.sort,
        before=listing.before,
    )
    return render(request, template, {"page": page, "listing": listing})


@require_GET
@door("office")
def invoices(request: HttpRequest) -> HttpResponse:
    shows = (("", _("All")), ("open", _("Open")), ("late", _("Late")), ("paid", _("Paid")))
    sorts = (
        ("newest", _("Newest")),
        ("customer", _("Customer")),
        ("due", _("Due")),
        ("total", _("Total")),
    )
    listing = listing_of(request, INVOICE_SORTINGS, sorts=sorts, shows=shows)
    page = money_lists.invoices(
        request.business_id,
        today=timezone.localdate(),
        state=listing.show,
        sort=listing.sort,
        before=listing.before,
    )
    return render(request, "office/invoices.html", {"page": page, "listing": listing})


@require_GET
@door("office")
def payments(request: HttpRequest) -> HttpResponse:
    shows = (
        ("", _("All")),
        ("pending", _("On its way")),
        ("cleared", _("Paid")),
        ("returned", _("Returned")),
    )
    sorts = (("day", _("Day")), ("customer", _("Customer")), ("amount", _("Amount")))
    listing = listing_of(request, PAYMENT_SORTINGS, sorts=sorts, shows=shows)
    page = money_lists.payments(
        request.business_id, state=listing.show, sort=listing.sort, before=listing.before
    )
    ways = dict(PAID_BY)
    rows = [(row, ways.get(row.method, row.method)) for row in page.rows]
    return render(request, "office/payments.html", {"page": page, "rows": rows, "listing": listing})


@require_GET
@door("office")
def messages(request: HttpRequest) -> HttpResponse:
    page = lists.messages(request.business_id, before=request.GET.get("before", ""))
    return render(request, "office/messages.html", {"page": page})


@require_GET
@door("office")
def message(request: HttpRequest, message: int) -> HttpResponse:
    try:
        found = lists.message(request.business_id, message)
    except NotThere:
        raise Http404 from None
    return render(request, "office/message.html", {"message": found})


@require_GET
@door("office")
def search(request: HttpRequest) -> HttpResponse:
    """All three kinds; or, of one that has many, what is behind its last row."""
    words, of, before = (
        request.GET.get(name, "").replace("\x00", "").strip()[:100] for name in ("q", "of", "before")
    )
    business, today = request.business_id, timezone.localdate()
    kinds = {
        "jobs": partial(job_lists.jobs_with, business, words, quotes=False, today=today),
        "quotes": partial(job_lists.jobs_with, business, words, quotes=True, today=today),
        "customers": partial(lists.customers_with, business, words),
    }
    asked = {kind: find(before=before) for kind, find in kinds.items() if kind == of} or {
        kind: find() for kind, find in kinds.items()
    }
    return render(request, "office/search.html", {"words": words, **asked})
