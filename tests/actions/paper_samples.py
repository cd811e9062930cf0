"""The facts of one kitchen, of unsaved records: what the documents are worded from in tests."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from milepost.queries.paper.facts import (
    ContractFacts,
    CoveredFacts,
    InvoiceFacts,
    JobFacts,
    LineFacts,
    MoneyEvent,
    PaidSheetFacts,
    ReceiptFacts,
    RowFacts,
    StatementFacts,
    TaxFacts,
)
from milepost.records.businesses import Business
from milepost.records.customers import Contact, Customer

AT = datetime(2026, 4, 22, 18, 42, 7, tzinfo=UTC)
PAY_URL = "https://pay.example.com/c/Zk4nVY2l0hT9mQxWb7RrJc5sE1uD8aGf/"


def business(**more: Any) -> Business:
    values: dict[str, Any] = {
        "name": "Northside Kitchens",
        "email": "office@northside.example",
        "phone": "(312) 555-0142",
        "address": "418 Alder Street\nChicago, IL 60601",
        "licence": "104-218843",
        "registration": "EIN 84-1234567",
        "transfer_details": "Lakeside Bank\nRouting 123 000 848\nAccount 0044 1188 20",
        "cheque_details": "To Northside Kitchens\n418 Alder Street, Chicago, IL 60601",
        "created_at": AT,
    }
    return Business(**(values | more))


def job(**more: Any) -> JobFacts:
    pat = Contact(name="Pat Reyes", email="pat@example.com", approves=False)
    carol = Contact(name="Carol Reyes", email="carol@example.com", pays=False)
    values: dict[str, Any] = {
        "business": business(),
        "customer": Customer(name="Carol Reyes", address="12 Elm Street\nChicago, IL 60614"),
        "contacts": [carol, pat],
        "number": "Q-1042",
        "title": "Reyes kitchen",
        "site": "12 Elm Street, Chicago, IL 60614",
        "currency": "USD",
        "contract_cents": 40_000_00,
        "signed_on": date(2026, 3, 2),
        "terms": {"net_days": 7, "late_fee_monthly": "1.5", "grace_days": 5},
        "pay_url": PAY_URL,
        "at": AT,
    }
    return JobFacts(**(values | more))


LINES = [
    LineFacts(
        "Remove cabinets and counters\nDisposal included",
        "Demolition",
        Decimal("1.000000"),
        "lot",
        Decimal("1850.00"),
        [],
        1_850_00,
        616_66,
        740_01,
    ),
    LineFacts(
        "Cabinet boxes and doors",
        "Cabinets",
        Decimal("22"),
        "pcs",
        Decimal("909.0909"),
        ["Sales tax"],
        20_000_00,
        6_666_67,
        7_999_99,
    ),
    LineFacts(
        "Installation and levelling",
        "Cabinets",
        Decimal("165"),
        "h",
        Decimal("100"),
        [],
        16_500_00,
        5_500_00,
        6_600_00,
    ),
]
TAXES = [TaxFacts("Sales tax", Decimal("8.25000"), 7_999_99, 660_00)]

DEPOSIT = RowFacts(0, "Deposit", "percent", Decimal("25.000000"), 10_000_00, "paid")
ROUGH = RowFacts(
    1,
    "Rough-in complete",
    "percent",
    Decimal(25),
    10_000_00,
    "paid",
    deliverable="Pipes and wires are in the walls",
    acceptance=["The plan is followed", "Every wall is photographed before it is closed"],
    evidence=["photo", "inspection"],
    window_days=3,
)
CABINETS = RowFacts(
    2,
    "Cabinets installed",
    "percent",
    Decimal(30),
    12_000_00,
    "ahead",
    deliverable="All cabinets are hung, levelled and scribed",
    acceptance=["Doors and drawers open freely"],
    evidence=["photo"],
    window_days=3,
)
FINAL = RowFacts(3, "Final walkthrough", "remainder", None, 8_000_00, "ahead", bill_on="acceptance")
ROWS = [DEPOSIT, ROUGH, CABINETS, FINAL]

CABINETS_BILLED = replace(
    CABINETS,
    state="now",
    completed_by="Tess Tanaka",
    completed_on=date(2026, 4, 20),
    accepted_by="Carol Reyes",
    accepted_on=date(2026, 4, 22),
    photos=6,
    due_now_cents=12_000_00,
)


def invoice(**more: Any) -> InvoiceFacts:
    """The cabinets: 16,000.00 of work and tax, less 4,000.00 of the deposit."""
    values: dict[str, Any] = {
        "job": job(),
        "kind": "progress",
        "number": "1043",
        "issued_on": date(2026, 4, 22),
        "due_on": date(2026, 4, 29),
        "lines": LINES,
        "taxes": TAXES,
        "rows": [DEPOSIT, ROUGH, CABINETS_BILLED, FINAL],
        "net_cents": 15_340_00,
        "tax_cents": 660_00,
        "recovered_cents": 4_000_00,
        "total_cents": 12_000_00,
        "billed_before_cents": 20_000_00,
        "deposit_cents": 10_000_00,
        "deposit_left_cents": 2_666_67,
    }
    return InvoiceFacts(**(values | more))


def deposit_invoice(**more: Any) -> InvoiceFacts:
    rows = [
        replace(DEPOSIT, state="now", due_now_cents=10_000_00),
        replace(ROUGH, state="ahead"),
        CABINETS,
        FINAL,
    ]
    values: dict[str, Any] = {
        "kind": "deposit",
        "number": "1041",
        "issued_on": date(2026, 3, 2),
        "due_on": date(2026, 3, 2),
        "lines": [],
        "taxes": [TaxFacts("Sales tax", Decimal("8.25"), 0, 0)],
        "rows": rows,
        "net_cents": 10_000_00,
        "tax_cents": 0,
        "recovered_cents": 0,
        "total_cents": 10_000_00,
        "billed_before_cents": 0,
        "deposit_cents": 0,
        "deposit_left_cents": 0,
    }
    return invoice(**(values | more))


def simple_invoice(**more: Any) -> InvoiceFacts:
    """A tap for 180.00, for a customer who is only a phone number."""
    tap = LineFacts("Kitchen tap replaced", "", Decimal("1.5"), "h", Decimal(120), [], 180_00, 0, 180_00)
    phone = "+13125550177"
    values: dict[str, Any] = {
        "job": job(
            customer=Customer(name=phone),
            contacts=[Contact(name="", phone=phone)],
            title="Kitchen tap replaced",
            site="",
            signed_on=None,
            contract_cents=180_00,
        ),
        "kind": "simple",
        "number": "1051",
        "lines": [tap],
        "taxes": [],
        "rows": [RowFacts(1, "", "remainder", Decimal(0), 180_00, "now", due_now_cents=180_00)],
        "net_cents": 180_00,
        "tax_cents": 0,
        "recovered_cents": 0,
        "total_cents": 180_00,
        "billed_before_cents": 0,
        "deposit_cents": 0,
        "deposit_left_cents": 0,
    }
    return invoice(**(values | more))


def receipt(**more: Any) -> ReceiptFacts:
    values: dict[str, Any] = {
        "job": job(),
        "number": "R-88",
        "method": "check",
        "reference": "118",
        "received_on": date(2026, 4, 24),
        "amount_cents": 12_000_00,
        "covered": [CoveredFacts("1043", "Cabinets installed", 12_000_00, 12_000_00, 0)],
        "credit_cents": 0,
        "billed_cents": 32_000_00,
        "paid_cents": 32_000_00,
        "covers_deposit": False,
        "rows": [DEPOSIT, ROUGH, replace(CABINETS, state="paid"), FINAL],
    }
    return ReceiptFacts(**(values | more))


def contract(**more: Any) -> ContractFacts:
    values: dict[str, Any] = {
        "job": job(),
        "version": 1,
        "lines": LINES,
        "taxes": [TaxFacts("Sales tax", Decimal("8.25"), 20_000_00, 1_650_00)],
        "rows": [replace(row, state="ahead") for row in ROWS],
        "clauses": [
            {"code": "payment_terms", "title": "Payment", "text": "Each invoice is due within 7 days."},
            {"code": "changes", "title": "Changes", "text": "A change counts once it is signed."},
        ],
        "note": "The keys are with the neighbour.",
        "signed_by": "Carol Reyes",
        "signed_at": datetime(2026, 3, 3, 0, 42, tzinfo=UTC),
        "how": "link",
    }
    return ContractFacts(**(values | more))


EVENTS = [
    MoneyEvent(date(2026, 3, 2), "Deposit", "1041", 10_000_00, 0),
    MoneyEvent(date(2026, 3, 3), "bank", "R-86", 0, 10_000_00),
    MoneyEvent(date(2026, 4, 22), "Rough-in complete, Cabinets installed", "1043", 22_000_00, 0),
    MoneyEvent(date(2026, 4, 24), "check", "R-88", 0, 22_000_00, "118"),
    MoneyEvent(date(2026, 5, 28), "Final walkthrough", "1044", 8_000_00, 0),
    MoneyEvent(date(2026, 5, 29), "card", "R-89", 0, 8_000_00),
]


def statement(**more: Any) -> StatementFacts:
    values: dict[str, Any] = {
        "job": job(at=datetime(2026, 5, 29, 20, 0, tzinfo=UTC)),
        "lines": LINES,
        "taxes": [TaxFacts("Sales tax", Decimal("8.25"), 20_000_00, 1_650_00)],
        "events": EVENTS,
        "rows": [replace(row, state="paid") for row in ROWS],
        "billed_cents": 40_000_00,
        "paid_cents": 40_000_00,
    }
    return StatementFacts(**(values | more))


def paid_sheet(**more: Any) -> PaidSheetFacts:
    values: dict[str, Any] = {
        "job": job(at=datetime(2026, 4, 30, 12, 0, tzinfo=UTC)),
        "number": "1043",
        "issued_on": date(2026, 4, 22),
        "due_on": date(2026, 4, 29),
        "total_cents": 12_000_00,
        "payments": [MoneyEvent(date(2026, 4, 25), "check", "R-88", 0, 8_000_00, "118")],
        "balance_cents": 4_000_00,
        "next_name": "Final walkthrough",
        "next_cents": 8_000_00,
        "rows": [DEPOSIT, ROUGH, replace(CABINETS, state="billed"), FINAL],
        "billed_cents": 32_000_00,
        "paid_cents": 28_000_00,
    }
    return PaidSheetFacts(**(values | more))


def milestone(number: int, basis: str, value: str | None, amount_cents: int) -> RowFacts:
    """A row that lies ahead."""
    return RowFacts(number, f"Part {number}", basis, Decimal(value) if value else None, amount_cents, "ahead")
