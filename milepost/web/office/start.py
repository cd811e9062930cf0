"""
Sign up in three short screens: who you are, where you work, ready.

The first one makes everything, with sound defaults; the others may be left at any time.
"""

from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from milepost.actions.businesses import add_tax_code, change_country, start_business
from milepost.core.countries import COUNTRIES
from milepost.core.refusals import Refusal
from milepost.core.schedule_templates import SCHEDULE_TEMPLATES
from milepost.queries.lists import choices
from milepost.queries.memberships import user_of
from milepost.web.session import door
from milepost.web.show import country_name
from milepost.web.typed import checked_text, clean, percent

STEPS = (gettext_lazy("You"), gettext_lazy("Your place"), gettext_lazy("Ready"))


@require_http_methods(["GET", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """First: the business's name, an email address, a password."""
    if request.user.is_authenticated:
        return redirect("/")
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            started = start_business(
                name=checked_text(request.POST.get("name", ""), field="name", most=200),
                email=checked_text(request.POST.get("email", ""), field="email", most=300),
                password=request.POST.get("password", "")[:500],
                at=timezone.now(),
            )
        except Refusal as refused:
            refusal = refused
        else:
            login(request, user_of(started.user_id), backend=settings.AUTHENTICATION_BACKENDS[0])
            return redirect("office:start_place")
    context = {"typed": request.POST, "refusal": refusal, "steps": STEPS}
    return render(request, "office/start.html", context, status=422 if refusal else 200)


@require_http_methods(["GET", "POST"])
@door("office", only="change_business")
def place(request: HttpRequest) -> HttpResponse:
    """Second: the country with its currency, the trade, a tax. All of it may wait."""
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            return _placed(request)
        except Refusal as refused:
            refusal = refused
    business = choices(request.business_id).business
    typed = request.POST or {"country": business.country, "currency": "", "trade": ""}
    context = {
        "steps": STEPS,
        "typed": typed,
        "refusal": refusal,
        "countries": _countries(),
        "currencies": [("", _("The country’s own")), *((code, code) for code in _currencies())],
        "trades": [("", _("Something else")), *((t.code, _(t.name)) for t in SCHEDULE_TEMPLATES)],
    }
    return render(request, "office/start_place.html", context, status=422 if refusal else 200)


def _placed(request: HttpRequest) -> HttpResponse:
    """The tax is read before anything is changed, so that a slip in it changes nothing."""
    name = checked_text(request.POST.get("tax_name", ""), field="tax_name", most=100)
    typed = clean(request.POST.get("percent", ""))
    rate = percent(typed, field="percent") if typed or name else None
    change_country(
        by=request.actor,
        at=request.at,
        country=request.POST.get("country", ""),
        currency=request.POST.get("currency", ""),
    )
    if rate is not None:
        add_tax_code(
            by=request.actor, at=request.at, name=name or _("Sales tax"), percent=rate, is_default=True
        )
    trade = request.POST.get("trade", "")
    known = trade in {template.code for template in SCHEDULE_TEMPLATES}
    return redirect(reverse("office:start_ready") + (f"?trade={trade}" if known else ""))


@require_GET
@door("office")
def ready(request: HttpRequest) -> HttpResponse:
    """Third: the first quote, or a look around."""
    trade = request.GET.get("trade", "")
    known = trade in {template.code for template in SCHEDULE_TEMPLATES}
    context = {"steps": STEPS, "trade": trade if known else ""}
    return render(request, "office/start_ready.html", context)


def _countries() -> list[tuple[str, str]]:
    return sorted(((code, country_name(code)) for code in COUNTRIES), key=lambda row: row[1])


def _currencies() -> list[str]:
    return sorted({country.currency for country in COUNTRIES.values()})
