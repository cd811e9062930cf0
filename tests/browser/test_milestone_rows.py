"""A payment of the schedule in full: its event, its days, who accepts it, its own terms."""

import pytest
from playwright.sync_api import expect

from milepost.actions.work import complete_milestone
from milepost.queries.job_page import job_page
from milepost.queries.quote_draft import quote_draft
from tests.actions.test_milestone_rows import MIXED
from tests.browser.walking import DESK, PHONE, faults, preview, sign_in
from tests.cast import kitchen

pytestmark = pytest.mark.browser


def test_a_payment_is_written_in_full_and_the_customer_reads_it(site, cast, browser, photograph):  # type: ignore[no-untyped-def]
    office = browser.new_context(viewport=DESK).new_page()
    sign_in(office, site, "alice@example.com", cast.password)
    office.goto(f"{site.url}/quotes/new/")
    expect(office.locator("#people option")).to_have_count(0)

    # The people to choose from are those of the customer that is chosen
    office.select_option("select[name=customer]", label="Carol Reyes")
    expect(office.locator("#people option")).to_have_count(2)
    office.fill("[name=line-1-description]", "Kitchen")
    office.fill("[name=line-1-price]", "40000")
    office.locator("input[name=template][value=kitchen_remodel]").check(force=True)
    row = office.locator(".pay-row").nth(1)
    row.get_by_text("When it is billed").click()
    row.get_by_label("Who accepts it").fill("Somebody")
    row.get_by_label("Work from").fill("2027-04-06")
    row.get_by_label("Work until").fill("2027-04-02")
    row.get_by_label("Days to pay it").fill("21")
    row.get_by_label("The event comes").select_option("after")
    row.get_by_label("The event is on").fill("2027-04-13")
    photograph(office, "row-in-full")
    assert faults(office) == []

    # What is wrong is said at the payment, whose fold is open; nothing is lost
    office.get_by_role("button", name="Preview").click()
    row = office.locator(".pay-row").nth(1)
    expect(row.get_by_text("It would end before it begins.")).to_be_visible()
    row.get_by_label("Work until").fill("2027-04-10")
    office.get_by_role("button", name="Preview").click()
    row = office.locator(".pay-row").nth(1)
    expect(row.get_by_text("“Somebody” is none of the customer’s people.")).to_be_visible()
    expect(row.get_by_label("Days to pay it")).to_have_value("21")
    row.get_by_label("Who accepts it").fill("Pat Reyes")
    preview(office)
    photograph(office, "row-in-full-preview")
    job = int(office.url.rstrip("/").rsplit("/", 1)[1])
    stored = quote_draft(cast.business_id, job).quote.rows[1]
    assert (stored.approver, stored.net_days, stored.event_follows) == ("Pat Reyes", 21, True)
    assert faults(office) == []

    # And on the customer's phone
    office.get_by_role("button", name="Send", exact=True).click()
    link = office.get_by_role("link", name="Sign on this device").get_attribute("href")
    phone = browser.new_context(viewport=PHONE).new_page()
    phone.goto(link)
    words = phone.locator("#offer-road").inner_text()
    assert "Accepted by Pat Reyes." in words and "Due within 21 days of its invoice." in words
    assert words.index("Rough-in complete") < words.index("Rough-in inspection")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    photograph(phone, "row-in-full-offer")
    assert faults(phone) == []


def test_on_a_phone_the_same_fields_fit_and_only_the_named_person_has_the_button(
    site, cast, browser, photograph
):  # type: ignore[no-untyped-def]
    job = kitchen(cast, quote=MIXED)
    complete_milestone(by=cast.tess, at=cast.at, job_id=job.job_id, row_id=job.rows["Rough-in complete"])
    links = {p.name: p.url for p in job_page(cast.business_id, job.job_id, at=cast.at).people}
    for name, sees in (("Carol Reyes", False), ("Pat Reyes", True)):
        phone = browser.new_context(viewport=PHONE).new_page()
        phone.goto(links[name])
        assert phone.get_by_role("button", name="Accept “Rough-in complete”").is_visible() is sees
        assert phone.get_by_text("Waits for Pat Reyes to accept it.").is_visible() is not sees
        assert phone.get_by_text("“Rough-in complete” is done and waits for you").is_visible() is sees
        assert phone.evaluate("document.documentElement.scrollWidth") <= 390
        photograph(phone, f"row-accept-{name.split()[0].lower()}")
        assert faults(phone) == []
    phone.get_by_role("link", name="Look at it").click()
    expect(phone.get_by_role("button", name="Accept “Rough-in complete”")).to_be_in_viewport()
    phone.get_by_role("button", name="Accept “Rough-in complete”").click()
    expect(phone.get_by_text("Accepted by Pat Reyes.")).to_be_visible()

    office = browser.new_context(viewport=PHONE).new_page()
    sign_in(office, site, "alice@example.com", cast.password)
    office.goto(f"{site.url}/quotes/new/?template=kitchen_remodel")
    office.locator(".pay-row").nth(1).get_by_text("When it is billed").click()
    photograph(office, "row-in-full-phone")
    assert office.evaluate("document.documentElement.scrollWidth") <= 390
    assert faults(office) == []
