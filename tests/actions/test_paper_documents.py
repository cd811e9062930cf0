"""What receipts, contracts, statements and payments sheets say; and that each of them prints."""

import io
import json
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from pypdf import PdfReader

from milepost.gateways.pdf import render
from milepost.queries.documents_shape import CONTENTS
from milepost.queries.paper.contract import contract_content
from milepost.queries.paper.facts import CoveredFacts, MoneyEvent
from milepost.queries.paper.invoice import invoice_content
from milepost.queries.paper.paid_sheet import paid_sheet_content
from milepost.queries.paper.receipt import receipt_content
from milepost.queries.paper.statement import statement_content
from tests.actions import paper_samples as samples


def facts_of(rows) -> dict[str, str]:
    return {row["label"]: row["value"] for row in rows}


def totals_of(content) -> list[tuple[str, str]]:
    return [(total["label"], total["value"]) for total in content["totals"]]


def rows_of(table) -> list[tuple[str, list[str]]]:
    return [(row["text"], row["figures"]) for row in table["rows"]]


# Receipts ----------------------------------------------------------------------------------------


def test_a_receipt_says_what_arrived_what_it_covers_and_what_is_left():
    content = receipt_content(samples.receipt())

    assert (content["title"], content["number"]) == ("Receipt", "R-88")
    assert content["subject"] == "Thank you. Your payment for Reyes kitchen has arrived."
    assert content["amount"] == {
        "label": "Received",
        "value": "$12,000.00",
        "note": "Invoice 1043 is paid in full",
    }
    assert facts_of(content["facts"]) == {
        "Received on": "24 April 2026",
        "Method": "Cheque",
        "Reference": "118",
    }
    assert rows_of(content["table"]) == [
        ("1043 · Cabinets installed", ["12,000.00", "12,000.00", "0.00"]),
    ]
    assert facts_of(content["bar"]["figures"]) == {
        "Quoted": "40,000.00",
        "Billed": "32,000.00",
        "Paid": "32,000.00",
        "Left to bill": "8,000.00",
    }
    assert (content["bar"]["paid_bp"], content["bar"]["open_bp"]) == (8000, 0)
    assert facts_of(content["story"]) == {
        "Next": "Milestone 3: Final walkthrough, 8,000.00, when you accept it"
    }
    assert [row["state"] for row in content["road"]["rows"]] == ["paid", "paid", "paid", "now"]


def test_a_part_payment_says_what_is_left_of_its_invoice():
    content = receipt_content(
        samples.receipt(
            amount_cents=8_000_00,
            covered=[CoveredFacts("1043", "Cabinets installed", 12_000_00, 8_000_00, 4_000_00)],
            paid_cents=28_000_00,
        )
    )

    assert content["amount"]["note"] == "4,000.00 of invoice 1043 is left to pay"
    assert facts_of(content["story"])["Billed, not yet received"] == "4,000.00"
    assert (content["bar"]["paid_bp"], content["bar"]["open_bp"]) == (7000, 1000)


def test_a_payment_of_two_invoices_and_more_keeps_the_rest_as_credit():
    covered = [
        CoveredFacts("1042", "Rough-in complete", 10_000_00, 10_000_00, 0),
        CoveredFacts("1043", "Cabinets installed", 12_000_00, 12_000_00, 0),
    ]
    content = receipt_content(
        samples.receipt(amount_cents=22_500_00, covered=covered, credit_cents=500_00, method="transfer")
    )

    assert content["amount"]["note"] == "Invoices 1042 and 1043 are paid in full"
    assert facts_of(content["facts"])["Method"] == "Bank transfer"
    assert totals_of(content) == [
        ("Paid on invoices", "22,000.00"),
        ("Kept as your credit", "500.00"),
        ("Received", "$22,500.00"),
    ]


def test_money_without_an_invoice_is_kept_for_the_next():
    content = receipt_content(samples.receipt(covered=[], credit_cents=12_000_00))

    assert content["amount"]["note"] == "kept for your next invoice"


def test_the_receipt_of_a_deposit_says_what_becomes_of_it():
    content = receipt_content(samples.receipt(covers_deposit=True))

    assert facts_of(content["story"])["Your deposit"] == (
        "A deposit is paid before the work begins. It is no extra cost: it counts towards the contract total "
        "of 40,000.00. A part of it is taken off each invoice for work, until it is used up."
    )


