"""Quotes: customer, template, description, price, preview, send. And a simple invoice."""

from decimal import Decimal

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from milepost.actions.customers import ContactInput, add_customer
from milepost.actions.invoices import bill_simple
from milepost.actions.quotes import draft_quote, send_quote
from milepost.actions.signing import sign_quote
from milepost.core.money import currency_digits, parse_decimal
from milepost.core.quote_input import LineInput, QuoteInput, RowInput
from milepost.core.refusals import InputRefused, Refusal
from milepost.core.schedule_templates import SCHEDULE_TEMPLATES
from milepost.mailroom.intake import take_signed_copy
from milepost.queries.door import NotThere
from milepost.queries.job_page import job_page
from milepost.queries.lists import Choices, choices
from milepost.queries.offer_page import offer_page
from milepost.web.session import door

MORE_LINES = 4


@require_http_methods(["GET", "POST"])
@door("office")
def new(request: HttpRequest) -> HttpResponse:
    """One page; "Preview" saves the draft and shows every amount."""
    known = choices(request.business_id)
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            job = _draft(request, known)
            return redirect("office:quote", job=job)
        except Refusal as refused:
            refusal = refused
    context = _form(request, known, refusal)
    context["templates"] = [(t.code, _(t.name), _(t.summary)) for t in SCHEDULE_TEMPLATES]
    return render(request, "office/new_quote.html", context, status=422 if refusal else 200)


def _draft(request: HttpRequest, known: Choices) -> int:
    template = next((t for t in SCHEDULE_TEMPLATES if t.code == request.POST.get("template")), None)
    if template is None:
        raise InputRefused(field="template", problem=_("Choose a template for the payment schedule."))
    lines = _lines(request, known)
    rows = tuple(
        RowInput(
            name=_(row.name),
            basis=row.basis,
            kind=row.kind,
            value=row.value,
            bill_on=row.bill_on,
            before_days=row.before_days or 0,
            event=_(row.event) if row.event else "",
            deliverable=_(row.deliverable) if row.deliverable else "",
            acceptance=tuple(_(item) for item in row.criteria),
            evidence=tuple(row.evidence),
            window_days=row.window_days,
        )
        for row in template.rows
    )
    quote = QuoteInput(
        title=lines[0].description,
        lines=lines,
        rows=rows,
        site=_text(request, "site"),
        template=template.code,
        recovery=template.recovery,
    )
    customer = _customer(request, known)
    key = request.POST.get("form_key", "")
    return draft_quote(by=request.actor, at=request.at, customer_id=customer, quote=quote, form_key=key)


def _lines(request: HttpRequest, known: Choices) -> tuple[LineInput, ...]:
    tax = request.POST.get("tax", "")
    codes = tuple(code.id for code in known.taxes if str(code.id) == tax)
    digits = max(currency_digits(known.business.currency), 4)
    lines = []
    for n in range(MORE_LINES + 1):
        description, price = _text(request, f"description{n}"), _text(request, f"price{n}")
        if not description and not price:
            continue
        if not description:
            raise InputRefused(field=f"description{n}", problem=_("Say what the work is."))
        value = parse_decimal(price.replace(",", ""), digits=13, places=digits, field=f"price{n}")
        lines.append(LineInput(description, Decimal(value), tax_codes=codes))
    if not lines:
        raise InputRefused(field="description0", problem=_("Say what the work is, and what it costs."))
    return tuple(lines)


def _customer(request: HttpRequest, known: Choices) -> int:
    chosen = request.POST.get("customer", "")
    if chosen in {str(id) for id, _name in known.customers}:
        return int(chosen)
    reach = _text(request, "reach")
    contact = ContactInput(
        name=_text(request, "name"),
        email=reach if "@" in reach else "",
        phone="" if "@" in reach else reach,
    )
    return add_customer(by=request.actor, at=request.at, name=contact.name, contacts=[contact])


def _text(request: HttpRequest, name: str) -> str:
    return request.POST.get(name, "").replace("\x00", "").encode("utf-8", "replace").decode().strip()[:2000]


def _form(request: HttpRequest, known: Choices, refusal: Refusal | None) -> dict[str, object]:
    return {
        "customers": [("", _("A new customer")), *((str(id), name) for id, name in known.customers)],
        "taxes": [
            ("", _("No tax")),
            *((str(t.id), f"{t.name} {t.percent.normalize():f} %") for t in known.taxes),
        ],
        "tax": request.POST.get("tax", next((str(t.id) for t in known.taxes if t.is_default), "")),
        "typed": request.POST,
        "more": [
            (n, request.POST.get(f"description{n}", ""), request.POST.get(f"price{n}", ""))
            for n in range(1, MORE_LINES + 1)
        ],
        "refusal": refusal,
        "form_key": request.POST.get("form_key") or get_random_string(24),
        "currency": known.business.currency,
    }


@require_GET
@door("office")
def page(request: HttpRequest, job: int) -> HttpResponse:
    return _quote(request, job)


def _quote(request: HttpRequest, job: int, refusal: Refusal | None = None) -> HttpResponse:
    if refusal is not None and refusal.code == "not_found":
        raise Http404
    try:
        offer = offer_page(request.business_id, job, sent_only=False)
        found = job_page(request.business_id, job, at=request.at)
    except NotThere:
        raise Http404 from None
    if found.signed_on is not None and refusal is None:
        return redirect("office:job", job=job)
    context = {"offer": offer, "job": found, "refusal": refusal, "typed": request.POST}
    return render(request, "office/quote.html", context, status=422 if refusal else 200)


@require_POST
@door("office")
def send(request: HttpRequest, job: int) -> HttpResponse:
    try:
        send_quote(by=request.actor, at=request.at, job_id=job)
    except Refusal as refusal:
        return _quote(request, job, refusal)
    messages.success(request, _("The quote is sent."))
    return redirect("office:quote", job=job)


@require_POST
@door("office")
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
            name=_text(request, "name"),
            how="paper",
            copy_file_id=copy,
        )
    except Refusal as refusal:
        return _quote(request, job, refusal)
    return redirect("office:job", job=job)


@require_http_methods(["GET", "POST"])
@door("office")
def simple(request: HttpRequest) -> HttpResponse:
    """A small job without a quote: what, how much, to whom; sent at once."""
    known = choices(request.business_id)
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            lines = _lines(request, known)
            made = bill_simple(
                by=request.actor,
                at=request.at,
                customer_id=_customer(request, known),
                lines=lines,
                form_key=request.POST.get("form_key", ""),
            )
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, _("The invoice is sent."))
            return redirect("office:job", job=made.job_id)
    context = _form(request, known, refusal)
    return render(request, "office/new_invoice.html", context, status=422 if refusal else 200)
