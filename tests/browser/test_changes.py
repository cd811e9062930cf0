"""A change order in a real browser: simulated in the office, offered, signed on a phone; six taps in the field."""

import pytest
from playwright.sync_api import expect

from milepost.queries.job_page import job_page
from milepost.queries.lists import messages
from tests.browser.walking import DESK, PHONE, Hand, faults, photo, sign_in, words_of
from tests.cast import kitchen
from tests.web.test_changes import BY_PERCENT

pytestmark = pytest.mark.browser


def looked_at(page, photograph, name: str, most: int) -> None:  # type: ignore[no-untyped-def]
    """A picture is kept, nothing is serious for axe, nothing goes off the side."""
    photograph(page, name)
    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= most


def test_the_simulator_follows_while_a_change_is_written_and_the_customer_signs_it(
    site, cast, browser, photograph
):  # type: ignore[no-untyped-def]
    job = kitchen(cast, quote=BY_PERCENT)
    office = browser.new_context(viewport=DESK).new_page()
    refused: list[str] = []
    office.on("console", lambda told: refused.append(told.text) if told.type == "error" else None)
    sign_in(office, site, "alice@example.com", cast.password)
    office.goto(f"{site.url}/jobs/{job.job_id}/")
    office.get_by_role("link", name="Change", exact=True).click()
    office.fill("[name=reason]", "The island that you asked for")
    office.fill("[name=line-1-description]", "Island with sink")
    office.fill("[name=line-1-price]", "4000")
    simulator = office.locator("#simulator")
    expect(simulator.get_by_text("11,333.33").first).to_be_visible()
    for amount in ("13,600.00", "9,066.67", "44,000.00"):
        expect(simulator.get_by_text(amount).first).to_be_visible()
    expect(simulator.get_by_text("Billed, so it stays.")).to_have_count(1)
    expect(office.locator("#line-1-net")).to_have_text("4,000.00")
    looked_at(office, photograph, "change-form", 1440)

    # One line on the next payment is simple: the table folds away, the sentence stays
    office.locator("input[name=placement][value=next]").check(force=True)
    expect(office.locator("#change-summary")).to_contain_text("goes from 10,000.00 to 14,000.00")
    expect(office.locator("#simulator table").first).not_to_be_visible()
    office.locator("input[name=placement][value=spread]").check(force=True)
    expect(simulator.get_by_text("11,333.33").first).to_be_visible()

    # What is in the contract can change as well
    office.get_by_text("Change or remove what is in the contract").click()
    office.locator(".old-line > summary").click()
    office.locator(".old-line input[name$=-price]").fill("41000")
    expect(office.locator("#change-summary")).to_contain_text("45,000.00")
    photograph(office, "change-form-lines")
    office.locator(".old-line input[name$=-price]").fill("40000")
    expect(office.locator("#change-summary")).to_contain_text("44,000.00")
    office.get_by_role("button", name="Send to Carol Reyes").click()
    office.get_by_text("The change is sent.").wait_for()
    looked_at(office, photograph, "change-sent", 1440)
    assert refused == []

    # The letter leads to the change; the customer sees every payment before and after, and signs
    site.work()
    letter = next(
        row for row in messages(cast.business_id).rows if row.kind == "change_sent" and row.channel == "email"
    )
    link = next(word for word in letter.body_text.split() if "/changes/" in word)
    phone = browser.new_context(viewport=PHONE).new_page()
    phone.goto(link)
    looked_at(phone, photograph, "change-on-the-link", 390)
    phone.fill("[name=name]", "Carol Reyes")
    phone.get_by_role("button", name="Sign: +4,000.00").click()
    phone.get_by_text("Carol Reyes signed +4,000.00").wait_for()
    looked_at(phone, photograph, "change-signed-on-the-link", 390)
    phone.get_by_role("link", name="See the whole job").click()
    expect(phone.get_by_text("Original contract")).to_be_visible()
    looked_at(phone, photograph, "change-portal-job", 390)
    office.goto(f"{site.url}/jobs/{job.job_id}/")
    expect(office.locator(".money-bar .bar-post")).to_have_count(1)
    looked_at(office, photograph, "change-job", 1440)
    paper = words_of(office, office.get_by_role("link", name="Change order CO-1").first.get_attribute("href"))
    assert "Carol Reyes" in paper and "44,000.00" in paper


