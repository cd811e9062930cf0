"""The look: every component renders, says what it must to a screen reader, and obeys the strict CSP."""

import re
from datetime import date, datetime, timedelta
from datetime import timezone as offset
from decimal import Decimal
from fractions import Fraction
from gzip import compress
from importlib.resources import files

import pytest
from django import forms
from django.http import HttpRequest
from django.template import Context, Template
from django.test import Client, RequestFactory
from django.utils import timezone, translation
from django_cotton.compiler_regex import CottonCompiler

from milepost.core.money import Money
from milepost.core.refusals import Refusal
from milepost.web import context, drawings, rail, show

DOORS = ["/look/", "/look/field/", "/look/portal/", "/look/plain/", "/look/steps/"]


def rendered(source: str, **values: object) -> str:
    compiled = CottonCompiler().process("{% load milepost %}" + source)
    return Template(compiled).render(Context(values))


class NameForm(forms.Form):
    name = forms.CharField(label="Name", help_text="As on the cheque")
    note = forms.CharField(label="Note", required=False)


@pytest.mark.parametrize("door", DOORS)
def test_every_page_of_the_look_opens_and_holds_nothing_that_the_csp_refuses(door):
    page = Client().get(door)
    html = page.content.decode()

    assert page.status_code == 200
    assert not re.search(r"\sstyle=|<style|\son[a-z]+=|javascript:|hx-on", html)
    assert not re.search(r"<script(?![^>]*\bsrc=)", html)
    assert "unsafe" not in page.headers["Content-Security-Policy"]


@pytest.mark.parametrize("door", DOORS)
def test_every_label_and_description_leads_to_something_on_the_page(door):
    html = Client().get(door).content.decode()
    ids = re.findall(r'\sid="([^"]+)"', html)

    assert len(ids) == len(set(ids))
    assert set(re.findall(r'<label for="([^"]+)"', html)) <= set(ids)
    for described in re.findall(r'aria-describedby="([^"]+)"', html):
        assert set(described.split()) <= set(ids)


def test_a_page_has_its_landmarks_a_skip_link_a_language_and_a_direction():
    html = Client().get("/look/").content.decode()
    for part in ('lang="en"', 'dir="ltr"', 'href="#content"', '<main id="content"', "<nav", 'role="status"'):
        assert part in html


def test_a_layout_that_is_not_there_is_said_to_be_missing():
    page = Client().get("/look/nowhere/")
    assert page.status_code == 404
    assert "Nothing lives at this address" in page.content.decode()


def test_the_stylesheet_stays_within_twelve_kilobytes_and_has_its_layers():
    css = files("milepost.web").joinpath("static/milepost.css").read_text()
    assert len(compress(css.encode())) < 12_000
    assert "@layer reset, tokens, base, components;" in css
    assert "@import" not in css and "http" not in css


# Fields ------------------------------------------------------------------------------------------


def test_a_field_ties_its_label_hint_and_error_and_keeps_what_was_typed():
    form = NameForm({"name": "", "note": 'Tall & "thin" <b>'})
    html = rendered('<c-field :field="form.name" /><c-field :field="form.note" />', form=form)

    assert '<label for="id_name">Name</label>' in html
    assert 'aria-describedby="id_name-hint id_name-error"' in html
    assert 'aria-invalid="true"' in html
    assert 'value="Tall &amp; &quot;thin&quot; &lt;b&gt;"' in html
    assert html.count("optional") == 2  # its class and its word, on the note alone


def test_an_attribute_given_as_a_value_is_escaped():
    html = rendered('<c-button :title="word">Go</c-button>', word='"><script>')
    assert "<script>" not in html


def test_a_bare_field_carries_the_refusal_that_is_about_it():
    class TooMuch(Refusal):
        code = "too_much"
        message = "{amount} is more than is left."

    refused = TooMuch(amount=Money(12_000_00, "USD"))
    html = rendered(
        '<c-money-field name="amount" label="Amount" value="12,000.00" :error="refused" />', refused=refused
    )
    assert "$12,000.00 is more than is left." in html
    assert 'value="12,000.00"' in html
    assert 'inputmode="decimal"' in html


def test_a_component_inside_another_does_not_inherit_its_words():
    html = rendered('<c-card title="Outer"><c-notice>inner</c-notice></c-card>')
    assert html.count("Outer") == 1


def test_an_error_summary_leads_to_each_field_and_is_absent_when_all_is_well():
    wrong = rendered('<c-error-summary :form="form" />', form=NameForm({}))
    assert 'href="#id_name"' in wrong
    assert rendered('<c-error-summary :form="form" />', form=NameForm({"name": "Carol"})).strip() == ""


