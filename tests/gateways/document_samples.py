"""The documents of one kitchen, as the office's questions would prepare them; tests and bench print these."""

from typing import Any

from milepost.queries.documents_shape import (
    Content,
    ContractContent,
    CreditNoteContent,
    InvoiceContent,
    PaidSheetContent,
    ReceiptContent,
    Road,
    Row,
    StatementContent,
)

PAY_URL = "https://pay.oakandstone.example/c/Zk4nVY2l0hT9mQxWb7RrJc5sE1uD8aGf"


def frame(title: str, number: str, subject: str, **more: Any) -> Content:
    content: dict[str, Any] = {
        "lang": "en-US",
        "paper": "us-letter",
        "accent": "#1f6b4a",
        "made_at": "2026-04-22T18:42:07+00:00",
        "title": title,
        "number": number,
        "page_of": "Page {page} of {pages}",
        "sender": {
            "name": "Oak & Stone Kitchens",
            "lines": ["418 Alder Street", "Portland, OR 97205"],
            "contact": ["(503) 555-0142", "office@oakandstone.example"],
            "registrations": ["CCB licence 218843", "EIN 84-1234567"],
        },
        "parties": [
            {
                "label": "Customer",
                "name": "Carol Reyes",
                "lines": ["12 Elm Street", "Portland, OR 97202"],
            },
            {"label": "Bill to", "name": "Pat Reyes", "lines": ["pat.reyes@mail.example"]},
        ],
        "project": {"label": "Project", "title": "Reyes kitchen", "lines": ["12 Elm Street, Portland"]},
        "facts": [
            {"label": "Issued", "value": "22 April 2026"},
            {"label": "Due", "value": "6 May 2026"},
            {"label": "Terms", "value": "Net 14 days"},
        ],
        "subject": subject,
        "clauses": [
            {
                "heading": "",
                "text": "Late payment bears 1.5 % a month from the day after it is due, as clause 2 of the "
                "contract says. Questions about this invoice: reply to the message it came with.",
            }
        ],
    }
    return content | more  # type: ignore[return-value]


def road(now: int = 2) -> Road:
    names = ["Deposit", "Rough-in complete", "Cabinets installed", "Final walkthrough"]
    amounts = ["10,000.00", "10,000.00", "12,000.00", "8,000.00"]
    notes = ["paid 3 March", "paid 25 March", "this invoice", "to come"]
    return {
        "heading": "Your payment schedule",
        "rows": [
            {
                "name": name,
                "amount": amount,
                "note": note,
                "state": "paid" if i < now else "now" if i == now else "ahead",
            }
            for i, (name, amount, note) in enumerate(zip(names, amounts, notes, strict=True))
        ],
    }


def line(text: str, *figures: str, detail: str = "") -> Row:
    return {"kind": "line", "text": text, "detail": detail, "figures": list(figures)}


def section(text: str) -> Row:
    return {"kind": "section", "text": text, "detail": "", "figures": []}


PAY = {
    "heading": "How to pay",
    "url": PAY_URL,
    "url_label": "Pay online, by bank or card",
    "qr_alt": "QR code of the payment link",
    "ways": [
        {
            "label": "Bank transfer",
            "value": "Columbia Bank\nRouting 123 000 848\nAccount 0044 1188 20\nReference 1043",
        },
        {"label": "Cheque", "value": "To Oak & Stone Kitchens\n418 Alder Street, Portland, OR 97205"},
    ],
}


