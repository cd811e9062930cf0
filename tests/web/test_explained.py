"""Explain this cent: every amount of an invoice opens its derivation, in the office and behind the link."""

from decimal import Decimal
from pathlib import Path

from django.test import Client

import milepost.stories
from milepost.actions.businesses import add_tax_code
from milepost.actions.invoices import send_invoice
from milepost.core.quote_input import LineInput, QuoteInput, RowInput
from milepost.queries.job_page import job_page
from milepost.stories.player import play
from tests.cast import kitchen
from tests.web.test_doors import signed_in


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
