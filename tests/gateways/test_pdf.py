"""Documents: exact, repeatable, deaf to whatever a text tries to say to them."""

import copy
import hashlib
import io
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pypdf
import pytest

from milepost.gateways import pdf
from milepost.gateways.pdf import press as press_module
from milepost.gateways.pdf.fake import FakePress
from tests.gateways import document_samples as samples


@pytest.fixture(scope="module")
def press() -> Iterator[pdf.Press]:
    press = pdf.Press()
    yield press
    press.close()


def read(data: bytes) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(data))


def text_of(data: bytes) -> str:
    return "\n".join(page.extract_text() for page in read(data).pages)


def squeezed(text: str) -> str:
    """Without the spaces and breaks that setting a text brings."""
    return re.sub(r"[\s\u200b]", "", text)


def test_an_invoice_says_all_that_it_has_to_say(press: pdf.Press) -> None:
    text = text_of(press.render("invoice", 1, samples.invoice()))
    for said in (
        "Invoice 1043",
        "Milestone 2: Cabinets installed, per contract of 2 March 2026",
        "All wall and base cabinets hung",
        "22 April 2026 by Carol Reyes",
        "Net 14 days",
        "CCB licence 218843",
        "Reyes kitchen",
        "4,260.00",
        "Sales tax, materials 8.25 % of 1,763.64",
        "145.50",
        "−2,690.95",
        "$12,000.00",
        "30 % of 40,000.00 = 12,000.00",
        "Previously billed",
        "Remaining",
        "Final walkthrough",
        "Routing 123 000 848",
        samples.PAY_URL,
        "Page 1 of 1",
    ):
        assert said in text, said


@pytest.mark.parametrize("template", samples.SAMPLES)
def test_every_document_is_archivable_tagged_and_carries_its_content(press: pdf.Press, template: str) -> None:
    content = samples.SAMPLES[template]()
    document = read(press.render(template, 1, content))

    assert document.metadata is not None
    assert document.metadata.creation_date.isoformat() == content["made_at"]  # type: ignore[union-attr]
    root: Any = document.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en-US"
    assert b"<pdfaid:part>3</pdfaid:part>" in root["/Metadata"].get_data()
    assert b"<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_data()
    assert document.attachments["content.json"] == [pdf.canonical(content)]


def test_the_amounts_of_the_other_documents(press: pdf.Press) -> None:
    for template, said in {
        "receipt": ["$12,000.00", "1043 · Cabinets installed", "20,000.00", "Final walkthrough"],
        "statement": ["41,250.01", "10,416.67", "8,333.34", "$0.00", "Change 1"],
        "paid_sheet": ["−8,000.00", "$4,000.00", "cheque 118", "$8,000.00"],
        "contract": ["14,200.00", "1,171.50", "25 %", "12,000.00", "Pause of work", "2 March 2026, 18:42"],
    }.items():
        text = text_of(press.render(template, 1, samples.SAMPLES[template]()))
        assert [words for words in said if words not in text] == []