def test_a_surcharge_stands_on_the_receipt_apart_from_what_it_paid():
    content = receipt_content(samples.receipt(surcharge_cents=300_00))

    assert content["amount"]["value"] == "$12,300.00"
    assert totals_of(content) == [
        ("Paid on invoices", "12,000.00"),
        ("Surcharge for paying by credit card", "300.00"),
        ("Received", "$12,300.00"),
    ]


def test_the_last_receipt_says_that_nothing_comes():
    paid = [replace(row, state="paid") for row in samples.ROWS]
    done = samples.receipt(rows=paid, billed_cents=40_000_00, paid_cents=40_000_00)
    billed = replace(done, paid_cents=39_000_00)

    assert facts_of(receipt_content(done)["story"])["Next"] == "Nothing. Everything is billed and paid."
    assert facts_of(receipt_content(billed)["story"])["Next"] == "Nothing more will be billed."


# Contracts ---------------------------------------------------------------------------------------


def test_a_contract_has_the_work_the_whole_schedule_and_the_clauses():
    content = contract_content(samples.contract())

    assert (content["title"], content["number"], content["subject"]) == (
        "Contract",
        "Q-1042",
        "Reyes kitchen",
    )
    assert content["amount"] == {"label": "Contract total", "value": "$40,000.00", "note": "tax included"}
    assert rows_of(content["table"]) == [
        ("Demolition", []),
        ("Remove cabinets and counters", ["1 lot", "1,850.00", "1,850.00"]),
        ("Cabinets", []),
        ("Cabinet boxes and doors", ["22 pcs", "909.0909", "20,000.00"]),
        ("Installation and levelling", ["165 h", "100.00", "16,500.00"]),
    ]
    assert totals_of(content) == [
        ("Net", "38,350.00"),
        ("Sales tax, 8.25 % on 20,000.00", "1,650.00"),
        ("Contract total", "$40,000.00"),
    ]
    assert rows_of(content["schedule"]) == [
        ("Deposit", ["25 %", "10,000.00"]),
        ("Milestone 1: Rough-in complete", ["25 %", "10,000.00"]),
        ("Milestone 2: Cabinets installed", ["30 %", "12,000.00"]),
        ("Milestone 3: Final walkthrough", ["the rest", "8,000.00"]),
    ]
    assert content["schedule"]["rows"][1]["detail"] == (
        "When it is done. Pipes and wires are in the walls. Done means: The plan is followed; Every wall "
        "is photographed before it is closed. Shown by: photos, inspection. Time to look at it: 3 "
        "business days."
    )
    assert [clause["heading"] for clause in content["clauses"]] == ["Note", "Payment", "Changes"]


@pytest.mark.parametrize(
    ("how", "signed"),
    [
        ("link", "2 March 2026, 6:42\xa0PM CST, by their own link"),
        ("in_person", "2 March 2026, 6:42\xa0PM CST, in person, on our device"),
        ("paper", "on paper; recorded 2 March 2026, 6:42\xa0PM CST"),
    ],
)
def test_a_signature_says_when_and_how(how, signed):
    customer = contract_content(samples.contract(how=how))["signatures"][1]

    assert (customer["name"], customer["signed"]) == ("Carol Reyes", signed)


def test_thirds_are_called_shares():
    thirds = [samples.milestone(number, "share", "1", 3_333) for number in (1, 2, 3)]

    rows = rows_of(contract_content(samples.contract(rows=thirds, taxes=[]))["schedule"])

    assert [figures[0] for _, figures in rows] == ["1 of 3", "1 of 3", "1 of 3"]


# The closing statement ---------------------------------------------------------------------------


def test_the_statement_has_every_invoice_and_payment_and_ends_at_nothing():
    content = statement_content(samples.statement())

    assert content["amount"] == {"label": "Left to pay", "value": "$0.00", "note": "Paid in full"}
    assert rows_of(content["tables"][0])[-2:] == [
        ("Sales tax, 8.25 % on 20,000.00", ["1,650.00"]),
        ("Contract total", ["40,000.00"]),
    ]
    assert rows_of(content["tables"][1]) == [
        ("Invoice 1041 · Deposit", ["10,000.00", "", "10,000.00"]),
        ("Payment: Bank account · Receipt R-86", ["", "10,000.00", "0.00"]),
        ("Invoice 1043 · Rough-in complete, Cabinets installed", ["22,000.00", "", "22,000.00"]),
        ("Payment: Cheque 118 · Receipt R-88", ["", "22,000.00", "0.00"]),
        ("Invoice 1044 · Final walkthrough", ["8,000.00", "", "8,000.00"]),
        ("Payment: Card · Receipt R-89", ["", "8,000.00", "0.00"]),
    ]
    assert totals_of(content) == [("Billed", "40,000.00"), ("Paid", "40,000.00"), ("Left to pay", "$0.00")]
    assert facts_of(content["facts"]) == {"Signed": "2 March 2026", "Closed": "29 May 2026"}


