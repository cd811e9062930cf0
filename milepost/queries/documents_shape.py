"""
The exact shape of what is printed: one TypedDict for each document.

A content is plain JSON. Labels and values alike are display strings, ready in the reader's language
and format; a document template joins nothing, adds nothing up and formats nothing. The issuing action
freezes the content, so a key is only ever added as NotRequired, and a changed look is a new template
version. What is not a display string says so in its docstring (codes, shares, the signature's strokes).

Empty text ("") and an empty list mean "leave this out".
"""

from typing import Literal, NotRequired, TypedDict

TemplateName = Literal["invoice", "receipt", "statement", "paid_sheet", "contract", "credit_note"]
TEMPLATE_VERSION = 1
"""The version that new documents are frozen with; old ones keep theirs for ever."""


class Fact(TypedDict):
    """A label and its value, kept together on one line: "Due" / "16 March 2026"."""

    label: str
    value: str


class Sender(TypedDict):
    """Who issues the document."""

    name: str
    """The business's name, as it trades."""
    lines: list[str]
    """Postal address, a line each."""
    contact: list[str]
    """Telephone, email, web; a line each."""
    registrations: list[str]
    """Tax and trade registrations, ready to print: "Licence CSLB 1047732"."""
    logo_sha256: NotRequired[str]
    """Which stored picture is the logo; its bytes are put in when the document is printed."""
    logo: NotRequired[str]
    """PNG or JPEG in base64, printed up to 14 mm high in place of the name; absent for none."""


class Party(TypedDict):
    """Somebody the document is addressed to."""

    label: str
    """"Bill to", "Customer", "Approved by"."""
    name: str
    lines: list[str]
    """Address, email, telephone; a line each."""


class Project(TypedDict):
    """The job the document belongs to."""

    label: str
    """"Project"."""
    title: str
    lines: list[str]
    """The site's address, the contract's number."""


class Amount(TypedDict):
    """The one figure the reader looks for, set large."""

    label: str
    """"Total due", "Received", "Balance"."""
    value: str
    """With its currency: "$10,000.00"."""
    note: str
    """A short line beneath: "by 16 March 2026", "Paid in full"."""


class Row(TypedDict):
    """One row of a table."""

    kind: Literal["line", "section"]
    """A section is a heading inside the table; its `figures` may carry the section's sums or be empty."""
    text: str
    detail: str
    """Smaller text beneath: the scope in words, the tax code."""
    figures: list[str]
    """The right-aligned columns, as many as `Table.figures`."""


class Table(TypedDict):
    """A table whose first column is text and whose other columns are figures."""

    heading: str
    """Above the table; "" for none."""
    text: str
    """Heading of the first column: "Description"."""
    figures: list[str]
    """Headings of the figure columns, 1 to 4: "Contract", "Billed before", "This invoice"; or "Quantity",
    "Unit price", "Amount"."""
    rows: list[Row]


class Total(TypedDict):
    """One line of the sums at a table's foot."""

    label: str
    """"Subtotal", "Sales tax CA-LA 9.5 %", "Deposit recovered", "Total due"."""
    value: str
    kind: Literal["plain", "strong"]
    """`strong` for the last line, the total."""


class Math(TypedDict):
    """How the figure came about, in words."""

    heading: str
    """"How this adds up"."""
    sentences: list[str]
    """"25 % of 40,000.00 = 10,000.00"."""
    rows: list[Fact]
    """"Previously billed", "This invoice", "Remaining", each with its amount."""


class Explained(TypedDict):
    """Why one amount is what it is. Read on a page, not printed."""

    label: str
    """What the amount is: a line, a tax, "Total due"."""
    value: str
    sentences: list[str]


class Milepost(TypedDict):
    """One row of the payment schedule on the road."""

    name: str
    amount: str
    note: str
    """"paid 3 March", "this invoice", "next"."""
    state: Literal["paid", "billed", "now", "ahead"]
    """`now` is where the reader stands: the row that this document is about, or the next one due."""


class Road(TypedDict):
    """Where this document stands in the whole payment schedule."""

    heading: str
    """"Your payment schedule"."""
    rows: list[Milepost]


class MoneyBar(TypedDict):
    """The contract as one bar, with its figures."""

    paid_bp: int
    """Share of the contract that is paid, in basis points, 0 to 10000."""
    open_bp: int
    """Share that is billed and not yet paid, in basis points; the rest is left."""
    figures: list[Fact]
    """"Quoted", "Billed", "Paid", "Left", each with its amount."""


class Pay(TypedDict):
    """How to pay."""

    heading: str
    """"How to pay"."""
    url: str
    """The payment link, absolute, http or https; its QR code is drawn by the gateway. "" for none."""
    url_label: str
    """"Pay online, by card or bank"."""
    qr_alt: str
    """Read out in place of the QR code: "QR code of the payment link"."""
    ways: list[Fact]
    """"Bank transfer", "Cheque": the value may have several lines, parted by a newline."""


