"""The office's lists: what needs you, jobs, quotes, customers, invoices, payments, messages."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from milepost.queries import lists
from milepost.queries import needs as needs_queries
from milepost.queries.door import NotThere
from milepost.web.session import door


def older_than(request: HttpRequest) -> int | None:
    """The key of the page asked for; anything else is the first page."""
    text = request.GET.get("before", "")
    return int(text) if text.isdecimal() and len(text) < 18 else None


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
    page = lists.jobs(request.business_id, quotes=False, before=older_than(request))
    return render(request, "office/jobs.html", {"page": page})


@require_GET
@door("office")
def quotes(request: HttpRequest) -> HttpResponse:
    page = lists.jobs(request.business_id, quotes=True, before=older_than(request))
    return render(request, "office/quotes.html", {"page": page})


@require_GET
@door("office")
def invoices(request: HttpRequest) -> HttpResponse:
    page = lists.invoices(request.business_id, today=timezone.localdate(), before=older_than(request))
    return render(request, "office/invoices.html", {"page": page})


@require_GET
@door("office")
def payments(request: HttpRequest) -> HttpResponse:
    page = lists.payments(request.business_id, before=older_than(request))
    return render(request, "office/payments.html", {"page": page})


@require_GET
@door("office")
def messages(request: HttpRequest) -> HttpResponse:
    page = lists.messages(request.business_id, before=older_than(request))
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
    words = request.GET.get("q", "").replace("\x00", "").strip()[:100]
    context = {
        "words": words,
        "jobs": lists.jobs(request.business_id, quotes=False, search=words),
        "quotes": lists.jobs(request.business_id, quotes=True, search=words),
        "customers": lists.customers(request.business_id, search=words),
    }
    return render(request, "office/search.html", context)
