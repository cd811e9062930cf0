"""Words without an end and amounts of eight digits stay on the page, on every screen."""

import pytest
from playwright.sync_api import expect

from milepost.actions.payments import record_payment
from tests.browser.walking import PHONE, preview, sign_in
from tests.cast import kitchen

pytestmark = pytest.mark.browser
LINES = """words => {
    const range = document.createRange();
    range.selectNodeContents(words);
    const line = 1.5 * parseFloat(getComputedStyle(words).fontSize);
    return Math.round(range.getBoundingClientRect().height / line);
}"""
ENDLESS = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"


def is_wider_than_its_screen(page) -> bool:  # type: ignore[no-untyped-def]
    return page.evaluate("document.documentElement.scrollWidth > innerWidth")  # type: ignore[no-any-return]


def test_long_words_and_large_amounts_fit_on_a_laptop_and_on_a_small_phone(site, cast, browser):  # type: ignore[no-untyped-def]
    office = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
    sign_in(office, site, "alice@example.com", cast.password)
    office.goto(f"{site.url}/quotes/new/")
    office.fill("[name=reach]", "amal@example.com")
    office.fill("[name=name]", f"شركة {ENDLESS}")
    office.fill("[name=line-1-description]", f"{ENDLESS} بناء 🧱")
    office.fill("[name=line-1-quantity]", "1234.5678")
    office.fill("[name=line-1-price]", "12345678.90")
    office.get_by_role("radio", name="Deposit and balance").check(force=True)
    expect(office.locator(".pay-row")).to_have_count(2)

    # What is typed can be read in its field
    cut = "[...document.querySelectorAll('.work-line input')].filter(x => x.scrollWidth > x.clientWidth + 1)"
    assert office.evaluate(f"{cut}.map(x => x.value)") == []
    assert office.evaluate("document.querySelectorAll('.work-line')[0].scrollWidth") <= office.evaluate(
        "document.querySelectorAll('.work-line')[0].clientWidth"
    )
    preview(office)
    quote = office.url
    office.get_by_role("button", name="Send", exact=True).click()
    link = office.get_by_role("link", name="Sign on this device").get_attribute("href")

    for width in (1280, 900, 320):
        office.set_viewport_size({"width": width, "height": 700})
        for address in (quote, f"{quote}edit/", f"{site.url}/quotes/", f"{site.url}/customers/", link):
            office.goto(address)
            assert not is_wider_than_its_screen(office), (width, address)


def test_a_short_word_beside_a_long_one_keeps_its_line_on_a_phone(site, cast, browser):  # type: ignore[no-untyped-def]
    job = kitchen(cast)
    record_payment(by=cast.bo, at=cast.at, job_id=job.job_id, amount_cents=10_000_00, method="check")
    phone = browser.new_context(viewport=PHONE).new_page()
    sign_in(phone, site, "bo@example.com", cast.password)
    for address in ("/books/journal/", "/books/cash/", "/payments/"):
        phone.goto(f"{site.url}{address}")
        days = phone.locator("tbody th")
        expect(days.first).to_have_text("2 Mar")
        assert days.first.evaluate(LINES) == 1, address
