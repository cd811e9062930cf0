"""Five hundred strings that break things, as names of everything: they come out byte for byte, everywhere."""

import csv
import io
import json
import unicodedata
from html.parser import HTMLParser

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from pypdf import PdfReader

from milepost.actions.customers import ContactInput, add_customer
from milepost.actions.signing import sign_quote
from milepost.gateways.files import MemoryFiles
from milepost.gateways.pdf import Press
from milepost.mailroom import documents
from milepost.mailroom.wiring import use
from milepost.queries.items import all_items
from milepost.queries.offer_page import offer_page
from tests.naughty import NAMES, NAUGHTY
from tests.web.test_doors import signed_in


class Reading(HTMLParser):
    """A page as a browser takes it: its texts, the values of its fields, and whatever could run."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.said: list[str] = []
        self.runs: list[str] = []
        self._in_script = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in_script = tag == "script"
        for name, value in attrs:
            self.said.append(value or "")
            dangerous = name in ("href", "src", "action") and (value or "").strip().lower().startswith(
                "javascript"
            )
            if name.startswith("on") or name == "style" or dangerous:
                self.runs.append(f"<{tag} {name}={value}>")

    def handle_data(self, data: str) -> None:
        if self._in_script and data.strip():
            self.runs.append(data)
        self.said.append(data)

    def handle_endtag(self, _tag: str) -> None:
        self._in_script = False


def told(*pages: str) -> str:
    """All that the pages say; fails on anything that would run."""
    read = [Reading(page) for page in pages]
    assert [what for page in read for what in page.runs] == []
    return "\n".join(text for page in read for text in page.said)


def lines(texts: tuple[str, ...]) -> dict[str, object]:
    """The quote form with a line for each text."""
    keys = [str(number) for number in range(1, len(texts) + 1)]
    form: dict[str, object] = {"line": keys, "row": ["1"], "row-1-name": "All", "row-1-basis": "remainder"}
    for key, text in zip(keys, texts, strict=True):
        form |= {f"line-{key}-description": text, f"line-{key}-price": "1.00", f"line-{key}-quantity": "1"}
    return form


def every_page(client, address: str) -> list[str]:
    """A list's pages, from the newest to the oldest."""
    pages, key = [], ""
    while True:
        answer = client.get(f"{address}{key}")
        assert answer.status_code == 200
        pages.append(answer.content.decode())
        following = answer.context["page"].next
        if following is None:
            return pages
        key = f"?before={following}"


def test_customers_and_contacts_with_naughty_names_stand_in_the_list_as_they_were_typed(cast):
    for number, name in enumerate(NAMES):
        contact = ContactInput(name, email=f"c{number}@example.com")
        add_customer(by=cast.alice, at=cast.at, name=name, contacts=[contact])
    alice = signed_in(cast, "alice@example.com")
    said = told(*every_page(alice, "/customers/"))
    assert [name for name in NAMES if name not in said] == []
    # … and are found by what they are called
    for name in NAMES[::25]:
        assert name in told(alice.get("/search/", {"q": name[:100]}).content.decode()), name


@pytest.mark.parametrize("name", NAMES[::20])
def test_a_naughty_name_goes_through_the_forms_of_a_quote_and_a_customer(cast, name):
    alice = signed_in(cast, "alice@example.com")
    made = alice.post(
        "/quotes/new/", lines((name,)) | {"name": name, "reach": "n@example.com", "title": name}
    )
    assert made.status_code == 302
    quote, customers = alice.get(made["Location"]), alice.get("/customers/")
    assert told(quote.content.decode()).count(name) >= 3
    assert name in told(customers.content.decode())


