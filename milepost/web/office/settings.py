"""Settings in the words of a contractor, a few on a page."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from zoneinfo import available_timezones

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from milepost.actions.businesses import add_tax_code, change_business, change_tax_code, retire_tax_code
from milepost.core.countries import COUNTRIES
from milepost.core.money import plain
from milepost.core.refusals import Refusal
from milepost.queries.lists import choices
from milepost.web.office.settings_words import (
    DEPOSIT_TAXES,
    HOLIDAYS,
    LOCALES,
    RECOVERIES,
    TAX_AT,
    TAX_KINDS,
    TAX_PER,
    TAX_ROUNDING,
)
from milepost.web.session import door
from milepost.web.show import typed_number
from milepost.web.typed import checked_text, choice, money_cents, number, whole_number

Read = Callable[[str, str, str], object]  # text, field, currency


def _text(text: str, field: str, currency: str) -> object:
    return checked_text(text, field=field, most=2000)


def _days(text: str, field: str, currency: str) -> object:
    return whole_number(text, field=field, most=999)


def _rate(text: str, field: str, currency: str) -> object:
    return number(text, field=field, digits=2, places=5)


def _money(text: str, field: str, currency: str) -> object:
    return money_cents(text, currency, field=field)


def _rate_or_zero(text: str, field: str, currency: str) -> object:
    return _rate(text, field, currency) if text.strip() else Decimal(0)


def _money_or_zero(text: str, field: str, currency: str) -> object:
    return money_cents(text, currency, field=field) if text.strip() else 0


def _money_or_none(text: str, field: str, currency: str) -> object:
    return money_cents(text, currency, field=field) if text.strip() else None


@dataclass(frozen=True)
class Setting:
    """One field of a page: what it is called, how it is shown and how it is read."""

    name: str
    label: str | Promise
    kind: str = "text"
    read: Read = _text
    hint: str | Promise = ""
    options: Sequence[tuple[str, str | Promise]] = ()


@dataclass(frozen=True)
class Section:
    """A page of settings that are saved together."""

    code: str
    title: str | Promise
    settings: tuple[Setting, ...]


_l = gettext_lazy
SECTIONS = (
    Section(
        "business",
        _l("Your business"),
        (
            Setting("name", _l("Business name")),
            Setting("email", _l("Email")),
            Setting("phone", _l("Phone")),
            Setting("address", _l("Address"), "textarea"),
            Setting("registration", _l("Tax registration"), hint=_l("Printed on every document.")),
            Setting("licence", _l("Licence"), hint=_l("Printed on every document.")),
            Setting(
                "brand_color",
                _l("Your colour"),
                "color",
                hint=_l("The line on your documents, messages and your customers’ pages."),
            ),
        ),
    ),
    Section(
        "paid",
        _l("Getting paid"),
        (
            Setting(
                "bank_from_cents",
                _l("Suggest the bank from"),
                "money",
                _money,
                _l("From this amount up, paying by bank is preselected: it costs less than a card."),
            ),
            Setting(
                "parts_from_cents",
                _l("Let customers pay in parts, from"),
                "money",
                _money_or_none,
                _l("The smallest part that may be paid online. Left empty, invoices are paid whole."),
            ),
            Setting(
                "surcharge_percent",
                _l("Surcharge on credit cards in %"),
                "rate",
                _rate_or_zero,
                _l(
                    "0 asks for none. At most 3, and only where your law allows it. Never on debit cards or the bank: it is sent back when a debit card was used. Customers see it before they pay."
                ),
            ),
            Setting(
                "small_difference_cents",
                _l("Differences up to this may be let be"),
                "money",
                _money,
                _l(
                    "A few cents too little or too much are offered to be settled with one press. 0 offers nothing."
                ),
            ),
            Setting("transfer_details", _l("Bank transfer details on invoices"), "textarea"),
            Setting("cheque_details", _l("Where to send a cheque"), "textarea"),
            Setting(
                "technician_sends",
                _l("Technicians may send invoices of signed amounts"),
                "checkbox",
                hint=_l("Without it the office checks first."),
            ),
        ),
    ),
    Section(
        "terms",
        _l("Terms of new quotes"),
        (
            Setting("net_days", _l("Days to pay an invoice"), "days", _days),
            Setting(
                "late_fee_monthly",
                _l("Late fee in % a month"),
                "rate",
                _rate,
                _l("0 charges none, and leaves its clause out."),
            ),
            Setting("grace_days", _l("Days of grace before it"), "days", _days),
            Setting(
                "returned_fee_cents",
                _l("Fee for a returned payment"),
                "money",
                _money_or_zero,
                _l(
                    "Charged when a bank returns a payment or a dispute is lost, on an invoice of its own. 0 charges none, and leaves its clause out."
                ),
            ),
            Setting(
                "early_percent",
                _l("Discount for early payment in %"),
                "rate",
                _rate_or_zero,
                _l("0 grants none, and leaves its clause out. Never on deposits."),
            ),
            Setting("early_days", _l("Days in which the money must be here for it"), "days", _days),
            Setting("pause_after_days", _l("Days overdue until work may pause"), "days", _days),
            Setting("approval_days", _l("Business days until silence is acceptance"), "days", _days),
            Setting(
                "change_days",
                _l("Days that a change order is good for"),
                "days",
                _days,
                _l("0 leaves it open until it is answered."),
            ),
            Setting(
                "field_change_cents",
                _l("Technicians may offer changes up to"),
                "money",
                _money,
                _l("Above it they ask the office. 0 asks for every change."),
            ),
        ),
    ),
    Section(
        "place",
        _l("Place and language"),
        (
            Setting(
                "timezone",
                _l("Time zone"),
                "select",
                options=[
                    (zone, zone.replace("_", " ")) for zone in sorted(available_timezones()) if "/" in zone
                ],
            ),
            Setting("locale", _l("How amounts and dates are written"), "select", options=LOCALES),
            Setting(
                "holidays",
                _l("Holidays"),
                "select",
                hint=_l("Business days leave them out."),
                options=HOLIDAYS,
            ),
        ),
    ),
    Section(
        "accounting",
        _l("Accounting"),
        (
            Setting(
                "recovery",
                _l("How a deposit comes off"),
                "select",
                hint=_l(
                    "For new quotes. In proportion is what most contracts say: deposit and milestones make the total."
                ),
                options=RECOVERIES,
            ),
            Setting(
                "prices_include_tax",
                _l("Prices include tax"),
                "checkbox",
                hint=_l(
                    "For new quotes; each can say otherwise. The customer pays the price that you write."
                ),
            ),
            Setting(
                "deposit_tax",
                _l("Tax of a deposit"),
                "select",
                hint=_l(
                    "The United States tax the work, so a deposit carries none. Many countries with a VAT tax "
                    "an advance: when it is invoiced, or when it is paid."
                ),
                options=DEPOSIT_TAXES,
            ),
            Setting(
                "tax_at",
                _l("Tax of an invoice"),
                "select",
                hint=_l(
                    "The contract’s tax keeps every cent of what was signed. Some tax offices want each invoice by itself."
                ),
                options=TAX_AT,
            ),
            Setting(
                "tax_per",
                _l("Tax is rounded"),
                "select",
                hint=_l("Once on the sum is what most tax offices ask for."),
                options=TAX_PER,
            ),
            Setting(
                "tax_rounding",
                _l("Half a cent of tax"),
                "select",
                hint=_l("Up is the rule nearly everywhere."),
                options=TAX_ROUNDING,
            ),
        ),
    ),
)


@require_http_methods(["GET", "POST"])
@door("office", acts="change_business")
def page(request: HttpRequest, section: str = "business") -> HttpResponse:
    """One page of settings; saving it changes nothing that is signed."""
    chosen = next((one for one in SECTIONS if one.code == section), None)
    if chosen is None:
        raise Http404
    refusal: Refusal | None = None
    if request.method == "POST":
        currency = choices(request.business_id).business.currency
        try:
            change_business(by=request.actor, at=request.at, **_changes(request, chosen, currency))
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, _("Saved."))
            return redirect("office:settings_section", section=section)
    return show(request, chosen, refusal)


def _changes(request: HttpRequest, section: Section, currency: str) -> dict[str, object]:
    return {
        one.name: one.name in request.POST
        if one.kind == "checkbox"
        else one.read(request.POST.get(one.name, ""), one.name, currency)
        for one in section.settings
    }


def show(
    request: HttpRequest, section: Section, refusal: Refusal | None = None, *, typed: bool = True
) -> HttpResponse:
    """The page of a section: with what was typed when that was refused, else with what is stored."""
    business = choices(request.business_id).business
    fields = [
        (one, _value(request if typed else None, one, getattr(business, one.name), business.currency))
        for one in section.settings
    ]
    context = {
        "sections": tabs(),
        "section": section,
        "fields": fields,
        "business": business,
        "refusal": refusal,
        "currency": business.currency,
        "country": COUNTRIES.get(business.country),
    }
    return render(request, "office/settings.html", context, status=422 if refusal else 200)


def tabs() -> list[tuple[str, str | Promise]]:
    """The pages of the settings: code and title."""
    more = [
        ("online_payments", _("Online payments")),
        ("taxes", _("Taxes")),
        ("items", _("Items")),
        ("schedules", _("Schedules")),
        ("people", _("People")),
    ]
    return [(section.code, section.title) for section in SECTIONS] + more


def _value(request: HttpRequest | None, setting: Setting, stored: object, currency: str) -> object:
    if request is not None and request.method == "POST":
        return (
            setting.name in request.POST if setting.kind == "checkbox" else request.POST.get(setting.name, "")
        )
    if setting.kind == "money" and stored is None:
        return ""
    if setting.kind == "money":
        return typed_number(Decimal(plain(int(str(stored)), currency)), places=2)
    return typed_number(stored) if isinstance(stored, Decimal) else stored


@require_http_methods(["GET", "POST"])
@door("office", acts="add_tax_code")
def taxes(request: HttpRequest) -> HttpResponse:
    """The taxes that a line may carry. A new rate is a new tax; what is signed keeps its own."""
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            kind = choice(request.POST.get("kind", "rate"), dict(TAX_KINDS), field="kind")
            add_tax_code(
                by=request.actor,
                at=request.at,
                name=checked_text(
                    request.POST.get("tax_name", ""), field="tax_name", most=100, required=True
                ),
                percent=number(
                    request.POST.get("percent", "").removesuffix("%"), field="percent", digits=3, places=5
                ),
                # What only some customers owe is not put in the place of the tax on every line.
                is_default="is_default" in request.POST and kind == "rate",
                kind=kind,
                note=checked_text(request.POST.get("note", ""), field="note", most=500),
            )
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, _("Saved."))
            return redirect("office:taxes")
    return _taxes(request, refusal)


def _taxes(request: HttpRequest, refusal: Refusal | None, *, changed: int | None = None) -> HttpResponse:
    context = {
        "sections": tabs(),
        "taxes": choices(request.business_id).taxes,
        "kinds": TAX_KINDS,
        "refusal": refusal,
        "typed": request.POST,
        "changed": changed,
    }
    return render(request, "office/settings_taxes.html", context, status=422 if refusal else 200)


@require_POST
@door("office", only="add_tax_code")
def change_tax(request: HttpRequest, tax: int) -> HttpResponse:
    """Another name, or the one on every new line."""
    try:
        name = checked_text(request.POST.get("tax_name", ""), field="tax_name", most=100)
        note = checked_text(request.POST["note"], field="note", most=500) if "note" in request.POST else None
        chosen = "is_default" in request.POST
        change_tax_code(by=request.actor, at=request.at, tax_id=tax, name=name, is_default=chosen, note=note)
    except Refusal as refusal:
        if refusal.code == "not_found":
            raise Http404 from None
        return _taxes(request, refusal, changed=tax)
    messages.success(request, _("Saved. What is signed keeps the name that it was signed with."))
    return redirect("office:taxes")


@require_POST
@door("office", only="add_tax_code")
def retire_tax(request: HttpRequest, tax: int) -> HttpResponse:
    """No new line carries it any more; what carries it keeps it."""
    try:
        retire_tax_code(by=request.actor, at=request.at, tax_id=tax)
    except Refusal:
        raise Http404 from None
    messages.success(request, _("New lines no longer carry it. What is signed keeps it."))
    return redirect("office:taxes")
