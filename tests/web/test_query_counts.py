"""A page asks as often for ten thousand rows as for three, and shows one page of them."""

import re

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from milepost.actions.payments import record_payment
from milepost.actions.work import complete_milestone
from milepost.queries.portal_people import portal_links
from tests.cast import kitchen
from tests.web.crowd import FIRST, Crowd
from tests.web.test_doors import signed_in

LISTS = {
    "/": "and 9951 more",
    "/needs/count/": "20001",
    "/jobs/": "Customer 10000",
    "/invoices/": "1010000",
    "/payments/": "Customer 10000",
    "/customers/": "Customer 10000",
    "/messages/": "Pat Reyes",
    "/search/?q=kitchen": "Customer 10000",
    "/search/?q=customer+1": "Customer 10000",
    "/field/": "Customer 10000",
    f"/jobs/?before={FIRST + 3}": "Customer 2",
    "/jobs/?sort=customer": "Customer 1",
    "/invoices/?show=open&sort=due": "Customer 10000",
    "/payments/?sort=amount&show=cleared": "Customer 10000",
}


@pytest.fixture
def crowd(cast, owner_cursor) -> Crowd:
    """The kitchen: its deposit is paid, its first milestone done and not billed."""
    job = kitchen(cast)
    record_payment(by=cast.bo, at=cast.at, job_id=job.job_id, amount_cents=10_000_00, method="check")
    complete_milestone(by=cast.tess, at=cast.at, job_id=job.job_id, row_id=job.rows["Rough-in complete"])
    return Crowd(owner_cursor, job.job_id, cast.customer_id)


def asked(client, address: str) -> tuple[int, str]:
    """How many statements a page needs, and the page."""
    with CaptureQueriesContext(connections["default"]) as captured:
        answer = client.get(address)
    assert answer.status_code == 200, address
    return len(captured), answer.content.decode()


def test_a_list_of_ten_thousand_is_asked_as_often_as_one_of_three(cast, crowd):
    alice, tess = signed_in(cast, "alice@example.com"), signed_in(cast, "tess@example.com")
    who = {address: tess if address.startswith("/field") else alice for address in LISTS}
    crowd.grow(1, 3)
    few = {address: asked(who[address], address)[0] for address in LISTS}
    crowd.grow(4, 10_000)
    for address, shown in LISTS.items():
        count, page = asked(who[address], address)
        assert count == few[address], address
        assert shown in page, address
        assert len(re.findall(r"<tr|<li|<article", page)) < 400, address  # one page of rows, not all


def test_the_pages_of_one_job_are_asked_as_often_with_two_hundred_documents(cast, crowd, client):
    alice, tess = signed_in(cast, "alice@example.com"), signed_in(cast, "tess@example.com")
    link = next(row.url for row in portal_links(cast.business_id) if row.name == "Carol Reyes")
    pages = [
        (alice, f"/jobs/{crowd.job_id}/"),
        (tess, f"/field/jobs/{crowd.job_id}/"),
        (client, "/" + link.split("/", 3)[3]),
        *(
            (alice, f"/customers/{crowd.customer_id}/?show={part}")
            for part in ("jobs", "payments", "messages")
        ),
    ]
    few = [asked(*page)[0] for page in pages]
    crowd.burden(200)
    for page, before in zip(pages, few, strict=True):
        count, _ = asked(*page)
        assert count == before, page[1]
    assert asked(*pages[0])[1].count("/documents/") > 200


def test_the_pages_of_a_customer_who_comes_back_two_hundred_times(cast, crowd, client):
    alice = signed_in(cast, "alice@example.com")
    link = (
        "/" + next(r.url for r in portal_links(cast.business_id) if r.name == "Carol Reyes").split("/", 3)[3]
    )
    of = f"/customers/{crowd.customer_id}/"
    pages = [
        *((alice, f"{of}?show={part}") for part in ("jobs", "invoices", "payments", "messages")),
        *((alice, f"{of}{page}") for page in ("payment/", "statement/")),
        *((alice, f"/books/{page}") for page in ("", "journal/", "receivables/", "deposits/")),
        (alice, f"/jobs/{crowd.job_id}/"),
        (client, link),
        (client, f"{link}account/"),
    ]
    crowd.come_back(1, 3)
    few = [asked(*page)[0] for page in pages]
    crowd.come_back(4, 200)
    for page, before in zip(pages, few, strict=True):
        count, _ = asked(*page)
        assert count == before, page[1]
    assert "1000200" in asked(*pages[5])[1]  # the newest of its invoices stands on the statement


def test_a_quote_can_be_written_for_any_of_a_thousand_customers(cast, crowd):
    alice, last = signed_in(cast, "alice@example.com"), FIRST + 999
    crowd.grow(1, 1000)
    _, page = asked(alice, f"/quotes/new/?customer={last}")
    assert "Search for the customer and start from their page" in page
    assert f'<option value="{last}" selected' in page
    made = alice.post(
        "/quotes/new/",
        {"customer": str(last), "line": "1", "line-1-description": "Tap", "line-1-price": "10.00", "row": "1",
         "row-1-name": "Done", "row-1-basis": "remainder"},
    )  # fmt: skip
    assert made.status_code == 302
    assert "Customer 999" in asked(alice, made["Location"])[1]


def test_search_finds_by_whatever_a_caller_says(cast, crowd):
    alice = signed_in(cast, "alice@example.com")
    crowd.grow(1, 30)
    for words, found in {
        "312 555-0142": "Carol Reyes",
        "(312) 555": "Carol Reyes",
        "c17@EXAMPLE.com": "Customer 17",
        "pat rey": "Carol Reyes",
        "Q-1000021": "Customer 21",
        "1001": "Kitchen remodel",
        "kitchen REM": "Customer 30",
    }.items():
        assert found in asked(alice, f"/search/?q={words.replace(' ', '+')}")[1], words
    # What has a meaning in SQL has none here, and next door nothing is found
    for words in ("%", "_", "\\", "100%", "Customer_17", "'; DROP TABLE job", "\x00"):
        assert "Customer 17" not in asked(alice, "/search/?q=" + words)[1] or words == "\x00", words
    assert "Kitchen" not in asked(signed_in(cast, "mallory@example.com"), "/search/?q=kitchen")[1].replace(
        'value="kitchen"', ""
    )
