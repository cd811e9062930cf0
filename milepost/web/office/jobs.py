"""One job in the office: the road, and the one thing to do next."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from milepost.actions.invoices import send_invoice
from milepost.actions.payments import record_payment
from milepost.actions.work import (
    Assigned,
    EvidenceInput,
    accept_milestone,
    complete_milestone,
    move_event,
    undo_completion,
)
from milepost.core.money import plain
from milepost.core.refusals import Refusal
from milepost.mailroom import documents
from milepost.mailroom.intake import take_photo
from milepost.mailroom.reprint import paid_sheet
from milepost.queries.crew import crew
from milepost.queries.door import NotThere
from milepost.queries.explained import explained_document
from milepost.queries.job_explained import explained_job
from milepost.queries.job_page import job_page
from milepost.web.files import sent
from milepost.web.office.settings_words import PAID_BY
from milepost.web.session import door
from milepost.web.show import reader_tag
from milepost.web.telling import sentence
from milepost.web.typed import checked_text, day, money_cents, whole_number


@require_GET
@door("office")
def page(request: HttpRequest, job: int) -> HttpResponse:
    return show_job(request, job)


def show_job(request: HttpRequest, job: int, refusal: Refusal | None = None) -> HttpResponse:
    """The job's page, with what was refused on it, if anything."""
    if refusal is not None and refusal.code == "not_found":
        raise Http404
    try:
        found = job_page(request.business_id, job, at=request.at)
    except NotThere:
        raise Http404 from None
    if found.signed_on is None and found.origin == "quote" and refusal is None:
        return redirect("office:quote", job=job)
    context = {
        "job": found,
        "payer": next((p for p in found.people if p.pays), None),
        "refusal": refusal,
        "typed": request.POST,
        "told": [(event, sentence(event, found.currency)) for event in reversed(found.history)],
        "last_hash": found.history[-1].hash if found.history else "",
        "crew": [("", _("Nobody yet")), *crew(request.business_id)],
        "balance": request.POST.get("amount") or plain(found.due_now.cents, found.currency),
        "form_key": request.POST.get("form_key") or f"pay-{job}-{len(found.payments)}-{found.due_now.cents}",
        "methods": [(code, words) for code, words in PAID_BY if code not in ("card", "bank")],
        "quick_open": bool(refusal and (refusal.field or "").startswith("quantity-")),
        "payments": [(row, dict(PAID_BY).get(row.method, row.method)) for row in found.payments],
    }
    return render(request, "office/job.html", context, status=422 if refusal else 200)


@require_POST
@door("office", only="send_invoice")
def send(request: HttpRequest, job: int) -> HttpResponse:
    rows = [int(text) for text in request.POST.getlist("row") if text.isdecimal() and len(text) < 18]
    by_hand = "by_hand" in request.POST
    try:
        send_invoice(by=request.actor, at=request.at, job_id=job, row_ids=rows, by_hand=by_hand)
    except Refusal as refusal:
        return show_job(request, job, refusal)
    messages.success(request, _("The invoice is sent."))
    return redirect("office:job", job=job)


@require_POST
@door("office", only="record_payment")
def pay(request: HttpRequest, job: int) -> HttpResponse:
    try:
        record_payment(
            by=request.actor,
            at=request.at,
            job_id=job,
            amount_cents=money_cents(request.POST.get("amount", ""), request.currency, field="amount"),
            method=request.POST.get("method", "check"),
            reference=checked_text(request.POST.get("reference", ""), field="reference", most=100),
            form_key=request.POST.get("form_key", ""),
        )
    except Refusal as refusal:
        return show_job(request, job, refusal)
    messages.success(request, _("The payment is recorded, and the receipt is on its way."))
    return redirect("office:job", job=job)


@require_POST
@door("office", only="complete_milestone")
def complete(request: HttpRequest, job: int, row: int) -> HttpResponse:
    try:
        evidence = [
            EvidenceInput(
                kind, take_photo(by=request.actor, at=request.at, upload=upload, name=upload.name, field=kind)
            )
            for kind in ("photo", "inspection", "document")
            for upload in request.FILES.getlist(kind)[:20]
        ]
        complete_milestone(by=request.actor, at=request.at, job_id=job, row_id=row, evidence=evidence)
    except Refusal as refusal:
        return show_job(request, job, refusal)
    return redirect("office:job", job=job)


@require_POST
@door("office", only="undo_completion")
def undo(request: HttpRequest, job: int, row: int) -> HttpResponse:
    """Not done after all, while nothing is billed."""
    try:
        undo_completion(by=request.actor, at=request.at, job_id=job, row_id=row)
    except Refusal as refusal:
        return show_job(request, job, refusal)
    messages.success(request, _("Taken back. Mark it done again when it is."))
    return redirect("office:job", job=job)


@require_POST
@door("office", only="accept_milestone")
def accept(request: HttpRequest, job: int, row: int) -> HttpResponse:
    """The customer accepted it by word or on paper: who, recorded by the office."""
    try:
        name = checked_text(request.POST.get("name", ""), field="name", most=200, required=True)
        accept_milestone(by=request.actor, at=request.at, job_id=job, row_id=row, name=name, how="office")
    except Refusal as refusal:
        return show_job(request, job, refusal)
    return redirect("office:job", job=job)


@require_POST
@door("office", only="move_event")
def move(request: HttpRequest, job: int, event: int) -> HttpResponse:
    """Another day, another technician."""
    try:
        on, who = request.POST.get("on", ""), request.POST.get("technician", "")
        move_event(
            by=request.actor,
            at=request.at,
            job_id=job,
            event_id=event,
            on=day(on, field="on") if on else None,
            assigned=Assigned(whole_number(who, field="technician", most=10**12) if who else None),
        )
    except Refusal as refusal:
        return show_job(request, job, refusal)
    return redirect("office:job", job=job)


@require_GET
@door("office")
def sheet(request: HttpRequest, invoice: int) -> HttpResponse:
    """How an invoice stands today, to go with its reprint."""
    try:
        pdf = paid_sheet(request.business_id, invoice, at=request.at)
    except NotThere:
        raise Http404 from None
    return sent(pdf.data, mime="application/pdf", name=pdf.name)


@require_GET
@door("office")
def document(request: HttpRequest, document: int) -> HttpResponse:
    try:
        pdf = documents.ensure_pdf(request.business_id, document, at=request.at)
    except NotThere:
        raise Http404 from None
    return sent(pdf.data, mime="application/pdf", name=pdf.name)


@require_GET
@door("office")
def explained_amounts(request: HttpRequest, job: int) -> HttpResponse:
    """Why every amount of the job is what it is today: schedule, contract, deposit, balance."""
    try:
        found = explained_job(request.business_id, job, locale=reader_tag())
    except NotThere:
        raise Http404 from None
    back = reverse("office:job", args=[job])
    shown = {"found": found, "back": back, "layout": "base_office.html"}
    return render(request, "offer/explained_job.html", shown)


@require_GET
@door("office")
def explained(request: HttpRequest, document: int) -> HttpResponse:
    """Why every amount of an invoice is what it is."""
    try:
        found = explained_document(request.business_id, document)
    except NotThere:
        raise Http404 from None
    back = reverse("office:job", args=[found.job_id])
    return render(
        request, "offer/explained.html", {"found": found, "back": back, "layout": "base_office.html"}
    )


@require_GET
@door("office")
def file(request: HttpRequest, file: int) -> HttpResponse:
    try:
        found = documents.fetch_file(request.business_id, file)
    except NotThere:
        raise Http404 from None
    return sent(found.data, mime=found.mime, name=found.name, inline=found.inline)
