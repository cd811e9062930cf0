"""The PDF of a document: rendered once, kept, never replaced."""

import json

import pytest

from milepost.actions.payments import record_payment
from milepost.gateways.files import FileDamaged
from milepost.gateways.pdf import PdfContentWrong
from milepost.mailroom import documents
from milepost.mailroom.reprint import reprint
from milepost.queries.door import NotThere


@pytest.fixture
def invoice_document(job, owner_cursor) -> int:
    row = owner_cursor.execute("SELECT document_id FROM invoice WHERE id = %s", [job.deposit_invoice_id])
    return row.fetchone()[0]


def test_a_document_is_rendered_once_and_never_again(cast, invoice_document, outside, owner_cursor):
    first = documents.ensure_pdf(cast.business_id, invoice_document, at=cast.at)
    second = documents.ensure_pdf(cast.business_id, invoice_document, at=cast.at)

    assert first == second
    assert first.name == "Invoice 1001.pdf" and first.data.startswith(b"%PDF-")
    assert len(outside.pdf.printed) == 1
    assert owner_cursor.execute("SELECT count(*) FROM rendering").fetchone() == (1,)


def test_what_is_printed_is_what_was_frozen(cast, invoice_document, outside, owner_cursor):
    documents.ensure_pdf(cast.business_id, invoice_document, at=cast.at)

    template, version, content = outside.pdf.printed[0]
    frozen = owner_cursor.execute(
        "SELECT kind, template_version, content FROM document WHERE id = %s", [invoice_document]
    ).fetchone()
    assert (template, version, content) == (frozen[0], frozen[1], json.loads(frozen[2]))


def test_two_who_render_at_once_hand_out_the_first_ones_bytes(cast, invoice_document, outside, monkeypatch):
    # Given a worker that is overtaken between rendering and keeping
    render = outside.pdf.render

    def overtaken(*args):
        monkeypatch.setattr(outside.pdf, "render", render)
        kept.append(documents.ensure_pdf(cast.business_id, invoice_document, at=cast.at))
        return b"%PDF-1.7 made by a newer press"

    kept: list[documents.StoredPdf] = []
    monkeypatch.setattr(outside.pdf, "render", overtaken)
    # When both have finished
    mine = documents.ensure_pdf(cast.business_id, invoice_document, at=cast.at)
    # Then both hand out what was kept first
    assert [mine] == kept


def test_a_lost_file_is_made_again_only_if_it_comes_out_the_same(
    cast, invoice_document, outside, monkeypatch
):
    first = documents.ensure_pdf(cast.business_id, invoice_document, at=cast.at)
    outside.files.kept.clear()
    assert documents.ensure_pdf(cast.business_id, invoice_document, at=cast.at) == first

    outside.files.kept.clear()
    monkeypatch.setattr(outside.pdf, "render", lambda *_: b"%PDF-1.7 something else")
    with pytest.raises(Exception, match="is not stored"):
        documents.ensure_pdf(cast.business_id, invoice_document, at=cast.at)


def test_what_waits_is_rendered_and_what_cannot_be_does_not_hold_up_the_rest(
    cast, job, outside, owner_cursor, monkeypatch
):
    render = outside.pdf.render

    def no_contracts(template, version, content):
        if template == "contract":
            raise PdfContentWrong(template=template, problem="it is not to be")
        return render(template, version, content)

    monkeypatch.setattr(documents, "_unprintable", set())
    monkeypatch.setattr(outside.pdf, "render", no_contracts)
    assert documents.render_waiting(cast.at, most=1) == 0
    assert documents.render_waiting(cast.at, most=1) == 1
    assert documents.render_waiting(cast.at, most=1) == 0


def test_another_jobs_document_and_another_businesss_are_not_there(cast, invoice_document, job, outside):
    for business_id, job_id in ((cast.mallory.business_id, None), (cast.business_id, job.job_id + 1)):
        with pytest.raises(NotThere):
            documents.ensure_pdf(business_id, invoice_document, at=cast.at, job_id=job_id)


def test_a_reprint_adds_a_sheet_and_leaves_the_invoice_byte_for_byte(
    cast, job, invoice_document, outside, monkeypatch
):
    # Given an issued deposit of 10,000.00, of which 4,000.00 is paid since
    issued = documents.ensure_pdf(cast.business_id, invoice_document, at=cast.at)
    record_payment(by=cast.bo, at=cast.at, job_id=job.job_id, amount_cents=4_000_00, method="check")
    seen = []
    from milepost.mailroom import reprint as module

    build = module.paid_sheet_content
    monkeypatch.setattr(module, "paid_sheet_content", lambda facts: seen.append(facts) or build(facts))
    # When it is reprinted
    printed = reprint(cast.business_id, job.deposit_invoice_id, at=cast.at)
    # Then the invoice is the same, and the sheet says what is left and what comes next
    assert printed.invoice == issued
    assert printed.sheet.data.startswith(b"%PDF-")
    (facts,) = seen
    assert [payment.paid_cents for payment in facts.payments] == [4_000_00]
    assert facts.balance_cents == 6_000_00
    assert (facts.next_name, facts.next_cents) == ("Rough-in complete", 10_000_00)


def test_a_file_that_was_changed_behind_our_back_is_not_handed_out(cast, invoice_document, outside, tmp_path):
    from milepost.gateways.files import DirectoryFiles
    from milepost.mailroom import wiring

    with wiring.use(files=DirectoryFiles(tmp_path / "files")):
        documents.ensure_pdf(cast.business_id, invoice_document, at=cast.at)
        (stored,) = [path for path in tmp_path.rglob("*") if path.is_file()]
        stored.write_bytes(b"%PDF-1.7 forged")
        with pytest.raises(FileDamaged):
            documents.ensure_pdf(cast.business_id, invoice_document, at=cast.at)
