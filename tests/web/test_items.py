"""The price book's screens: what is typed comes back, a table says what is wrong in which row."""

import csv
import io
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from milepost.actions.businesses import add_tax_code, change_business
from milepost.actions.items import save_item
from milepost.core.item_input import ItemInput
from milepost.queries.items import all_items
from tests.web.test_doors import signed_in


@pytest.fixture
def alice(cast):
    add_tax_code(by=cast.alice, at=cast.at, name="Sales tax", percent=Decimal("8.25"))
    return signed_in(cast, "alice@example.com")


def book(cast) -> list[tuple[object, ...]]:
    return [
        (
            item.name,
            item.description,
            item.unit,
            f"{item.unit_price.normalize():f}",
            [t[1] for t in item.taxes],
            item.section,
        )
        for item in all_items(cast.business_id)
    ]


def take_in(client, text: str | bytes, name: str = "items.csv"):  # type: ignore[no-untyped-def]
    data = text if isinstance(text, bytes) else text.encode()
    return client.post("/settings/items/import/", {"table": SimpleUploadedFile(name, data)})


def test_an_item_is_added_changed_and_archived(cast, alice):
    item = {"name": "Brass pull", "price": "12.5075", "unit": "pcs", "section": "Hardware"}
    assert alice.post("/settings/items/", item).status_code == 302
    assert book(cast) == [("Brass pull", "", "pcs", "12.5075", [], "Hardware")]
    number = all_items(cast.business_id)[0].id
    assert "12.5075" in alice.get(f"/settings/items/{number}/").content.decode()

    assert alice.post(f"/settings/items/{number}/", item | {"price": "13"}).status_code == 302
    assert book(cast)[0][3] == "13"
    assert alice.post(f"/settings/items/{number}/archive/").status_code == 302
    assert book(cast) == []
    assert "Brass pull" in alice.get("/settings/items/?archived").content.decode()
    assert alice.post(f"/settings/items/{number}/archive/", {"restore": "1"}).status_code == 302
    assert len(book(cast)) == 1


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("name", "", "Please fill this in."),
        ("name", "x" * 121, "This is too long: at most 120 characters."),
        ("price", "", "Say what it costs."),
        ("price", "1.23456", "has too many decimals"),
        ("price", "1e400", "is not an amount"),
        ("name", "hinge", "There is an item called “hinge” already."),
    ],
)
def test_what_is_wrong_is_said_and_the_rest_stays_typed(cast, alice, field, value, said):
    save_item(by=cast.alice, at=cast.at, item=ItemInput("Hinge", Decimal(4)))
    item = {"name": "Pull", "price": "12.50", "description": "Brass, 128 mm"}
    answer = alice.post("/settings/items/", item | {field: value})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert said in page and "Brass, 128 mm" in page
    assert len(book(cast)) == 1


def test_what_goes_out_as_a_table_comes_in_again_unchanged(cast, alice):
    names = ["Pull, brass", '"Quoted" pull', "=SUM(A1)", "Ｗide 広い", "Two\nlines"]
    tax = add_tax_code(by=cast.alice, at=cast.at, name="Sales tax", percent=Decimal("2.5"))
    for place, name in enumerate(names):
        save_item(
            by=cast.alice,
            at=cast.at,
            item=ItemInput(name, Decimal("1250.1275") + place, "With, comma", "pcs", "Section; one", (tax,)),
        )
    before = book(cast)
    out = alice.get("/settings/items.csv")
    table = list(csv.reader(io.StringIO(out.content.decode("utf-8-sig"))))
    assert table[0] == ["Name", "Description", "Unit", "Price", "Taxes", "Section"]
    assert ["Pull, brass", "With, comma", "pcs", "1250.1275", "Sales tax 2.5 %", "Section; one"] in table
    assert [row[0] for row in table if "SUM" in row[0]] == ["'=SUM(A1)"]

    answer = take_in(alice, out.content)
    assert answer.status_code == 302
    assert book(cast) == before


