"""A change order's form: what changes and where the difference goes; the simulator follows while someone types."""

import secrets
from dataclasses import replace

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from milepost.actions.changes import draft_change
from milepost.core.change_input import ChangeInput, LineEdit
from milepost.core.refusals import Refusal
from milepost.queries.change_form import ChangeForm, change_form
from milepost.queries.door import NotThere
from milepost.queries.lists import choices
from milepost.web.office.change_fields import ChangeFields, drafted, posted, with_blank
from milepost.web.office.change_reading import change_of
from milepost.web.office.change_shown import shown, simulated
from milepost.web.office.changes import sent_or_asked, show_change
from milepost.web.office.jobs import show_job
from milepost.web.office.quote_shown import default_taxes, tax_ids
from milepost.web.session import door
from milepost.web.show import quantity as in_words
from milepost.web.typed import number


@require_http_methods(["GET", "POST"])
@door("office", only="draft_change")
def new(request: HttpRequest, job: int) -> HttpResponse:
    """Write a change order; `like` another one of the job, where the address says so."""
    form, like = _form_of(request, job), request.GET.get("like", "")
    if request.method == "GET" and like.isascii() and like.isdecimal() and len(like) < 18:
        fields = replace(drafted(_form_of(request, job, int(like))), expires_on="")
        return _show(request, form, fields, None)
    return _write(request, form)


@require_http_methods(["GET", "POST"])
@door("office", only="draft_change")
def edit(request: HttpRequest, job: int, change: int) -> HttpResponse:
    """Write a draft anew. What was sent stays as it is."""
    form = _form_of(request, job, change)
    if form.order_state != "draft":
        return redirect("office:change", job=job, change=change)
    return _write(request, form, change)


def _form_of(request: HttpRequest, job: int, change: int | None = None) -> ChangeForm:
    try:
        return change_form(request.business_id, job, change)
    except NotThere:
        raise Http404 from None


def _write(request: HttpRequest, form: ChangeForm, change: int | None = None) -> HttpResponse:
    if request.method == "GET":
        return _show(request, form, drafted(form), None)
    fields = posted(request.POST, form)
    known = choices(request.business_id)
    try:
        made = draft_change(
            by=request.actor,
            at=request.at,
            job_id=form.job_id,
            change=change_of(fields, form, taxes=tax_ids(known)),
            change_id=change,
            form_key="" if change else request.POST.get("form_key", ""),
        )
    except Refusal as refusal:
        return _show(request, form, fields, refusal)
    return _go_on(request, form.job_id, made)


def _go_on(request: HttpRequest, job: int, change: int) -> HttpResponse:
    """The draft is there: keep it, send it, or hand the device over."""
    then = request.POST.get("then")
    if then == "sign":
        return redirect("field:change", job=job, change=change)
    if then == "send":
        try:
            return sent_or_asked(request, job, change)
        except Refusal as refusal:
            return show_change(request, job, change, refusal)
    messages.success(request, _("Saved. The customer sees it once you send it."))
    return redirect("office:change", job=job, change=change)


def _show(
    request: HttpRequest, form: ChangeForm, fields: ChangeFields, refusal: Refusal | None
) -> HttpResponse:
    known = choices(request.business_id)
    fields = with_blank(fields, default_taxes(known))
    context = shown(request.business_id, known, form, fields) | {
        "refusal": refusal,
        "form_key": request.POST.get("form_key") or f"change-{secrets.token_hex(12)}",
    }
    return render(request, "office/change_form.html", context, status=422 if refusal else 200)


@require_POST
@door("office", only="draft_change")
def totals(request: HttpRequest, job: int) -> HttpResponse:
    """What the change would do now, for the page to put in place; nothing is saved."""
    form = _form_of(request, job)
    fields = posted(request.POST, form)
    context = shown(request.business_id, choices(request.business_id), form, fields)
    was_simple = request.POST.get("was_simple") == "1"
    return render(request, "office/_change_totals.html", context | {"refold": was_simple != fields.is_simple})


@require_http_methods(["GET", "POST"])
@door("office", only="send_change")
def quick(request: HttpRequest, job: int, line: int) -> HttpResponse:
    """Another quantity of one line: its form, fetched as the line is opened; then it is offered at once."""
    form = _form_of(request, job)
    if request.method == "GET":
        return _quantity_form(request, form, line)
    try:
        change = _quantity_of(request, form, line)
        if "ask" in request.GET:
            found, problem = simulated(request.business_id, form, change)
            return render(request, "office/_quick_difference.html", {"difference": found, "problem": problem})
        made = draft_change(
            by=request.actor,
            at=request.at,
            job_id=job,
            change=change,
            form_key=request.POST.get("form_key", ""),
        )
        return sent_or_asked(request, job, made)
    except Refusal as refusal:
        if "ask" in request.GET:
            return render(request, "office/_quick_difference.html", {"problem": refusal})
        return show_job(request, job, refusal)


def _quantity_form(request: HttpRequest, form: ChangeForm, line: int) -> HttpResponse:
    stands = next((one for one in form.lines if one.id == line), None)
    if stands is None:
        raise Http404
    context = {"job_id": form.job_id, "line": stands, "quick_key": f"quantity-{secrets.token_hex(8)}"}
    name = "office/_quantity_form.html" if request.headers.get("HX-Request") else "office/quantity.html"
    return render(request, name, context)


def _quantity_of(request: HttpRequest, form: ChangeForm, line: int) -> ChangeInput:
    """A change order of one line. Refuses a quantity that cannot be read."""
    stands = next((one for one in form.lines if one.id == line), None)
    if stands is None:
        raise Http404
    quantity = number(request.POST.get("quantity", ""), field=f"quantity-{line}", digits=9, places=6)
    name = stands.description.strip().partition("\n")[0][:200]
    words = {
        "line": name,
        "now": f"{in_words(quantity)} {stands.unit}".strip(),
        "before": f"{in_words(stands.quantity)} {stands.unit}".strip(),
    }
    reason = _("%(line)s: %(now)s instead of %(before)s") % words
    edits = (LineEdit("edit", line, quantity=quantity),) if quantity != stands.quantity else ()
    return ChangeInput(reason, edits)
