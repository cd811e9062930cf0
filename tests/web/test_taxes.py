"""Taxes whole: from the form over the signed contract and the printed invoice to the journal."""

import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pypdf
import pytest

from milepost.actions.businesses import add_tax_code, change_business
from milepost.actions.customers import CustomerInput, change_customer
from milepost.actions.invoices import bill_simple, send_invoice
from milepost.actions.quotes import draft_quote, send_quote
from milepost.actions.signing import sign_quote
from milepost.actions.steps.offer import TaxNumberMissing
from milepost.core.quote_input import LineInput, QuoteInput, RowInput
from milepost.gateways.pdf import Press
from milepost.queries.doctor import examine
from milepost.queries.ledger import journal
from milepost.queries.lists import choices
from milepost.records.files import Document
from milepost.records.jobs import Job, ScheduleRow
from milepost.records.scope import scoped
from tests.web.addresses import client_of
from tests.web.test_bad_input import QUOTE


@pytest.fixture(scope="module")
def press() -> Iterator[Press]:
    press = Press()
    yield press
    press.close()


@dataclass(frozen=True)
class Paper:
    """A document as it was frozen, and what its PDF says without spaces."""

    content: dict
    text: str

    def says(self, *words: str) -> bool:
        return all(re.sub(r"\s", "", word) in self.text for word in words)

    @property
    def totals(self) -> list[tuple[str, str]]:
        return [(row["label"], row["value"]) for row in self.content["totals"]]


def printed(cast, press: Press, kind: str) -> Paper:
    """The newest document of this kind, printed."""
    with scoped(cast.business_id, writing=False):
        document = Document.objects.filter(kind=kind).latest("id")
    content = json.loads(document.content)
    reader = pypdf.PdfReader(io.BytesIO(press.render(kind, document.template_version, content)))
    text = "".join(page.extract_text() for page in reader.pages)
    return Paper(content, re.sub(r"[\s\u200b]", "", text))


def tax(cast, name: str, percent: str, **more) -> str:
    return str(add_tax_code(by=cast.alice, at=cast.at, name=name, percent=Decimal(percent), **more))


def written(cast, **fields: object) -> int:
    """A quote written in the form, for Carol, in one payment; its job's id."""
    form = QUOTE | {"customer": str(cast.customer_id)} | fields
    answer = client_of(cast, "owner").post("/quotes/new/", form)
    assert answer.status_code == 302, answer.content.decode()
    with scoped(cast.business_id, writing=False):
        return Job.objects.latest("id").id


def signed_and_billed(cast, job: int) -> None:
    send_quote(by=cast.alice, at=cast.at, job_id=job)
    sign_quote(by=cast.carol, at=cast.at, job_id=job, version=1, name="Carol Reyes")
    with scoped(cast.business_id, writing=False):
        row = ScheduleRow.objects.get(job_id=job).id
    send_invoice(by=cast.alice, at=cast.at, job_id=job, row_ids=[row], by_hand=True)


def last_entry(cast) -> list[tuple[str, str, int]]:
    return [(t.debit, t.credit, t.amount.cents) for t in journal(cast.business_id)[-1].transfers]


def test_a_price_that_includes_tax_is_what_the_customer_pays(cast, press):
    vat = tax(cast, "VAT", "24")
    fields = {"line-1-tax": vat, "prices_include_tax": "on"}
    # The form finds the net first
    totals = client_of(cast, "owner").post("/quotes/totals/", QUOTE | fields).content.decode()
    assert all(amount in totals for amount in ("80.65", "19.35", "100.00"))
    # The contract speaks in prices, the invoice for work in nets, and both come to the price
    signed_and_billed(cast, written(cast, **fields))
    sums = [("Net", "80.65"), ("VAT, 24 % on 80.65", "19.35"), ("Contract total", "$100.00")]
    contract = printed(cast, press, "contract")
    assert contract.totals == sums
    assert contract.content["table"]["figures"] == ["Quantity", "Unit price with tax", "Amount with tax"]
    assert contract.content["table"]["rows"][0]["figures"] == ["1", "100.00", "100.00"]
    assert contract.says("Unit price with tax", "100.00", "19.35")
    invoice = printed(cast, press, "invoice")
    assert invoice.totals == [
        ("Subtotal", "80.65"),
        ("VAT, 24 % on 80.65", "19.35"),
        ("Total due", "$100.00"),
    ]
    assert invoice.says("VAT, 24 % on 80.65")
    words = "The prices include tax: the net in them is found first, and the tax is the difference."
    assert invoice.says(words)
    assert last_entry(cast) == [
        ("Accounts receivable", "Revenue", 80_65),
        ("Accounts receivable", "Tax payable", 19_35),
    ]
    assert examine() == []


