"""What an invoice says, word for word, and that every sentence on it is true."""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from milepost.queries.documents_shape import InvoiceContent
from milepost.queries.paper.facts import LineFacts, RowFacts, TaxFacts
from milepost.queries.paper.invoice import invoice_content
from milepost.records.customers import Contact, Customer
from tests.actions import paper_samples as samples


def facts_of(rows) -> dict[str, str]:
    return {row["label"]: row["value"] for row in rows}


def totals_of(content) -> list[tuple[str, str]]:
    return [(total["label"], total["value"]) for total in content["totals"]]


def test_a_milestone_s_invoice_says_what_was_done_and_why_it_costs_that():
    content = invoice_content(samples.invoice())

    assert (content["title"], content["number"]) == ("Invoice", "1043")
    assert content["subject"] == "Milestone 2: Cabinets installed, per contract of 2 March 2026"
    assert content["amount"] == {"label": "Total due", "value": "$12,000.00", "note": "by 29 April 2026"}
    assert facts_of(content["facts"]) == {
        "Issued": "22 April 2026",
        "Due": "29 April 2026",
        "Terms": "Net 7 days",
    }
    assert facts_of(content["story"]) == {
        "Deliverable": "All cabinets are hung, levelled and scribed",
        "Completed": "20 April 2026 by Tess Tanaka, with 6 photos",
        "Accepted": "22 April 2026 by Carol Reyes",
    }
    assert content["math"] == {
        "heading": "How this adds up",
        "sentences": [
            "30 % of 40,000.00 = 12,000.00",
            "16,000.00 with tax − 4,000.00 deposit = 12,000.00",
        ],
        "rows": [
            {"label": "Contract total", "value": "40,000.00"},
            {"label": "Previously billed", "value": "20,000.00"},
            {"label": "This invoice", "value": "12,000.00"},
            {"label": "Remaining", "value": "8,000.00"},
            {"label": "Deposit left to recover", "value": "2,666.67"},
        ],
    }


def test_after_a_change_order_the_original_contract_the_changes_and_the_new_total_stand_on_the_invoice():
    content = invoice_content(replace(samples.invoice(), changed_cents=180_00))
    assert content["math"]["rows"][:3] == [
        {"label": "Original contract", "value": "39,820.00"},
        {"label": "Change orders", "value": "+180.00"},
        {"label": "Contract total", "value": "40,000.00"},
    ]
    content = invoice_content(replace(samples.invoice(), changed_cents=-180_00))
    assert content["math"]["rows"][1] == {"label": "Change orders", "value": "−180.00"}


def test_the_work_is_shown_by_line_and_the_sums_lead_to_the_total():
    content = invoice_content(samples.invoice())

    assert content["table"]["figures"] == ["Contract", "Billed before", "This invoice"]
    assert [(row["text"], row["detail"], row["figures"]) for row in content["table"]["rows"]] == [
        ("Demolition", "", []),
        ("Remove cabinets and counters", "Disposal included", ["1,850.00", "616.66", "740.01"]),
        ("Cabinets", "", []),
        ("Cabinet boxes and doors", "Sales tax", ["20,000.00", "6,666.67", "7,999.99"]),
        ("Installation and levelling", "", ["16,500.00", "5,500.00", "6,600.00"]),
    ]
    assert totals_of(content) == [
        ("Subtotal", "15,340.00"),
        ("Sales tax, 8.25 % on 7,999.99", "660.00"),
        ("Deposit recovered", "−4,000.00"),
        ("Total due", "$12,000.00"),
    ]


def test_the_road_shows_where_the_invoice_stands():
    road = invoice_content(samples.invoice())["road"]

    assert [(row["name"], row["note"], row["state"]) for row in road["rows"]] == [
        ("Deposit", "paid", "paid"),
        ("Milestone 1: Rough-in complete", "paid", "paid"),
        ("Milestone 2: Cabinets installed", "this invoice", "now"),
        ("Milestone 3: Final walkthrough", "next: when you accept it", "ahead"),
    ]


