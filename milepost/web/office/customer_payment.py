"""One payment for several invoices of a customer: the oldest first, or as the bookkeeper says."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from milepost.actions.payments import record_customer_payment
from milepost.core.money import Money, plain
from milepost.core.refusals import InputRefused, Refusal
from milepost.queries.door import NotThere
from milepost.queries.open_items import OpenItem, OpenPage, open_page
from milepost.web.office.settings_words import PAID_BY
from milepost.web.session import door
from milepost.web.typed import checked_text, choice, clean, day, money_cents

METHODS = [(code, words) for code, words in PAID_BY if code not in ("card", "bank")]


@dataclass(frozen=True)
class PartShown:
    """An open invoice and what is typed for it."""

    item: OpenItem
    text: str
    is_discounted: bool = False

    @property
    def field(self) -> str:
        return f"part-{self.item.invoice_id}"


@require_http_methods(["GET", "POST"])
@door("office", only="record_payment")
def new(request: HttpRequest, customer: int) -> HttpResponse:
    """The form; sent with `spread` it only shows how the amount would fall on what is open."""
    found = _open(request, customer)
    refusal: Refusal | None = None
    if request.method == "POST" and "spread" not in request.POST:
        try:
            _check_parts(request, found)
            payment = record_customer_payment(
                by=request.actor,
                at=request.at,
                customer_id=customer,
                amount_cents=money_cents(request.POST.get("amount", ""), found.currency, field="amount"),
                method=choice(request.POST.get("method", "check"), dict(METHODS), field="method"),
                received_on=day(request.POST["on"], field="on") if request.POST.get("on") else None,
                reference=checked_text(request.POST.get("reference", ""), field="reference", most=100),
                split=_split(request.POST, found) or _with_discounts(request, found),
                discounts=_discounts(request),
                form_key=request.POST.get("form_key", ""),
            )
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, _("The payment is recorded, and the receipt is on its way."))
            return redirect("office:payment", payment=payment)
    spread = "spread" in request.POST or (refusal is not None and _is_stale(request, found))
    context = _shown(request, found, spread=spread) | {"refusal": refusal}
    return render(request, "office/customer_payment.html", context, status=422 if refusal else 200)


@require_POST
@door("office", only="record_payment")
def parts(request: HttpRequest, customer: int) -> HttpResponse:
    """What the amount falls on, or what the typed parts come to, for the page to put in place."""
    context = _shown(request, _open(request, customer), spread="spread" in request.GET)
    template = "office/_payment_parts.html" if "spread" in request.GET else "office/_payment_sum.html"
    return render(request, template, context)


def _open(request: HttpRequest, customer: int) -> OpenPage:
    try:
        return open_page(request.business_id, customer)
    except NotThere:
        raise Http404 from None


def _check_parts(request: HttpRequest, found: OpenPage) -> None:
    if _is_stale(request, found):
        raise InputRefused(
            field="amount",
            problem=_(
                "The parts stood there for another amount. Look at what this one pays, then record it."
            ),
        )


def _is_stale(request: HttpRequest, found: OpenPage) -> bool:
    """Whether the parts were worked out for another amount: it was sent before the page had followed."""
    worked_out_for = request.POST.get("parts_of", "")
    with suppress(Refusal):
        amount = money_cents(request.POST.get("amount", ""), found.currency, field="amount")
        return worked_out_for not in ("", str(amount))
    return False


def _split(data: Mapping[str, str], found: OpenPage) -> list[tuple[int, int]]:
    """What is typed for each invoice; nothing typed at all means the oldest first."""
    typed = {item.invoice_id: clean(data.get(f"part-{item.invoice_id}", "")) for item in found.items}
    return [
        (invoice_id, money_cents(text, found.currency, field=f"part-{invoice_id}"))
        for invoice_id, text in typed.items()
        if text
    ]


def _discounts(request: HttpRequest) -> set[int]:
    """The invoices on which the early-payment discount is ticked."""
    ticked = request.POST.getlist("discount")
    return {int(text) for text in ticked if text.isascii() and text.isdecimal() and len(text) < 18}


def _with_discounts(request: HttpRequest, found: OpenPage) -> list[tuple[int, int]]:
    """Where no part is typed and a discount is ticked, no more is paid than is enough."""
    return list(_spread(request, found).items()) if _discounts(request) else []


def _spread(request: HttpRequest, found: OpenPage) -> dict[int, int]:
    amount = money_cents(request.POST.get("amount", ""), found.currency, field="amount")
    return found.spread(amount, _discounts(request))


def _shown(request: HttpRequest, found: OpenPage, *, spread: bool) -> dict[str, object]:
    data = request.POST
    amount, split = 0, {}
    with suppress(Refusal):
        amount = money_cents(data.get("amount", ""), found.currency, field="amount")
        split = _spread(request, found) if spread else dict(_split(data, found))
    texts = {
        item.invoice_id: _text(split, item, found.currency)
        if spread
        else clean(data.get(f"part-{item.invoice_id}", ""))
        for item in found.items
    }
    over = amount - (sum(split.values()) or min(amount, found.total.cents))
    return {
        "open": found,
        "parts": [
            PartShown(item, texts[item.invoice_id], item.invoice_id in _discounts(request))
            for item in found.items
        ],
        "kept": Money(over, found.currency) if over > 0 else None,
        "beyond": Money(-over, found.currency) if over < 0 else None,
        "methods": METHODS,
        "parts_of": amount or "" if spread else data.get("parts_of", ""),
        "typed": data,
        "today": timezone.localdate(request.at),
        "form_key": data.get("form_key") or f"pays-{found.customer_id}-{request.at.timestamp()}",
    }


def _text(split: Mapping[int, int], item: OpenItem, currency: str) -> str:
    cents = split.get(item.invoice_id, 0)
    return plain(cents, currency) if cents else ""
