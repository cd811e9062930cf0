"""Taxes by hand: prices with tax while one types, a tax that the customer owes, the accounting's page."""

from decimal import Decimal

import pytest
from playwright.sync_api import expect

from milepost.actions.businesses import add_tax_code
from tests.browser.walking import DESK, sign_in

pytestmark = pytest.mark.browser


def test_a_price_is_said_to_include_its_tax_and_the_totals_follow(site, cast, browser, photograph):  # type: ignore[no-untyped-def]
    add_tax_code(by=cast.alice, at=cast.at, name="VAT", percent=Decimal(24), is_default=True)
    office = browser.new_context(viewport=DESK).new_page()
    sign_in(office, site, "alice@example.com", cast.password)
    office.goto(f"{site.url}/quotes/new/")
    summary = office.locator("#quote-summary")
    office.fill("[name=line-1-description]", "Tiles")
    office.fill("[name=line-1-price]", "100")
    expect(summary.get_by_text("124.00").first).to_be_visible()
    office.get_by_label("Prices include tax").check()
    expect(summary.get_by_text("80.65")).to_be_visible()
    expect(summary.get_by_text("19.35")).to_be_visible()
    expect(office.locator("#line-1-net")).to_have_text("100.00")
    photograph(office, "taxes/prices-include-tax")

    office.goto(f"{site.url}/settings/accounting/")
    photograph(office, "taxes/accounting")
    office.get_by_label("Tax of a deposit").select_option(label="Due when the deposit is paid")
    office.get_by_role("button", name="Save").click()
    expect(office.get_by_label("Tax of a deposit")).to_have_value("at_payment")

    office.goto(f"{site.url}/settings/taxes/")
    office.fill("[name=tax_name] >> nth=-1", "Reverse charge")
    office.fill("[name=percent]", "0")
    office.get_by_label("Kind").select_option("reverse_charge")
    office.get_by_role("button", name="Add tax").click()
    expect(office.locator("details", has_text="VAT 24 %")).to_contain_text("on every new line")
    office.get_by_text("Reverse charge 0 %").click()
    expect(office.get_by_label("Words on documents").first).to_be_visible()
    photograph(office, "taxes/taxes")
