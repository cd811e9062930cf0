"""An offer with sections, options and discounts: as it reads on the phone, in the office and on paper."""

import io
from datetime import date
from decimal import Decimal

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from milepost.actions.businesses import add_tax_code
from milepost.core.quote_input import LineInput, QuoteInput, RowInput
from milepost.queries.job_page import job_page
from tests.browser.walking import DESK, PHONE, faults, sign_in
from tests.cast import sent_quote

pytestmark = pytest.mark.browser


def offered(cast) -> int:  # type: ignore[no-untyped-def]
    """A kitchen and a bath with two options, discounts on lines and on everything, and a line of no section."""
    taxes = tuple(
        add_tax_code(by=cast.alice, at=cast.at, name=name, percent=Decimal(percent))
        for name, percent in (("State tax", "6.25"), ("City tax", "2"))
    )

    def line(words: str, price: str, section: str, **more: object) -> LineInput:
        return LineInput(words, Decimal(price), section=section, tax_codes=taxes, **more)  # type: ignore[arg-type]

    quote = QuoteInput(
        "Kitchen and bath",
        lines=(
            line("Cabinets\nOak, soft-close, 12 doors and 6 drawers", "18250", "Kitchen"),
            line(
                "Brass pulls",
                "12.3456",
                "Kitchen",
                quantity=Decimal(30),
                unit="pcs",
                discount_percent=Decimal(10),
            ),
            line("Under-cabinet light", "480", "Kitchen", is_optional=True),
            line(
                "Tiling",
                "64.5",
                "Bath",
                quantity=Decimal("42.5"),
                unit="sq ft",
                discount_percent=Decimal("2.5"),
            ),
            line("Towel rail", "650", "Bath", is_optional=True),
            line("Disposal of rubble", "350", ""),
        ),
        rows=(
            RowInput("Deposit", "percent", "deposit", Decimal(25)),
            RowInput(
                "Kitchen done", "lines", lines=(1, 2, 3), bill_on="acceptance", acceptance=("Doors close",)
            ),
            RowInput("Handover", "remainder", planned_on=date(2027, 5, 10), planned_until=date(2027, 5, 21)),
        ),
        note="Parking by you.",
        expires_on=date(2027, 12, 1),
        discount_percent=Decimal(3),
    )
    return sent_quote(cast, quote=quote)


def work(page) -> str:  # type: ignore[no-untyped-def]
    """The table of the work, its spaces as single ones."""
    return " ".join(page.locator("table.sums").inner_text().split())


def printed(page) -> str:  # type: ignore[no-untyped-def]
    pages = PdfReader(io.BytesIO(page.pdf())).pages
    return " ".join(" ".join(sheet.extract_text().split()) for sheet in pages)


def test_sections_options_and_discounts_read_well_on_the_phone_in_the_office_and_on_paper(
    site, cast, browser, photograph
):  # type: ignore[no-untyped-def]
    job = offered(cast)
    link = next(p.url for p in job_page(cast.business_id, job, at=cast.at).people if p.approves)
    phone = browser.new_context(viewport=PHONE).new_page()
    phone.goto(link)
    assert work(phone) == (
        "The work What Amount Kitchen 18,025.83 "
        "Cabinets Oak, soft-close, 12 doors and 6 drawers State tax, City tax 17,702.50 "
        "Brass pulls 30 pcs × 12.3456 less 10 % · State tax, City tax 323.33 "
        "Under-cabinet light option, not included State tax, City tax 465.60 "
        "Bath 2,592.54 Tiling 42.5 sq ft × 64.50 less 2.5 % · State tax, City tax 2,592.54 "
        "Towel rail option, not included State tax, City tax 630.50 "
        "Other work Disposal of rubble State tax, City tax 339.50"
    )
    expect(phone.get_by_text("Every amount is after 3 % off.")).to_be_visible()

    # A tick counts it in its section
    phone.get_by_label("Under-cabinet light").check()
    phone.get_by_text("option, included").wait_for()
    assert "Kitchen 18,491.43" in work(phone)
    photograph(phone, "offer-sections-phone")
    assert faults(phone) == []
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390

    # On paper every clause and criterion stands unfolded, with a line to sign on and no form
    paper = printed(phone)
    for words in (
        "Doors close",
        "we may pause the work",
        "Place and date",
        "Name and signature",
        "Parking by you.",
    ):
        assert words in paper
    assert "How would you like to pay?" not in paper and "Not for you?" not in paper
    expect(phone.locator("details.fold[open]")).to_have_count(0)

    office = browser.new_context(viewport=DESK).new_page()
    sign_in(office, site, "alice@example.com", cast.password)
    office.goto(f"{site.url}/quotes/{job}/")
    photograph(office, "offer-sections-office")
    assert "Kitchen 18,025.83" in work(office)
    paper = printed(office)
    assert "Doors close" in paper and "Name and signature" in paper
    assert "Record a signed copy" not in paper and "QR code" not in paper
    assert faults(office) == []
