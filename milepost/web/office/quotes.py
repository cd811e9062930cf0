"""A quote in the office: how the customer will see it, send it, record a signed copy."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from milepost.actions.quotes import decline_quote, duplicate_quote, send_quote
from milepost.actions.signing import sign_quote
from milepost.core.refusals import InputRefused, Refusal
from milepost.mailroom.intake import take_signed_copy
from milepost.mailroom.offers import offer_pdf
from milepost.queries.door import NotThere
from milepost.queries.job_page import job_page
from milepost.queries.offer_page import offer_page
from milepost.web.files import sent
from milepost.web.session import door
from milepost.web.telling import sentence
from milepost.web.typed import checked_text


@require_GET
@door("office")
def page(request: HttpRequest, job: int) -> HttpResponse:
    return show_quote(request, job)


def show_quote(request: HttpRequest, job: int, refusal: Refusal | None = None) -> HttpResponse:
    """The quote's page, with what was refused on it, if anything."""
    if refusal is not None and refusal.code == "not_found":
        raise Http404
    try:
        offer = offer_page(request.business_id, job, sent_only=False)
        found = job_page(request.business_id, job, at=request.at)
    except NotThere:
        raise Http404 from None
    if found.signed_on is not None and refusal is None:
        return redirect("office:job", job=job)
    approver = next((person for person in found.people if person.approves), None)
    was_viewed = any(event.kind == f"viewed_v{offer.version}" for event in found.history)
    context = {
        "offer": offer,
        "state": "viewed" if offer.state == "sent" and was_viewed else offer.state,
        "told": [(event, sentence(event, found.currency)) for event in reversed(found.history)],
        "last_hash": found.history[-1].hash if found.history else "",
        "job": found,
        "approver": approver,
        "refusal": refusal,
        "typed": request.POST,
    }
    return render(request, "office/quote.html", context, status=422 if refusal else 200)


@require_GET
@door("office")
def pdf(request: HttpRequest, job: int) -> HttpResponse:
    """The newest version on paper, to be read and signed by hand."""
    try:
        made = offer_pdf(request.business_id, job, at=request.at, sent_only=False)
    except NotThere:
        raise Http404 from None
    except Refusal as refusal:
        return show_quote(request, job, refusal)
    return sent(made.data, mime="application/pdf", name=made.name)


@require_POST
@door("office", only="send_quote")
def send(request: HttpRequest, job: int) -> HttpResponse:
    try:
        send_quote(by=request.actor, at=request.at, job_id=job)
    except Refusal as refusal:
        return show_quote(request, job, refusal)
    messages.success(request, _("The quote is sent."))
    return redirect("office:quote", job=job)


@require_POST
@door("office", only="sign_quote")
def signed_copy(request: HttpRequest, job: int) -> HttpResponse:
    """Record that the customer signed on paper, with the copy."""
    try:
        upload = request.FILES.get("copy")
        if upload is None:
            raise InputRefused(field="copy", problem=_("Choose the photo or PDF of the signed copy."))
        offer = offer_page(request.business_id, job, sent_only=True)
        copy = take_signed_copy(by=request.actor, at=request.at, upload=upload, name=upload.name)
        sign_quote(
            by=request.actor,
            at=request.at,
            job_id=job,
            version=offer.version,
            name=checked_text(request.POST.get("name", ""), field="name", most=200),
            how="paper",
            copy_file_id=copy,
            chosen=[int(t) for t in request.POST.getlist("option") if t.isdecimal() and len(t) < 6],
        )
    except Refusal as refusal:
        return show_quote(request, job, refusal)
    return redirect("office:job", job=job)


@require_POST
@door("office", only="decline_quote")
def decline(request: HttpRequest, job: int) -> HttpResponse:
    """The customer said no on the phone."""
    try:
        reason = checked_text(request.POST.get("reason", ""), field="reason", most=2000)
        decline_quote(by=request.actor, at=request.at, job_id=job, reason=reason)
    except Refusal as refusal:
        return show_quote(request, job, refusal)
    return redirect("office:quote", job=job)


@require_POST
@door("office", only="draft_quote")
def duplicate(request: HttpRequest, job: int) -> HttpResponse:
    """The same work for another day: a new draft, opened to be changed."""
    try:
        copy = duplicate_quote(by=request.actor, at=request.at, job_id=job)
    except Refusal as refusal:
        return show_quote(request, job, refusal)
    messages.success(request, _("This is the copy. The other quote stays as it is."))
    return redirect("office:edit_quote", job=copy)
