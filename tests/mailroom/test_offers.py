"""A quote on paper before it is signed: options apart, discounts said once, a line to sign on."""

import io
from dataclasses import replace
from decimal import Decimal

import pytest
from pypdf import PdfReader

from milepost.actions.businesses import add_tax_code
from milepost.actions.quotes import draft_quote, save_quote
from milepost.actions.signing import sign_quote
from milepost.core.quote_input import LineInput, QuoteInput, RowInput
from milepost.mailroom.documents import ensure_pdf
from milepost.mailroom.offers import offer_pdf
from milepost.queries.door import NotThere
from milepost.queries.job_page import job_page
from tests.cast import sent_quote


def words(data: bytes) -> str:
    return " ".join(" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(data)).pages)


@pytest.fixture
def quote(cast) -> QuoteInput:
    tax = add_tax_code(by=cast.alice, at=cast.at, name="State tax", percent=Decimal("6.25"))
    return QuoteInput(
        "Kitchen",
        lines=(
            LineInput(
                "Cabinets", Decimal(10000), section="Kitchen", tax_codes=(tax,), discount_percent=Decimal(10)
            ),
            LineInput("Island light", Decimal(480), section="Kitchen", tax_codes=(tax,), is_optional=True),
            LineInput("Rubble", Decimal(500), tax_codes=(tax,)),
        ),
        rows=(
            RowInput("Deposit", "percent", "deposit", Decimal(25)),
            RowInput("Done", "remainder", net_days=30),
        ),
        note="Parking by you.",
        discount_percent=Decimal(3),
    )


def test_the_offer_s_pdf_counts_no_option_and_can_be_signed_by_hand(cast, quote):
    job = sent_quote(cast, quote=quote)
    made = offer_pdf(cast.business_id, job, at=cast.at, sent_only=True)
    assert made.name == "Quote Q-1001.pdf"
    text = words(made.data)
    for said in (
        "Quote Q-1001",
        "Cabinets less 10 % · State tax 1 10,000.00 8,730.00",
        "Other work Rubble State tax 1 500.00 485.00",
        "Options, not in the total: tick what you want [ ] Island light State tax 1 480.00 465.60",
        "Net 9,215.00",
        "$9,790.94",
        "Its own terms: due within 30 days of its invoice.",
        "Every amount of the work is after 3 % off.",
        "Place, date, name and signature",
    ):
        assert said in text, (said, text)


def test_the_signed_contract_says_each_line_s_own_discount_and_the_whole_one_once(cast, quote):
    job = sent_quote(cast, quote=quote)
    sign_quote(by=cast.carol, at=cast.at, job_id=job, version=1, name="Carol Reyes", chosen=[2])
    contract = next(d for d in job_page(cast.business_id, job, at=cast.at).documents if d.kind == "contract")
    text = words(ensure_pdf(cast.business_id, contract.id, at=cast.at).data)
    assert "Cabinets less 10 % · State tax 1 10,000.00 8,730.00" in text
    assert "Island light State tax 1 480.00 465.60" in text
    assert "Every amount of the work is after 3 % off." in text
    with pytest.raises(NotThere):
        offer_pdf(cast.business_id, job, at=cast.at, sent_only=False)


def test_the_customer_gets_the_version_that_was_sent_and_the_office_the_newest(cast, quote):
    job = sent_quote(cast, quote=quote)
    dearer = replace(quote, lines=(replace(quote.lines[0], unit_price=Decimal(20000)), *quote.lines[1:]))
    save_quote(by=cast.alice, at=cast.at, job_id=job, quote=dearer)
    assert "20,000.00" in words(offer_pdf(cast.business_id, job, at=cast.at, sent_only=False).data)
    assert "20,000.00" not in words(offer_pdf(cast.business_id, job, at=cast.at, sent_only=True).data)
    draft = draft_quote(by=cast.alice, at=cast.at, customer_id=cast.customer_id, quote=quote)
    with pytest.raises(NotThere):
        offer_pdf(cast.business_id, draft, at=cast.at, sent_only=True)
    with pytest.raises(NotThere):
        offer_pdf(cast.mallory.business_id, job, at=cast.at, sent_only=False)
