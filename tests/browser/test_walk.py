"""One job walked in a real browser: quoted in the office, signed and paid on a phone, done, sent, paid, closed."""

import pytest

from tests.browser.walking import DESK, PHONE, pay_at_the_gateway, photo, sign_in

pytestmark = pytest.mark.browser


def test_a_kitchen_is_quoted_signed_paid_done_and_closed(site, cast, browser, photograph):  # type: ignore[no-untyped-def]
    office = browser.new_context(viewport=DESK).new_page()
    phone = browser.new_context(viewport=PHONE).new_page()
    field = browser.new_context(viewport=PHONE).new_page()
    sign_in(office, site, "alice@example.com", cast.password)
    photograph(office, "01-needs-you")

    # Quote and send: New, customer, template, description, price, Preview, Send
    office.get_by_role("link", name="New", exact=True).click()
    office.select_option("select[name=customer]", label="Carol Reyes")
    office.locator("input[name=template][value=kitchen_remodel]").check(force=True)
    office.fill("[name=line-1-description]", "Kitchen remodel")
    office.fill("[name=line-1-price]", "40000.00")
    photograph(office, "02-new-quote")
    office.get_by_role("button", name="Preview").click()
    for amount in ("10,000.00", "12,000.00", "8,000.00", "40,000.00"):
        assert office.get_by_text(amount).first.is_visible()
    office.get_by_role("button", name="Send", exact=True).click()
    photograph(office, "03-quote-sent")
    link = office.get_by_role("link", name="Sign on this device").first.get_attribute("href")
    site.work()

    # Sign and pay the deposit in one sitting
    phone.goto(link)
    photograph(phone, "04-offer")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    assert phone.locator("input[name=method][value=bank]").is_checked()
    phone.fill("input[name=name]", "Carol Reyes")
    phone.locator("input[name=method][value=card]").check(force=True)
    phone.get_by_role("button", name="Sign and pay 10,000.00").click()
    photograph(phone, "05-pay")
    pay_at_the_gateway(phone)
    assert phone.get_by_text("Thank you, it is paid").is_visible()
    photograph(phone, "06-paid")
    site.work()

    # Done with a photo, sent with one more tap; paid by the customer's link; three times over
    sign_in(field, site, "tess@example.com", cast.password)
    for number, amount in enumerate(("10,000.00", "12,000.00", "8,000.00"), start=1):
        field.goto(f"{site.url}/field/")
        photograph(field, f"07-today-{number}")
        field.get_by_role("link", name="Open").first.click()
        field.set_input_files("input[name=photo]", photo())
        if field.locator("input[name=inspection]").count():
            field.set_input_files("input[name=inspection]", photo())
        field.get_by_role("button", name="Done", exact=True).click()
        if not field.get_by_role("button", name=f"Send {amount}").count():
            phone.goto(link)
            phone.get_by_role("button", name="Accept").click()
            field.reload()
        field.get_by_role("button", name=f"Send {amount}").click()
        assert field.get_by_role("heading", name=f"{amount} sent").is_visible()
        photograph(field, f"08-sent-{number}")
        site.work()
        phone.goto(link)
        photograph(phone, f"09-due-{number}")
        phone.locator("input[name=method][value=card]").check(force=True)
        phone.get_by_role("button", name=f"Pay {amount}").click()
        pay_at_the_gateway(phone)
        site.work()

    # The end: nothing left
    phone.goto(link)
    assert phone.get_by_text("Everything is paid. Thank you.").is_visible()
    photograph(phone, "10-all-done")
    office.goto(f"{site.url}/jobs/")
    office.get_by_role("link", name="Kitchen remodel").first.click()
    assert office.get_by_text("Closed", exact=True).first.is_visible()
    photograph(office, "11-closed")
    check_the_books(cast)


def check_the_books(cast) -> None:  # type: ignore[no-untyped-def]
    """Cash came in, revenue is earned, nothing is owed either way."""
    from milepost.queries.ledger import account_balances

    balances = {row.code: row.balance.cents for row in account_balances(cast.business_id)}
    assert balances["cash"] == 40_000_00
    assert balances.get("receivables", 0) == 0
    assert balances.get("deposits", 0) == 0
