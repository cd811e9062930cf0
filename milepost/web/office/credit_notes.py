"""Fix an invoice, give money off it, take either back: first what it does, in words and figures."""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from milepost.actions.credit_notes import (
    fix_invoice,
    give_money_off,
    reissue_invoice,
    take_back_money_off,
    take_back_part,
)
from milepost.core.refusals import Refusal
from milepost.queries.credit_pages import (
    CreditPage,
    InvoiceNow,
    fix_page,
    invoice_job,
    invoice_now,
    money_off_page,
    part_now,
    part_page,
    take_back_page,
)
from milepost.queries.door import NotThere
from milepost.web.office.jobs import show_job
from milepost.web.session import door
from milepost.web.typed import check_seen, checked_text, money_cents, percent


@require_http_methods(["GET", "POST"])
@door("office", only="credit_invoice")
def fix(request: HttpRequest, invoice: int) -> HttpResponse:
    """Take the invoice back, and send it again now unless one says otherwise."""
    job = _job_of(request, invoice)
    try:
        if request.method == "POST":
            again = "again" in request.POST
            fix_invoice(
                by=request.actor,
                at=request.at,
                invoice_id=invoice,
                reason=checked_text(request.POST.get("reason", ""), field="reason", most=300),
                again=again,
                form_key=f"fix-{invoice}",
            )
            said = (
                _("The credit note and the new invoice are sent.") if again else _("The credit note is sent.")
            )
            messages.success(request, said)
            return redirect("office:job", job=job)
        context = {"fix": fix_page(request.business_id, invoice), "refusal": None}
    except Refusal as refusal:
        return _again_or_job(request, job, invoice, refusal)
    return render(request, "office/fix_invoice.html", context)


def _again_or_job(request: HttpRequest, job: int, invoice: int, refusal: Refusal) -> HttpResponse:
    """What is typed wrongly is shown where it was typed; what cannot be done at all, on the job."""
    if refusal.field != "reason":
        return show_job(request, job, refusal)
    try:
        page = fix_page(request.business_id, invoice)
    except Refusal as taken_back_meanwhile:
        return show_job(request, job, taken_back_meanwhile)
    context = {"fix": page, "refusal": refusal, "typed": request.POST}
    return render(request, "office/fix_invoice.html", context, status=422)


@require_http_methods(["GET", "POST"])
@door("office", only="credit_invoice")
def money_off(request: HttpRequest, invoice: int) -> HttpResponse:
    """How much comes off; then what that does; then it is done."""

    def page(typed: QueryDict, now: InvoiceNow) -> CreditPage:
        cents = money_cents(typed.get("amount", ""), now.most.currency, field="amount")
        return money_off_page(request.business_id, invoice, amount_cents=cents)

    def act(typed: QueryDict, now: InvoiceNow, reason: str) -> None:
        cents = money_cents(typed.get("amount", ""), now.most.currency, field="amount")
        give_money_off(
            by=request.actor,
            at=request.at,
            invoice_id=invoice,
            amount_cents=cents,
            reason=reason,
            form_key=typed.get("form_key", ""),
        )

    return _so_much(request, invoice, _SoMuch("office/money_off.html", "off", invoice_now, page, act))


@require_http_methods(["GET", "POST"])
@door("office", only="credit_invoice")
def part(request: HttpRequest, invoice: int) -> HttpResponse:
    """How much of it is taken back, as an amount or a percentage; then what that does; then it is done."""

    def page(typed: QueryDict, now: InvoiceNow) -> CreditPage:
        share, cents = _share_or_cents(typed.get("amount", ""), now)
        return part_page(request.business_id, invoice, share=share, amount_cents=cents)

    def act(typed: QueryDict, now: InvoiceNow, reason: str) -> None:
        share, cents = _share_or_cents(typed.get("amount", ""), now)
        take_back_part(
            by=request.actor,
            at=request.at,
            invoice_id=invoice,
            share=share,
            amount_cents=cents,
            reason=reason,
            form_key=typed.get("form_key", ""),
        )

    return _so_much(request, invoice, _SoMuch("office/part_back.html", "part", part_now, page, act))


@dataclass(frozen=True)
class _SoMuch:
    """A page that takes so much of an invoice: its name, what it shows and what it does."""

    template: str
    key: str
    now: Callable[[int, int], InvoiceNow]
    page: Callable[[QueryDict, InvoiceNow], CreditPage]
    act: Callable[[QueryDict, InvoiceNow, str], None]


def _so_much(request: HttpRequest, invoice: int, so: _SoMuch) -> HttpResponse:
    job, refusal, page = _job_of(request, invoice), None, None
    typed = request.POST if request.method == "POST" else request.GET
    try:
        now = so.now(request.business_id, invoice)
    except Refusal as refused:
        return show_job(request, job, refused)
    try:
        if typed.get("amount") or request.method == "POST":
            reason = checked_text(typed.get("reason", ""), field="reason", most=300)
            page = so.page(typed, now)
            if request.method == "POST":
                check_seen(typed)
                so.act(typed, now, reason)
                messages.success(request, _("The credit note is sent."))
                return redirect("office:job", job=job)
    except Refusal as refused:
        refusal = refused
    key = f"{so.key}-{invoice}-{page.balance.cents}-{page.total.cents}" if page else ""
    context = {"now": now, "fix": page, "typed": typed, "refusal": refusal, "form_key": key}
    return render(request, so.template, context, status=422 if refusal else 200)


def _share_or_cents(text: str, now: InvoiceNow) -> tuple[Fraction | None, int | None]:
    """“25 %” of the invoice, or “500.00” of what it asks for."""
    if text.strip().endswith("%"):
        return Fraction(percent(text, field="amount")) / 100, None
    return None, money_cents(text, now.most.currency, field="amount")


@require_POST
@door("office", only="credit_invoice")
def reissue(request: HttpRequest, invoice: int) -> HttpResponse:
    """Send an invoice again that was taken back."""
    job = _job_of(request, invoice)
    try:
        reissue_invoice(by=request.actor, at=request.at, invoice_id=invoice)
    except Refusal as refusal:
        return show_job(request, job, refusal)
    messages.success(request, _("The invoice is sent."))
    return redirect("office:job", job=job)


@require_http_methods(["GET", "POST"])
@door("office", only="credit_invoice")
def take_back(request: HttpRequest, note: int) -> HttpResponse:
    """Money off is taken back: the same amount is invoiced again."""
    try:
        found = take_back_page(request.business_id, note)
    except NotThere:
        raise Http404 from None
    if request.method == "POST":
        try:
            take_back_money_off(by=request.actor, at=request.at, credit_note_id=note)
        except Refusal as refusal:
            return show_job(request, found.job_id, refusal)
        messages.success(request, _("The invoice is sent."))
        return redirect("office:job", job=found.job_id)
    return render(request, "office/take_back.html", {"note": found})


def _job_of(request: HttpRequest, invoice: int) -> int:
    try:
        return invoice_job(request.business_id, invoice)
    except NotThere:
        raise Http404 from None
