"""Items on a quote's line: typed, chosen with the keys or a finger, kept from a line."""

from decimal import Decimal

import pytest
from playwright.sync_api import expect

from milepost.actions.businesses import add_tax_code
from milepost.actions.items import save_item
from milepost.core.item_input import ItemInput
from milepost.queries.items import all_items
from tests.browser.walking import DESK, PHONE, faults, sign_in

pytestmark = pytest.mark.browser


def test_a_line_is_filled_from_the_price_book_with_the_keys_alone(site, cast, browser, photograph):  # type: ignore[no-untyped-def]
    tax = add_tax_code(by=cast.alice, at=cast.at, name="Sales tax", percent=Decimal("8.25"))
    add_tax_code(by=cast.alice, at=cast.at, name="City tax", percent=Decimal(1))
    for name, price in (("Brass pull", "12.3456"), ("Brass hinge", "4.5"), ("Cabinet, brass feet", "900")):
        item = ItemInput(name, Decimal(price), f"{name}, polished", "pcs", "Hardware", (tax,))
        save_item(by=cast.alice, at=cast.at, item=item)
    office = browser.new_context(viewport=DESK).new_page()
    refused: list[str] = []
    office.on(
        "console",
        lambda told: (
            refused.append(f"{told.text} {told.location} {office.url}") if told.type == "error" else None
        ),
    )
    sign_in(office, site, "alice@example.com", cast.password)
    office.goto(f"{site.url}/quotes/new/")
    office.select_option("select[name=customer]", label="Carol Reyes")
    expect(office.locator("#people option")).to_have_count(2)
    expect(office.locator("#people-of.htmx-settling")).to_have_count(0)

    # Typing offers what may be meant; Escape leaves what is typed; the arrows choose, Enter takes
    office.focus("[name=line-1-description]")
    office.keyboard.type("bra")
    offered = office.locator("#suggestions [role=option]")
    expect(offered).to_have_count(3)
    expect(office.locator("#suggestions-status")).to_contain_text("Saved items found: 3")
    photograph(office, "items-suggested")
    office.keyboard.press("Escape")
    expect(offered).to_have_count(0)
    office.keyboard.type("ss")
    expect(offered).to_have_count(3)
    office.keyboard.press("ArrowDown")
    office.keyboard.press("ArrowDown")
    assert office.get_attribute("[name=line-1-description]", "aria-activedescendant") == "suggestion-1"
    office.keyboard.press("Enter")

    # The line is filled, the cursor waits at the quantity, the totals follow
    assert office.input_value("[name=line-1-description]") == "Brass pull, polished"
    assert office.input_value("[name=line-1-unit]") == "pcs"
    assert office.input_value("[name=line-1-price]") == "12.3456"
    assert office.input_value("[name=line-1-section]") == "Hardware"
    assert office.locator("[name=line-1-tax]").evaluate_all("boxes => boxes.map(box => box.checked)") == [
        True,
        False,
    ]
    office.keyboard.type("30")
    expect(office.locator("#line-1-net")).to_have_text("370.37")

    # Enter without a choice goes on to the next line, which is typed and kept as an item
    office.keyboard.press("Enter")
    office.keyboard.type("Polish everything")
    office.fill("[name=line-2-price]", "60")
    office.locator("[data-row]").nth(1).get_by_text("Tax, discount, section").click()
    office.locator("[data-row]").nth(1).get_by_role("button", name="Save as item").click()
    expect(
        office.locator("[data-row]").nth(1).get_by_text("“Polish everything” is in your items.")
    ).to_be_visible()
    photograph(office, "items-saved-from-line")
    assert "Polish everything" in [item.name for item in all_items(cast.business_id)]
    assert refused == []
    assert faults(office) == []


def test_the_price_book_on_a_phone(site, cast, browser, photograph):  # type: ignore[no-untyped-def]
    save_item(
        by=cast.alice,
        at=cast.at,
        item=ItemInput("Brass pull", Decimal("12.5"), "Brass pull, 128 mm", "pcs", "Hardware"),
    )
    phone = browser.new_context(viewport=PHONE).new_page()
    sign_in(phone, site, "alice@example.com", cast.password)
    phone.goto(f"{site.url}/settings/items/")
    photograph(phone, "items-phone")
    assert faults(phone) == []
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    phone.get_by_role("link", name="Brass pull").click()
    photograph(phone, "item-phone")
    assert faults(phone) == []

    phone.goto(f"{site.url}/settings/items/import/")
    wrong = {"name": "items.csv", "mimeType": "text/csv", "buffer": b"Name,Price\nTap,eighty\n"}
    phone.set_input_files("input[name=table]", wrong)
    phone.get_by_role("button", name="Take it in").click()
    expect(phone.get_by_text("“eighty” is not an amount")).to_be_visible()
    photograph(phone, "items-import-phone")
    assert faults(phone) == []
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390

    # A finger chooses as well
    phone.goto(f"{site.url}/quotes/new/")
    phone.locator("[name=line-1-description]").press_sequentially("pull")
    expect(phone.locator("#quote-summary")).to_contain_text("0.00")
    phone.locator("#suggestions [role=option]").first.wait_for()
    assert faults(phone) == []
    phone.locator("#suggestions [role=option]").first.click()
    assert phone.input_value("[name=line-1-description]") == "Brass pull, 128 mm"
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