def invoice(rows: int = 3) -> InvoiceContent:
    lines = [
        line(
            "Cabinet boxes and doors", "14,200.00", "7,100.00", "4,260.00", detail="Maple, shaker, 22 units"
        ),
        line("Installation and levelling", "6,400.00", "3,200.00", "1,920.00", detail="Labour"),
        line("Countertop, quartz, with templating", "8,900.00", "4,450.00", "2,670.00"),
    ]
    while len(lines) < rows:
        lines.append(line(f"Work item {len(lines) + 1}", "1,000.00", "500.00", "300.00", detail="Each"))
    return frame(
        "Invoice",
        "1043",
        "Milestone 2: Cabinets installed, per contract of 2 March 2026",
        amount={"label": "Total due", "value": "$12,000.00", "note": "by 6 May 2026"},
        story=[
            {
                "label": "Deliverable",
                "value": "All wall and base cabinets hung, levelled and scribed; doors adjusted",
            },
            {"label": "Completed", "value": "20 April 2026 by Tess Moreno, with 6 photos"},
            {"label": "Accepted", "value": "22 April 2026 by Carol Reyes"},
        ],
        table={
            "heading": "",
            "text": "Work",
            "figures": ["Contract", "Billed before", "This invoice"],
            "rows": lines[:rows],
        },
        totals=[
            {"label": "Subtotal", "value": "14,545.45", "kind": "plain"},
            {"label": "Sales tax, materials 8.25 % of 1,763.64", "value": "145.50", "kind": "plain"},
            {"label": "Labour, exempt", "value": "0.00", "kind": "plain"},
            {"label": "Deposit recovered", "value": "−2,690.95", "kind": "plain"},
            {"label": "Total due", "value": "$12,000.00", "kind": "strong"},
        ],
        math={
            "heading": "How this adds up",
            "sentences": ["30 % of 40,000.00 = 12,000.00"],
            "rows": [
                {"label": "Contract total", "value": "40,000.00"},
                {"label": "Previously billed", "value": "20,000.00"},
                {"label": "This invoice", "value": "12,000.00"},
                {"label": "Remaining", "value": "8,000.00"},
                {"label": "Deposit recovered to date", "value": "6,727.27"},
            ],
        },
        road=road(),
        pay=PAY,
    )  # type: ignore[return-value]


def simple_invoice() -> InvoiceContent:
    return frame(
        "Invoice",
        "1051",
        "Kitchen tap replaced",
        lang="de-AT",
        paper="a4",
        accent="#8a3b12",
        page_of="Seite {page} von {pages}",
        parties=[{"label": "Kunde", "name": "+43 660 5550142", "lines": []}],
        project={"label": "", "title": "", "lines": []},
        amount={"label": "Zu zahlen", "value": "180,00 €", "note": "bis 6. Mai 2026"},
        story=[],
        table={
            "heading": "",
            "text": "Leistung",
            "figures": ["Menge", "Preis", "Betrag"],
            "rows": [
                line("Armatur getauscht", "1,5 h", "80,00", "120,00"),
                line("Armatur", "1", "60,00", "60,00"),
            ],
        },
        totals=[
            {"label": "USt 20 %", "value": "30,00", "kind": "plain"},
            {"label": "Gesamt", "value": "180,00 €", "kind": "strong"},
        ],
        math=None,
        road=None,
        pay=PAY | {"ways": []},
        clauses=[],
    )  # type: ignore[return-value]


BAR = {
    "paid_bp": 5000,
    "open_bp": 3000,
    "figures": [
        {"label": "Quoted", "value": "40,000.00"},
        {"label": "Billed", "value": "32,000.00"},
        {"label": "Paid", "value": "20,000.00"},
        {"label": "Left", "value": "20,000.00"},
    ],
}


def receipt() -> ReceiptContent:
    return frame(
        "Receipt",
        "R-88",
        "Thank you. Your payment of 22 April 2026 has arrived.",
        facts=[
            {"label": "Received", "value": "22 April 2026"},
            {"label": "Method", "value": "Bank transfer"},
        ],
        amount={"label": "Received", "value": "$12,000.00", "note": "Invoice 1043 is paid in full"},
        story=[],
        table={
            "heading": "What it covers",
            "text": "Invoice",
            "figures": ["Invoice total", "This payment", "Balance"],
            "rows": [
                line(
                    "1043 · Cabinets installed",
                    "12,000.00",
                    "12,000.00",
                    "0.00",
                    detail="Issued 22 April 2026",
                )
            ],
        },
        totals=[{"label": "Received", "value": "$12,000.00", "kind": "strong"}],
        bar=BAR | {"paid_bp": 8000, "open_bp": 0},
        road=road(3),
        clauses=[],
    )  # type: ignore[return-value]


