"""The customer's statement of account, from their link: of all their jobs for whoever pays, else of the one."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from milepost.core.refusals import InputRefused, Refusal
from milepost.mailroom.statements import account_pdf
from milepost.queries.account import Account, customer_account, job_account
from milepost.queries.job_page import job_customer
from milepost.queries.open_items import open_page
from milepost.queries.portal_link import Guest
from milepost.web.account import Period, period, shown
from milepost.web.files import sent
from milepost.web.portal import paying
from milepost.web.portal.views import actor, guest_view


@require_GET
@guest_view
def page(request: HttpRequest, guest: Guest) -> HttpResponse:
    """What was billed and paid, what is open. A link that was passed on to pay does not show it."""
    return _page(request, guest)


def _page(request: HttpRequest, guest: Guest, refusal: Refusal | None = None) -> HttpResponse:
    asked = period(request.GET, timezone.localdate())
    account = _account(guest, asked)
    context = shown(account) | {
        "guest": guest,
        "business_name": guest.business_name,
        "refusal": refusal or asked.refusal,
    }
    if guest.pays:
        payable = open_page(guest.business_id, account.customer_id)
        context["form"] = paying.account_form(request, guest, payable) if payable.items else None
    return render(request, "portal/account.html", context, status=422 if context["refusal"] else 200)


@require_POST
@guest_view
def pay(request: HttpRequest, guest: Guest) -> HttpResponse:
    """One payment for whatever is ticked, of whichever jobs. Only for who pays."""
    if guest.only_pays or not guest.pays:
        raise Http404
    try:
        if not paying.ticked(request):
            raise InputRefused(field="invoice", problem=_("Tick what you would like to pay."))
        url = paying.begin(request, guest, actor(guest), at=timezone.now(), everywhere=True)
    except Refusal as refusal:
        if refusal.code == "not_found":
            raise Http404 from None
        return _page(request, guest, refusal)
    return redirect(url)


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
