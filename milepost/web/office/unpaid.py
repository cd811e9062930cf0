"""What of an invoice will not be paid: give it up, let cents be, grant a discount; the money comes after all."""

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from milepost.actions.concessions import (
    grant_discount,
    recover_write_off,
    settle_over,
    settle_short,
    undo_concession,
    write_off,
)
from milepost.core.money import plain
from milepost.core.refusals import Refusal
from milepost.queries.door import NotThere
from milepost.queries.unpaid_page import UnpaidPage, unpaid_page
from milepost.web.office.payments import show_payment
from milepost.web.office.settings_words import PAID_BY
from milepost.web.session import door
from milepost.web.typed import checked_text, choice, money_cents

METHODS = [(code, words) for code, words in PAID_BY if code not in ("card", "bank")]
KINDS = {
    "write_off": gettext_lazy("Written off"),
    "short": gettext_lazy("Small difference"),
    "discount": gettext_lazy("Early-payment discount"),
}


@require_GET
@door("office")
def page(request: HttpRequest, invoice: int) -> HttpResponse:
    """What stands, and what may be done, each in words before its one button."""
    return _show(request, invoice)


def _show(
    request: HttpRequest, invoice: int, refusal: Refusal | None = None, opened: str = ""
) -> HttpResponse:
    found = _found(request, invoice)
    shown = request.POST if refusal else {}
    context = {
        "unpaid": found,
        "rows": [(row, KINDS[row.kind]) for row in found.rows],
        "methods": METHODS,
        "typed": shown,
        "amount": shown.get("amount") or plain(found.open.cents, found.open.currency),
        "recovered": shown.get("amount") or plain(found.written_off.cents, found.open.currency),
        "form_key": shown.get("form_key") or f"recover-{invoice}-{found.written_off.cents}",
        "refusal": refusal,
        "opened": opened,
    }
    return render(request, "office/unpaid.html", context, status=422 if refusal else 200)


def _found(request: HttpRequest, invoice: int) -> UnpaidPage:
    try:
        return unpaid_page(request.business_id, invoice)
    except NotThere:
        raise Http404 from None


def _do(
    request: HttpRequest, invoice: int, opened: str, said: str, deed: Callable[[], object]
) -> HttpResponse:
    _found(request, invoice)
    try:
        deed()
    except Refusal as refusal:
        return _show(request, invoice, refusal, opened)
    messages.success(request, said)
    return redirect("office:unpaid", invoice=invoice)


@require_POST
@door("office", only="write_off")
def give_up(request: HttpRequest, invoice: int) -> HttpResponse:
    """Write it off, or a part of it."""

    def deed() -> None:
        write_off(
            by=request.actor,
            at=request.at,
            invoice_id=invoice,
            amount_cents=money_cents(request.POST.get("amount", ""), request.currency, field="amount"),
            reason=checked_text(request.POST.get("reason", ""), field="reason", most=300),
            with_tax="with_tax" in request.POST,
        )

    return _do(request, invoice, "give_up", _("Written off. The customer gets no message."), deed)


@require_POST
@door("office", only="write_off")
def recover(request: HttpRequest, invoice: int) -> HttpResponse:
    """The money came after all."""

    def deed() -> None:
        recover_write_off(
            by=request.actor,
            at=request.at,
            invoice_id=invoice,
            amount_cents=money_cents(request.POST.get("amount", ""), request.currency, field="amount"),
            method=choice(request.POST.get("method", "check"), dict(METHODS), field="method"),
            reference=checked_text(request.POST.get("reference", ""), field="reference", most=100),
            form_key=request.POST.get("form_key", ""),
        )

    said = _("The payment is recorded, and the receipt is on its way.")
    return _do(request, invoice, "recover", said, deed)


@require_POST
@door("office", only="settle_difference")
def let_be(request: HttpRequest, invoice: int) -> HttpResponse:
    def deed() -> None:
        settle_short(by=request.actor, at=request.at, invoice_id=invoice)

    return _do(request, invoice, "", _("Settled. The invoice counts as paid."), deed)


@require_POST
@door("office", only="settle_difference")
def discount(request: HttpRequest, invoice: int) -> HttpResponse:
    def deed() -> None:
        grant_discount(by=request.actor, at=request.at, invoice_id=invoice)

    return _do(request, invoice, "", _("The discount is granted."), deed)


@require_POST
@door("office", only="write_off")
def undo(request: HttpRequest, invoice: int, concession: int) -> HttpResponse:
    """It was not so: it is open again."""

    def deed() -> None:
        undo_concession(by=request.actor, at=request.at, concession_id=concession)

    return _do(request, invoice, "", _("Taken back. It is open again."), deed)


@require_POST
@door("office", only="settle_difference")
def keep(request: HttpRequest, payment: int) -> HttpResponse:
    """Keep the last cents of a payment that was too much."""
    try:
        settle_over(by=request.actor, at=request.at, payment_id=payment)
    except Refusal as refusal:
        return show_payment(request, payment, refusal)
    messages.success(request, _("Settled. It is income now, and credit no more."))
    return redirect("office:payment", payment=payment)
