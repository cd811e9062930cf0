"""Amounts, numbers and days as readers of many places write them: read back exactly, or refused in words."""

import re
from datetime import date, datetime
from decimal import Decimal

import pytest
from django.test import Client, RequestFactory
from django.utils import timezone, translation

from milepost.core.refusals import Refusal
from milepost.queries.job_page import job_page
from milepost.web import show, typed
from milepost.web.reader import with_country
from tests.cast import kitchen
from tests.web.addresses import client_of

PLACES = ("de", "de-CH", "fr", "fr-CH", "en", "en-US", "en-GB", "ja", "ar", "es", "sv", "hi", "pt-BR")


def quantity(text: str, place: str) -> Decimal:
    with translation.override(place):
        return typed.number(text, field="quantity", digits=9, places=6)


def refused(text: str, place: str, read=typed.number, **more) -> str:
    with translation.override(place), pytest.raises(Refusal) as no:
        read(text, field="f", **more)
    assert no.value.field == "f"
    with translation.override(place):
        return no.value.text()


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(
    "value", ["0.125", "0.5", "1", "12.5", "999", "1250", "1250.125", "1234567.89", "0.000001"]
)
def test_what_is_shown_to_a_reader_is_read_back_as_it_was(place, value):
    exact = Decimal(value)
    with translation.override(place):
        shown, in_a_field = show.quantity(exact), show.typed_number(exact)
    assert quantity(in_a_field, place) == exact
    assert quantity(shown, place) == exact


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(("cents", "currency"), [(1_250_05, "USD"), (-12_345_678_90, "EUR"), (1_250, "JPY"),
                                                 (1_250_005, "KWD"), (5, "USD"), (999_00, "CHF")])  # fmt: skip
def test_an_amount_that_is_copied_from_a_page_is_read_as_it_was(place, cents, currency):
    with translation.override(place):
        for shown in (show.money(cents, currency), show.money_code(cents, currency)):
            assert typed.money_cents(shown, currency, field="amount", negative=True) == cents, shown


@pytest.mark.parametrize(
    ("place", "text", "read"),
    [
        ("de", "1.234,56", "1234.56"),
        ("de", "1234,56", "1234.56"),
        ("de", "1.234", "1234"),
        ("de", "12.50", "12.50"),
        ("de", "0.125", "0.125"),
        ("de", "1,234.56", "1234.56"),
        ("de", "1250.000", "1250.000"),
        ("fr", "1\u202f234,56", "1234.56"),
        ("fr", "1 234,56", "1234.56"),
        ("fr", "12.50", "12.50"),
        ("de-CH", "1’234.56", "1234.56"),
        ("de-CH", "1'234.56", "1234.56"),
        ("de-CH", "1.250", "1.250"),
        ("en-US", "1,234.56", "1234.56"),
        ("en-US", "1.234,56", "1234.56"),
        ("en-US", "1,250", "1250"),
        ("en-US", "12,34,567", "1234567"),
        ("en-US", "−5", "-5"),
        ("ja", "１，２３４．５", "1234.5"),
        ("ar", "١٬٢٣٤٫٥", "1234.5"),
        ("ar", "\u200f١٢٣", "123"),
        ("fa", "۱۲۳", "123"),
        ("hi", "१२३", "123"),
    ],
)
def test_a_number_is_read_by_the_signs_of_its_reader(place, text, read):
    with translation.override(place):
        assert typed.number(text, field="f", digits=9, places=6, negative=True) == Decimal(read)


@pytest.mark.parametrize(
    ("place", "text"),
    [
        ("en", "1,5"), ("en", "1250,000"), ("en", "1,2345"), ("en", "0,125"), ("en", "12 50"), ("en", "1,000,00"),
        ("de", "1.00.000"), ("de", "1.2.3"), ("de", "12 50"), ("fr", "1.234.567"), ("de-CH", "1,250"), ("en", "1.2.3"),
        ("en", "1,,000"), ("en", ",5"), ("en", "5."), ("en", "1e3"), ("en", "²"), ("en", "--5"), ("en", "€5"), ("en", "١٢٣"), ("de", "१२३"),
    ],
)  # fmt: skip
def test_what_is_grouped_like_no_number_is_refused_rather_than_guessed(place, text):
    assert text in refused(text, place, digits=9, places=6, negative=True)


@pytest.mark.parametrize(("place", "text", "either"), [("fr", "1.234", "1,234"), ("sv", "12.500", "12,500")])
def test_what_could_be_a_thousand_times_more_is_asked_back(place, text, either):
    said = refused(text, place, digits=9, places=6)
    assert said == f"“{text}” can be read in two ways. Write {text.replace('.', '')} or {either}."


def test_the_sign_of_the_currency_may_stand_with_its_amount_and_another_one_may_not():
    with translation.override("en-us"):
        assert typed.money_cents("$1,250.50", "USD", field="f") == 1_250_50
        assert typed.money_cents("1250.50 USD", "USD", field="f") == 1_250_50
        assert typed.money_cents("-$5", "USD", field="f", negative=True) == -5_00
    assert "€5" in refused("€5", "en-us", typed.money_cents, currency="USD")
    assert "US$5" in refused("US$5", "en-ca", typed.money_cents, currency="CAD")


