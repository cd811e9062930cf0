"""Where an amount comes from, a part taken back, a signed quote corrected: read in a real browser, desk and phone."""

import pytest

from milepost.actions.credit_notes import take_back_part
from milepost.actions.invoices import send_invoice
from milepost.actions.payments import record_payment
from milepost.queries.job_page import job_page
from tests.browser.walking import DESK, PHONE, Hand, faults, sign_in
from tests.cast import kitchen

pytestmark = pytest.mark.browser


def is_calm(page, photograph, name: str, width: int) -> None:  # type: ignore[no-untyped-def]
    photograph(page, name)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert faults(page) == []


def test_an_amount_on_the_road_opens_where_it_comes_from(site, cast, browser, photograph):  # type: ignore[no-untyped-def]
    job = kitchen(cast)
    record_payment(by=cast.bo, at=cast.at, job_id=job.job_id, amount_cents=10_000_00, method="check")
    row = job.rows["Rough-in complete"]
    invoice = send_invoice(by=cast.bo, at=cast.at, job_id=job.job_id, row_ids=[row], by_hand=True)
    take_back_part(
        by=cast.bo, at=cast.at, invoice_id=invoice, amount_cents=2_000_00, reason="One wall is open"
    )
    office = browser.new_context(viewport=DESK, color_scheme="dark").new_page()
    sign_in(office, site, "bo@example.com", cast.password)
    office.goto(f"{site.url}/jobs/{job.job_id}/")
    is_calm(office, photograph, "job-with-a-part-taken-back", 1440)
    hand = Hand(office)
    hand.press(office.locator(".stop-facts a.why").nth(3))
    office.get_by_text("Agreed as an amount: 12,000.00.").wait_for()
    assert hand.count == 1
    is_calm(office, photograph, "explained", 1440)
    # The customer reads the same on a phone
    found = job_page(cast.business_id, job.job_id, at=cast.at)
    link = next(person.url for person in found.people if person.approves)
    phone = browser.new_context(viewport=PHONE).new_page()
    phone.goto(f"{site.url}/c/{link.split('/c/')[1]}")
    phone.locator(".stop-facts a.why").first.click()
    phone.get_by_text("25 % of the contract total of 40,000.00, rounded by itself: 10,000.00.").wait_for()
    is_calm(phone, photograph, "explained-phone", 390)


def test_a_part_is_taken_back_in_three_presses_and_two_fields(site, cast, browser, photograph):  # type: ignore[no-untyped-def]
    job = kitchen(cast)
    row = job.rows["Rough-in complete"]
    send_invoice(by=cast.bo, at=cast.at, job_id=job.job_id, row_ids=[row], by_hand=True)
    office = browser.new_context(viewport=DESK).new_page()
    sign_in(office, site, "bo@example.com", cast.password)
    office.goto(f"{site.url}/jobs/{job.job_id}/")
    hand = Hand(office)
    hand.press(office.get_by_role("link", name="Take back a part").last)
    hand.fill("amount", "25 %")
    hand.fill("reason", "One wall is open")
    hand.press(office.get_by_role("button", name="Show what happens"))
    office.get_by_text("Work for 2,500.00 is not billed any more").wait_for()
    is_calm(office, photograph, "part-taken-back", 1440)
    hand.press(office.get_by_role("button", name="Take 2,500.00 back"))
    office.get_by_text("took 2,500.00 off invoice 1002.").first.wait_for()
    assert hand.count == 5
    office.set_viewport_size(PHONE)
    is_calm(office, photograph, "job-after-a-part", 390)


def test_a_signed_quote_is_corrected_from_its_job(site, cast, browser, photograph):  # type: ignore[no-untyped-def]
    job = kitchen(cast)
    office = browser.new_context(viewport=PHONE, color_scheme="dark").new_page()
    sign_in(office, site, "alice@example.com", cast.password)
    office.goto(f"{site.url}/jobs/{job.job_id}/")
    office.get_by_role("link", name="Correct the quote").click()
    office.get_by_text("what Carol Reyes signed stands").wait_for()
    is_calm(office, photograph, "correct-the-quote", 390)
    office.get_by_role("button", name="Write the new version").click()
    office.wait_for_url("**/edit/")
    office.goto(f"{site.url}/jobs/{job.job_id}/")
    office.get_by_text("A corrected version, Q-1001-2, is on its way").wait_for()
    is_calm(office, photograph, "corrected-on-its-way", 390)
