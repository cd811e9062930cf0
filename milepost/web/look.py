"""Every component in every state on pages of their own, `/look/`: for the eye, and for tests to photograph."""

from datetime import timedelta
from decimal import Decimal

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from milepost.core.money import Money
from milepost.core.refusals import InputRefused

LONG = (
    "Tear-off of two layers, disposal, ice-and-water shield along the eaves and valleys, "
    "architectural shingles in Weathered Wood, new flashing at the chimney and both skylights"
)
TEMPLATES = [
    ("completion", _("Pay on completion")),
    ("deposit", _("Deposit and balance")),
    ("roofing", _("Roofing")),
    ("kitchen", _("Kitchen remodel")),
    ("countertop", _("Countertop")),
    ("three", _("Three phases")),
    ("five", _("Five phases, agency")),
    ("inspection", _("By inspection")),
]
METHODS = [
    ("bank", _("From your bank account"), _("No fee. Arrives in 3 to 5 business days.")),
    ("card", _("By card"), _("No fee for you. Arrives at once.")),
]
DOORS = ("field", "portal", "plain", "steps")


class SampleForm(forms.Form):
    """A form like any other, for the states of its fields."""

    customer = forms.CharField(label=_("Customer"), help_text=_("A name, an email or a phone number"))
    email = forms.EmailField(label=_("Email"))
    price = forms.DecimalField(label=_("Price"), widget=forms.TextInput)
    start = forms.DateField(
        label=_("Start"), required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    country = forms.ChoiceField(label=_("Country"), choices=[("US", "United States"), ("CA", "Canada")])
    words = forms.CharField(label=_("Description"), required=False, widget=forms.Textarea)
    notify = forms.BooleanField(
        label=_("Text me when it is paid"), help_text=_("At most one text for each payment"), required=False
    )
    template = forms.ChoiceField(label=_("Template"), choices=TEMPLATES, widget=forms.RadioSelect)


def page(request: HttpRequest, door: str = "office") -> HttpResponse:
    """The components inside one of the four layouts; `?lang=` is the reader's, as everywhere."""
    if door not in ("office", *DOORS):
        raise Http404(_("There is no such layout."))
    return render(request, f"look/{door}.html", samples())


def samples() -> dict[str, object]:
    """Made-up words and amounts, chosen to be as long, as large and as foreign as real ones."""
    today = timezone.localdate()
    return {
        "needs_you_count": 3,
        "business_name": "Alder & Sons Carpentry",
        "long": LONG,
        "templates": TEMPLATES,
        "methods": METHODS,
        "steps": [_("Your business"), _("You"), _("Done")],
        "form": SampleForm(
            initial={"country": "US", "template": "kitchen", "notify": True, "price": "40000.00"}
        ),
        "wrong": SampleForm(
            {"customer": "", "email": "carol@", "price": "4o,000", "template": "", "words": LONG},
            auto_id="wrong_%s",
        ),
        "refusal": InputRefused(problem=_("12,000.00 is more than the 8,000.00 that is left.")),
        "link": "https://milepost.example/c/9fJ2kq7XbT0mLr4sWz1eYv/",
        "quoted": usd(40_000_00),
        "billed": usd(20_000_00),
        "paid": usd(10_000_00),
        "left": usd(20_000_00),
        "after": {
            "billed": usd(32_000_00),
            "paid": usd(20_000_00),
            "due": usd(12_000_00),
            "left": usd(8_000_00),
        },
        "changed": usd(41_250_01),
        "nothing": usd(0),
        "huge": usd(98_765_432_109_87),
        "below": usd(-1_250_50),
        "yen": Money(4_000_000, "JPY"),
        "dinar": Money(40_000_005, "KWD"),
        "deposit": usd(10_000_00),
        "cabinets": usd(12_000_00),
        "walkthrough": usd(8_000_00),
        "net": usd(36_951_50),
        "tax": usd(3_048_50),
        "changed_left": usd(21_250_01),
        "today": today,
        "soon": today + timedelta(days=3),
        "ago": today - timedelta(days=12),
        "far": today - timedelta(days=400),
        "hours": Decimal("12.50"),
    }


def usd(cents: int) -> Money:
    """Whole cents of the sample business's dollars."""
    return Money(cents, "USD")
