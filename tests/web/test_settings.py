"""The settings: each is checked where it is typed, and what is signed keeps its terms."""

from dataclasses import replace
from decimal import Decimal

import pytest

from milepost.actions.businesses import add_tax_code
from milepost.actions.customers import CustomerInput, change_customer
from milepost.queries.job_page import job_page
from milepost.queries.lists import choices
from milepost.queries.portal_people import portal_links
from milepost.queries.stored import document_facts
from tests.cast import KITCHEN, kitchen
from tests.web.test_doors import signed_in

BUSINESS = {
    "name": "Northside Kitchens and Baths",
    "email": "office@example.com",
    "phone": "312 555 0177",
    "address": "1 Main St",
    "registration": "",
    "licence": "GC-77",
    "brand_color": "#8a3b12",
}


def test_the_business_is_changed_and_its_phone_is_kept_as_it_is_dialled(cast):
    alice = signed_in(cast, "alice@example.com")
    assert alice.post("/settings/business/", BUSINESS).status_code == 302
    business = choices(cast.business_id).business
    assert (business.name, business.phone) == ("Northside Kitchens and Baths", "+13125550177")


@pytest.mark.parametrize(
    ("section", "field", "wrong", "said"),
    [
        ("business", "name", "", "A business needs a name."),
        ("business", "email", "office", "is not an email address"),
        ("business", "phone", "12", "is not a phone number"),
        ("business", "brand_color", "green", "is not a colour"),
        ("business", "licence", "x" * 101, "This is too long: at most 100 characters."),
        ("terms", "net_days", "-1", "Write a whole number from 0 to 999."),
        ("terms", "change_days", "soon", "Write a whole number from 0 to 999."),
        ("terms", "field_change_cents", "a little", "is not an amount"),
        ("terms", "late_fee_monthly", "NaN", "is not an amount"),
        ("terms", "late_fee_monthly", "21", "This goes from 0 to 20."),
        ("paid", "bank_from_cents", "1e400", "is not an amount"),
        ("place", "timezone", "Mars/Olympus", "is not one of the choices"),
        ("place", "locale", "xx-XX", "is not one of the choices"),
        ("accounting", "recovery", "all", "is not one of the choices"),
        ("accounting", "deposit_tax", "never", "is not one of the choices"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_that_was_typed_is_lost(
    cast, section, field, wrong, said
):
    alice = signed_in(cast, "alice@example.com")
    valid = {
        "business": BUSINESS,
        "paid": {"bank_from_cents": "3000", "small_difference_cents": "0.05", "transfer_details": "IBAN 12", "cheque_details": ""},
        "terms": {"net_days": "10", "late_fee_monthly": "1.5", "grace_days": "5", "early_percent": "0", "early_days": "0", "pause_after_days": "14",
                  "approval_days": "3", "change_days": "14", "field_change_cents": "500"},
        "place": {"timezone": "America/Chicago", "locale": "en-US", "holidays": "US"},
        "accounting": {"recovery": "first", "deposit_tax": "at_payment", "tax_at": "document", "tax_per": "line",
                           "tax_rounding": "down"},
    }[section]  # fmt: skip
    answer = alice.post(f"/settings/{section}/", {**valid, field: wrong})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert said in page
    typed = next(text for name, text in valid.items() if name != field and text)
    assert typed in page
    assert alice.post(f"/settings/{section}/", valid).status_code == 302


def test_new_terms_leave_what_is_signed_alone_and_stand_in_the_next_quote(cast):
    job = kitchen(cast)
    alice = signed_in(cast, "alice@example.com")
    before = job_page(cast.business_id, job.job_id, at=cast.at).clauses
    alice.post(
        "/settings/terms/",
        {"net_days": "30", "late_fee_monthly": "1.5", "grace_days": "5", "early_percent": "0", "early_days": "0", "pause_after_days": "14",
         "approval_days": "5", "change_days": "14", "field_change_cents": "500"},
    )  # fmt: skip
    assert job_page(cast.business_id, job.job_id, at=cast.at).clauses == before
    page = alice.get("/quotes/new/").content.decode()
    assert "Each invoice is due within 30 days" in page
    assert "late fee of 1.5 percent a month" in page


def test_a_tax_is_added_put_on_new_lines_and_retired(cast):
    alice = signed_in(cast, "alice@example.com")
    alice.post("/settings/taxes/", {"tax_name": "City tax", "percent": "2.25", "is_default": "on"})
    assert "City tax 2.25 %" in alice.get("/quotes/new/").content.decode()
    tax = next(tax for tax in choices(cast.business_id).taxes if tax.name == "City tax")
    alice.post(f"/settings/taxes/{tax.id}/retirement/")
    assert "City tax" not in alice.get("/quotes/new/").content.decode()
    mallory = signed_in(cast, "mallory@example.com")
    assert mallory.post(f"/settings/taxes/{tax.id}/retirement/").status_code == 404


def test_the_customer_s_page_wears_the_business_s_colour_and_words_on_it_can_be_read(cast):
    job = kitchen(cast)
    alice = signed_in(cast, "alice@example.com")
    alice.post("/settings/business/", {**BUSINESS, "brand_color": "#f0ac1e"})
    link = next(p.url for p in job_page(cast.business_id, job.job_id, at=cast.at).people if p.pays)
    page = alice.get("/c/" + link.split("/c/")[1]).content.decode()
    assert 'href="/brand/f0ac1e.css"' in page
    assert alice.get("/brand/f0ac1e.css").content == b":root { --brand: #f0ac1e; --on-brand: #000000; }\n"


def test_a_tax_is_renamed_and_chosen_for_every_line_and_the_signed_contract_keeps_its_name(cast):
    vat = add_tax_code(by=cast.alice, at=cast.at, name="VAT", percent=Decimal(20), is_default=True)
    low = add_tax_code(by=cast.alice, at=cast.at, name="Low", percent=Decimal(5))
    job = kitchen(cast, quote=replace(KITCHEN, lines=(replace(KITCHEN.lines[0], tax_codes=(vat,)),)))
    alice = signed_in(cast, "alice@example.com")
    refused = alice.post(f"/settings/taxes/{low}/", {"tax_name": ""})
    assert refused.status_code == 422 and "Please fill this in." in refused.content.decode()
    alice.post(f"/settings/taxes/{low}/", {"tax_name": "Reduced rate", "is_default": "on"})
    alice.post(f"/settings/taxes/{vat}/", {"tax_name": "Value added tax"})
    taxes = {tax.name: tax.is_default for tax in choices(cast.business_id).taxes}
    assert taxes == {"Value added tax": False, "Reduced rate": True}
    documents = job_page(cast.business_id, job.job_id, at=cast.at).documents
    contents = [document_facts(cast.business_id, document.id).content for document in documents]
    assert any("VAT" in text for text in contents) and not any("Value added" in text for text in contents)
    assert alice.post("/settings/taxes/999999/", {"tax_name": "x"}).status_code == 404


def test_the_customer_reads_amounts_and_days_as_their_language_writes_them(cast, client):
    kitchen(cast)
    link = next(row.url for row in portal_links(cast.business_id) if row.pays)
    path = "/c/" + link.split("/c/")[1]
    assert "40,000.00" in client.get(path).content.decode()
    change_customer(
        by=cast.alice,
        at=cast.at,
        customer_id=cast.customer_id,
        card=CustomerInput(name="Carol Reyes", language="de-DE"),
    )
    assert "40.000,00" in client.get(path).content.decode()
