"""
What one job costs: prints JSON with milliseconds and SQL statements.

The walk through the actions: a customer, a quote of ten lines with tax, send, sign, deposit paid, three
milestones done, invoiced and paid. Medians of ten walks on a database of its own, made and dropped here.
Aim: 30 ms and 100 statements over HTTP. Others take 4.6 s and 2,150 statements, and 17.5 s and 9,860,
for the same walk; raw SQL 7.5 ms and 32.
"""

import json
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

import django

django.setup()

from django.db import connection

from milepost.actions.businesses import add_tax_code
from milepost.actions.customers import ContactInput, add_customer
from milepost.actions.invoices import send_invoice
from milepost.actions.payments import record_payment
from milepost.actions.quotes import draft_quote, send_quote
from milepost.actions.signing import sign_quote
from milepost.actions.work import complete_milestone
from milepost.config import databases
from milepost.core.quote_input import LineInput, QuoteInput, RowInput
from milepost.queries.job_page import job_page
from tests import testbed
from tests.cast import Cast, make_cast


class Counter:
    """How many statements went to the database."""

    def __init__(self) -> None:
        self.statements = 0

    def __call__(self, execute: Callable[..., object], *rest: object) -> object:
        self.statements += 1
        return execute(*rest)


@contextmanager
def timed(figures: list[tuple[float, int]]) -> Iterator[None]:
    counter = Counter()
    with connection.execute_wrapper(counter):
        started = time.perf_counter()
        yield
        figures.append(((time.perf_counter() - started) * 1000, counter.statements))


def walk(cast: Cast, tax: int) -> int:
    at, alice = cast.at, cast.alice
    customer = add_customer(by=alice, at=at, name="Pat", contacts=[ContactInput("Pat", "pat@example.com")])
    lines = tuple(LineInput(f"Line {n}", Decimal(1000 + n), Decimal(4), tax_codes=(tax,)) for n in range(10))
    rows = (
        RowInput("Deposit", "percent", "deposit", Decimal(25)),
        RowInput("Rough-in", "percent", value=Decimal(25)),
        RowInput("Cabinets", "percent", value=Decimal(30)),
        RowInput("Walkthrough", "remainder"),
    )
    job = draft_quote(by=alice, at=at, customer_id=customer, quote=QuoteInput("Kitchen", lines, rows))
    send_quote(by=alice, at=at, job_id=job)
    sign_quote(by=cast.carol, at=at, job_id=job, version=1, name="Pat")
    pay_open(cast, job)
    for stop in job_page(cast.business_id, job, at=at).stops[1:]:
        complete_milestone(by=cast.tess, at=at + timedelta(hours=1), job_id=job, row_id=stop.id)
        send_invoice(by=cast.tess, at=at + timedelta(hours=1), job_id=job, row_ids=[stop.id])
        pay_open(cast, job)
    return job


def pay_open(cast: Cast, job: int) -> None:
    due = job_page(cast.business_id, job, at=cast.at).due_now.cents
    record_payment(by=cast.bo, at=cast.at, job_id=job, amount_cents=due, method="check")


def main() -> None:
    server, cluster = testbed.start_server()
    database = testbed.clone(server, f"mp_bench_{os.getpid()}")
    try:
        with databases.pointed_at(database.app_url, database.owner_url):
            cast = make_cast()
            tax = add_tax_code(by=cast.alice, at=cast.at, name="Sales tax", percent=Decimal("8.25"))
            walk(cast, tax)
            walks: list[tuple[float, int]] = []
            pages: list[tuple[float, int]] = []
            for _ in range(10):
                with timed(walks):
                    job = walk(cast, tax)
                with timed(pages):
                    job_page(cast.business_id, job, at=cast.at)
            print(json.dumps({"walk_actions": median(walks), "job_page": median(pages)}, indent=2))
    finally:
        connection.close()
        with server.owner() as owner:
            testbed.drop(owner, f"mp_bench_{os.getpid()}")
        if cluster is not None:
            cluster.stop()


def median(figures: list[tuple[float, int]]) -> dict[str, float]:
    return {
        "ms": round(statistics.median(ms for ms, _ in figures), 1),
        "statements": statistics.median(n for _, n in figures),
    }


if __name__ == "__main__":
    main()
