"""Merged customers are one: what one has paid too much pays for the other, once, whoever reaches for it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import date
from decimal import Decimal
from functools import partial
from threading import Barrier

import pytest
from django.db import connection

from milepost.actions.change_signing import sign_change
from milepost.actions.changes import draft_change, send_change
from milepost.actions.credit import NoCredit, refund_credit, use_credit
from milepost.actions.customers import ContactInput, add_customer
from milepost.actions.invoices import bill_simple
from milepost.actions.merging import PaidTogether, merge_customers, part_customers
from milepost.actions.payments import record_payment
from milepost.core.change_input import ChangeInput, LineEdit
from milepost.core.quote_input import LineInput
from milepost.queries.account import customer_account
from milepost.queries.doctor import examine
from milepost.queries.job_page import job_page
from milepost.queries.ledger import account_balances
from tests.actions.changed import billed, in_quarters, line_ids
from tests.cast import kitchen

THIS_YEAR = {"since": date(2026, 1, 1), "until": date(2026, 12, 31)}


def twin_of(cast) -> int:
    contacts = [ContactInput("C. Reyes", email="c@example.com")]
    return add_customer(by=cast.alice, at=cast.at, name="C. Reyes", contacts=contacts)


def tap(cast, customer: int, price: str = "180.00"):
    line = LineInput("Tap", Decimal(price))
    return bill_simple(by=cast.alice, at=cast.at, customer_id=customer, title="Tap", lines=(line,))


def merge(cast, duplicate: int, into: int) -> None:
    merge_customers(by=cast.alice, at=cast.at, duplicate_id=duplicate, into_id=into)


def overpay(cast, job_id: int, cents: int) -> int:
    return record_payment(by=cast.bo, at=cast.at, job_id=job_id, amount_cents=cents, method="check")


def credit(cast, job_id: int) -> int:
    return job_page(cast.business_id, job_id, at=cast.at).credit.cents


def credit_of_account(cast, customer: int) -> int:
    return customer_account(cast.business_id, customer, **THIS_YEAR).credit.cents


def booked(cast) -> int:
    return {row.code: row.balance.cents for row in account_balances(cast.business_id)}["customer_credit"]


@pytest.mark.parametrize("has_credit", ["duplicate", "kept"])
def test_what_is_shown_as_credit_of_merged_customers_can_be_used_whoever_of_them_paid_it(cast, has_credit):
    # Given Carol stands in the lists twice; 250.00 too much was paid under one name, 180.00 is open under the other
    twin = twin_of(cast)
    duplicate, kept = (cast.customer_id, twin) if has_credit == "duplicate" else (twin, cast.customer_id)
    job = kitchen(cast)
    overpay(cast, job.job_id, 10_250_00)
    open_job = tap(cast, twin)
    with pytest.raises(NoCredit):
        use_credit(by=cast.bo, at=cast.at, job_id=open_job.job_id)
    # When they are merged, every screen shows the credit
    merge(cast, duplicate, kept)
    assert credit(cast, open_job.job_id) == credit(cast, job.job_id) == 250_00
    assert credit_of_account(cast, kept) == booked(cast) == 250_00
    # Then it pays the tap
    assert use_credit(by=cast.bo, at=cast.at, job_id=open_job.job_id) == 180_00
    assert job_page(cast.business_id, open_job.job_id, at=cast.at).due_now.cents == 0
    assert credit(cast, open_job.job_id) == credit_of_account(cast, kept) == booked(cast) == 70_00
    assert examine() == []
    # and they stay one
    with pytest.raises(PaidTogether):
        part_customers(by=cast.alice, at=cast.at, duplicate_id=duplicate)


def test_the_credit_of_a_duplicate_is_refunded_and_then_nobody_has_it(cast):
    twin = twin_of(cast)
    paid = tap(cast, twin)
    payment = overpay(cast, paid.job_id, 200_00)
    merge(cast, twin, cast.customer_id)
    job = kitchen(cast)
    assert credit(cast, job.job_id) == 20_00
    refund_credit(by=cast.bo, at=cast.at, payment_id=payment, amount_cents=20_00, method="check")
    assert credit(cast, job.job_id) == booked(cast) == 0
    with pytest.raises(NoCredit):
        use_credit(by=cast.bo, at=cast.at, job_id=job.job_id)
    assert examine() == []


def test_two_duplicates_of_one_customer_use_the_credit_of_each_other(cast):
    one, two = twin_of(cast), twin_of(cast)
    paid, unpaid = tap(cast, one), tap(cast, two)
    overpay(cast, paid.job_id, 190_00)
    merge(cast, one, cast.customer_id)
    merge(cast, two, cast.customer_id)
    assert use_credit(by=cast.bo, at=cast.at, job_id=unpaid.job_id) == 10_00
    assert examine() == []


def test_once_they_are_parted_each_has_their_own_credit_again(cast):
    twin = twin_of(cast)
    paid, unpaid = tap(cast, twin), kitchen(cast)
    overpay(cast, paid.job_id, 200_00)
    merge(cast, twin, cast.customer_id)
    assert credit(cast, unpaid.job_id) == 20_00
    part_customers(by=cast.alice, at=cast.at, duplicate_id=twin)
    assert (credit(cast, unpaid.job_id), credit(cast, paid.job_id)) == (0, 20_00)


def test_credit_in_another_currency_is_not_offered_and_not_used(cast, owner_cursor):
    paid, unpaid = tap(cast, cast.customer_id), tap(cast, cast.customer_id)
    overpay(cast, paid.job_id, 200_00)
    owner_cursor.execute("SET session_replication_role = replica")
    for table in ("invoice", "job"):
        where = f"{'job_id' if table == 'invoice' else 'id'} = {unpaid.job_id}"
        owner_cursor.execute(f"UPDATE {table} SET currency = 'EUR' WHERE {where}")
    assert credit(cast, unpaid.job_id) == 0
    with pytest.raises(NoCredit):
        use_credit(by=cast.bo, at=cast.at, job_id=unpaid.job_id)


def together(*deeds: Callable[[], object]) -> None:
    """All at the same moment; what one refuses is well, a deadlock or a guard's error is not."""
    begin = Barrier(len(deeds))

    def run(deed: Callable[[], object]) -> None:
        try:
            begin.wait()
            with suppress(NoCredit, PaidTogether):
                deed()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(deeds)) as pool:
        for done in [pool.submit(run, deed) for deed in deeds]:
            done.result()