def test_an_example_is_in_the_reader_s_own_signs_and_repeats_what_was_typed():
    said = refused("viel", "de", typed.money_cents, currency="EUR")
    assert said == "“viel” is not an amount. Write it in digits, like 1250,00."
    assert "like 1250," in refused("1,2345", "de", typed.money_cents, currency="KWD")


@pytest.mark.parametrize(
    ("place", "text"),
    [
        ("de", "21.11.2026"), ("de-CH", "21.11.2026"), ("en-GB", "21/11/2026"), ("en-US", "11/21/2026"),
        ("fr-CH", "21.11.2026"), ("ja", "2026/11/21"), ("ja", "2026年11月21日"), ("ar", "٢١/١١/٢٠٢٦"),
        ("sv", "2026-11-21"), ("en", "11/21/2026"), ("en", "2026-11-21"), ("es-US", "21/11/2026"),
    ],
)  # fmt: skip
def test_a_day_is_read_in_the_order_of_its_reader(place, text):
    with translation.override(place):
        assert typed.day(text, field="on") == date(2026, 11, 21)


@pytest.mark.parametrize(
    ("place", "text"),
    [
        ("en", "03/04/2026"),
        ("en-US", "21/11/2026"),
        ("de", "11/21/2026"),
        ("de", "21.11.26"),
        ("en", "31.12.2026"),
    ],
)
def test_a_day_that_may_be_another_is_refused(place, text):
    assert refused(text, place, typed.day) == "Write the day like 2026-03-19."


@pytest.mark.parametrize(
    ("place", "amount", "coded", "when"),
    [
        ("en-US", "1,250.50", "$1,250.50", "2:05\u202fPM"),
        ("en-GB", "1,250.50", "US$1,250.50", "14:05"),
        ("de", "1.250,50", "1.250,50\xa0$", "14:05"),
        ("fr-CH", "1\u202f250,50", "1\u202f250,50\xa0$US", "14:05"),
        ("ja", "1,250.50", "$1,250.50", "14:05"),
    ],
)
def test_amounts_and_times_are_written_by_the_habits_of_the_place(place, amount, coded, when):
    with translation.override(place), timezone.override("UTC"):
        assert show.money(1_250_50, "USD") == amount
        assert show.money_code(1_250_50, "USD") == coded
        assert show.moment(datetime(2026, 3, 2, 14, 5, tzinfo=timezone.get_fixed_timezone(0))).endswith(when)


@pytest.mark.parametrize(
    ("header", "active", "tag"),
    [
        ("de-CH,de;q=0.9,en;q=0.8", "de", "de-ch"),
        ("de,de-CH;q=0.9", "de", "de"),
        ("en-US,en;q=0.9", "en", "en-us"),
        ("en-US,en;q=0.9,de;q=0.8", "de", "de"),
        ("de-QQ", "de", "de"),
        ("de-CH", "el-gr", "el-gr"),
        ("", "en", "en"),
        ("x" * 5000, "en", "en"),
    ],
)
def test_the_country_of_a_reader_is_the_one_that_their_browser_names(header, active, tag):
    found = []

    def answer(request):
        with translation.override(active):
            found.append(show.reader_tag())

    with_country(answer)(RequestFactory().get("/", headers={"Accept-Language": header}))
    assert found == [tag]
    assert show.reader_tag() == "en"


def test_a_swiss_reader_types_and_reads_swiss_and_a_german_one_german(cast):
    owner = client_of(cast, "owner")
    form = {"description": "Tap", "price": "1.250"}
    shown = (("de-CH,de;q=0.9", "1.25"), ("de-DE,de;q=0.9", "1250,00"))
    for name, (place, field) in zip(("Tap", "Second"), shown, strict=True):
        owner.post("/settings/items/", form | {"name": name}, headers={"Accept-Language": place})
        listed = owner.get("/settings/items/").content.decode()
        item = re.search(rf'href="(/settings/items/\d+/)"[^>]*>(?:<[^>]+>)*{name}', listed)
        assert item
        page = owner.get(item[1], headers={"Accept-Language": place}).content.decode()
        assert f'value="{field}"' in page


def test_a_page_in_arabic_is_laid_out_from_right_to_left(cast):
    page = client_of(cast, "owner").get("/jobs/", headers={"Accept-Language": "ar"}).content.decode()
    assert '<html lang="ar" dir="rtl"' in page


def test_a_customer_in_america_may_read_spanish_with_american_figures(cast):
    owner, job = client_of(cast, "owner"), kitchen(cast)
    page = owner.get(f"/customers/{cast.customer_id}/").content.decode()
    assert '<option value="es-US">Spanish (United States)</option>' in page
    form = {"name": "Carol Reyes", "kind": "person", "language": "es-US"}
    assert owner.post(f"/customers/{cast.customer_id}/card/", form).status_code == 302
    link = next(p.url for p in job_page(cast.business_id, job.job_id, at=cast.at).people if p.pays)
    page = Client().get("/c/" + link.split("/c/")[1]).content.decode()
    assert '<html lang="es-us"' in page
    assert "Hola, Pat" in page and "Por pagar ahora" in page
    assert "10,000.00" in page and "10.000,00" not in page
