"""Whatever a person or a device sends to any form: a clear answer, never an error of ours, nothing half done."""

from urllib.parse import quote

import pytest

from milepost.queries.doctor import examine
from milepost.queries.job_page import job_page
from milepost.queries.ledger import journal
from tests.cast import kitchen
from tests.web.addresses import addresses_of, client_of
from tests.web.rights_table import TABLE

FIELDS = [
    "name",
    "reach",
    "customer",
    "template",
    "line",
    "row",
    "title",
    "site",
    "note",
    "discount",
    "expires_on",
    "net_days",
    "late_fee",
    "grace_days",
    "pause_after_days",
    "approval_days",
    "recovery",
    "own_clauses",
    "form_key",
    "version",
    "total_cents",
    "option",
    "method",
    "then",
    "reason",
    "amount",
    "reference",
    "on",
    "technician",
    "by_hand",
    "email",
    "phone",
    "address",
    "registration",
    "licence",
    "brand_color",
    "bank_from_cents",
    "small_difference_cents",
    "transfer_details",
    "cheque_details",
    "late_fee_monthly",
    "timezone",
    "locale",
    "holidays",
    "tax_per",
    "tax_rounding",
    "tax_name",
    "percent",
    "is_default",
    "person",
    "person_email",
    "role",
    "password",
    "number",
    "fee",
    "keep",
    "again",
    "line-1-description",
    "line-1-quantity",
    "line-1-unit",
    "line-1-price",
    "line-1-tax",
    "line-1-discount",
    "line-1-section",
    "row-1-name",
    "row-1-kind",
    "row-1-basis",
    "row-1-value",
    "row-1-bill_on",
    "row-1-before_days",
    "row-1-event",
    "row-1-event_on",
    "row-1-event_side",
    "row-1-planned_on",
    "row-1-planned_until",
    "row-1-net_days",
    "row-1-approver",
    "people_of",
    "row-1-deliverable",
    "row-1-criteria",
    "row-1-evidence",
    "row-1-window_days",
    "row-1-lines",
    "what",
    "placement",
    "own_name",
    "days",
    "stamp",
    "quantity",
    "was_simple",
    "description",
    "unit",
    "price",
    "section",
    "tax",
    "archived",
    "template_name",
    "amounts_as",
    "restore",
    "after",
    "q",
    "before",
    "since",
    "until",
]
VALUES = {
    "nothing": "",
    "below zero": "-1",
    "not a number": "NaN",
    "endless": "Infinity",
    "huge exponent": "1e400",
    "forty digits": "9" * 40,
    "two to the 63rd": str(2**63),
    "NUL": "a\x00b",
    "emoji": "👋🏽",
    "right to left": "שלום \u202eabc",
    "year nought": "0000-01-01",
    "year ten thousand": "10000-01-01",
    "script": "<script>alert(1)</script>",
    "quote": "'; DROP TABLE job; --",
    "template": "{{ 7 * 7 }}{% load x %}",
    "percent": "%s%d%(name)s{0}{name}",
    "array": "[1, 2]",
    "other digits": "١٢٣",
    "superscript": "²",
}
KIND = {200, 204, 302, 400, 403, 404, 405, 413, 422}
LONE_SURROGATE = "%ED%A0%80"


def posted(client, address: str, fields: dict[str, str], *, raw: str = "") -> int:
    """The status of a form as a browser or a script would send it."""
    body = "&".join(f"{name}={raw or quote(value)}" for name, value in fields.items())
    answer = client.generic("POST", address, body, content_type="application/x-www-form-urlencoded")
    return answer.status_code


def fields_of_a_change(addresses: dict[str, str]) -> list[str]:
    """The fields of the contract's first line and of a milestone, which are named by their numbers."""
    line = addresses["office:change_quantity"].split("/")[4]
    row = addresses["office:complete"].split("/")[4]
    old = [f"old-{line}-{name}" for name in ("description", "quantity", "unit", "price", "tax", "removed")]
    return old + [f"milestone-{row}-{name}" for name in ("deliverable", "on", "move")]


@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES)
def test_no_form_breaks_on_a_value_in_every_field(cast, value):
    addresses, owner, tess = addresses_of(cast), client_of(cast, "owner"), client_of(cast, "technician")
    before, fields = len(journal(cast.business_id)), [*FIELDS, *fields_of_a_change(addresses)]
    for name in TABLE:
        client = tess if name.startswith("field:") else owner
        assert posted(client, addresses[name], dict.fromkeys(fields, value)) in KIND, name
    # Taking an invoice back, taking money off back and a bounced cheque are confirmed by a button alone.
    assert len(journal(cast.business_id)) <= before + 4
    assert examine() == []


