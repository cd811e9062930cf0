"""Settings in the words of a contractor."""

from decimal import Decimal

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from milepost.actions.businesses import add_member, add_tax_code, change_business
from milepost.core.money import parse_decimal
from milepost.core.refusals import InputRefused, Refusal
from milepost.queries.lists import choices
from milepost.web.session import door

TEXTS = ("name", "email", "phone", "address", "registration", "licence", "transfer_details", "cheque_details")
DAYS = ("net_days", "grace_days")
LENGTHS = {"name": 200, "email": 254, "phone": 20, "registration": 100, "licence": 100}


@require_http_methods(["GET", "POST"])
@door("office")
def page(request: HttpRequest) -> HttpResponse:
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            change_business(by=request.actor, at=request.at, **_changes(request))
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, _("Saved."))
            return redirect("office:settings")
    return _show(request, refusal)


def _show(request: HttpRequest, refusal: Refusal | None = None) -> HttpResponse:
    known = choices(request.business_id)
    roles = [("technician", _("Technician")), ("bookkeeper", _("Bookkeeper")), ("owner", _("Owner"))]
    context = {"known": known, "business": known.business, "refusal": refusal, "roles": roles}
    return render(request, "office/settings.html", context, status=422 if refusal else 200)


def _changes(request: HttpRequest) -> dict[str, object]:
    texts = {name: request.POST.get(name, "").replace("\x00", "").strip() for name in TEXTS}
    if not texts["name"]:
        raise InputRefused(field="name", problem=_("A business needs a name."))
    for name, most in LENGTHS.items():
        if len(texts[name]) > most:
            raise InputRefused(field=name, problem=_("This is too long."))
    days = {}
    for name in DAYS:
        text = request.POST.get(name, "")
        if not text.isdecimal() or len(text) > 3:
            raise InputRefused(field=name, problem=_("Write a number of days from 0 to 999."))
        days[name] = int(text)
    return {**texts, **days, "technician_sends": "technician_sends" in request.POST}


@require_POST
@door("office")
def add_tax(request: HttpRequest) -> HttpResponse:
    try:
        percent = parse_decimal(request.POST.get("percent", ""), digits=3, places=5, field="percent")
        add_tax_code(
            by=request.actor,
            at=request.at,
            name=request.POST.get("tax_name", "").replace("\x00", "")[:100],
            percent=Decimal(percent),
            is_default=True,
        )
    except Refusal as refusal:
        return _show(request, refusal)
    return redirect("office:settings")


@require_POST
@door("office")
def add_person(request: HttpRequest) -> HttpResponse:
    try:
        add_member(
            by=request.actor,
            at=request.at,
            name=request.POST.get("person", "").replace("\x00", "")[:200],
            email=request.POST.get("person_email", "").replace("\x00", ""),
            role=request.POST.get("role", "technician"),
            password=request.POST.get("password", ""),
        )
    except Refusal as refusal:
        return _show(request, refusal)
    return redirect("office:settings")