def test_what_was_paid_too_much_is_named_as_credit():
    more = [*samples.EVENTS, MoneyEvent(date(2026, 5, 30), "cash", "R-90", 0, 50_00)]

    content = statement_content(samples.statement(events=more))

    assert ("Kept as your credit", "50.00") in totals_of(content)
    assert rows_of(content["tables"][1])[-1] == (
        "Payment: Cash · Receipt R-90",
        ["", "50.00", "−50.00"],
    )


# The sheet that a reprint adds -------------------------------------------------------------------


def test_a_reprint_s_sheet_says_what_was_paid_since_and_what_comes_next():
    content = paid_sheet_content(samples.paid_sheet())

    assert (content["title"], content["number"]) == ("Payments on invoice", "1043")
    assert content["subject"] == "As of 30 April 2026. The invoice itself is unchanged."
    assert content["amount"] == {
        "label": "Balance of this invoice",
        "value": "$4,000.00",
        "note": "was due 29 April 2026",
    }
    assert rows_of(content["table"]) == [("Payment: Cheque 118 · Receipt R-88", ["8,000.00", "4,000.00"])]
    assert totals_of(content) == [
        ("Invoice total", "12,000.00"),
        ("Paid since", "−8,000.00"),
        ("Balance", "$4,000.00"),
    ]
    assert content["next_amount"] == {
        "label": "Next",
        "value": "$8,000.00",
        "note": "Final walkthrough, when you accept it",
    }
    assert (content["bar"]["paid_bp"], content["bar"]["open_bp"]) == (7000, 1000)


def test_a_sheet_before_any_payment_and_one_after_the_last():
    before = paid_sheet_content(samples.paid_sheet(payments=[], balance_cents=12_000_00, billed_cents=None))
    after = paid_sheet_content(samples.paid_sheet(balance_cents=0, next_name="", next_cents=0))

    assert rows_of(before["table"]) == [("No payment has arrived yet", ["", "12,000.00"])]
    assert before["bar"] is None
    assert (after["amount"]["note"], after["next_amount"], after["pay"]) == ("Paid in full", None, None)


# All of them -------------------------------------------------------------------------------------

PAPER = {
    "invoice": lambda job: invoice_content(samples.invoice(job=job)),
    "receipt": lambda job: receipt_content(samples.receipt(job=job)),
    "contract": lambda job: contract_content(samples.contract(job=job)),
    "statement": lambda job: statement_content(samples.statement(job=job)),
    "paid_sheet": lambda job: paid_sheet_content(samples.paid_sheet(job=job)),
}


@pytest.mark.parametrize("template", PAPER)
def test_each_document_is_plain_json_of_its_shape(template):
    content = PAPER[template](samples.job())

    shape = CONTENTS[template]
    assert set(content) >= shape.__required_keys__
    assert set(content) <= shape.__required_keys__ | shape.__optional_keys__
    assert json.loads(json.dumps(content)) == content
    assert datetime.fromisoformat(content["made_at"]).tzinfo == UTC


@pytest.mark.parametrize(
    ("country", "locale", "currency", "amount"),
    [
        ("US", "en-US", "USD", "10,000.00"),
        ("DE", "de-DE", "EUR", "10.000,00"),
        ("JP", "en", "JPY", "1,000,000"),
    ],
)
@pytest.mark.parametrize("template", PAPER)
def test_each_document_prints_its_figures_for_every_reader(template, country, locale, currency, amount):
    business = samples.business(country=country, locale=locale)

    content = PAPER[template](samples.job(business=business, currency=currency))
    pdf = PdfReader(io.BytesIO(render(template, 1, content)))

    text = " ".join(page.extract_text() for page in pdf.pages)
    assert amount in text
    assert "Northside Kitchens" in text
    width = float(pdf.pages[0].mediabox.width)
    assert (width > 600) == (country == "US")
