"""The statement of account of a customer or of one job: on the screen, as a PDF, sent to whoever pays."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from milepost.actions.statements import send_statement
from milepost.core.refusals import Refusal
from milepost.mailroom.statements import account_pdf
from milepost.queries.account import Account, customer_account, job_account
from milepost.queries.door import NotThere
from milepost.web.account import Period, period, shown
from milepost.web.files import sent
from milepost.web.session import door


@require_GET
@door("office")
def page(request: HttpRequest, customer: int | None = None, job: int | None = None) -> HttpResponse:
    return _page(request, customer, job, period(request.GET, timezone.localdate(request.at)))


def _page(
    request: HttpRequest, customer: int | None, job: int | None, asked: Period, refusal: Refusal | None = None
) -> HttpResponse:
    refusal = refusal or asked.refusal
    context = shown(_account(request, customer, job, asked)) | {"refusal": refusal}
    return render(request, "office/statement.html", context, status=422 if refusal else 200)


def _account(request: HttpRequest, customer: int | None, job: int | None, asked: Period) -> Account:
    try:
        if job is not None:
            return job_account(request.business_id, job, since=asked.since, until=asked.until)
        return customer_account(request.business_id, customer or 0, since=asked.since, until=asked.until)
    except NotThere:
        raise Http404 from None


@require_GET
@door("office")
def pdf(request: HttpRequest, customer: int | None = None, job: int | None = None) -> HttpResponse:
    asked = period(request.GET, timezone.localdate(request.at))
    try:
        made = account_pdf(
            request.business_id,
            customer_id=customer,
            job_id=job,
            since=asked.since,
            until=asked.until,
            at=request.at,
        )
    except NotThere:
        raise Http404 from None
    return sent(made.data, mime="application/pdf", name=made.name)


@require_POST
@door("office", only="send_statement")
def send(request: HttpRequest, customer: int | None = None, job: int | None = None) -> HttpResponse:
    """Freeze it and send it by email."""
    asked = period(request.POST, timezone.localdate(request.at))
    if asked.refusal:
        return _page(request, customer, job, asked)
    try:
        send_statement(
            by=request.actor,
            at=request.at,
            customer_id=customer,
            job_id=job,
            since=asked.since,
            until=asked.until,
        )
    except Refusal as refusal:
        if refusal.code == "not_found":
            raise Http404 from None
        return _page(request, customer, job, asked, refusal)
    messages.success(request, _("The statement is on its way."))
    name, of = ("office:job_statement", job) if job is not None else ("office:statement", customer)
    return redirect(f"{reverse(name, args=[of])}?since={asked.since}&until={asked.until}")
