"""A quote of 360 lines stays fluent: opened, changed with the totals following, saved in one go."""

import pytest
from playwright.sync_api import expect

from milepost.queries.quote_draft import quote_draft
from tests.browser.walking import DESK, preview, sign_in
from tests.long_quotes import long_form
from tests.web.test_doors import signed_in

pytestmark = pytest.mark.browser


def test_a_line_among_360_is_changed_and_everything_follows(site, cast, browser, photograph):  # type: ignore[no-untyped-def]
    made = signed_in(cast, "alice@example.com").post("/quotes/new/", long_form(cast, 360))
    job = int(made["Location"].split("/")[2])
    office = browser.new_context(viewport=DESK).new_page()
    sign_in(office, site, "alice@example.com", cast.password)
    office.goto(f"{site.url}/quotes/{job}/edit/")
    before = office.locator("#quote-summary .summary-more").inner_text()

    # A price near the end, then a new line by Enter, then the same line moved up
    office.fill("[name=line-358-price]", "1000")
    office.fill("[name=line-358-quantity]", "2")
    expect(office.locator("#line-358-net")).to_have_text("2,000.00")
    assert office.locator("#quote-summary .summary-more").inner_text() != before
    office.focus("[name=line-360-price]")
    office.keyboard.press("Enter")
    office.keyboard.type("One more")
    office.fill("[name=line-361-price]", "12.50")
    expect(office.locator("#line-361-net")).to_have_text("12.50")
    office.focus("[name=line-361-description]")
    office.keyboard.press("Alt+ArrowUp")

    preview(office)
    photograph(office, "long-quote")
    stored = quote_draft(cast.business_id, job).quote.lines
    assert len(stored) == 361
    assert [line.description for line in stored[358:]] == [
        "Position 359: supply and fit",
        "One more",
        "Position 360: supply and fit",
    ]
    assert stored[357].unit_price == 1000