def statement() -> StatementContent:
    return frame(
        "Closing statement",
        "",
        "The work is finished and everything is paid. Thank you.",
        facts=[{"label": "Closed", "value": "29 May 2026"}],
        amount={"label": "Left to pay", "value": "$0.00", "note": "Paid in full"},
        bar=BAR | {"paid_bp": 10000, "open_bp": 0},
        tables=[
            {
                "heading": "The contract",
                "text": "What was agreed",
                "figures": ["Amount"],
                "rows": [
                    line("Contract, signed by Carol Reyes on 2 March 2026", "40,000.00"),
                    line("Change 1: under-cabinet lighting, signed 2 April 2026", "1,250.01"),
                ],
            },
            {
                "heading": "What was billed and paid",
                "text": "Invoice",
                "figures": ["Billed", "Paid"],
                "rows": [
                    line(
                        "1041 · Deposit", "10,000.00", "10,000.00", detail="paid 3 March 2026, bank transfer"
                    ),
                    line(
                        "1042 · Rough-in complete",
                        "10,416.67",
                        "10,416.67",
                        detail="paid 25 March 2026, card",
                    ),
                    line(
                        "1043 · Cabinets installed",
                        "12,500.00",
                        "12,500.00",
                        detail="paid 23 April 2026, cheque 118",
                    ),
                    line(
                        "1044 · Final walkthrough",
                        "8,333.34",
                        "8,333.34",
                        detail="paid 29 May 2026, bank transfer",
                    ),
                ],
            },
        ],
        totals=[
            {"label": "Contract total", "value": "41,250.01", "kind": "plain"},
            {"label": "Paid", "value": "41,250.01", "kind": "plain"},
            {"label": "Left to pay", "value": "$0.00", "kind": "strong"},
        ],
        road=None,
        clauses=[],
    )  # type: ignore[return-value]


def paid_sheet() -> PaidSheetContent:
    return frame(
        "Payments since",
        "invoice 1043",
        "As of 30 April 2026. The invoice itself follows unchanged.",
        facts=[{"label": "Invoice", "value": "1043"}, {"label": "Issued", "value": "22 April 2026"}],
        amount={"label": "Balance of this invoice", "value": "$4,000.00", "note": "due 6 May 2026"},
        table={
            "heading": "Paid since the invoice was issued",
            "text": "Payment",
            "figures": ["Amount", "Balance"],
            "rows": [line("25 April 2026 · cheque 118", "8,000.00", "4,000.00", detail="Receipt R-89")],
        },
        totals=[
            {"label": "Invoice total", "value": "12,000.00", "kind": "plain"},
            {"label": "Paid since", "value": "−8,000.00", "kind": "plain"},
            {"label": "Balance", "value": "$4,000.00", "kind": "strong"},
        ],
        next_amount={"label": "Next", "value": "$8,000.00", "note": "Final walkthrough, on completion"},
        bar=BAR,
        road=road(),
        pay=PAY,
        clauses=[],
    )  # type: ignore[return-value]


CLAUSES = [
    ("Payment", "Each amount of the payment schedule is due 14 days after its invoice is issued."),
    ("Late payment", "An amount that is late bears 1.5 % a month from the day after it was due."),
    ("Pause of work", "When an invoice is more than 7 days overdue, work may pause until it is paid."),
    ("Acceptance", "Work that is reported done counts as accepted when 5 business days pass in silence."),
    ("Partial acceptance", "What is accepted can be billed, while what is not is put right."),
    ("Changes", "A change of the work or the price is made in writing and signed before it is carried out."),
]


