"""A slow answer takes nothing away: no press, no tick, nothing typed."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import expect

from milepost.queries.job_page import job_page
from milepost.queries.open_items import open_page
from tests.browser.walking import DESK, PHONE, preview, sign_in
from tests.cast import kitchen

pytestmark = pytest.mark.browser


@contextmanager
def slow(page, address: str) -> Iterator[list[object]]:  # type: ignore[no-untyped-def]
    """Requests to the address stay on their way until the block ends; what was asked."""
    asked: list[object] = []
    page.route(address, lambda route: asked.append(route))  # noqa: PLW0108 (Playwright marks what it is given)
    yield asked
    for route in asked:
        route.continue_()  # type: ignore[attr-defined]
    page.unroute(address)


def test_options_ticked_and_signed_on_a_slow_line_all_count(site, cast, browser):  # type: ignore[no-untyped-def]
    phone = browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True).new_page()
    phone.goto(offer_with_options(site, cast, browser))
    address = re.compile(r"/c/\w+/\?")

    # Two ticks, one after the other, while the answer to the first is on its way: both stay
    with slow(phone, address) as asked:
        phone.get_by_label("Skylight").tap()
        expect(phone.get_by_label("Skylight")).to_be_checked()
        phone.get_by_label("Heated floor").tap()
        phone.wait_for_timeout(300)
        assert len(asked) == 2
    expect(phone.get_by_text("24,950.00").first).to_be_visible()
    assert phone.get_by_label("Skylight").is_checked() and phone.get_by_label("Heated floor").is_checked()

    # The button is held down while an answer would replace it: what is signed is what the page says
    sign = phone.get_by_role("button", name="Sign", exact=True)
    sign.scroll_into_view_if_needed()
    box = sign.bounding_box()
    with slow(phone, address):
        phone.get_by_label("Skylight").evaluate("box => box.click()")
        phone.mouse.move(box["x"] + 40, box["y"] + 20)
        phone.mouse.down()
    phone.wait_for_timeout(700)
    assert sign.bounding_box() == box
    phone.mouse.up()
    # The total was another when it was pressed, so the page asks to look once more
    expect(phone.get_by_text("the total is $24,500.00").first).to_be_visible()
    phone.get_by_role("button", name="Sign", exact=True).tap()
    expect(phone.get_by_text("Nothing to pay now")).to_be_visible()
    expect(phone.get_by_text("24,500.00").first).to_be_visible()


def offer_with_options(site, cast, browser) -> str:  # type: ignore[no-untyped-def]
    """The link of a quote of 24,000.00 with two options, 450.00 and 500.00, without a deposit."""
    office = browser.new_context(viewport=DESK).new_page()
    sign_in(office, site, "alice@example.com", cast.password)
    office.goto(f"{site.url}/quotes/new/")
    office.select_option("select[name=customer]", label="Carol Reyes")
    for number, (name, price) in enumerate(
        (("Cabinets", "24000"), ("Skylight", "450"), ("Heated floor", "500")), 1
    ):
        if number > 1:
            office.get_by_role("button", name="Add a line").click()
            office.locator(".work-line").nth(number - 1).get_by_text("Tax, discount, section").click()
            office.locator(f"[name=line-{number}-optional]").check(force=True)
        office.fill(f"[name=line-{number}-description]", name)
        office.fill(f"[name=line-{number}-price]", price)
    office.get_by_role("radio", name="Pay on completion").check(force=True)
    expect(office.locator(".pay-row")).to_have_count(1)
    preview(office)
    office.get_by_role("button", name="Send", exact=True).click()
    return office.get_by_role("link", name="Sign on this device").get_attribute("href")


def test_what_is_typed_while_an_answer_is_on_its_way_stays(site, cast, browser):  # type: ignore[no-untyped-def]
    first, second = kitchen(cast), kitchen(cast)
    page = browser.new_context(viewport=DESK).new_page()
    sign_in(page, site, "bo@example.com", cast.password)
    page.goto(f"{site.url}/customers/{cast.customer_id}/payment/")
    part = page.locator(f"[name=part-{second.deposit_invoice_id}]")
    with slow(page, "**/parts/?spread=1") as asked:
        page.fill("[name=amount]", "12500")
        page.wait_for_timeout(800)
        part.click()
        page.keyboard.type("20")
        assert len(asked) == 1
    expect(page.locator(f"[name=part-{first.deposit_invoice_id}]")).to_have_value("10000.00")
    expect(part).to_have_value("20")
    expect(part).to_be_focused()
    page.keyboard.type("00")
    page.get_by_role("button", name="Record the payment").click()
    page.get_by_text("The payment is recorded").first.wait_for()
    items = open_page(cast.business_id, cast.customer_id).items
    assert [(item.invoice_id, item.balance.cents) for item in items] == [
        (second.deposit_invoice_id, 8_000_00)
    ]
    assert job_page(cast.business_id, first.job_id, at=cast.at).due_now.cents == 0


def test_on_a_phone_no_field_hides_under_the_totals_and_one_tap_after_typing_saves(site, cast, browser):  # type: ignore[no-untyped-def]
    phone = browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True).new_page()
    sign_in(phone, site, "alice@example.com", cast.password)
    phone.goto(f"{site.url}/quotes/new/")
    phone.select_option("select[name=customer]", label="Carol Reyes")
    phone.fill("[name=line-1-description]", "Shelf")
    # Whoever goes on by keys sees where they are: nothing that has the focus is under the totals
    hidden = """() => document.activeElement.closest("form#quote-form")
        && document.activeElement.getBoundingClientRect().bottom
        > document.querySelector(".quote-summary").getBoundingClientRect().top"""
    for _step in range(12):
        phone.keyboard.press("Tab")
        assert not phone.evaluate(hidden), phone.evaluate("document.activeElement.outerHTML")
    phone.get_by_role("radio", name="Pay on completion").check()
    expect(phone.locator(".pay-row")).to_have_count(1)
    phone.fill("[name=line-1-price]", "100")
    phone.get_by_role("button", name="Preview").tap()
    phone.wait_for_url(re.compile(r"/quotes/\d+/$"))
    expect(phone.get_by_text("100.00").first).to_be_visible()