def test_two_more_outlets_in_the_field_are_six_taps(site, cast, browser, photograph):  # type: ignore[no-untyped-def]
    job = kitchen(cast)
    field = browser.new_context(viewport=PHONE).new_page()
    sign_in(field, site, "tess@example.com", cast.password)
    field.goto(f"{site.url}/field/jobs/{job.job_id}/")
    photograph(field, "field-job-before-change")
    hand = Hand(field)
    hand.press(field.get_by_role("link", name="Change", exact=True))
    looked_at(field, photograph, "field-change", 390)
    hand.fill("what", "Two more outlets")
    hand.fill("price", "180.00")
    hand.press(field.get_by_role("button", name="Hand over the phone"))
    expect(field.get_by_text("Your next payment goes from 10,000.00 to 10,180.00")).to_be_visible()
    looked_at(field, photograph, "field-change-hand-over", 390)
    hand.fill("name", "Carol Reyes")
    hand.press(field.get_by_role("button", name="Sign: +180.00"))
    assert hand.count == 6
    expect(field.get_by_text("Carol Reyes signed +180.00")).to_be_visible()
    looked_at(field, photograph, "field-change-signed", 390)

    # The amounts, on the job's page
    page = job_page(cast.business_id, job.job_id, at=cast.at)
    assert [stop.amount.cents for stop in page.stops] == [10_000_00, 10_180_00, 12_000_00, 8_000_00]
    assert (page.bar.quoted.cents, page.original.cents, page.changed.cents) == (40_180_00, 40_000_00, 180_00)

    # The messages
    site.work()
    told = {(row.kind, row.to_address): row for row in messages(cast.business_id).rows}
    for address in ("carol@example.com", "pat@example.com"):
        letter = told["change_approved", address]
        assert "+$180.00" in letter.body_text and "$40,180.00" in letter.body_text

    # The next invoice, billed by the same technician, says the contract before, the change and after
    field.get_by_role("link", name="Back to the job").click()
    looked_at(field, photograph, "field-job-after-change", 390)
    field.set_input_files("input[name=photo]", photo())
    field.get_by_role("button", name="Done", exact=True).click()
    field.get_by_role("button", name="Send 10,180.00 to Pat").click()
    site.work()
    stops = job_page(cast.business_id, job.job_id, at=cast.at).stops
    invoice = next(stop.invoice for stop in stops if stop.name == "Rough-in complete")
    sign_in(office := browser.new_context(viewport=DESK).new_page(), site, "bo@example.com", cast.password)
    paper = words_of(office, f"{site.url}/documents/{invoice.document_id}/")
    for words in (
        "Original contract 40,000.00",
        "Change orders +180.00",
        "Contract total 40,180.00",
        "10,180.00",
    ):
        assert words in paper


def test_the_owner_is_asked_by_mail_and_answers_from_the_phone(site, cast, browser, photograph):  # type: ignore[no-untyped-def]
    job = kitchen(cast)
    field = browser.new_context(viewport=PHONE).new_page()
    sign_in(field, site, "tess@example.com", cast.password)
    field.goto(f"{site.url}/field/jobs/{job.job_id}/changes/new/")
    field.fill("[name=what]", "A skylight over the sink")
    field.fill("[name=price]", "900")
    field.get_by_role("button", name="Hand over the phone").click()
    looked_at(field, photograph, "field-change-too-much", 390)
    assert field.get_by_role("button", name="Sign").count() == 0
    field.get_by_role("button", name="Ask the office").click()
    field.get_by_text("The office has it").wait_for()

    site.work()
    letter = next(row for row in messages(cast.business_id).rows if row.kind == "change_asked_office")
    link = next(word for word in letter.body_text.split() if "/changes/" in word)
    owner = browser.new_context(viewport=PHONE, color_scheme="dark").new_page()
    sign_in(owner, site, "alice@example.com", cast.password)
    owner.goto(link)
    expect(owner.get_by_text("Tess Tanaka asks you")).to_be_visible()
    looked_at(owner, photograph, "change-asked-phone", 390)
    owner.get_by_role("button", name="Send to Carol Reyes").click()
    owner.get_by_text("The change is sent.").wait_for()
    looked_at(owner, photograph, "change-asked-sent-phone", 390)
    site.work()
    sent = [row for row in messages(cast.business_id).rows if row.kind == "change_sent"]
    assert {row.to_name for row in sent} == {"Carol Reyes"}
    assert all("+$900.00" in row.body_text for row in sent)


def test_another_quantity_is_offered_in_three_clicks(site, cast, browser, photograph):  # type: ignore[no-untyped-def]
    job = kitchen(cast)
    office = browser.new_context(viewport=DESK).new_page()
    sign_in(office, site, "alice@example.com", cast.password)
    office.goto(f"{site.url}/jobs/{job.job_id}/")
    office.get_by_text("What is in the contract").click()
    hand = Hand(office)
    hand.press(office.locator(".quick-change > summary").first)
    hand.fill("quantity", "1.1")
    expect(office.locator(".quick-change [role=status]")).to_contain_text("+4,000.00")
    looked_at(office, photograph, "change-quantity", 1440)
    hand.press(office.get_by_role("button", name="Offer this change"))
    assert hand.count == 3
    office.get_by_text("Kitchen remodel: 1.1 instead of 1").first.wait_for()
    looked_at(office, photograph, "change-quantity-sent", 1440)
