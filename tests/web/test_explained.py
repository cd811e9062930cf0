"""Explain this cent: every amount of an invoice opens its derivation, in the office and behind the link."""

from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from django.test import Client

import milepost.stories
from milepost.actions.businesses import add_tax_code
from milepost.actions.change_signing import sign_change
from milepost.actions.changes import draft_change, send_change
from milepost.actions.credit_notes import give_money_off, take_back_part
from milepost.actions.invoices import send_invoice
from milepost.actions.payments import record_payment
from milepost.core.change_input import ChangeInput, LineEdit
from milepost.core.quote_input import LineInput, QuoteInput, RowInput
from milepost.queries.job_page import job_page
from milepost.stories.player import play
from tests.cast import kitchen
from tests.web.test_doors import signed_in

THIRDS = QuoteInput(
    "Kitchen",
    (
        LineInput("Cabinets", Decimal("24000.01")),
        LineInput("Installation", Decimal("95.00"), Decimal(80)),
    ),
    (
        RowInput("Deposit", "percent", kind="deposit", value=Decimal(25)),
        RowInput("Rough-in", "share", value=Decimal(1)),
        RowInput("Cabinets stand", "share", value=Decimal(1)),
        RowInput("Walkthrough", "share", value=Decimal(1)),
    ),
)
HALVES = QuoteInput(
    "Kitchen",
    (LineInput("Kitchen", Decimal("10000.00")),),
    tuple(
        RowInput(name, "percent", value=Decimal(percent))
        for name, percent in (("One", 25), ("Two", 25), ("Three", 50))
    ),
)