def test_the_setting_fills_the_form_and_a_quote_can_say_otherwise(cast):
    tax(cast, "VAT", "20")
    alice = client_of(cast, "owner")
    box = '<input type="checkbox" name="prices_include_tax"'
    assert "checked" not in _tag(alice.get("/quotes/new/"), "prices_include_tax")
    saved = alice.post(
        "/settings/accounting/",
        {"recovery": "first", "deposit_tax": "on_application", "tax_at": "contract", "tax_per": "code", "tax_rounding": "half_up",
         "prices_include_tax": "on"},
    )  # fmt: skip
    assert saved.status_code == 302, box
    assert choices(cast.business_id).business.prices_include_tax
    for form in ("/quotes/new/", "/invoices/new/"):
        assert "checked" in _tag(alice.get(form), "prices_include_tax")
    job = written(cast)
    assert "checked" not in _tag(alice.get(f"/quotes/{job}/edit/"), "prices_include_tax")


def _tag(answer, name: str) -> str:
    return next(
        tag for tag in re.findall(r"<input[^>]*>", answer.content.decode()) if f'name="{name}"' in tag
    )


def test_several_taxes_on_a_line_rounded_on_each_line_and_cut(cast, press):
    change_business(by=cast.alice, at=cast.at, tax_per="line", tax_rounding="down")
    state, city = tax(cast, "State tax", "6.25"), tax(cast, "City tax", "1.25")
    fields = {
        "line": ["1", "2"], "line-1-price": "33.33", "line-1-tax": [state, city],
        "line-2-description": "More", "line-2-quantity": "1", "line-2-price": "33.33", "line-2-tax": [state],
    }  # fmt: skip
    # 33.33 × 6.25 % is 2.08, twice; 33.33 × 1.25 % is 0.41: what is below a cent falls away
    signed_and_billed(cast, written(cast, **fields))
    invoice = printed(cast, press, "invoice")
    assert invoice.totals == [
        ("Subtotal", "66.66"),
        ("State tax, 6.25 % on 66.66", "4.16"),
        ("City tax, 1.25 % on 33.33", "0.41"),
        ("Total due", "$71.23"),
    ]
    assert invoice.says("State tax, 6.25 % on 66.66", "City tax, 1.25 % on 33.33")
    assert last_entry(cast) == [
        ("Accounts receivable", "Revenue", 66_66),
        ("Accounts receivable", "Tax payable", 4_16),
        ("Accounts receivable", "Tax payable", 41),
    ]


def test_each_invoice_is_taxed_by_itself_where_the_law_asks_for_it(cast):
    """What is asked for stands; the net is found to which the tax fits, and the last one closes the contract."""
    change_business(by=cast.alice, at=cast.at, tax_at="document")
    vat = int(tax(cast, "VAT", "20"))
    lines = [
        LineInput(f"Work {price}", Decimal(price), tax_codes=(vat,))
        for price in ("68.33", "68.33", "57.50", "85.00")
    ]
    rows = [RowInput(name, "share", value=Decimal(1)) for name in ("One", "Two", "Three", "Four")]
    quote = QuoteInput("Work", tuple(lines), tuple(rows))
    job = draft_quote(by=cast.alice, at=cast.at, customer_id=cast.customer_id, quote=quote)
    send_quote(by=cast.alice, at=cast.at, job_id=job)
    sign_quote(by=cast.carol, at=cast.at, job_id=job, version=1, name="Carol")
    # The setting is the job's own from now on
    change_business(by=cast.alice, at=cast.at, tax_at="contract")
    with scoped(cast.business_id, writing=False):
        ids = list(ScheduleRow.objects.filter(job_id=job).order_by("position").values_list("id", flat=True))
    said = []
    for row in ids:
        send_invoice(by=cast.alice, at=cast.at, job_id=job, row_ids=[row], by_hand=True)
        said.append([cents for _debit, _credit, cents in last_entry(cast)])
        assert examine() == []
    assert said == [[69_79, 13_96], [69_79, 13_96], [69_79, 13_96], [69_79, 13_95]]


