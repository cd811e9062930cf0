"""The office's lists: what is shown, sorted by what, page by page, and the next step of each row."""

import html
import re
from datetime import timedelta
from decimal import Decimal

import pytest

from milepost.actions.payments import record_payment
from milepost.actions.quotes import decline_quote, draft_quote, save_quote, send_quote
from milepost.actions.work import complete_milestone
from milepost.core.quote_input import LineInput, QuoteInput, RowInput
from milepost.queries import paging, search
from tests.cast import kitchen
from tests.web.test_doors import signed_in

WHOLE = (RowInput("Everything", "remainder"),)


@pytest.fixture
def alice(cast):  # type: ignore[no-untyped-def]
    return signed_in(cast, "alice@example.com")


def offer(cast, title: str, total: int) -> int:  # type: ignore[no-untyped-def]
    quote = QuoteInput(title, (LineInput(title, Decimal(total)),), WHOLE)
    return draft_quote(by=cast.alice, at=cast.at, customer_id=cast.customer_id, quote=quote)


def rows_of(client, address: str) -> list[str]:  # type: ignore[no-untyped-def]
    """Each row of the page's table as the words that stand in it."""
    page = client.get(address).content.decode()
    rows = re.findall(r"<tr><th scope=\"row\">.*?</tr>", page, re.DOTALL)
    return [" ".join(html.unescape(re.sub(r"<[^>]+>", " ", row)).split()) for row in rows]


def more(client, address: str) -> str:  # type: ignore[no-untyped-def]
    """The address of the next page, or nothing."""
    link = re.search(r'<a href="(\?[^"]*before=[^"]*)">More', client.get(address).content.decode())
    return address.partition("?")[0] + html.unescape(link[1]) if link else ""


def test_each_job_says_what_comes_next(cast, alice):
    job = kitchen(cast)
    assert rows_of(alice, "/jobs/")[0].endswith("10,000.00 late")  # the deposit was due at signing
    record_payment(by=cast.bo, at=cast.at, job_id=job.job_id, amount_cents=10_000_00, method="check")
    assert rows_of(alice, "/jobs/")[0].endswith("Rough-in complete")
    complete_milestone(by=cast.tess, at=cast.at, job_id=job.job_id, row_id=job.rows["Rough-in complete"])
    assert rows_of(alice, "/jobs/")[0].endswith("Send 10,000.00")


def test_each_quote_says_what_comes_next(cast, alice):
    draft, sent, declined = (offer(cast, title, 500) for title in ("Shed", "Porch", "Fence"))
    for job in (sent, declined):
        send_quote(by=cast.alice, at=cast.at, job_id=job)
    decline_quote(by=cast.carol, at=cast.at, job_id=declined, reason="Too dear")
    assert draft
    fence, porch, shed = rows_of(alice, "/quotes/")
    assert shed.endswith("Draft 500.00 Finish and send")
    assert "Sent 500.00" in porch and ("Expired" in porch or "To be signed" in porch)
    assert fence.endswith("Declined 500.00")
    assert rows_of(alice, "/quotes/?show=declined") == [fence]


def test_a_quote_stands_in_the_list_at_its_newest_version_s_total(cast, alice):
    job = offer(cast, "Shed", 500)
    send_quote(by=cast.alice, at=cast.at, job_id=job)
    cheaper = QuoteInput("Shed", (LineInput("Shed", Decimal(450)),), WHOLE)
    save_quote(by=cast.alice, at=cast.at, job_id=job, quote=cheaper)
    assert rows_of(alice, "/quotes/")[0].endswith("Sent 450.00 Finish and send")


def test_a_list_is_sorted_by_a_head_of_its_table_and_paged_in_that_order(cast, alice, monkeypatch):
    for title in ("beam", "Arch", "arch", "Cellar", "Arch"):
        offer(cast, title, 500)
    monkeypatch.setattr(paging.Sorting.page, "__defaults__", (2,))
    seen, address = [], "/quotes/?sort=title"
    while address:
        seen += [row.split()[0] for row in rows_of(alice, address)]
        address = more(alice, address)
    assert [word.lower() for word in seen] == ["arch", "arch", "arch", "beam", "cellar"]
    page = alice.get("/quotes/?sort=title").content.decode()
    assert re.search(r'aria-sort="ascending"><a href="[^"]*sort=title', page)


def test_invoices_are_open_late_or_paid(cast, alice):
    job = kitchen(cast)
    assert len(rows_of(alice, "/invoices/?show=open")) == len(rows_of(alice, "/invoices/?show=late")) == 1
    assert "Record payment" in rows_of(alice, "/invoices/")[0]
    assert rows_of(alice, "/invoices/?show=paid") == []
    assert "None of these" in alice.get("/invoices/?show=paid").content.decode()
    record_payment(by=cast.bo, at=cast.at, job_id=job.job_id, amount_cents=10_000_00, method="check")
    assert len(rows_of(alice, "/invoices/?show=paid")) == 1
    assert rows_of(alice, "/invoices/?show=open") == []


def test_payments_stand_by_their_day_whenever_they_were_written_down(cast, alice):
    job = kitchen(cast)
    today = cast.at.date()
    for days, cents in ((1, 100_00), (3, 300_00), (2, 200_00)):
        record_payment(
            by=cast.bo, at=cast.at, job_id=job.job_id, amount_cents=cents, method="cash",
            received_on=today - timedelta(days=days),
        )  # fmt: skip
    by_day = [row.split()[-1] for row in rows_of(alice, "/payments/")]
    assert by_day == ["100.00", "200.00", "300.00"]
    assert [row.split()[-1] for row in rows_of(alice, "/payments/?sort=amount")] == by_day[::-1]
    assert all("Cash" in row for row in rows_of(alice, "/payments/"))


def test_what_a_search_found_goes_on_behind_its_page(cast, alice, monkeypatch):
    for number in range(5):
        offer(cast, f"Shed {number}", 500)
    monkeypatch.setattr(search._page, "__defaults__", (2,))
    pages, address = [], "/search/?q=shed"
    while address:
        pages.append([re.findall(r"Shed \d", row)[0] for row in rows_of(alice, address)])
        address = more(alice, address)
    assert pages == [["Shed 4", "Shed 3"], ["Shed 2", "Shed 1"], ["Shed 0"]]
    # A word for no kind of them is all of them
    assert len(rows_of(alice, "/search/?q=shed&of=nonsense")) == 2


@pytest.mark.parametrize(
    "before", ["x", "1~", "~", "9~2026-99-99", "9" * 30, "1~%00", "1~" + "a" * 500, "²~1"]
)
@pytest.mark.parametrize("sort", ["newest", "customer", "due", "total", "day", "nonsense"])
def test_a_key_that_is_none_is_the_first_page(cast, alice, before, sort):
    kitchen(cast)
    for address in (
        "/invoices/",
        "/payments/",
        "/jobs/",
        "/customers/",
        "/messages/",
        "/search/?q=kitchen&of=jobs",
    ):
        asked = f"{address}{'&' if '?' in address else '?'}sort={sort}&before={before}"
        assert alice.get(asked).status_code == 200