def test_a_quote_of_five_hundred_naughty_lines_is_shown_signed_and_printed_as_it_was_typed(cast):
    # Given every string as a line of one quote, typed into its form
    alice = signed_in(cast, "alice@example.com")
    made = alice.post("/quotes/new/", lines(NAUGHTY) | {"customer": cast.customer_id, "title": "Everything"})
    assert made.status_code == 302
    job = int(made["Location"].split("/")[2])
    assert alice.post(f"/quotes/{job}/sending/").status_code == 302
    # Then office, form and portal show them
    assert [line.description for line in offer_page(cast.business_id, job, sent_only=True).lines] == list(
        NAUGHTY
    )
    for address in (f"/quotes/{job}/", f"/quotes/{job}/edit/"):
        said = told(alice.get(address).content.decode())
        assert [text for text in NAUGHTY if text not in said] == [], address
    # And the signed contract keeps them in its frozen JSON and prints what can be printed
    sign_quote(by=cast.carol, at=cast.at, job_id=job, version=1, name=NAMES[20])
    said = told(alice.get(f"/jobs/{job}/").content.decode())
    assert [text for text in NAUGHTY if text not in said] == []
    assert _contract(cast, job) == list(NAUGHTY)
    printed = _squeezed(_printed(cast, job))
    plain = [text for text in NAUGHTY if text.isascii() and text.isprintable() and len(text) < 60]
    assert len(plain) > 250
    assert [text for text in plain if _squeezed(text) not in printed] == []


def _contract(cast, job: int) -> list[str]:
    from milepost.records.files import Document

    content = json.loads(Document.objects.using("owner").get(job_id=job, kind="contract").content)
    return [row["text"] for row in content["table"]["rows"]]


def _printed(cast, job: int) -> str:
    from milepost.records.files import Document

    document = Document.objects.using("owner").get(job_id=job, kind="contract")
    with use(files=MemoryFiles(), pdf=Press()):
        pdf = documents.ensure_pdf(cast.business_id, document.id, at=cast.at)
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf.data)).pages)


def _squeezed(text: str) -> str:
    """
    Lines break where the paper ends, so spaces say nothing; and a PDF knows of each letter's shape one
    text only: where letters drown in accents elsewhere in it, a plain one is read with those accents.
    """
    return "".join(sign for sign in text if not sign.isspace() and not unicodedata.combining(sign))


def test_a_price_book_of_naughty_strings_goes_out_and_comes_in_as_a_table(cast):
    alice = signed_in(cast, "alice@example.com")
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(["Name", "Description", "Unit", "Price", "Taxes", "Section"])
    table.writerows([f"Item {n:03}", text, "", "1.00", "", ""] for n, text in enumerate(NAUGHTY))
    sent = SimpleUploadedFile("items.csv", out.getvalue().encode())
    assert alice.post("/settings/items/import/", {"table": sent}).status_code == 302
    assert [item.description for item in all_items(cast.business_id)] == list(NAUGHTY)
    # What goes out keeps formulas from running, and comes back in as it was
    took = alice.get("/settings/items.csv").content
    cells = [row[1] for row in csv.reader(io.StringIO(took.decode("utf-8-sig"), newline=""))][1:]
    assert [cell for cell in cells if cell[:1] in "=+@\t\r"] == []
    assert (
        alice.post("/settings/items/import/", {"table": SimpleUploadedFile("items.csv", took)}).status_code
        == 302
    )
    assert [item.description for item in all_items(cast.business_id)] == list(NAUGHTY)


@pytest.mark.parametrize("text", ["a\x00b", "half a \ud83d", "half a %ED%A0%BD"])
def test_what_cannot_be_stored_is_refused_at_its_field(cast, text):
    alice = signed_in(cast, "alice@example.com")
    fields = lines(("Tap",)) | {"name": "Ann", "reach": "ann@example.com"}
    for field, address in (("name", "/customers/new/"), ("title", "/quotes/new/"), ("name", "/quotes/new/"),
                           ("line-1-description", "/quotes/new/")):  # fmt: skip
        typed = {**fields, "person": "Ann", "email": "ann@example.com", field: text}
        answer = alice.post(address, _encoded(typed), content_type="application/x-www-form-urlencoded")
        assert answer.status_code == 422, (field, address)
        assert "a character was lost or cannot be kept" in answer.content.decode(), (field, address)


def _encoded(form: dict[str, object]) -> str:
    """As a browser sends it; a half of a character goes as its three bytes, what is encoded stays."""
    from urllib.parse import quote

    pairs = [
        (name, value)
        for name, values in form.items()
        for value in (values if isinstance(values, list) else [values])
    ]
    return "&".join(
        f"{name}={quote(str(value).encode('utf-8', 'surrogatepass'), safe='%')}" for name, value in pairs
    )