def explained(client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_every_amount_of_an_invoice_says_where_it_comes_from(cast):
    tax = add_tax_code(by=cast.alice, at=cast.at, name="Sales tax", percent=Decimal("8.25"))
    lines = (
        LineInput("Cabinets", Decimal("24000.01"), tax_codes=(tax,)),
        LineInput("Installation", Decimal("95.00"), Decimal(80)),
    )
    rows = (
        RowInput("Deposit", "percent", kind="deposit", value=Decimal(25)),
        RowInput("Rough-in", "share", value=Decimal(1)),
        RowInput("Cabinets stand", "share", value=Decimal(1)),
        RowInput("Walkthrough", "share", value=Decimal(1)),
    )
    job = kitchen(cast, quote=QuoteInput("Kitchen", lines, rows))
    invoice = send_invoice(
        by=cast.alice, at=cast.at, job_id=job.job_id, row_ids=[job.rows["Rough-in"]], by_hand=True
    )
    page = job_page(cast.business_id, job.job_id, at=cast.at)
    document = next(
        stop.invoice.document_id for stop in page.stops if stop.invoice and stop.invoice.id == invoice
    )
    said = explained(signed_in(cast, "alice@example.com"), f"/documents/{document}/explained/")
    # 33,580.01 with its tax; a quarter down is 8,395.00, and the first third of the rest 8,395.01
    for words in (
        "one of 3 equal parts of 25,185.01: 8,395.01.",
        "The deposit of 8,395.00 comes off every milestone in proportion; here that is 2,798.34.",
        "The open milestones asked for 25,185.01 in all; 8,395.01 of it is billed now.",
        "11,193.35 less 2,798.34 of the deposit is 8,395.01.",
        "33.3334 % of 24,000.01 is earned to date: exactly 8,000.012863, in whole cents 8,000.01.",
        "one each; one came here.",
        "The contract&#x27;s tax by this rate is 1,980.00, rounded once on the sum of its lines.",
    ):
        assert words in said, words
    # The customer reads the same behind their own link, and nobody another's
    link = next(person.url for person in page.people if person.pays).split("/c/")[1]
    assert "comes off every milestone" in explained(Client(), f"/c/{link}documents/{document}/explained/")
    assert signed_in(cast, "mallory@example.com").get(f"/documents/{document}/explained/").status_code == 404
    assert Client().get(f"/c/{link}documents/999999/explained/").status_code == 404


def test_the_deposit_and_a_simple_invoice_are_explained_too(cast):
    job = kitchen(cast)
    page = job_page(cast.business_id, job.job_id, at=cast.at)
    document = next(stop.invoice.document_id for stop in page.stops if stop.invoice)
    said = explained(signed_in(cast, "bo@example.com"), f"/documents/{document}/explained/")
    assert "Deposit: 25 % of 40,000.00 = 10,000.00." in said


def test_a_story_says_where_its_amounts_come_from(database):
    library = Path(milepost.stories.__file__).parent / "library"
    said = play(library / "two-halves.yaml", explain=True).output["explained"]
    assert said["1001"]["Bathroom 12,870.59"] == ["All of 12,870.59 is earned with this invoice."]
    assert said["1001"]["Total due 12,870.59"][:2] == [
        "First half: 50 % of 12,870.59 = 6,435.30.",
        "Second half: 50 % of 12,870.59, to the cent that makes all parts add up: 6,435.29.",
    ]


def test_every_row_of_the_schedule_opens_its_derivation_in_the_office_and_behind_the_link(cast):
    job = kitchen(cast, quote=THIRDS)
    client = signed_in(cast, "alice@example.com")
    row = job.rows["Rough-in"]
    assert f'href="/jobs/{job.job_id}/explained/#row-{row}"' in explained(client, f"/jobs/{job.job_id}/")
    said = explained(client, f"/jobs/{job.job_id}/explained/")
    for words in (
        f'id="row-{row}"',
        "25 % of the contract total of 31,600.01, rounded by itself: 7,900.00.",
        "Of 31,600.01, 7,900.00 is the deposit; 23,700.01 is shared.",
        "Its share is 1 of 3: exactly 7,900.003333, in whole cents 7,900.01.",
        "A cent that rounding left over came here",
        "Its share is 1 of 3: exactly 7,900.003333, in whole cents 7,900.00.",
        "Cabinets: 1 × 24,000.01 = 24,000.01.",
        "Installation: 80 × 95.00 = 7,600.00.",
        "Invoice 1001: 7,900.00 asked for; 7,900.00 is open.",
        "Billed of the contract 7,900.00, to come 23,700.01: together 31,600.01.",
        "7,900.00 of the deposit is invoiced and stands, 0.00 is used: 7,900.00 is left.",
    ):
        assert words in said, words
    page = job_page(cast.business_id, job.job_id, at=cast.at)
    link = next(person.url for person in page.people if person.approves).split("/c/")[1]
    assert f'href="/c/{link}explained/#row-{row}"' in explained(Client(), f"/c/{link}")
    assert "exactly 7,900.003333" in explained(Client(), f"/c/{link}explained/")
    assert signed_in(cast, "mallory@example.com").get(f"/jobs/{job.job_id}/explained/").status_code == 404


def test_after_changes_and_credits_the_job_says_what_stands_and_who_moved_it(cast):
    # Given 10,000.00 as 25/25/50, the first billed, then +2,000.00 on the next, then 300.00 off the first
    job = kitchen(cast, quote=HALVES)
    first = send_invoice(by=cast.bo, at=cast.at, job_id=job.job_id, row_ids=[job.rows["One"]], by_hand=True)
    order = ChangeInput(
        "An island", (LineEdit("add", description="Island", unit_price=Decimal(2000)),), placement="next"
    )
    made = draft_change(by=cast.alice, at=cast.at, job_id=job.job_id, change=order)
    send_change(by=cast.alice, at=cast.at, job_id=job.job_id, change_id=made)
    sign_change(by=cast.carol, at=cast.at, job_id=job.job_id, change_id=made, name="Carol")
    give_money_off(by=cast.bo, at=cast.at, invoice_id=first, amount_cents=300_00, reason="A scratch")
    said = explained(signed_in(cast, "bo@example.com"), f"/jobs/{job.job_id}/explained/")
    for words in (
        "It was billed before the last change or credit note. What is billed stands: 2,200.00.",
        "Its share is 25 of 75: exactly 2,500, in whole cents 2,500.00.",
        "Changes placed +2,000.00 on it, so it asks for 4,500.00.",
        "Signed: 10,000.00.",
        "Change order CO-1: +2,000.00.",
        "Given off with credit note C-1: −300.00.",
        "Invoice 1001: 2,500.00 asked for, 300.00 credited (C-1); 2,200.00 is open.",
    ):
        assert words in said, words


def test_a_credit_note_and_a_receipt_are_explained_too(cast):
    job = kitchen(cast)
    record_payment(by=cast.bo, at=cast.at, job_id=job.job_id, amount_cents=10_000_00, method="check")
    invoice = send_invoice(
        by=cast.bo, at=cast.at, job_id=job.job_id, row_ids=[job.rows["Rough-in complete"]], by_hand=True
    )
    take_back_part(by=cast.bo, at=cast.at, invoice_id=invoice, share=Fraction(1, 4), reason="One wall")
    client = signed_in(cast, "bo@example.com")
    papers = {row.kind: row.id for row in job_page(cast.business_id, job.job_id, at=cast.at).documents}
    note = explained(client, f"/documents/{papers['credit_note']}/explained/")
    for words in (
        "25 % of invoice 1002: 3,333.33 of work, less 833.33 of the deposit that it had used, is 2,500.00.",
        "Kitchen remodel: 3,333.33",
        "This credit note: −2,500.00",
        "Left to pay of it: 7,500.00",
    ):
        assert words in note, words
    receipt = explained(client, f"/documents/{papers['receipt']}/explained/")
    assert "10,000.00" in receipt
    assert client.get(f"/documents/{papers['contract']}/explained/").status_code == 404


def test_a_story_says_why_its_schedule_asks_for_what_it_asks(database):
    library = Path(milepost.stories.__file__).parent / "library"
    said = play(library / "two-halves.yaml", explain=True).output["explained"]
    assert said["schedule"]["First half 6,435.30"][0] == "The contract total of 12,870.59 is shared."
    assert "exactly 6,435.295" in said["schedule"]["First half 6,435.30"][1]