@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES)
def test_no_page_breaks_on_a_value_in_its_address(cast, value):
    addresses, owner = addresses_of(cast), client_of(cast, "owner")
    for name in TABLE:
        asked = "&".join(
            f"{field}={quote(value)}" for field in ("q", "before", "on", "since", "until", "option")
        )
        assert owner.get(f"{addresses[name]}?{asked}").status_code in KIND, name


def test_half_a_character_two_megabytes_and_a_field_sent_as_a_file_are_answered(cast):
    addresses, owner = addresses_of(cast), client_of(cast, "owner")
    for name in TABLE:
        assert posted(owner, addresses[name], dict.fromkeys(FIELDS, "x"), raw=LONE_SURROGATE) in KIND, name
    for name in ("office:new_quote", "office:settings", "office:new_invoice", "portal:sign"):
        assert posted(owner, addresses[name], {"name": "x" * 2_000_000, "note": "x"}) in KIND, name
    for name in ("office:complete", "office:signed_copy"):
        answer = owner.post(addresses[name], {"photo": "not a file", "copy": "not a file"})
        assert answer.status_code in KIND


QUOTE = {
    "reach": "zoe@example.com",
    "name": "Zoe",
    "line": "1",
    "line-1-description": "Work",
    "line-1-quantity": "1",
    "line-1-price": "100.00",
    "row": "1",
    "row-1-name": "All",
    "row-1-kind": "milestone",
    "row-1-basis": "remainder",
}


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("line-1-price", "NaN", "is not an amount"),
        ("line-1-price", "9" * 40, "is too large"),
        ("line-1-price", "1.00001", "has too many decimals"),
        ("line-1-quantity", "-1", "is below zero"),
        ("line-1-description", "x" * 5000, "This is too long"),
        ("line-1-discount", "101", "A percentage goes from 0 to 100."),
        ("row-1-name", "", "Give this payment a name"),
        ("row-1-window_days", "1e3", "Write a whole number from 0 to 999."),
        ("row-1-event_on", "0000-01-01", "Write the day like 2026-03-19."),
        ("row-1-planned_on", "tomorrow", "Write the day like 2026-03-19."),
        ("row-1-planned_until", "2026-03-19", "Say on which day it begins."),
        ("row-1-net_days", "-3", "Write a whole number from 0 to 999."),
        ("expires_on", "31.12.2026", "Write the day like 2026-03-19."),
        ("reach", "nobody", "is not a phone number"),
        ("late_fee", "a lot", "is not an amount"),
    ],
)
def test_a_wrong_field_of_a_quote_is_named_and_the_rest_stays_typed(cast, field, value, said):
    owner = client_of(cast, "owner")
    answer = owner.post("/quotes/new/", QUOTE | {"note": "Mind the dog", field: value})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert said in page
    assert "Mind the dog" in page and ("100.00" in page or field == "line-1-price")


def test_a_key_that_no_page_gives_counts_as_one_or_is_refused_in_words(cast):
    job, owner = kitchen(cast), client_of(cast, "owner")
    form = {"amount": "100.00", "method": "cash", "form_key": "a\x00b"}
    for _twice in range(2):
        assert owner.post(f"/jobs/{job.job_id}/payments/", form).status_code == 302
    assert job_page(cast.business_id, job.job_id, at=cast.at).bar.paid.cents == 100_00
    # When another form comes with the same key, it is not taken for the first one
    answer = owner.post("/invoices/new/", QUOTE | {"form_key": "ab"})
    assert answer.status_code == 422
    assert "This was sent for something else before." in answer.content.decode()


def test_an_invoice_that_was_taken_back_meanwhile_is_said_so_whatever_was_typed(cast):
    job = kitchen(cast)
    owner, invoice = client_of(cast, "owner"), job.deposit_invoice_id
    assert owner.post(f"/invoices/{invoice}/fix/", {"reason": "Wrong name"}).status_code == 302
    answer = owner.post(f"/invoices/{invoice}/fix/", {"reason": "a\x00b"})
    assert answer.status_code == 422 and "taken back" in answer.content.decode()


def test_a_payment_s_form_sent_twice_counts_once(cast):
    job = kitchen(cast)
    owner = client_of(cast, "owner")
    form = {"amount": "100.00", "method": "cash", "form_key": "same"}
    for _twice in range(2):
        assert owner.post(f"/jobs/{job.job_id}/payments/", form).status_code == 302
    assert job_page(cast.business_id, job.job_id, at=cast.at).bar.paid.cents == 100_00