# Amounts and days --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("amount", "written"),
    [
        (Money(4_000_000, "USD"), "40,000.00"),
        (Money(-125_050, "USD"), "−1,250.50"),
        (Money(4_000_000, "JPY"), "4,000,000"),
        (Money(40_000_005, "KWD"), "40,000.005"),
        (Money(9_007_199_254_740_993, "USD"), "90,071,992,547,409.93"),
        ((1, "USD"), "0.01"),
        (None, ""),
    ],
)
def test_an_amount_is_written_exactly_with_its_currencys_decimals(amount, written):
    assert show.money(amount) == written


def test_an_amount_follows_the_readers_language():
    with translation.override("de"):
        assert show.money(Money(4_000_000, "EUR")) == "40.000,00"
    assert show.money_code(Money(-1, "USD")) == "−$0.01"
    assert rendered('{{ cents|money:"USD" }}', cents=12_00) == "12.00"


def test_measures_lose_their_trailing_zeros():
    assert show.quantity(Decimal("12.500")) == "12.5"
    assert show.quantity(Fraction(1, 3)) == "0.333333"
    assert show.share_bp(825) == "8.25 %"
    assert show.percent(25) == "25 %"


def test_days_are_written_as_people_say_them():
    today = timezone.localdate()
    assert [show.relative_day(today + timedelta(days=n)) for n in (0, 1, -1, 3, -12)] == [
        "today",
        "tomorrow",
        "yesterday",
        "in 3 days",
        "12 days ago",
    ]
    assert show.day(date(2020, 3, 20)) == "Fri 20 March 2020"
    assert str(today.year) not in show.day(today)


def test_a_moment_is_dated_in_the_active_time_zone():
    late = datetime(2020, 3, 20, 23, 30, tzinfo=offset.utc)  # noqa: UP017 - the test names its zone
    with timezone.override("Australia/Sydney"):
        assert show.day(late) == "Sat 21 March 2020"


# Drawings and doors ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("total", "solid", "half", "widths"),
    [
        (40_000_00, 10_000_00, 20_000_00, ("250", "250")),
        (100, 0, 0, ("0", "0")),
        (0, 0, 0, ("0", "0")),
        (100, 300, 200, ("1000", "0")),
        (3, 1, 2, ("333", "333")),
    ],
)
def test_the_money_bar_stays_within_itself(total, solid, half, widths):
    svg = drawings.bar(total=total, solid=solid, half=half)
    shown = dict(re.findall(r'class="bar-(\w+)"[^>]* width="(\d+)"', svg))
    assert (shown["solid"], shown["half"]) == widths


def test_the_money_bar_says_its_figures_in_words():
    money = {name: Money(cents, "USD") for name, cents in (("q", 100_00), ("b", 50_00), ("p", 25_00))}
    html = rendered(
        '<c-money-bar voice="portal" :quoted="q" :billed="b" :paid="p" :due="p" :left="b" />', **money
    )
    words = re.sub(r"<[^>]+>|\s+", " ", html)
    for said in ("Agreed", "100.00", "Paid", "25.00", "Due now", "To come", "50.00"):
        assert said in words


def test_a_qr_code_is_an_inline_drawing_that_the_csp_allows():
    svg = drawings.qr("https://milepost.example/c/abc/")
    assert svg.startswith("<svg") and "style" not in svg


def test_the_rail_marks_the_door_that_is_open(monkeypatch):
    addresses = {"office:needs": "/", "office:jobs": "/jobs/", "office:quotes": "/quotes/"}
    monkeypatch.setattr(rail, "_address", lambda name: addresses.get(name, ""))

    here = [entry.href for entry in rail.entries(path="/jobs/7/", waiting=3) if entry.is_here]
    assert here == ["/jobs/"]
    assert [entry.href for entry in rail.entries(path="/", waiting=3) if entry.is_here] == ["/"]
    assert [entry.waiting for entry in rail.entries(path="/", waiting=3)] == [3, None, None]


@pytest.mark.parametrize(
    ("cookie", "theme"), [("dark", "dark"), ("light", "light"), ("", ""), ('"><script>', "")]
)
def test_only_a_known_theme_is_taken_from_the_cookie(cookie, theme):
    request: HttpRequest = RequestFactory().get("/")
    request.COOKIES["theme"] = cookie
    page = context.page(request)
    assert (page["theme"], page["density"]) == (theme, "comfortable")
