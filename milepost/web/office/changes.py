"""A change order in the office: what it does, send it, have it signed, record an answer, take it back."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from milepost.actions.change_signing import sign_change
from milepost.actions.changes import decline_change, send_change, withdraw_change
from milepost.core.refusals import InputRefused, Refusal
from milepost.mailroom.intake import take_signed_copy
from milepost.queries.change_page import change_page
from milepost.queries.door import NotThere
from milepost.queries.job_page import job_page
from milepost.web.session import door
from milepost.web.typed import checked_text


@require_GET
@door("office")
def page(request: HttpRequest, job: int, change: int) -> HttpResponse:
    return show_change(request, job, change)


def show_change(request: HttpRequest, job: int, change: int, refusal: Refusal | None = None) -> HttpResponse:
    """A change order's page, with what was refused on it, if anything."""
    if refusal is not None and refusal.code == "not_found":
        raise Http404
    try:
        found = change_page(request.business_id, job, change, at=request.at)
        people = job_page(request.business_id, job, at=request.at).people
    except NotThere:
        raise Http404 from None
    context = {
        "page": found,
        "change": found.row,
        "difference": found.difference,
        "approver": next((person for person in people if person.approves), None),
        "refusal": refusal,
        "typed": request.POST,
    }
    return render(request, "office/change.html", context, status=422 if refusal else 200)


def sent_or_asked(request: HttpRequest, job: int, change: int) -> HttpResponse:
    """Offer the change to the customer, and say so. Refuses what `send_change` refuses."""
    send_change(by=request.actor, at=request.at, job_id=job, change_id=change)
    messages.success(request, _("The change is sent. Nothing changes until the customer signs."))
    return redirect("office:job", job=job)


@require_POST
@door("office", only="send_change")
def send(request: HttpRequest, job: int, change: int) -> HttpResponse:
    try:
        return sent_or_asked(request, job, change)
    except Refusal as refusal:
        return show_change(request, job, change, refusal)


@require_POST
@door("office", only="sign_change")
def signed_copy(request: HttpRequest, job: int, change: int) -> HttpResponse:
    """Record that the customer signed on paper, with the copy."""
    try:
        upload = request.FILES.get("copy")
        if upload is None:
            raise InputRefused(field="copy", problem=_("Choose the photo or PDF of the signed copy."))
        name = checked_text(request.POST.get("name", ""), field="name", most=200)
        copy = take_signed_copy(by=request.actor, at=request.at, upload=upload, name=upload.name)
        sign_change(
            by=request.actor,
            at=request.at,
            job_id=job,
            change_id=change,
            name=name,
            stamp=request.POST.get("stamp") or "unseen",
            how="paper",
            copy_file_id=copy,
        )
    except Refusal as refusal:
        return show_change(request, job, change, refusal)
    messages.success(request, _("Recorded. The contract and its open payments have changed."))
    return redirect("office:job", job=job)


@require_POST
@door("office", only="decline_change")
def decline(request: HttpRequest, job: int, change: int) -> HttpResponse:
    """The customer said no on the phone."""
    try:
        reason = checked_text(request.POST.get("reason", ""), field="reason", most=2000)
        decline_change(by=request.actor, at=request.at, job_id=job, change_id=change, reason=reason)
    except Refusal as refusal:
        return show_change(request, job, change, refusal)
    return redirect("office:change", job=job, change=change)


@require_POST
@door("office", only="withdraw_change")
def withdraw(request: HttpRequest, job: int, change: int) -> HttpResponse:
    try:
        withdraw_change(by=request.actor, at=request.at, job_id=job, change_id=change)
    except Refusal as refusal:
        return show_change(request, job, change, refusal)
    messages.success(request, _("Taken back. The job goes on as it was signed."))
    return redirect("office:job", job=job)
