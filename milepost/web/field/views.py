"""The field: today's jobs, done with a photo, sent with one more tap."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from milepost.actions.invoices import send_invoice
from milepost.actions.work import EvidenceInput, complete_milestone, undo_completion
from milepost.core.refusals import Refusal
from milepost.mailroom.intake import take_photo
from milepost.queries.door import NotThere
from milepost.queries.job_page import JobPage, job_page
from milepost.queries.lists import today as jobs_today
from milepost.web.session import door


@require_GET
@door("field")
def today(request: HttpRequest) -> HttpResponse:
    cards = jobs_today(request.business_id, at=request.at, user_id=request.user.pk)
    return render(request, "field/today.html", {"cards": cards})


@require_GET
@door("field")
def job(request: HttpRequest, job: int) -> HttpResponse:
    return _job(request, job)


def _page(request: HttpRequest, job: int) -> JobPage:
    try:
        return job_page(request.business_id, job, at=request.at)
    except NotThere:
        raise Http404 from None


def _job(request: HttpRequest, job: int, refusal: Refusal | None = None) -> HttpResponse:
    if refusal is not None and refusal.code == "not_found":
        raise Http404
    page = _page(request, job)
    milestones = [stop for stop in page.stops if stop.kind == "milestone"]
    current = next((s for s in milestones if s.ready), None) or next(
        (s for s in milestones if s.place == "ahead"), None
    )
    payer = next((p for p in page.people if p.pays), None)
    context = {
        "job": page,
        "current": current,
        "payer": payer,
        "office_checks": request.actor.role == "technician" and not page.technician_sends,
        "refusal": refusal,
        "note": request.POST.get("note", ""),
    }
    return render(request, "field/job.html", context, status=422 if refusal else 200)


@require_POST
@door("field")
def complete(request: HttpRequest, job: int, row: int) -> HttpResponse:
    try:
        evidence = [
            EvidenceInput(
                kind, take_photo(by=request.actor, at=request.at, upload=upload, name=upload.name, field=kind)
            )
            for kind in ("photo", "inspection", "document")
            for upload in request.FILES.getlist(kind)[:20]
        ]
        complete_milestone(
            by=request.actor,
            at=request.at,
            job_id=job,
            row_id=row,
            note=request.POST.get("note", "").replace("\x00", ""),
            evidence=evidence,
        )
    except Refusal as refusal:
        return _job(request, job, refusal)
    return redirect("field:job", job=job)


@require_POST
@door("field")
def undo(request: HttpRequest, job: int, row: int) -> HttpResponse:
    try:
        undo_completion(by=request.actor, at=request.at, job_id=job, row_id=row)
    except Refusal as refusal:
        return _job(request, job, refusal)
    return redirect("field:job", job=job)


@require_POST
@door("field")
def send(request: HttpRequest, job: int, row: int) -> HttpResponse:
    try:
        invoice = send_invoice(by=request.actor, at=request.at, job_id=job, row_ids=[row])
    except Refusal as refusal:
        return _job(request, job, refusal)
    return redirect("field:sent", job=job, invoice=invoice)


@require_GET
@door("field")
def sent(request: HttpRequest, job: int, invoice: int) -> HttpResponse:
    page = _page(request, job)
    stop = next((s for s in page.stops if s.invoice and s.invoice.id == invoice), None)
    if stop is None:
        raise Http404
    payer = next((p for p in page.people if p.pays), None)
    return render(request, "field/sent.html", {"job": page, "stop": stop, "payer": payer})
