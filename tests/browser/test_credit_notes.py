"""Fix this invoice in a real browser: read what happens, confirm, the customer has both documents."""

import pytest
from playwright.sync_api import expect

from milepost.actions.invoices import send_invoice
from milepost.actions.payments import record_payment
from milepost.queries.job_page import job_page
from tests.browser.walking import DESK, PHONE, Hand, faults, sign_in, words_of
from tests.cast import kitchen

pytestmark = pytest.mark.browser


def test_an_invoice_is_fixed_in_three_presses_and_nothing_happens_before_the_last(
    site, cast, browser, photograph
):  # type: ignore[no-untyped-def]
    job = kitchen(cast)
    record_payment(by=cast.bo, at=cast.at, job_id=job.job_id, amount_cents=10_000_00, method="check")
    row = job.rows["Rough-in complete"]
    send_invoice(by=cast.bo, at=cast.at, job_id=job.job_id, row_ids=[row], by_hand=True)
    office = browser.new_context(viewport=DESK).new_page()
    refused: list[str] = []
    office.on("console", lambda told: refused.append(told.text) if told.type == "error" else None)
    sign_in(office, site, "bo@example.com", cast.password)
    office.goto(f"{site.url}/jobs/{job.job_id}/")
    hand = Hand(office)
    hand.press(office.get_by_role("link", name="Fix this invoice").last)
    office.get_by_text("Nothing of invoice 1002 is paid, so it is voided").wait_for()
    expect(office.get_by_text("6,666.67 of it was left, then 10,000.00")).to_be_visible()
    assert office.get_by_role("checkbox", name="Send it again now").is_checked()
    photograph(office, "fix-invoice")
    assert faults(office) == []
    assert job_page(cast.business_id, job.job_id, at=cast.at).stops[1].invoice.number == "1002"
    hand.fill("reason", "The old address")
    hand.press(office.get_by_role("button", name="Take invoice 1002 back"))
    office.get_by_text("The credit note and the new invoice are sent.").wait_for()
    assert hand.count == 3
    stop = job_page(cast.business_id, job.job_id, at=cast.at).stops[1]
    assert (stop.invoice.number, stop.invoice.balance.cents) == ("1003", 10_000_00)
    note = words_of(office, f"/documents/{stop.credits[0].document_id}/")
    assert "Credit note" in note and "C-1" in note and "The old address" in note
    assert "The invoice no longer counts." in note and "$10,000.00" in note
    photograph(office, "fixed")
    # On a phone nothing goes off the side
    office.set_viewport_size(PHONE)
    office.goto(f"{site.url}/invoices/{stop.invoice.id}/money-off/?amount=500&reason=A+scratch")
    office.get_by_text("The contract goes from 40,000.00 to 39,500.00").wait_for()
    photograph(office, "money-off")
    assert office.evaluate("document.documentElement.scrollWidth") <= 390
    assert faults(office) == []
    # What is typed after the page has said what happens goes along
    office.fill("[name=reason]", "A deep scratch")
    office.get_by_role("button", name="Take 500.00 off").click()
    office.get_by_text("took 500.00 off invoice 1003").wait_for()
    stop = job_page(cast.business_id, job.job_id, at=cast.at).stops[1]
    assert "A deep scratch" in words_of(office, f"/documents/{stop.credits[-1].document_id}/")
    office.goto(f"{site.url}/jobs/{job.job_id}/cancel/?keep=1000")
    office.get_by_role("button", name="Cancel the job and tell the customer").wait_for()
    photograph(office, "cancel")
    assert office.evaluate("document.documentElement.scrollWidth") <= 390
    assert faults(office) == []
    assert refused == []
