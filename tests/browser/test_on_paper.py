"""A job's page on paper: everything that is read, nothing that is pressed."""

import io

import pytest
from pypdf import PdfReader

from milepost.actions.payments import record_payment
from tests.browser.walking import DESK, sign_in
from tests.cast import kitchen

pytestmark = pytest.mark.browser


def test_a_job_is_printed_with_its_contract_and_without_its_forms(site, cast, browser):  # type: ignore[no-untyped-def]
    job = kitchen(cast)
    record_payment(by=cast.bo, at=cast.at, job_id=job.job_id, amount_cents=10_000_00, method="check")
    office = browser.new_context(viewport=DESK).new_page()
    sign_in(office, site, "alice@example.com", cast.password)
    office.goto(f"{site.url}/jobs/{job.job_id}/")
    # On the screen there are both; what is folded away stays folded after printing
    assert office.get_by_text("Fix this invoice").is_visible()
    assert office.get_by_text("Mark done").first.is_visible()
    paper = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(office.pdf())).pages)
    for read in ("Quoted", "40,000.00", "Invoice 1001", "Rough-in complete", "Each invoice is due within"):
        assert read in paper, read
    for pressed in ("Mark done", "Bill it ahead", "Fix this invoice", "Record payment", "Send it only if"):
        assert pressed not in paper, pressed
    assert office.locator("details.fold[open]").count() == 0