def test_who_owes_who_pays_and_how():
    content = invoice_content(samples.invoice())

    assert content["parties"] == [
        {"label": "Bill to", "name": "Carol Reyes", "lines": ["12 Elm Street", "Chicago, IL 60614"]},
        {"label": "Payer", "name": "Pat Reyes", "lines": ["pat@example.com"]},
    ]
    assert content["sender"]["registrations"] == ["Licence 104-218843", "EIN 84-1234567"]
    assert content["pay"]["url"] == samples.PAY_URL
    assert facts_of(content["pay"]["ways"]) == {
        "Bank transfer": "Lakeside Bank\nRouting 123 000 848\nAccount 0044 1188 20\nReference 1043",
        "Cheque": "To Northside Kitchens\n418 Alder Street, Chicago, IL 60601",
    }


def test_a_late_fee_is_named_only_where_the_signed_terms_have_one():
    fee = {
        "heading": "Late payment",
        "text": "As the contract says, an amount still unpaid 5 days after its due date bears a late fee "
        "of 1.5 % a month.",
    }
    without = samples.job(terms={"net_days": 7, "late_fee_monthly": "0"})

    assert invoice_content(samples.invoice())["clauses"][0] == fee
    assert fee["heading"] not in str(invoice_content(samples.invoice(job=without))["clauses"])
    assert fee["heading"] not in str(invoice_content(samples.simple_invoice())["clauses"])


def test_a_deposit_invoice_says_what_a_deposit_is_and_has_no_lines():
    content = invoice_content(samples.deposit_invoice())

    assert content["title"] == "Deposit invoice"
    assert content["subject"] == "Deposit, per contract of 2 March 2026"
    assert facts_of(content["facts"])["Terms"] == "Due on signing"
    assert facts_of(content["story"]) == {
        "What it is": "A deposit is paid before the work begins. It is a part of the contract total of "
        "40,000.00, not an extra charge.",
        "How it is used": "A part of it is taken off each invoice for work, until it is used up. It "
        "carries no tax: each invoice for work taxes the whole of that work.",
    }
    assert [row["figures"] for row in content["table"]["rows"]] == [["40,000.00", "10,000.00"]]
    assert totals_of(content) == [("Total due", "$10,000.00")]
    assert content["math"]["sentences"] == ["25 % of 40,000.00 = 10,000.00"]


@pytest.mark.parametrize(
    ("recovery", "use"),
    [
        ("first", "It is taken off the first invoices for work, until it is used up."),
        ("final", "It is taken off the last invoice."),
    ],
)
def test_a_deposit_is_used_as_the_contract_says(recovery, use):
    content = invoice_content(samples.deposit_invoice(job=samples.job(recovery=recovery), taxes=[]))

    assert facts_of(content["story"])["How it is used"] == use


def test_a_simple_invoice_is_short():
    content = invoice_content(samples.simple_invoice())

    assert content["subject"] == "Kitchen tap replaced"
    assert content["parties"] == [{"label": "Bill to", "name": "+13125550177", "lines": []}]
    assert content["table"]["figures"] == ["Quantity", "Unit price", "Amount"]
    assert content["table"]["rows"][0]["figures"] == ["1.5 h", "120.00", "180.00"]
    assert totals_of(content) == [("Total due", "$180.00")]
    assert (content["math"], content["road"], content["project"]["title"]) == (None, None, "")


def billed(row: RowFacts, *, of: int, others: tuple[RowFacts, ...] = ()) -> InvoiceContent:
    now = replace(row, state="now", due_now_cents=row.amount_cents)
    job = samples.job(contract_cents=of)
    return invoice_content(
        samples.invoice(
            job=job, rows=[*others, now], total_cents=row.amount_cents, recovered_cents=0, taxes=[]
        )
    )


milestone = samples.milestone

