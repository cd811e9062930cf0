"""A job that ends before its time: what was done is billed, the deposit kept, part-kept or returned."""

import psycopg
import pytest

from milepost.actions.cancelling import cancel_job
from milepost.actions.credit import refund_credit, use_credit
from milepost.actions.credit_notes import fix_invoice
from milepost.actions.work import JobNotOpen, complete_milestone
from milepost.core.cancelling import KeptBelowZero, KeptTooMuch
from milepost.queries.cancelling import NotToCancel, cancel_page
from milepost.queries.crediting import CancellationStands, DepositIsUsed
from milepost.queries.doctor import examine
from tests.actions.test_credit_notes import balances, bill, booked, page, pay, stop, taxed_kitchen
from tests.cast import kitchen


def cancel(cast, job, keep: int = 0, reason: str = "They sell the house") -> int:
    return cancel_job(by=cast.bo, at=cast.at, job_id=job.job_id, keep_cents=keep, reason=reason)


def entries(cast, count: int) -> list[str]:
    from milepost.queries.ledger import journal

    return [entry.kind for entry in journal(cast.business_id)][-count:]


def test_a_part_of_the_deposit_is_kept_and_the_rest_is_credit_to_refund(cast):
    # Given a paid deposit of 10,000.00 of which a first milestone has used 3,333.33
    job = kitchen(cast)
    payment = pay(cast, job, 10_000_00)
    bill(cast, job, "Rough-in complete")
    pay(cast, job, 10_000_00)
    shown = cancel_page(cast.business_id, job.job_id, keep_cents=2_000_00)
    assert (shown.deposit_left.cents, shown.returned.cents, shown.contract_after.cents) == (
        6_666_67, 4_666_67, 15_333_33,
    )  # fmt: skip
    assert [row.name for row in shown.dropped] == ["Cabinets installed", "Final walkthrough"]
    # When the job is cancelled and 2,000.00 are kept
    cancel(cast, job, 2_000_00)
    # Then the books say so, to the cent: CD→Cancellation income, CD→CC
    assert entries(cast, 2) == ["cancellation", "cancellation_invoice"]
    assert booked(cast) == "cancellation_invoice 1003: CD→Cancellation income 2000.00"
    assert balances(cast) == {
        "cash": 20_000_00, "customer_credit": 4_666_67, "revenue": 13_333_33, "cancellation": 2_000_00,
    }  # fmt: skip
    now = page(cast, job)
    assert (now.state, now.total.cents, now.due_now.cents, now.bar.left.cents) == (
        "cancelled",
        15_333_33,
        0,
        0,
    )
    assert [row.kind for row in now.documents][-2:] == ["credit_note", "invoice"]
    refund_credit(by=cast.bo, at=cast.at, payment_id=payment, amount_cents=4_666_67, method="check")
    assert examine() == []
    with pytest.raises(NotToCancel):
        cancel(cast, job)
    with pytest.raises(JobNotOpen):
        complete_milestone(by=cast.tess, at=cast.at, job_id=job.job_id, row_id=job.rows["Cabinets installed"])
    for invoice in (job.deposit_invoice_id, stop(cast, job, "Kept at cancellation").invoice.id):
        with pytest.raises((CancellationStands, DepositIsUsed)):
            fix_invoice(by=cast.bo, at=cast.at, invoice_id=invoice, reason="")


def test_what_was_done_is_billed_before_the_rest_is_dropped(cast):
    job = kitchen(cast)
    pay(cast, job, 10_000_00)
    complete_milestone(by=cast.tess, at=cast.at, job_id=job.job_id, row_id=job.rows["Rough-in complete"])
    shown = cancel_page(cast.business_id, job.job_id, keep_cents=0)
    assert (shown.done, shown.done_total.cents, shown.open.cents) == (
        ["Rough-in complete"],
        10_000_00,
        10_000_00,
    )
    cancel(cast, job)
    now = page(cast, job)
    assert (now.due_now.cents, now.credit.cents, now.total.cents) == (10_000_00, 6_666_67, 13_333_33)
    assert use_credit(by=cast.bo, at=cast.at, job_id=job.job_id) == 6_666_67
    assert page(cast, job).due_now.cents == 3_333_33
    assert examine() == []


def test_the_whole_deposit_is_kept_or_the_whole_returned(cast):
    kept, returned = kitchen(cast), kitchen(cast)
    for job, keep in ((kept, 10_000_00), (returned, 0)):
        pay(cast, job, 10_000_00)
        with pytest.raises(KeptTooMuch):
            cancel(cast, job, 10_000_01)
        with pytest.raises(KeptBelowZero):
            cancel(cast, job, -1)
        cancel(cast, job, keep)
    assert (page(cast, kept).total.cents, page(cast, returned).total.cents) == (10_000_00, 0)
    assert balances(cast) == {"cash": 20_000_00, "customer_credit": 10_000_00, "cancellation": 10_000_00}
    assert examine() == []


def test_an_unpaid_deposit_is_credited_for_what_is_not_kept(cast):
    job = kitchen(cast)
    cancel(cast, job, 1_000_00)
    assert (page(cast, job).due_now.cents, balances(cast)) == (
        1_000_00, {"receivables": 1_000_00, "cancellation": 1_000_00},
    )  # fmt: skip
    pay(cast, job, 1_000_00)
    assert examine() == []


def test_a_taxed_contract_is_dropped_line_by_line_and_tax_by_tax(cast):
    job = taxed_kitchen(cast)
    pay(cast, job, 8_395_00)
    bill(cast, job, "Rough-in complete")
    cancel(cast, job, 500_00)
    assert page(cast, job).total.cents == 11_193_33 + 500_00
    assert balances(cast)["tax_payable"] == 660_00
    assert examine() == []


@pytest.mark.parametrize(
    ("sql", "rule"),
    [
        ("UPDATE cancellation SET kept_cents = 0", "append"),
        ("DELETE FROM cancellation", "append"),
        (
            "UPDATE job SET state = 'open', closed_at = NULL WHERE state = 'cancelled'",
            "cancelled_job_says_so",
        ),
        ("UPDATE job SET state = 'cancelled' WHERE state = 'open'", "cancelled_job_says_so"),
        (
            "INSERT INTO cancellation (business_id, job_id, reason, dropped_cents, kept_cents, returned_cents,"
            " cancelled_at, by_name) SELECT business_id, id, '', 0, 0, 0, now(), 'x' FROM job WHERE state = 'open'",
            "cancelled_job_says_so",
        ),
        (
            "INSERT INTO key_change (business_id, job_id, key_id, cancellation_id, delta_cents) SELECT business_id,"
            " job_id, key_id, cancellation_id, -1 FROM key_change LIMIT 1",
            "",
        ),
    ],
)
def test_the_database_alone_keeps_a_cancellation(cast, owner_cursor, sql, rule):
    job = kitchen(cast)
    kitchen(cast)
    cancel(cast, job, 1_000_00)
    with pytest.raises(psycopg.Error) as caught:
        owner_cursor.execute(sql)
    assert rule in f"{caught.value.diag.constraint_name} {caught.value.diag.message_primary}"
