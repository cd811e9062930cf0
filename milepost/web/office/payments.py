"""One payment in the office: what it covers, and what to do when it bounces or was too much."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from milepost.actions.credit import refund_credit, return_payment, use_credit
from milepost.core.money import plain
from milepost.core.refusals import Refusal
from milepost.mailroom import aftermath
from milepost.mailroom.reprint import payment_sheet
from milepost.queries.door import NotThere
from milepost.queries.giving_back import giving_back
from milepost.queries.payment_page import PaymentPage, payment_page
from milepost.web.files import sent
from milepost.web.office.jobs import show_job
from milepost.web.office.settings_words import PAID_BY
from milepost.web.session import door
from milepost.web.typed import checked_text, money_cents

ONLINE = "online"
"""The way to refund that is no way to pay: back the way it came."""


@require_GET
@door("office")
def page(request: HttpRequest, payment: int) -> HttpResponse:
    return show_payment(request, payment)


@require_GET
@door("office")
def sheet(request: HttpRequest, payment: int) -> HttpResponse:
    """How the payment stands today, on paper: on its way, received, returned, refunded."""
    try:
        pdf = payment_sheet(request.business_id, payment, at=request.at)
    except NotThere:
        raise Http404 from None
    return sent(pdf.data, mime="application/pdf", name=pdf.name)


def show_payment(request: HttpRequest, payment: int, refusal: Refusal | None = None) -> HttpResponse:
    """The payment's page, with what was refused on it, if anything."""
    if refusal is not None and refusal.code == "not_found":
        raise Http404
    try:
        found = payment_page(request.business_id, payment)
    except NotThere:
        raise Http404 from None
    methods = dict(PAID_BY)
    context = {
        "payment": found,
        "method": methods.get(found.method, found.method),
        "refunds": [(row, methods.get(row.method, row.method)) for row in found.refunds],
        "methods": [
            (code, words) for code, words in PAID_BY if code in ("check", "cash", "transfer", "other")
        ],
        "left": request.POST.get("amount")
        or (plain(found.left.cents, found.left.currency) if found.left.cents else ""),
        "back": request.POST.get("amount") or _online_amount(found),
        "form_key": request.POST.get("form_key")
        or f"refund-{payment}-{len(found.refunds)}-{found.left.cents}",
        "typed": request.POST,
        "refusal": refusal,
    }
    return render(request, "office/payment.html", context, status=422 if refusal else 200)


@require_POST
@door("office", only="return_payment")
def bounce(request: HttpRequest, payment: int) -> HttpResponse:
    """The cheque bounced: what it paid is open again."""
    try:
        fee = request.POST.get("fee", "").strip()
        return_payment(
            by=request.actor,
            at=request.at,
            payment_id=payment,
            reason=checked_text(request.POST.get("reason", ""), field="reason", most=300),
            fee_cents=money_cents(fee, request.currency, field="fee") if fee else 0,
        )
    except Refusal as refusal:
        return show_payment(request, payment, refusal)
    messages.success(request, _("It is booked as returned. What it had paid is open again."))
    return redirect("office:payment", payment=payment)


@require_POST
@door("office", only="refund_credit")
def refund(request: HttpRequest, payment: int) -> HttpResponse:
    """Give back what is left of it."""
    try:
        cents = money_cents(request.POST.get("amount", ""), request.currency, field="amount")
        if request.POST.get("method") == ONLINE:
            return _refund_online(request, payment, cents)
        refund_credit(
            by=request.actor,
            at=request.at,
            payment_id=payment,
            amount_cents=cents,
            method=request.POST.get("method", "check"),
            reference=checked_text(request.POST.get("reference", ""), field="reference", most=100),
            reopens=request.POST.get("reopens") == "on",
            form_key=request.POST.get("form_key", ""),
        )
    except Refusal as refusal:
        return show_payment(request, payment, refusal)
    messages.success(request, _("The refund is booked, and the customer is told."))
    return redirect("office:payment", payment=payment)


@require_GET
@door("office", only="refund_credit")
def effects(request: HttpRequest, payment: int) -> HttpResponse:
    """What the amount that is typed would do, for the form to show before it is sent."""
    text, context = request.GET.get("amount", "").strip(), dict[str, object]()
    try:
        cents = money_cents(text, request.currency, field="amount") if text else 0
        context["back"] = giving_back(request.business_id, payment, amount_cents=cents)
    except NotThere:
        raise Http404 from None
    except Refusal as refusal:
        context["problem"] = refusal
    return render(request, "office/_refund_effects.html", context)


def _online_amount(found: PaymentPage) -> str:
    """What the form offers to send back: the credit if there is some, else all that can go back."""
    offered = found.left if found.left.cents else found.refundable
    return plain(offered.cents, offered.currency) if offered else ""


def _refund_online(request: HttpRequest, payment: int, cents: int) -> HttpResponse:
    """The way it came: asked for now, booked as done when the provider says so."""
    aftermath.refund(
        by=request.actor,  # type: ignore[attr-defined]
        at=request.at,  # type: ignore[attr-defined]
        payment_id=payment,
        amount_cents=cents,
        reopens=request.POST.get("reopens") == "on",
        form_key=request.POST.get("form_key", ""),
    )
    messages.success(request, _("The refund is asked for. It is booked when the provider confirms it."))
    return redirect("office:payment", payment=payment)


@require_POST
@door("office", only="use_credit")
def credit(request: HttpRequest, job: int) -> HttpResponse:
    """Use what the customer has paid too much for what is open on this job."""
    try:
        use_credit(by=request.actor, at=request.at, job_id=job)
    except Refusal as refusal:
        return show_job(request, job, refusal)
    messages.success(request, _("The credit is used, and the customer is told."))
    return redirect("office:job", job=job)
