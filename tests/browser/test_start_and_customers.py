"""A business starts, takes its colour and logo, and keeps a customer: what a person clicks."""

import io

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import expect

from milepost.queries.customer_card import customer_card
from milepost.queries.lists import choices
from milepost.queries.portal_people import portal_links
from tests.browser.walking import DESK, PHONE, faults, sign_in
from tests.cast import kitchen

pytestmark = pytest.mark.browser


def sign() -> dict[str, object]:
    data = io.BytesIO()
    drawn = Image.new("RGB", (900, 300), "#1d3f8a")
    ImageDraw.Draw(drawn).text((60, 90), "NORTHSIDE", fill="white", font_size=120)
    drawn.save(data, "PNG")
    return {"name": "sign.png", "mimeType": "image/png", "buffer": data.getvalue()}


def test_a_business_starts_on_a_phone_in_three_screens(site, browser, photograph):  # type: ignore[no-untyped-def]
    page = browser.new_context(viewport=PHONE, color_scheme="dark").new_page()
    page.goto(site.url)
    page.get_by_role("link", name="Start a business").click()
    photograph(page, "start-1")
    page.fill("[name=name]", "Bright Roofs")
    page.fill("[name=email]", "zoe@example.com")
    page.fill("[name=password]", "a roof in the spring")
    page.get_by_role("button", name="Start").click()
    page.get_by_role("heading", name="Where you work").wait_for()
    photograph(page, "start-2")
    assert faults(page) == []
    page.select_option("[name=country]", "GB")
    page.select_option("[name=trade]", "roofing")
    page.get_by_role("button", name="Go on").click()
    photograph(page, "start-3")
    assert faults(page) == []
    page.get_by_role("link", name="Write the first quote").click()
    assert page.locator("[name=row-1-name]").input_value() == "Deposit"


def test_a_logo_and_a_colour_reach_the_customers_page(site, cast, browser, photograph):  # type: ignore[no-untyped-def]
    kitchen(cast)
    page = browser.new_context(viewport=DESK).new_page()
    sign_in(page, site, "alice@example.com", cast.password)
    page.goto(f"{site.url}/settings/")
    page.set_input_files("[name=logo]", sign())
    page.get_by_role("button", name="Use this logo").click()
    page.get_by_role("img", name="Your logo").wait_for()
    page.locator("[name=brand_color]").fill("#ffd400")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Saved.").first.wait_for()
    photograph(page, "settings-brand")
    assert faults(page) == []
    assert choices(cast.business_id).business.brand_color == "#ffd400"
    phone = browser.new_context(viewport=PHONE).new_page()
    phone.goto(next(row.url for row in portal_links(cast.business_id) if row.pays))
    expect(phone.get_by_role("img", name="Northside Kitchens")).to_be_visible()
    color = "element => getComputedStyle(element).color"
    assert (
        phone.locator(".button--main").first.evaluate(color) != "rgb(255, 255, 255)"
    )  # dark words on yellow
    photograph(phone, "portal-brand")
    assert faults(phone) == []


def test_a_customer_gets_a_person_and_an_exemption_and_is_merged(site, cast, browser, photograph):  # type: ignore[no-untyped-def]
    kitchen(cast)
    page = browser.new_context(viewport=DESK).new_page()
    sign_in(page, site, "alice@example.com", cast.password)
    page.goto(f"{site.url}/customers/new/")
    page.fill("[name=name]", "Reyes Household")
    page.fill("[name=person]", "Carol Reyes")
    page.fill("[name=email]", "carol@example.com")
    page.get_by_role("button", name="Add customer").click()
    page.get_by_text("Change", exact=True).click()
    page.locator("[name=tax_exempt]").check()
    page.locator("[name=exemption_reason]").fill("Charity")
    photograph(page, "customer-change")
    assert faults(page) == []
    page.locator("form[action$='/card/']").get_by_role("button", name="Save").click()
    page.get_by_text("Person · tax exempt").wait_for()
    page.get_by_text("Add a person").click()
    page.locator("#person-new").fill("Dana Desk")
    page.locator("#email-new").fill("not an address")
    page.evaluate("document.querySelectorAll('form').forEach(form => form.noValidate = true)")
    page.get_by_role("button", name="Add person").click()
    page.get_by_text("is not an email address").first.wait_for()
    photograph(page, "customer-refused")
    expect(page.locator("#person-new")).to_have_value("Dana Desk")
    page.locator("#email-new").fill("dana@example.com")
    page.get_by_role("button", name="Add person").click()
    page.get_by_text("Dana Desk").first.wait_for()

    page.goto(f"{site.url}/customers/{cast.customer_id}/")
    page.get_by_text("It is a duplicate").click()
    page.select_option("[name=into]", label="Reyes Household")
    page.get_by_role("button", name="Merge").click()
    page.get_by_role("heading", name="Reyes Household").wait_for()
    expect(page.get_by_role("link", name="Kitchen remodel")).to_be_visible()
    photograph(page, "customer-merged")
    assert customer_card(cast.business_id, cast.customer_id).merged_into is not None