def test_the_same_bytes_twice_from_another_process_and_whatever_order_the_keys_have(press: pdf.Press) -> None:
    content = samples.invoice()
    first = press.render("invoice", 1, content)
    press.render("contract", 1, samples.contract())
    shuffled = dict(reversed(list(content.items())))
    assert press.render("invoice", 1, shuffled) == first

    program = (
        "import hashlib, sys, json; from milepost.gateways.pdf import render;"
        "print(hashlib.sha256(render('invoice', 1, json.load(sys.stdin))).hexdigest())"
    )
    elsewhere = subprocess.run(
        [sys.executable, "-c", program],
        input=json.dumps(content),
        env=os.environ | {"TZ": "Pacific/Auckland", "LANG": "de_DE.UTF-8"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert elsewhere.stdout.strip() == hashlib.sha256(first).hexdigest()


HOSTILE = {
    "markup": '#import "@preview/evil:1.0.0": * #read("/etc/passwd") #panic() $x^2$ *bold* _it_ `raw` @ref // /* c */',
    "backslashes": r"C:\new \u{41} \ \# \\ ~ -- --- ...",
    "html": "<script>alert(1)</script> <b>bold</b> &amp; &lt;",
    "template": "{{ secrets }} {% now %} {page} ${HOME} %s",
    "hebrew and arabic": "מטבח",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_text_is_only_ever_a_text(press: pdf.Press, text: str) -> None:
    content: Any = samples.invoice()
    content["subject"] = content["parties"][0]["name"] = content["table"]["rows"][0]["text"] = text
    content["clauses"][0]["text"] = content["pay"]["ways"][0]["value"] = content["sender"]["name"] = text
    said = squeezed(text_of(press.render("invoice", 1, content)))
    shown = squeezed(text)
    # A right-to-left text is laid down right to left.
    assert said.count(shown) >= 5 or said.count(shown[::-1]) >= 5


def test_what_cannot_be_printed_is_left_out_and_amounts_cannot_be_turned_round(press: pdf.Press) -> None:
    content: Any = samples.invoice()
    content["subject"] = "Kit\x00chen\x07 \ufeffof\ufffe \u202e00.9\u202c \ud800end"
    data = press.render("invoice", 1, content)
    assert "Kitchen of 00.9 end" in text_of(data)


def test_an_emoji_or_a_chinese_name_is_printed_without_claiming_what_it_is_not(press: pdf.Press) -> None:
    content: Any = samples.invoice()
    content["subject"] = "Kitchen 🎉 for 漢字"
    data = press.render("invoice", 1, content)
    assert "$12,000.00" in text_of(data)
    assert b"pdfaid" not in read(data).trailer["/Root"]["/Metadata"].get_data()  # type: ignore[index]
    assert json.loads(read(data).attachments["content.json"][0])["subject"] == content["subject"]


def test_a_word_of_200_letters_breaks_and_a_link_stays_whole(press: pdf.Press) -> None:
    content: Any = samples.invoice()
    content["table"]["rows"][0]["text"] = content["facts"][0]["value"] = "Z" * 200
    content["pay"]["url"] = "https://pay.example/c/" + "a1" * 80
    data = press.render("invoice", 1, content)
    assert squeezed(text_of(data)).count("Z") == 400
    links = [
        note.get_object()["/A"]["/URI"]
        for page in read(data).pages
        for note in page.get("/Annots", [])
        if "/A" in note.get_object()
    ]
    assert set(links) == {content["pay"]["url"]}


@pytest.mark.parametrize(("rows", "pages"), [(40, 3), (400, 17)])
def test_long_invoices_repeat_their_heading_on_each_page(press: pdf.Press, rows: int, pages: int) -> None:
    document = read(press.render("invoice", 1, samples.invoice(rows)))
    assert len(document.pages) == pages
    for number, page in enumerate(document.pages, start=1):
        text = page.extract_text()
        assert f"Page {number} of {pages}" in text
        assert "Billed before" in text or "Work item" not in text
    said = "\n".join(page.extract_text() for page in document.pages)
    assert said.count("Work item") == rows - 3


def test_a_total_is_never_torn_from_its_label(press: pdf.Press) -> None:
    for rows in range(11, 19):
        pages = read(press.render("invoice", 1, samples.invoice(rows))).pages
        texts = [page.extract_text() for page in pages]
        holding = [text for text in texts if "Deposit recovered\n" in text or "Subtotal" in text]
        assert len(holding) == 1
        assert "−2,690.95" in holding[0]


def test_too_many_lines_are_refused_in_words(press: pdf.Press) -> None:
    with pytest.raises(pdf.PdfTooLarge, match="3,001 lines, and 3,000 is the most"):
        press.render("invoice", 1, samples.invoice(3001))


def test_too_much_text_is_refused_in_words(press: pdf.Press) -> None:
    content: Any = samples.invoice()
    content["clauses"][0]["text"] = "lorem ipsum " * 150_000
    with pytest.raises(pdf.PdfTooLarge, match="1,500 kB"):
        press.render("invoice", 1, content)


def test_a_document_that_eats_the_memory_is_refused_and_the_next_one_prints() -> None:
    press = pdf.Press(memory_mb=320)
    with pytest.raises(pdf.PdfTooLarge, match="more than 320 MB of memory"):
        press.render("invoice", 1, samples.invoice(3000))
    assert "$12,000.00" in text_of(press.render("invoice", 1, samples.invoice()))
    press.close()


def test_a_document_that_takes_too_long_is_refused_and_the_next_one_prints() -> None:
    press = pdf.Press(seconds_per_document=0.05)
    with pytest.raises(pdf.PdfTooLarge, match=r"more than 0\.05 seconds"):
        press.render("invoice", 1, samples.invoice(1000))
    press.seconds_per_document = 20
    assert press.render("invoice", 1, samples.invoice()).startswith(b"%PDF-1.7")
    press.close()


def test_a_killed_child_is_replaced_within_the_same_call() -> None:
    press = pdf.Press()
    first = press.render("receipt", 1, samples.receipt())
    child = press._child
    assert child is not None
    os.kill(child.pid, signal.SIGKILL)
    assert press.render("receipt", 1, samples.receipt()) == first
    press.close()


def test_a_child_that_cannot_live_is_said_to_be_unavailable(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "templates" / "v1").mkdir(parents=True)
    (tmp_path / "child.py").write_text("raise SystemExit(3)")
    monkeypatch.setattr(press_module, "HERE", tmp_path)
    press = pdf.Press()
    with pytest.raises(pdf.PdfUnavailable, match="died twice"):
        press.render("receipt", 1, samples.receipt())


def test_a_child_is_recycled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(press_module, "RECYCLE_AFTER_DOCUMENTS", 2)
    press = pdf.Press()
    press.render("receipt", 1, samples.receipt())
    assert press._child is not None
    press.render("receipt", 1, samples.receipt())
    assert press._child is None


def test_the_child_sees_no_secret_and_has_its_limits(press: pdf.Press) -> None:
    press.render("receipt", 1, samples.receipt())
    child = press._child
    assert child is not None
    assert Path(f"/proc/{child.pid}/environ").read_bytes() == b""
    limits = Path(f"/proc/{child.pid}/limits").read_text()
    assert re.search(r"Max address space\s+1048576000", limits)
    assert re.search(r"Max file size\s+0\s", limits)


def test_a_content_of_the_wrong_shape_is_refused_by_name(press: pdf.Press) -> None:
    content: Any = copy.deepcopy(samples.invoice())
    del content["totals"]
    with pytest.raises(pdf.PdfContentWrong, match="it lacks totals"):
        press.render("invoice", 1, content)
    with pytest.raises(pdf.PdfContentWrong, match="no such template"):
        press.render("../../invoice", 1, samples.invoice())
    with pytest.raises(pdf.PdfContentWrong, match="no version 99"):
        press.render("invoice", 99, samples.invoice())
    with pytest.raises(pdf.PdfContentWrong, match="offset"):
        press.render("invoice", 1, samples.invoice() | {"made_at": "2026-04-22T18:42:07"})
    with pytest.raises(pdf.PdfContentWrong, match="logo"):
        content = samples.invoice()
        content["sender"]["logo"] = "bm90IGEgcGljdHVyZQ=="
        press.render("invoice", 1, content)


def test_a_logo_is_printed_and_named(press: pdf.Press) -> None:
    import base64

    from PIL import Image

    out = io.BytesIO()
    Image.new("RGB", (40, 20), "#1f6b4a").save(out, "PNG")
    content: Any = samples.invoice()
    content["sender"]["logo"] = base64.b64encode(out.getvalue()).decode()
    with_logo = read(press.render("invoice", 1, content))
    assert len(with_logo.pages[0].images) == 1
    assert "Oak & Stone Kitchens" in with_logo.pages[0].extract_text()


def test_a_simple_invoice_on_a4_in_another_language(press: pdf.Press) -> None:
    document = read(press.render("invoice", 1, samples.simple_invoice()))
    assert round(document.pages[0].mediabox.width) == 595
    assert "180,00 €" in document.pages[0].extract_text()
    assert "Seite 1 von 1" in document.pages[0].extract_text()


def test_a_road_of_thirty_rows_goes_on_over_the_page_and_empty_parts_are_left_out(press: pdf.Press) -> None:
    content: Any = samples.paid_sheet()
    content["road"]["rows"] = [content["road"]["rows"][i % 4] | {"name": f"Phase {i + 1}"} for i in range(30)]
    content["table"]["rows"] = []
    content["facts"] = []
    content["parties"] = content["parties"][:1]
    content |= {"bar": None, "next_amount": None, "pay": None, "totals": [], "subject": ""}
    document = read(press.render("paid_sheet", 1, content))
    text = "\n".join(page.extract_text() for page in document.pages)
    assert [f"Phase {i + 1}\n" in text for i in range(30)] == [True] * 30
    assert len(document.pages) == 2
    assert b"pdfuaid" in document.trailer["/Root"]["/Metadata"].get_data()  # type: ignore[index]


def test_the_fake_refuses_what_the_press_refuses() -> None:
    fake = FakePress()
    assert fake.render("receipt", 1, samples.receipt()) == fake.render("receipt", 1, samples.receipt())
    assert [name for name, _, _ in fake.printed] == ["receipt", "receipt"]
    with pytest.raises(pdf.PdfContentWrong):
        fake.render("nothing", 1, samples.receipt())
