"""Writing a quote: every line, every payment and the terms, with the totals following."""

import re

import pytest
from playwright.sync_api import expect

from milepost.queries.lists import messages
from tests.browser.walking import DESK, PHONE, Hand, preview, sign_in

pytestmark = pytest.mark.browser


def test_a_quote_is_written_changed_and_priced_as_one_types(site, cast, browser, photograph):  # type: ignore[no-untyped-def]
    office = browser.new_context(viewport=DESK).new_page()
    sign_in(office, site, "alice@example.com", cast.password)
    office.goto(f"{site.url}/quotes/new/")
    photograph(office, "quote-form-empty")
    office.select_option("select[name=customer]", label="Carol Reyes")

    # Two lines, the second by pressing Enter; a discount on it
    office.fill("[name=line-1-description]", "Cabinets")
    office.fill("[name=line-1-price]", "24000")
    office.press("[name=line-1-price]", "Enter")
    office.keyboard.type("Brass pulls")
    office.fill("[name=line-2-quantity]", "30")
    office.fill("[name=line-2-unit]", "pcs")
    office.fill("[name=line-2-price]", "12.50")
    office.locator("[data-row]").nth(1).get_by_text("Tax, discount, section").click()
    office.fill("[name=line-2-discount]", "10")

    # Then the schedule: its amounts follow
    office.locator("input[name=template][value=kitchen_remodel]").check(force=True)
    office.locator("#row-1-amount", has_text="6,084.38").wait_for()
    expect(office.locator("#line-2-net")).to_have_text("337.50")
    expect(office.locator("#quote-summary").get_by_text("24,337.50").first).to_be_visible()
    photograph(office, "quote-form-kitchen")
    # A milestone of its own for the pulls, which the customer may tick
    row = office.locator(".pay-row").nth(1)
    office.locator("[name=line-2-optional]").check(force=True)
    office.get_by_role("button", name="Add a milestone").click()
    office.keyboard.type("Pulls fitted")
    office.select_option("[name=row-5-basis]", "lines")
    office.locator("#row-5-lines-2").check(force=True)
    expect(office.locator("#quote-summary").get_by_text("24,000.00").first).to_be_visible()
    expect(office.locator("#quote-summary").get_by_text("337.50")).to_be_visible()
    row.get_by_text("When it is billed").click()
    assert row.locator("[name=row-2-criteria]").input_value().startswith("Rough-in inspection is signed")

    # Removing asks nothing and can be undone; Alt and the arrow move
    office.locator(".pay-row").nth(2).get_by_role("button", name="Remove this payment").click()
    expect(office.locator("#row-4-amount")).to_have_text("12,000.00")
    office.get_by_role("button", name="Bring it back").click()
    expect(office.locator("#row-4-amount")).to_have_text("4,800.00")
    office.locator("[name=line-2-description]").focus()
    office.keyboard.press("Alt+ArrowUp")
    expect(office.locator(".work-line textarea").first).to_have_value("Brass pulls")
    # So does dragging by its grip; dragged back, everything is as it was
    lines = office.locator(".work-line")
    for first in ("Cabinets", "Brass pulls"):
        lines.nth(1).locator("[data-grip]").drag_to(lines.nth(0), target_position={"x": 20, "y": 4})
        assert lines.locator("textarea").first.input_value() == first
    photograph(office, "quote-form-options")

    # A wrong price is said at its field, and nothing is lost
    office.fill("[name=line-1-price]", "24.000,00x")
    office.get_by_role("button", name="Preview").click()
    expect(office.locator(".work-line").nth(1).get_by_text("is not an amount")).to_be_visible()
    expect(office.locator(".work-line textarea").first).to_have_value("Brass pulls")
    office.fill("[name=line-1-price]", "24,000.00")
    preview(office)
    photograph(office, "quote-page-draft")
    office.get_by_role("button", name="Send", exact=True).click()
    photograph(office, "quote-page-sent")
    link = office.get_by_role("link", name="Sign on this device").get_attribute("href")

    # On the phone: the customer ticks the option, and the totals follow
    phone = browser.new_context(viewport=PHONE).new_page()
    phone.goto(link)
    photograph(phone, "offer-option")
    expect(phone.get_by_role("button", name="Sign and pay 6,000.00")).to_be_visible()
    phone.get_by_label("Brass pulls").check()
    expect(phone.get_by_role("button", name="Sign and pay 6,084.38")).to_be_visible()
    photograph(phone, "offer-option-ticked")
    phone.fill("[name=name]", "Carol Reyes")
    phone.get_by_role("button", name="Sign only, pay later").click()
    expect(phone.get_by_text("24,337.50").first).to_be_visible()
    expect(phone.get_by_text("Pulls fitted")).to_be_visible()


def test_a_press_during_which_the_totals_arrive_is_not_lost(site, cast, browser):  # type: ignore[no-untyped-def]
    office = browser.new_context(viewport=DESK).new_page()
    sign_in(office, site, "alice@example.com", cast.password)
    office.goto(f"{site.url}/quotes/new/")
    office.select_option("select[name=customer]", label="Carol Reyes")
    office.fill("[name=line-1-description]", "Cabinets")
    office.locator("input[name=template][value=kitchen_remodel]").check(force=True)
    # Whoever types a price and at once goes for the button holds it down when the totals would come and move it
    button = office.get_by_role("button", name="Preview")
    where = button.bounding_box()
    total = office.locator("#quote-summary").get_by_text("24,000.00").last
    office.fill("[name=line-1-price]", "24000")
    office.mouse.move(where["x"] + where["width"] / 2, where["y"] + where["height"] / 2)
    office.mouse.down()
    office.wait_for_timeout(1500)
    assert button.bounding_box() == where
    # Let go beside it, nothing is sent and the totals are there; let go on it, the quote is saved
    office.mouse.move(20, 20)
    office.mouse.up()
    expect(total).to_be_visible()
    assert office.url.endswith("/quotes/new/")
    button.hover()
    office.mouse.down()
    office.wait_for_timeout(1500)
    office.mouse.up()
    office.wait_for_url(re.compile(r"/quotes/\d+/$"))
    expect(office.get_by_text("24,000.00").first).to_be_visible()


def test_small_work_is_invoiced_for_somebody_who_is_only_a_phone_number(site, cast, browser, photograph):  # type: ignore[no-untyped-def]
    office = browser.new_context(viewport=PHONE).new_page()
    sign_in(office, site, "alice@example.com", cast.password)
    office.goto(f"{site.url}/invoices/new/")
    hand = Hand(office)
    hand.fill("reach", "+1 312 555 0188")
    hand.fill("line-1-description", "Unblock the kitchen drain")
    hand.fill("line-1-price", "180")
    expect(office.locator("#quote-summary").get_by_text("180.00").last).to_be_visible()
    photograph(office, "simple-invoice")
    hand.press(office.get_by_role("button", name="Send invoice"))
    assert hand.count == 4
    expect(office.get_by_text("180.00").first).to_be_visible()
    site.work()
    texts = [row for row in messages(cast.business_id).rows if row.to_address == "+13125550188"]
    assert [row.channel for row in texts] == ["text"]
    assert "$180.00" in texts[0].body_text and "/c/" in texts[0].body_text
    office.get_by_text("QR code").first.wait_for()
