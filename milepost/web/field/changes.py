"""A change in the field: what, how much, hand over the phone, a name, signed."""

import secrets

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from milepost.actions.change_signing import sign_change
from milepost.actions.changes import draft_change, send_change, withdraw_change
from milepost.core.change_input import ChangeInput, LineEdit
from milepost.core.refusals import Refusal
from milepost.queries.change_form import ChangeForm, change_form
from milepost.queries.change_page import ChangePage, change_page
from milepost.queries.door import NotThere
from milepost.queries.lists import choices
from milepost.web.session import door
from milepost.web.typed import checked_text, number


@require_http_methods(["GET", "POST"])
@door("field", acts="draft_change")
def new(request: HttpRequest, job: int) -> HttpResponse:
    """What more, and what it costs; then the customer holds the phone."""
    try:
        form = change_form(request.business_id, job)
    except NotThere:
        raise Http404 from None
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            return redirect("field:change", job=job, change=_draft(request, form))
        except Refusal as refused:
            refusal = refused
    taxes = [tax for tax in choices(request.business_id).taxes if tax.is_default and not form.is_exempt]
    context = {
        "form": form,
        "refusal": refusal,
        "typed": request.POST,
        "taxes": taxes,
        "form_key": request.POST.get("form_key") or f"field-change-{secrets.token_hex(12)}",
    }
    return render(request, "field/change_new.html", context, status=422 if refusal else 200)


def _draft(request: HttpRequest, form: ChangeForm) -> int:
    """One line more, on the next payment; on one of its own where every milestone is billed."""
    what = checked_text(request.POST.get("what", ""), field="what", most=2000, required=True)
    price = number(request.POST.get("price", ""), field="price", digits=13, places=4, negative=True)
    taxes = tuple(tax.id for tax in choices(request.business_id).taxes if tax.is_default)
    line = LineEdit("add", None, what, unit_price=price, tax_codes=taxes)
    return draft_change(
        by=request.actor,
        at=request.at,
        job_id=form.job_id,
        change=ChangeInput(what, (line,), placement="next" if form.rows else "own"),
        form_key=request.POST.get("form_key", ""),
    )


@require_GET
@door("field")
def page(request: HttpRequest, job: int, change: int) -> HttpResponse:
    return _show(request, job, change)


def _show(request: HttpRequest, job: int, change: int, refusal: Refusal | None = None) -> HttpResponse:
    if refusal is not None and refusal.code == "not_found":
        raise Http404
    found = _found(request, job, change)
    is_crew = request.actor.role == "technician"
    context = {
        "page": found,
        "change": found.row,
        "difference": found.difference,
        "too_much": is_crew and found.row.state == "draft" and not found.within_limit,
        "from_office": not is_crew,
        "refusal": refusal,
        "typed": request.POST,
    }
    return render(request, "field/change.html", context, status=422 if refusal else 200)


def _found(request: HttpRequest, job: int, change: int) -> ChangePage:
    try:
        return change_page(request.business_id, job, change, at=request.at)
    except NotThere:
        raise Http404 from None


@require_POST
@door("field", only="sign_change")
def sign(request: HttpRequest, job: int, change: int) -> HttpResponse:
    """The customer's name, typed by the customer on this device."""
    try:
        sign_change(
            by=request.actor,
            at=request.at,
            job_id=job,
            change_id=change,
            name=checked_text(request.POST.get("name", ""), field="name", most=200),
            stamp=request.POST.get("stamp") or "unseen",
            how="in_person",
            address=request.META.get("REMOTE_ADDR", ""),
            device=request.headers.get("User-Agent", ""),
        )
    except Refusal as refusal:
        return _show(request, job, change, refusal)
    return redirect("field:change", job=job, change=change)


@require_POST
@door("field", only="send_change")
def send(request: HttpRequest, job: int, change: int) -> HttpResponse:
    """To the customer's own link; above the technician's limit, to the office first."""
    try:
        send_change(by=request.actor, at=request.at, job_id=job, change_id=change)
    except Refusal as refusal:
        return _show(request, job, change, refusal)
    return redirect("field:change", job=job, change=change)


@require_POST
@door("field", only="withdraw_change")
def withdraw(request: HttpRequest, job: int, change: int) -> HttpResponse:
    """The customer does not want it, or it was a mistake."""
    try:
        withdraw_change(by=request.actor, at=request.at, job_id=job, change_id=change)
    except Refusal as refusal:
        return _show(request, job, change, refusal)
    return redirect("field:job", job=job)
