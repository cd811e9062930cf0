"""Lists with the mouse, the keys, and on a phone."""

from decimal import Decimal

import pytest

from milepost.core.quote_input import LineInput, QuoteInput, RowInput
from tests.browser.walking import DESK, PHONE, sign_in
from tests.cast import kitchen

pytestmark = pytest.mark.browser


def test_a_list_is_sorted_by_its_heads_and_walked_with_the_arrows(site, cast, browser):  # type: ignore[no-untyped-def]
    page = browser.new_context(viewport=DESK).new_page()
    for title in ("Shed", "Arch"):
        kitchen(
            cast, quote=QuoteInput(title, (LineInput(title, Decimal(500)),), (RowInput("All", "remainder"),))
        )
    sign_in(page, site, "alice@example.com", cast.password)
    page.goto(f"{site.url}/jobs/")
    rows = page.locator("tbody th a")
    assert rows.all_inner_texts() == ["Arch", "Shed"]
    page.get_by_role("columnheader", name="Job").get_by_role("link").click()
    page.get_by_role("columnheader", name="Total").get_by_role("link").click()
    page.wait_for_url("**sort=total**")
    assert page.locator("th[aria-sort=descending]").inner_text().startswith("Total")
    rows.first.focus()
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.textContent") == rows.nth(1).inner_text()
    page.set_viewport_size(PHONE)
    page.get_by_text("Sorted by: Total").click()
    page.get_by_role("link", name="Customer", exact=True).click()
    page.wait_for_url("**sort=customer**")
    assert page.locator("th[aria-sort]").get_attribute("aria-sort") == "ascending"