THIRDS = tuple(milestone(n, "share", "1", cents) for n, cents in ((2, 33_33), (3, 33_33)))

SENTENCES = [
    (milestone(1, "percent", "25", 10_000_00), 40_000_00, (), "25 % of 40,000.00 = 10,000.00"),
    (milestone(1, "percent", "12.5", 12_51), 100_04, (), "12.5 % of 100.04 = 12.51"),
    (
        milestone(1, "percent", "50", 6_435_29),
        12_870_59,
        (),
        "50 % of 12,870.59, to the cent that makes all parts add up: 6,435.29",
    ),
    (
        milestone(1, "percent", "25", 11_333_33),
        44_000_00,
        (),
        "Its part of the payment schedule, 25 % at signing: 11,333.33",
    ),
    (milestone(1, "fixed", "500000", 5_000_00), 40_000_00, (), "Agreed amount: 5,000.00"),
    (milestone(1, "remainder", None, 8_000_00), 40_000_00, (), "The rest of 40,000.00: 8,000.00"),
    (milestone(1, "remainder", None, 180_00), 180_00, (), "The whole contract total: 180.00"),
    (milestone(1, "share", "1", 33_34), 100_00, THIRDS, "One of 3 equal parts of 100.00: 33.34"),
    (
        milestone(1, "share", "2", 50_00),
        75_00,
        (milestone(2, "share", "1", 25_00),),
        "2 of 3 shares of 75.00: 50.00",
    ),
    (
        milestone(1, "share", "1", 50_00),
        100_00,
        (milestone(2, "remainder", None, 50_00),),
        "Its share of the payment schedule: 50.00",
    ),
    (milestone(1, "lines", None, 60_00), 100_00, (), "Its own lines with their tax: 60.00"),
    (
        milestone(1, "lines", None, 45_00),
        100_00,
        (samples.DEPOSIT,),
        "Its own lines with their tax, less their part of the deposit: 45.00",
    ),
]


@pytest.mark.parametrize(("row", "whole", "others", "sentence"), SENTENCES)
def test_the_math_is_worded_as_it_is_and_no_finer(row, whole, others, sentence):
    assert billed(row, of=whole, others=others)["math"]["sentences"] == [sentence]


def test_two_milestones_on_one_invoice_are_told_apart_and_added_up():
    rough = replace(
        samples.ROUGH,
        state="now",
        completed_by="Tess Tanaka",
        completed_on=date(2026, 4, 2),
        photos=1,
        due_now_cents=10_000_00,
    )
    content = invoice_content(
        samples.invoice(
            rows=[samples.DEPOSIT, rough, samples.CABINETS_BILLED, samples.FINAL],
            recovered_cents=0,
            total_cents=22_000_00,
        )
    )

    assert content["subject"] == (
        "Milestones 1 and 2: Rough-in complete and Cabinets installed, per contract of 2 March 2026"
    )
    assert content["math"]["sentences"] == [
        "Rough-in complete: 25 % of 40,000.00 = 10,000.00",
        "Cabinets installed: 30 % of 40,000.00 = 12,000.00",
        "10,000.00 + 12,000.00 = 22,000.00",
    ]
    assert [row["label"] for row in content["story"]] == [
        "Milestone 1",
        "Deliverable",
        "Completed",
        "Milestone 2",
        "Deliverable",
        "Completed",
        "Accepted",
    ]
    assert content["story"][2]["value"] == "2 April 2026 by Tess Tanaka, with 1 photo"


def test_a_milestone_that_is_billed_ahead_names_its_event():
    row = replace(
        samples.CABINETS,
        state="now",
        due_now_cents=12_000_00,
        bill_on="before",
        before_days=3,
        event="Measurements",
        event_on=date(2026, 4, 27),
    )
    content = invoice_content(samples.invoice(rows=[row]))

    assert facts_of(content["story"])["Billed"] == "3 business days before Measurements, 27 April 2026"


