"""The quote's form: the work, the schedule, the terms. Their totals follow while someone types."""

from dataclasses import replace

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from milepost.actions.quotes import draft_quote, save_quote
from milepost.core.refusals import Refusal
from milepost.queries.approvers import people_by_name
from milepost.queries.door import NotThere
from milepost.queries.lists import Choices
from milepost.queries.quote_draft import QuoteDraft, quote_draft
from milepost.web.office.customer_choice import chosen_customer, customer_context, known_to
from milepost.web.office.quote_differences import differences
from milepost.web.office.quote_fields import QuoteFields, posted, saved
from milepost.web.office.quote_reading import quote_of
from milepost.web.office.quote_shown import filled, shown, tax_ids
from milepost.web.office.schedule_choice import chosen_schedule, schedules
from milepost.web.office.settings_words import RECOVERIES
from milepost.web.session import door


@require_http_methods(["GET", "POST"])
@door("office", only="draft_quote")
def new(request: HttpRequest) -> HttpResponse:
    """Write a quote; "Preview" saves the draft and shows it as the customer will see it."""
    known = known_to(request)
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            return redirect("office:quote", job=_draft(request, known))
        except Refusal as refused:
            refusal = refused
    fields = _typed(request) if request.method == "POST" else _asked(request, known)
    return _form(request, known, fields, refusal)


def _asked(request: HttpRequest, known: Choices) -> QuoteFields:
    """An empty form; with the schedule that the address names, such as the one of one's trade."""
    chosen = chosen_schedule(request, request.GET.get("template", ""))
    empty = QuoteFields(lines=(), inclusive=known.business.prices_include_tax)
    if chosen is None:
        return empty
    return replace(empty, template=chosen.code, rows=chosen.rows, recovery=chosen.recovery)


def _draft(request: HttpRequest, known: Choices) -> int:
    quote = quote_of(_typed(request), currency=known.business.currency, taxes=tax_ids(known))
    if request.POST.get("customer", "") not in {str(id) for id, _name in known.customers}:
        # A new customer has one person, who accepts everything.
        quote = replace(quote, rows=tuple(replace(row, approver="") for row in quote.rows))
    return draft_quote(
        by=request.actor,
        at=request.at,
        customer_id=chosen_customer(request, known),
        quote=quote,
        form_key=request.POST.get("form_key", ""),
    )


def _typed(request: HttpRequest) -> QuoteFields:
    """The form; where a schedule was tapped and its rows have not come yet, they come now."""
    fields = posted(request.POST)
    chosen = None if fields.rows else chosen_schedule(request, fields.template)
    if chosen is None:
        return fields
    return replace(fields, rows=chosen.rows, recovery=chosen.recovery)


@require_http_methods(["GET", "POST"])
@door("office", only="draft_quote")
def edit(request: HttpRequest, job: int) -> HttpResponse:
    """Change a quote that is not signed; one that was sent becomes the next version."""
    try:
        draft = quote_draft(request.business_id, job)
    except NotThere:
        raise Http404 from None
    if draft.state not in ("draft", "sent", "declined"):
        return redirect("office:job", job=job)
    known = known_to(request)
    if request.method == "GET":
        return _form(request, known, saved(draft.quote, known.business.currency), None, draft)
    try:
        quote = quote_of(posted(request.POST), currency=known.business.currency, taxes=tax_ids(known))
        based_on = request.POST.get("based_on", "")
        save_quote(
            by=request.actor,
            at=request.at,
            job_id=job,
            quote=quote,
            based_on=int(based_on)
            if based_on.isascii() and based_on.isdecimal() and len(based_on) < 18
            else None,
        )
    except Refusal as refusal:
        return _form(request, known, posted(request.POST), refusal, draft)
    messages.success(request, _("Saved. The customer sees it once you send it."))
    return redirect("office:quote", job=job)


@require_POST
@door("office", only="draft_quote")
def totals(request: HttpRequest) -> HttpResponse:
    """What the form comes to now, for the page to put in place; nothing is saved."""
    known = known_to(request)
    fields = posted(request.POST)
    customer = request.POST.get("customer", "")
    if customer in {str(id) for id in known.exempt}:
        fields = replace(fields, lines=tuple(replace(line, taxes=()) for line in fields.lines))
    context = shown(request, known, fields)
    if "customer" in request.POST and customer != request.POST.get("people_of", customer):
        context |= _people(request, customer) | {"new_people": True}
    return render(request, "office/_quote_totals.html", context)


@require_POST
@door("office", only="draft_quote")
def schedule(request: HttpRequest) -> HttpResponse:
    """The rows of the template that was tapped, in place of those that stood there."""
    known = known_to(request)
    chosen = chosen_schedule(request, request.POST.get("template", ""))
    fields = posted(request.POST)
    if chosen is not None:
        fields = replace(fields, rows=chosen.rows, recovery=chosen.recovery)
    response = render(request, "office/_quote_rows.html", shown(request, known, fields))
    response["HX-Trigger-After-Settle"] = "repriced"
    return response


def _form(
    request: HttpRequest,
    known: Choices,
    fields: QuoteFields,
    refusal: Refusal | None,
    draft: QuoteDraft | None = None,
) -> HttpResponse:
    refusal = _at_its_row(refusal, fields)
    context = shown(request, known, filled(fields, known)) | {
        "draft": draft,
        "differences": differences(draft.quote, fields, known.business.currency)
        if draft and refusal and refusal.code == "quote_saved_meanwhile"
        else [],
        "refusal": refusal,
        "templates": schedules(request),
        "recoveries": RECOVERIES,
    }
    context |= customer_context(request, known)
    context |= _people(request, str(draft.customer_id) if draft else request.POST.get("customer", ""))
    return render(request, "office/quote_form.html", context, status=422 if refusal else 200)


def _people(request: HttpRequest, customer: str) -> dict[str, object]:
    """The customer's people, to choose who accepts a payment; nobody yet for a new customer."""
    known = customer.isascii() and customer.isdecimal() and len(customer) < 18
    names = people_by_name(request.business_id, int(customer)) if known else []
    return {"people": names, "people_of": customer}


def _at_its_row(refusal: Refusal | None, fields: QuoteFields) -> Refusal | None:
    """A refusal of the second payment ("rows-2-approver") at the field of that payment ("row-7-approver")."""
    place, _dash, name = (
        (refusal.field or "").removeprefix("rows-").partition("-") if refusal else ("", "", "")
    )
    if refusal and (refusal.field or "").startswith("rows-") and 0 < int(place) <= len(fields.rows):
        refusal.field = f"row-{fields.rows[int(place) - 1].key}-{name}"
    return refusal