def contract() -> ContractContent:
    return frame(
        "Contract",
        "Q-1042",
        "Remodel of the kitchen at 12 Elm Street, as described below",
        facts=[{"label": "Signed", "value": "2 March 2026"}, {"label": "Version", "value": "1"}],
        amount={"label": "Contract total", "value": "$40,000.00", "note": "tax included"},
        table={
            "heading": "The work",
            "text": "Description",
            "figures": ["Quantity", "Unit price", "Amount"],
            "rows": [
                section("Demolition"),
                line(
                    "Remove cabinets and counters",
                    "1 lot",
                    "1,850.00",
                    "1,850.00",
                    detail="Disposal included",
                ),
                line("Protect floors", "24 m²", "12.50", "300.00"),
                section("Cabinets"),
                line("Cabinet boxes and doors", "22 pcs", "645.45", "14,200.00", detail="Maple, shaker"),
                line("Installation and levelling", "64 h", "100.00", "6,400.00"),
            ],
        },
        totals=[
            {"label": "Net", "value": "38,828.50", "kind": "plain"},
            {"label": "Sales tax, materials 8.25 % of 14,200.00", "value": "1,171.50", "kind": "plain"},
            {"label": "Contract total", "value": "$40,000.00", "kind": "strong"},
        ],
        schedule={
            "heading": "The payment schedule",
            "text": "When",
            "figures": ["Share", "Amount"],
            "rows": [
                line("Deposit", "25 %", "10,000.00", detail="on signing"),
                line("Milestone 1: Rough-in complete", "25 %", "10,000.00", detail="when it is done"),
                line("Milestone 2: Cabinets installed", "30 %", "12,000.00", detail="when it is done"),
                line("Milestone 3: Final walkthrough", "the rest", "8,000.00", detail="when it is done"),
            ],
        },
        clauses=[{"heading": heading, "text": text} for heading, text in CLAUSES],
        signatures=[
            {
                "label": "For Oak & Stone Kitchens",
                "name": "Alice Moreno",
                "signed": "1 March 2026, 09:12, by sending the quote",
            },
            {
                "label": "For the customer",
                "name": "Carol Reyes",
                "signed": "2 March 2026, 18:42, on the customer's own phone",
                "strokes": [
                    [
                        [40, 200],
                        [90, 60],
                        [160, 40],
                        [120, 160],
                        [60, 220],
                        [180, 210],
                        [260, 120],
                        [300, 210],
                    ],
                    [
                        [330, 120],
                        [350, 210],
                        [400, 110],
                        [460, 210],
                        [540, 60],
                        [560, 210],
                        [700, 150],
                        [900, 120],
                    ],
                ],
            },
        ],
    )  # type: ignore[return-value]


def credit_note() -> CreditNoteContent:
    return frame(
        "Credit note",
        "C-1",
        "For invoice 1043 of 22 April 2026",
        facts=[{"label": "Issued", "value": "24 April 2026"}, {"label": "Invoice", "value": "1043"}],
        amount={
            "label": "Credited",
            "value": "$12,000.00",
            "note": "nothing is left to pay of invoice 1043",
        },
        story=[
            {"label": "Reason", "value": "It went to the old address"},
            {"label": "Your deposit", "value": "4,000.00 of it is there again for the next invoice."},
        ],
        table={
            "heading": "",
            "text": "Description",
            "figures": ["Credited"],
            "rows": [line("Cabinets installed", "16,000.00")],
        },
        totals=[
            {"label": "Subtotal", "value": "16,000.00", "kind": "plain"},
            {"label": "Deposit to be used again", "value": "-4,000.00", "kind": "plain"},
            {"label": "Total credited", "value": "$12,000.00", "kind": "strong"},
        ],
        math={
            "heading": "How this adds up",
            "sentences": [],
            "rows": [
                {"label": "Invoice 1043", "value": "12,000.00"},
                {"label": "This credit note", "value": "-12,000.00"},
            ],
        },
        road=road(2),
        clauses=[],
    )  # type: ignore[return-value]


SAMPLES = {
    "credit_note": credit_note,
    "invoice": invoice,
    "receipt": receipt,
    "statement": statement,
    "paid_sheet": paid_sheet,
    "contract": contract,
}