class Clause(TypedDict):
    """A clause of the contract, or a note at the foot of a document."""

    heading: str
    """"" for a paragraph without one."""
    text: str


class Signature(TypedDict):
    """Somebody's signature."""

    label: str
    """"Signed for the customer"."""
    name: str
    """The name as it was typed; set as the signature when nothing was drawn. "" leaves an empty line."""
    signed: str
    """When, and how: "2 March 2026, 18:42, on the customer's own phone"."""
    strokes: NotRequired[list[list[list[int]]]]
    """The drawn signature: strokes of [x, y] points, whole numbers, x 0 to 1000, y 0 to 300 downwards."""


class Content(TypedDict):
    """What every document has."""

    lang: str
    """Language tag of the reader, "en" or "de-AT": for hyphenation and screen readers."""
    paper: Literal["a4", "us-letter"]
    accent: str
    """The business's colour, "#rrggbb"."""
    made_at: str
    """The moment of issue, ISO 8601 with its offset: the PDF's creation date, and nothing else."""
    title: str
    """What it is: "Deposit invoice", "Receipt"."""
    number: str
    """Its number, "1043"; "" for none."""
    page_of: str
    """"Page {page} of {pages}", with these two names in braces."""
    sender: Sender
    parties: list[Party]
    """One or two: the customer, and the payer where it is somebody else."""
    project: Project
    facts: list[Fact]
    """Number, issued, due, terms, in the order to print."""
    subject: str
    """The document in one sentence: "Milestone 2: Rough-in complete, per contract of 2 March 2026"."""
    clauses: list[Clause]


class InvoiceContent(Content):
    """A deposit, progress or simple invoice."""

    amount: Amount
    """Total due, and by when."""
    story: list[Fact]
    """Deliverable, completed, accepted: "Accepted" / "by Carol Reyes on 22 April 2026"."""
    table: Table
    totals: list[Total]
    """Subtotal, tax by code and rate, deposit recovered, total due."""
    math: Math | None
    road: Road | None
    pay: Pay | None
    explained: NotRequired[list[Explained]]
    """Every amount with its derivation, for the page behind "explain this"."""


class ReceiptContent(Content):
    """What a payment covered, and what is left."""

    amount: Amount
    """Received."""
    story: list[Fact]
    """Method, reference, the day it cleared."""
    table: Table
    """A row for each invoice that the payment settles, whole or in part."""
    totals: list[Total]
    """Received, what is kept as credit, balance."""
    bar: MoneyBar | None
    road: Road | None


class StatementContent(Content):
    """The closing statement of a finished job."""

    amount: Amount
    """Left to pay: nothing."""
    bar: MoneyBar | None
    tables: list[Table]
    """The contract and its changes; the invoices; the payments."""
    totals: list[Total]
    road: Road | None


class PaidSheetContent(Content):
    """The sheet added to a reprinted invoice: what was paid since, the balance, the next amount."""

    amount: Amount
    """The invoice's balance on the day of the reprint."""
    table: Table
    """A row for each payment and credit since the invoice was issued."""
    totals: list[Total]
    """Invoice total, paid since, balance."""
    next_amount: Amount | None
    """The next row of the schedule; None when nothing is to come."""
    bar: MoneyBar | None
    road: Road | None
    pay: Pay | None


class ContractContent(Content):
    """The signed quote: the work, the whole schedule, the clauses, the signatures."""

    amount: Amount
    """Contract total."""
    table: Table
    """The work, by section."""
    totals: list[Total]
    """Net, tax by code, contract total."""
    schedule: Table
    """The payment schedule: name and when in the text, share and amount as figures."""
    signatures: list[Signature]


class CreditNoteContent(Content):
    """What is taken back of an invoice, and how it stands after it."""

    amount: Amount
    """Credited."""
    story: list[Fact]
    """The reason, and what happens to the work, the deposit and what was paid."""
    table: Table
    """A row for each line of the work, or for the deposit."""
    totals: list[Total]
    """Subtotal, tax by code and rate, deposit left to be used, total credited."""
    math: Math | None
    road: Road | None


AnyContent = (
    InvoiceContent
    | ReceiptContent
    | StatementContent
    | PaidSheetContent
    | ContractContent
    | CreditNoteContent
)

CONTENTS: dict[str, type] = {
    "invoice": InvoiceContent,
    "receipt": ReceiptContent,
    "statement": StatementContent,
    "paid_sheet": PaidSheetContent,
    "contract": ContractContent,
    "credit_note": CreditNoteContent,
}
"""The shape that each template prints."""