def test_under_reverse_charge_the_document_says_who_owes_the_tax_with_both_tax_numbers(cast, press):
    alice = client_of(cast, "owner")
    added = alice.post(
        "/settings/taxes/", {"tax_name": "Reverse charge", "percent": "0", "kind": "reverse_charge"}
    )
    assert added.status_code == 302
    owed = str(choices(cast.business_id).taxes[0].id)
    job = written(cast, **{"line-1-tax": owed})
    # Without either number nothing is sent, and the quote says what is missing
    with pytest.raises(TaxNumberMissing, match="needs the tax numbers of both sides"):
        send_quote(by=cast.alice, at=cast.at, job_id=job)
    change_business(by=cast.alice, at=cast.at, registration="ATU12345678")
    with pytest.raises(TaxNumberMissing):
        send_quote(by=cast.alice, at=cast.at, job_id=job)
    card = {"name": "Bauer GmbH", "kind": "company", "language": "", "registration": "DE123456789"}
    assert alice.post(f"/customers/{cast.customer_id}/card/", card).status_code == 302
    assert "The customer owes the tax on this work." in alice.get(f"/quotes/{job}/").content.decode()
    signed_and_billed(cast, job)
    for kind in ("contract", "invoice"):
        paper = printed(cast, press, kind)
        assert paper.says("ATU12345678", "DE123456789", "Reverse charge, 0 % on 100.00")
        assert paper.says("Reverse charge: no tax is charged here. The customer owes the tax on this work.")
    assert last_entry(cast) == [("Accounts receivable", "Revenue", 100_00)]
    # Words of one's own hold for what is written from then on
    words = "Steuerschuldnerschaft des Leistungsempfängers"
    assert (
        alice.post(f"/settings/taxes/{owed}/", {"tax_name": "Reverse charge", "note": words}).status_code
        == 302
    )
    line = LineInput("Beam", Decimal(500), tax_codes=(int(owed),))
    bill_simple(by=cast.alice, at=cast.at, customer_id=cast.customer_id, lines=(line,))
    assert printed(cast, press, "invoice").says(words)


@pytest.mark.parametrize(
    ("form", "field", "said"),
    [
        ({"percent": "19", "kind": "reverse_charge"}, "percent", "you charge no tax. Write 0 percent."),
        ({"percent": "0", "kind": "sometimes"}, "kind", "Choose"),
        ({"percent": "0", "note": "x" * 501}, "note", "This is too long"),
    ],
)
def test_a_wrong_tax_is_refused_at_its_field(cast, form, field, said):
    answer = client_of(cast, "owner").post("/settings/taxes/", {"tax_name": "Mine"} | form)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert said in page and 'value="Mine"' in page


def test_an_exempt_customer_s_documents_name_the_certificate_and_its_day(cast, press):
    sales = tax(cast, "Sales tax", "8.25")
    card = CustomerInput(
        "Oak Park School", tax_exempt=True, exemption_reason="Public school",
        exemption_number="E9991-2345-07", exempted_on=date(2025, 8, 15),
    )  # fmt: skip
    change_customer(by=cast.alice, at=cast.at, customer_id=cast.customer_id, card=card)
    page = client_of(cast, "owner").get(f"/customers/{cast.customer_id}/").content.decode()
    assert 'value="2025-08-15"' in page
    signed_and_billed(cast, written(cast, **{"line-1-tax": sales}))
    words = "No tax is charged: Public school. Exemption number E9991-2345-07 of 15 August 2025."
    for kind in ("contract", "invoice"):
        assert printed(cast, press, kind).says(words)
    assert last_entry(cast) == [("Accounts receivable", "Revenue", 100_00)]


def test_what_is_offered_keeps_its_prices_when_the_setting_changes(cast):
    vat = int(tax(cast, "VAT", "20"))
    quote = QuoteInput(
        "Work",
        (LineInput("Work", Decimal(120), tax_codes=(vat,)),),
        (RowInput("All", "remainder"),),
        prices_include_tax=True,
    )
    job = draft_quote(by=cast.alice, at=cast.at, customer_id=cast.customer_id, quote=quote)
    send_quote(by=cast.alice, at=cast.at, job_id=job)
    change_business(by=cast.alice, at=cast.at, prices_include_tax=False)
    sign_quote(by=cast.carol, at=cast.at, job_id=job, version=1, name="Carol", total_cents=120_00)
    with scoped(cast.business_id, writing=False):
        assert Job.objects.get(id=job).prices_include_tax