def test_every_row_that_is_wrong_is_named_and_nothing_is_taken_in(cast, alice):
    answer = take_in(
        alice,
        "Name,Price,Taxes\n"
        "Good,12.50,Sales tax\n"
        ",3.00,\n"
        "Hinge,four,\n"
        "Screw,0.00001,\n"
        "\n"
        "GOOD,9,\n"
        "Oil,9,Luxury tax\n",
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    for row, said in (
        (3, "Please fill this in."),
        (4, "“four” is not an amount"),
        (5, "has too many decimals"),
        (7, "This name stands in row 2 already."),
        (8, "“Luxury tax” is none of your taxes."),
    ):
        assert f"Row {row}<" in page
        assert said in page
    assert "Row 2<" not in page
    assert "5 rows need a look" in page
    assert book(cast) == []


@pytest.mark.parametrize(
    "data",
    [
        "name;price;unit\nÖl für Türen;12,5;l\n".encode("cp1252"),
        "Name\tPrice\tUnit\nÖl für Türen\t12,5\tl\n".encode("utf-16"),
        "\ufeffPREIS;UNIT;NAME;Price;Remark\nx;l;Öl für Türen;12,5;y\n".encode(),
    ],
    ids=["Windows", "UTF-16", "columns in another order"],
)
def test_a_table_is_read_as_spreadsheets_of_the_reader_s_country_save_it(cast, alice, data):
    change_business(by=cast.alice, at=cast.at, locale="de-DE")
    answer = alice.post(
        "/settings/items/import/",
        {"table": SimpleUploadedFile("a.csv", data)},
        headers={"accept-language": "de"},
    )
    assert answer.status_code == 302, answer.content.decode()
    assert book(cast) == [("Öl für Türen", "", "l", "12.5", [], "")]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "There is nothing in this file that can be read as a table."),
        (b"PK\x03\x04rest", "This is a spreadsheet. Save it as CSV"),
        (b"What,Costs\nTap,3\n", "This column is missing."),
        (b"Name,Price\n" + b"".join(b"Tap %d,3\n" % n for n in range(5001)), "At most 5000 rows at a time."),
        (b"\x00\xff\x01\xfe", "This column is missing."),
    ],
    ids=["empty", "a workbook", "no columns", "too many", "no text"],
)
def test_a_file_that_is_no_table_is_refused_in_words(cast, alice, data, said):
    answer = take_in(alice, data)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert book(cast) == []


def test_a_line_becomes_an_item_and_says_so(cast, alice):
    line = {
        "line": "7",
        "line-7-description": "Paint the door\nTwo coats, white",
        "line-7-price": "85.5",
        "line-7-unit": "pcs",
        "line-7-quantity": "3",
        "line-7-discount": "10",
    }
    answer = alice.post("/items/of-line/", line)
    assert answer.status_code == 200
    assert "“Paint the door” is in your items." in answer.content.decode()
    assert book(cast) == [("Paint the door", "Paint the door\nTwo coats, white", "pcs", "85.5", [], "")]

    again = alice.post("/items/of-line/", line)
    assert again.status_code == 422 and "already" in again.content.decode()
    nothing = alice.post("/items/of-line/", {"line": "1", "line-1-description": "x"})
    assert nothing.status_code == 422 and "Say what it costs." in nothing.content.decode()


def test_the_suggestions_carry_what_fills_the_line(cast, alice):
    save_item(
        by=cast.alice, at=cast.at, item=ItemInput("Tap & hose", Decimal("80.125"), "Tap <new>", "pcs", "Bath")
    )
    page = alice.get("/items/suggestions/?q=tap").content.decode()
    assert 'data-description="Tap &lt;new&gt;"' in page
    assert 'data-price="80.125"' in page and 'data-unit="pcs"' in page and 'data-section="Bath"' in page
    assert alice.get("/items/suggestions/?q=zzz").content.decode().strip() == ""
