"""A quote of 360 lines: as many statements as one of three, nothing cut off, a clear word beyond the most."""

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from urllib.parse import urlencode

import pytest
from django.db import connection

from milepost.actions.businesses import add_tax_code
from milepost.queries.quote_draft import quote_draft
from tests.long_quotes import long_form
from tests.web.test_doors import signed_in

SENT_AS = "application/x-www-form-urlencoded"


@contextmanager
def statements() -> Iterator[list[str]]:
    """Every statement that is sent, the transactions' own left out."""
    said: list[str] = []

    def note(execute, sql, *rest):  # type: ignore[no-untyped-def]
        said.append(str(sql).split(" ")[0])
        return execute(sql, *rest)

    with connection.execute_wrapper(note):
        yield said


def life(cast, client, lines: int, taxes: list[int]) -> dict[str, int]:  # type: ignore[no-untyped-def]
    """The statements of each step of a quote with so many lines."""
    body = urlencode(long_form(cast, lines, taxes), doseq=True)
    counts: dict[str, int] = {}
    with statements() as said:
        assert client.post("/quotes/totals/", body, content_type=SENT_AS).status_code == 200
    counts["totals"] = len(said)
    with statements() as said:
        quote = client.post("/quotes/new/", body, content_type=SENT_AS)["Location"]
    counts["save"] = len(said)
    for step, address in (("form", f"{quote}edit/"), ("preview", quote)):
        with statements() as said:
            assert client.get(address).status_code == 200
        counts[step] = len(said)
    for step, address in (("save again", f"{quote}edit/"), ("send", f"{quote}sending/")):
        with statements() as said:
            assert client.post(address, body, content_type=SENT_AS).status_code == 302
        counts[step] = len(said)
    return counts


def test_360_lines_ask_the_database_no_more_often_than_three(cast):
    taxes = [
        add_tax_code(by=cast.alice, at=cast.at, name=name, percent=Decimal(percent))
        for name, percent in (("State tax", "6.25"), ("City tax", "2"))
    ]
    client = signed_in(cast, "alice@example.com")
    life(cast, client, 3, taxes)  # what is only asked once is asked here
    short, long = life(cast, client, 3, taxes), life(cast, client, 360, taxes)
    assert long == short
    assert max(long.values()) < 45


def test_every_line_of_360_is_saved_as_it_was_typed(cast):
    client = signed_in(cast, "alice@example.com")
    body = urlencode(long_form(cast, 360), doseq=True)
    made = client.post("/quotes/new/", body, content_type=SENT_AS)
    quote = quote_draft(cast.business_id, int(made["Location"].split("/")[2])).quote
    assert len(quote.lines) == 360
    assert quote.lines[359].description == "Position 360: supply and fit"
    assert (quote.lines[359].unit_price, quote.lines[359].section) == (Decimal("360.0375"), "Room 18")
    assert [n for n, line in enumerate(quote.lines, start=1) if line.is_optional] == list(range(15, 361, 15))


def test_the_line_after_the_thousandth_is_refused_and_nothing_typed_is_lost(cast):
    client = signed_in(cast, "alice@example.com")
    body = urlencode(long_form(cast, 1001), doseq=True)
    answer = client.post("/quotes/new/", body, content_type=SENT_AS)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "At most 1000 lines on one quote." in page
    assert "Position 1001: supply and fit" in page


@pytest.mark.parametrize(
    "body",
    ["&".join(f"line={n}" for n in range(20_001)), "note=" + "x" * (2 * 1024 * 1024 + 1)],
    ids=["20,001 fields", "more than 2 MB"],
)
def test_a_form_beyond_every_measure_is_answered_with_the_measure(cast, body):
    client = signed_in(cast, "alice@example.com")
    answer = client.post("/quotes/new/", body, content_type=SENT_AS)
    assert answer.status_code in (400, 413)
    assert "at most 20,000 fields and 2 MB of text" in answer.content.decode()