def test_credit_of_merged_customers_is_used_once_however_many_reach_for_it(cast):
    for turn in range(4):
        one, two = twin_of(cast), twin_of(cast)
        kept, duplicate = (one, two) if turn % 2 else (two, one)
        merge(cast, duplicate, kept)
        paid = tap(cast, duplicate)
        overpay(cast, paid.job_id, 200_00)
        others = [tap(cast, kept), tap(cast, duplicate), tap(cast, kept)]
        together(
            *[partial(use_credit, by=cast.bo, at=cast.at, job_id=job.job_id) for job in others],
            partial(overpay, cast, others[0].job_id, 1_00),
        )
        left = [job_page(cast.business_id, job.job_id, at=cast.at).due_now.cents for job in others]
        assert sum(left) == 3 * 180_00 - 20_00 - 1_00
    assert examine() == []


def test_a_merge_comes_between_while_credit_is_used_on_both_sides(cast):
    for turn in range(6):
        one, two = twin_of(cast), twin_of(cast)
        kept, duplicate = (one, two) if turn % 2 else (two, one)
        paid = tap(cast, duplicate)
        overpay(cast, paid.job_id, 200_00)
        mine, theirs = tap(cast, kept), tap(cast, duplicate)
        together(
            partial(merge, cast, duplicate, kept),
            partial(use_credit, by=cast.bo, at=cast.at, job_id=mine.job_id),
            partial(use_credit, by=cast.bo, at=cast.at, job_id=theirs.job_id),
        )
        left = [job_page(cast.business_id, job.job_id, at=cast.at).due_now.cents for job in (mine, theirs)]
        assert sum(left) == 360_00 - 20_00
    assert examine() == []


def test_a_signature_a_merge_and_the_office_reach_for_the_same_credit(cast):
    for turn in range(3):
        job, twin = in_quarters(cast), twin_of(cast)
        billed(cast, job, "Start")
        overpay(cast, job.job_id, 2_600_00)
        other = tap(cast, twin)
        kept, duplicate = (twin, cast.customer_id) if turn == 2 else (cast.customer_id, twin)
        line = line_ids(cast, job)["Kitchen"]
        order = ChangeInput("Less of it", (LineEdit("edit", line, unit_price=Decimal(1_000)),))
        change = draft_change(by=cast.alice, at=cast.at, job_id=job.job_id, change=order)
        send_change(by=cast.alice, at=cast.at, job_id=job.job_id, change_id=change)
        together(
            partial(merge, cast, duplicate, kept),
            partial(use_credit, by=cast.bo, at=cast.at, job_id=other.job_id),
            partial(
                sign_change, by=cast.carol, at=cast.at, job_id=job.job_id, change_id=change, name="Carol"
            ),
        )
    assert examine() == []
