"""The customer's statement of account, from their link: of all their jobs for whoever pays, else of the one."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from milepost.mailroom.statements import account_pdf
from milepost.queries.account import Account, customer_account, job_account
from milepost.queries.job_page import job_customer
from milepost.queries.portal_link import Guest
from milepost.web.account import Period, period, shown
from milepost.web.files import sent
from milepost.web.portal.views import guest_view


@require_GET
@guest_view
def page(request: HttpRequest, guest: Guest) -> HttpResponse:
    """What was billed and paid, what is open. A link that was passed on to pay does not show it."""
    asked = period(request.GET, timezone.localdate())
    account = _account(guest, asked)
    context = shown(account) | {
        "guest": guest,
        "business_name": guest.business_name,
        "refusal": asked.refusal,
    }
    return render(request, "portal/account.html", context, status=422 if asked.refusal else 200)


@require_GET
@guest_view
def pdf(request: HttpRequest, guest: Guest) -> HttpResponse:
    asked = period(request.GET, timezone.localdate())
    account = _account(guest, asked)
    made = account_pdf(
        guest.business_id,
        customer_id=account.customer_id,
        job_id=account.job_id,
        since=asked.since,
        until=asked.until,
        at=timezone.now(),
    )
    return sent(made.data, mime="application/pdf", name=made.name)


def _account(guest: Guest, asked: Period) -> Account:
    if guest.only_pays:
        raise Http404
    if guest.pays:
        customer = job_customer(guest.business_id, guest.job_id)
        return customer_account(guest.business_id, customer, since=asked.since, until=asked.until)
    return job_account(guest.business_id, guest.job_id, since=asked.since, until=asked.until)
