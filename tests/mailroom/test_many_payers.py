"""
Many payers at one invoice, over HTTP: Milepost's web server and worker and the practice gateway are
processes of their own. Scaled down here; `make soak` runs MILEPOST_PAYERS=64 MILEPOST_ROUNDS=50.
"""

import os
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from milepost.queries.job_page import job_page
from milepost.queries.ledger import account_balances
from tests.cast import kitchen
from tests.gateways.conftest import until
from tests.mailroom.agreeing import assert_they_agree, charged
from tests.mailroom.payers import rough, storm
from tests.mailroom.serving import served

PAYERS = int(os.environ.get("MILEPOST_PAYERS", "8"))
ROUNDS = int(os.environ.get("MILEPOST_ROUNDS", "2"))
FEW = 4
PATIENCE_S = 120


def states(cursor, job_id: int) -> list[tuple[str, int]]:
    asked = "SELECT state, amount_cents FROM payment WHERE job_id = %s ORDER BY id"
    return cursor.execute(asked, [job_id]).fetchall()


def all_worked(cursor) -> bool:
    """Whether the worker has nothing left to do about events, attempts and receipts."""
    asked = """SELECT (SELECT count(*) FROM webhook_event WHERE worked_at IS NULL)
                    + (SELECT count(*) FROM payment WHERE state = 'pending')
                    + (SELECT count(*) FROM message WHERE state = 'queued')
                    + (SELECT count(*) FROM attempt WHERE state IN ('created', 'open'))"""
    return cursor.execute(asked).fetchone() == (0,)


def test_many_payers_on_one_invoice_are_one_charge_and_the_rest_is_told_kindly(
    cast, database, tmp_path, owner_cursor
):
    told = Counter()
    with served(database, tmp_path, workers=2 if PAYERS > 16 else 1) as house:
        for number in range(1, ROUNDS + 1):
            job_id, pages = storm(cast, house.url, PAYERS, "card bank")
            house.practice.settle()
            until(lambda job=job_id: states(owner_cursor, job) == [("cleared", 10_000_00)], PATIENCE_S)
            charges = charged(house.practice)
            assert (len(charges), set(charges.values())) == (number, {10_000_00})
            assert rough(pages) == [], rough(pages)[0][:3000]
            assert job_page(cast.business_id, job_id, at=cast.at).due_now.cents == 0
            told.update("thanked" if "Thank you" in page else "told kindly" for page in pages)
        until(lambda: all_worked(owner_cursor), PATIENCE_S)
        assert_they_agree(house.practice, cast.business_id)
        receipts = "SELECT count(*), count(DISTINCT identity) FROM message WHERE kind = 'receipt'"
        assert owner_cursor.execute(receipts).fetchone() == (ROUNDS, ROUNDS)
        print(f"\n{ROUNDS} rounds of {PAYERS} payers: {len(charges)} charges, pages {dict(told)}")  # noqa: T201


@contextmanager
def no_single_live_attempt(cursor) -> Iterator[None]:
    """The database's own guard, taken away for a while: no process would start without it."""
    cursor.execute("DROP INDEX one_live_attempt_per_invoice")
    yield
    cursor.execute("UPDATE attempt_invoice SET live = false WHERE live")
    cursor.execute(
        "CREATE UNIQUE INDEX one_live_attempt_per_invoice ON attempt_invoice (invoice_id) WHERE live"
    )


def test_without_the_guard_each_of_them_is_charged(cast, database, tmp_path, owner_cursor):
    """The control: no lock on the payer, no single live attempt, and everybody looks before anybody writes."""
    app = "tests.mailroom.unguarded:application"
    kitchen(cast)  # its messages are the worker's first: it has started when they are gone
    with served(database, tmp_path, application=app, workers=1, MILEPOST_TEST_CROWD=str(FEW)) as house:
        until(lambda: all_worked(owner_cursor), PATIENCE_S)
        with no_single_live_attempt(owner_cursor):
            job_id, _pages = storm(cast, house.url, FEW, "card", paying_at_once=True)
            until(lambda: states(owner_cursor, job_id) == [("cleared", 10_000_00)] * FEW, PATIENCE_S)
            until(lambda: all_worked(owner_cursor), PATIENCE_S)
        assert len(charged(house.practice)) == FEW
        # What was charged too often is nobody's loss: it is the customer's credit, to the cent
        books = {row.code: row.balance.cents for row in account_balances(cast.business_id)}
        assert books["customer_credit"] == (FEW - 1) * 10_000_00
        assert_they_agree(house.practice, cast.business_id)
