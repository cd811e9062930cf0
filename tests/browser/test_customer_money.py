"""One cheque for several invoices, and the statement of account: what a bookkeeper clicks and a customer sees."""

import pytest

from milepost.actions.concessions import write_off
from milepost.queries.job_page import job_page
from milepost.queries.open_items import open_page
from tests.browser.walking import DESK, PHONE, faults, sign_in
from tests.cast import kitchen

pytestmark = pytest.mark.browser


def test_a_cheque_falls_on_the_oldest_invoices_as_it_is_typed(site, cast, browser, photograph):  # type: ignore[no-untyped-def]
    first, second = kitchen(cast), kitchen(cast)
    page = browser.new_context(viewport=DESK).new_page()
    sign_in(page, site, "bo@example.com", cast.password)
    page.goto(f"{site.url}/customers/{cast.customer_id}/")
    page.get_by_role("link", name="Record payment").click()
    page.get_by_label("Amount").press_sequentially("12500")
    page.locator(f"[name=part-{second.deposit_invoice_id}][value='2500.00']").wait_for()
    photograph(page, "cheque-for-several")
    assert faults(page) == []
    part = page.locator(f"[name=part-{second.deposit_invoice_id}]")
    part.fill("2000")
    part.press("Tab")
    page.get_by_text("Kept as customer credit").wait_for()
    page.get_by_role("button", name="Record the payment").click()
    page.get_by_text("The payment is recorded").first.wait_for()
    photograph(page, "cheque-recorded")
    items = open_page(cast.business_id, cast.customer_id).items
    assert [(item.invoice_id, item.balance.cents) for item in items] == [
        (second.deposit_invoice_id, 8_000_00)
    ]
    assert job_page(cast.business_id, first.job_id, at=cast.at).due_now.cents == 0


def test_the_statement_is_read_in_the_office_and_on_the_customer_s_phone(site, cast, browser, photograph):  # type: ignore[no-untyped-def]
    first, second = kitchen(cast), kitchen(cast)
    write_off(by=cast.bo, at=cast.at, invoice_id=second.deposit_invoice_id, amount_cents=1_000_00)
    page = browser.new_context(viewport=DESK).new_page()
    sign_in(page, site, "bo@example.com", cast.password)
    page.goto(f"{site.url}/customers/{cast.customer_id}/statement/?since=2026-03-01&until=2026-03-31")
    photograph(page, "statement")
    assert faults(page) == []
    page.goto(f"{site.url}/invoices/{second.deposit_invoice_id}/unpaid/")
    page.get_by_text("It will never be paid: write it off").click()
    photograph(page, "unpaid")
    assert faults(page) == []
    people = job_page(cast.business_id, first.job_id, at=cast.at).people
    link = next(person.url for person in people if person.pays)
    phone = browser.new_context(viewport=PHONE).new_page()
    phone.goto(f"{site.url}/c/{link.split('/c/')[1]}account/?since=2026-03-01&until=2026-03-31")
    phone.get_by_text("19,000.00").first.wait_for()
    photograph(phone, "statement-on-the-link")
    assert faults(phone) == []