def test_a_tax_that_is_a_cent_off_its_rate_says_why():
    taxes = [TaxFacts("Sales tax", Decimal("8.25"), 7_999_99, 660_01)]
    sentence = (
        "Tax is the contract's tax to date less what was billed before, so it may differ by a cent from "
        "its rate on this invoice alone."
    )
    by_line = samples.job(tax_per="line")

    assert sentence in invoice_content(samples.invoice(taxes=taxes))["math"]["sentences"]
    assert sentence not in invoice_content(samples.invoice())["math"]["sentences"]
    assert invoice_content(samples.simple_invoice(taxes=taxes))["math"]["rows"] == []
    assert invoice_content(samples.invoice(job=by_line, taxes=taxes))["math"]["sentences"][-1] == (
        "Tax is rounded on each line, so it may differ by cents from its rate on the sum."
    )


def test_a_long_invoice_sums_up_the_lines_that_it_does_not_bill():
    def line(n: int, now: int) -> LineFacts:
        return LineFacts(f"Item {n}", "", Decimal(1), "", Decimal(10), [], 10_00, 5_00, now)

    billed_lines = [line(n, 5_00 if n < 2 else 0) for n in range(13)]

    rows = invoice_content(samples.invoice(lines=billed_lines))["table"]["rows"]
    all_rows = invoice_content(samples.invoice(lines=billed_lines[:12]))["table"]["rows"]

    assert [row["text"] for row in rows] == [
        "Item 0",
        "Item 1",
        "11 other lines, not billed on this invoice",
    ]
    assert rows[2]["figures"] == ["110.00", "55.00", "0.00"]
    assert len(all_rows) == 12


def test_an_invoice_of_nothing_asks_for_nothing():
    content = invoice_content(samples.invoice(total_cents=0, recovered_cents=16_000_00))

    assert content["amount"] == {"label": "Total due", "value": "$0.00", "note": "Nothing to pay"}
    assert content["pay"] is None


def test_yen_and_dinars_have_the_decimals_that_they_have():
    yen = invoice_content(samples.invoice(job=samples.job(currency="JPY", contract_cents=4_000_000)))
    dinars = invoice_content(samples.invoice(job=samples.job(currency="KWD", contract_cents=4_000_000)))

    assert (yen["amount"]["value"], yen["math"]["sentences"][0]) == (
        "¥1,200,000",
        "30 % of 4,000,000 = 1,200,000",
    )
    assert (dinars["amount"]["value"], dinars["math"]["sentences"][0]) == (
        "KWD\xa01,200.000",
        "30 % of 4,000.000 = 1,200.000",
    )


def test_the_customer_s_language_comes_before_the_business_s():
    german = samples.business(country="DE", locale="de-DE", brand_color="red")
    job = samples.job(business=german, currency="EUR")
    english = samples.job(business=german, currency="EUR", customer=Customer(name="Cy", language="en-GB"))

    content = invoice_content(samples.invoice(job=job))
    assert (content["lang"], content["paper"], content["accent"]) == ("de-DE", "a4", "#14593b")
    assert content["amount"]["value"] == "12.000,00\xa0€"
    assert content["math"]["sentences"][0] == "30 % of 40.000,00 = 12.000,00"
    assert content["subject"].endswith("2. März 2026")
    assert invoice_content(samples.invoice(job=english))["amount"]["value"] == "€12,000.00"


def test_a_payer_with_the_customer_s_own_name_is_one_party():
    pat = Contact(name="Carol Reyes", email="carol@example.com", phone="+13125550142")

    parties = invoice_content(samples.invoice(job=samples.job(contacts=[pat])))["parties"]

    assert [party["lines"] for party in parties] == [
        ["12 Elm Street", "Chicago, IL 60614", "carol@example.com", "+13125550142"]
    ]


def test_the_content_is_plain_json():
    for facts in (samples.invoice(), samples.deposit_invoice(), samples.simple_invoice()):
        content = invoice_content(facts)
        assert json.loads(json.dumps(content)) == content
