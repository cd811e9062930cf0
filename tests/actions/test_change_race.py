"""A bill and a signature meet: whichever comes first, nothing is signed that was not on the screen."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier

from django.db import connection

from milepost.actions.change_signing import ChangeMoved, sign_change
from milepost.actions.changes import draft_change, send_change
from milepost.actions.credit import use_credit
from milepost.actions.invoices import send_invoice
from milepost.actions.payments import record_payment
from milepost.core.change_input import ChangeInput, LineEdit
from milepost.queries.change_page import change_page
from milepost.queries.doctor import examine
from milepost.queries.story_output import story_output
from tests.actions.changed import billed, document_of, in_quarters, island, line_ids

ROUNDS = 12


def test_a_bill_and_a_signature_at_the_same_moment(cast):
    seen = set()
    for _ in range(ROUNDS):
        job = in_quarters(cast)
        change = draft_change(by=cast.alice, at=cast.at, job_id=job.job_id, change=island("2000"))
        send_change(by=cast.alice, at=cast.at, job_id=job.job_id, change_id=change)
        shown = change_page(cast.business_id, job.job_id, change, at=cast.at).difference
        assert shown is not None
        begin = Barrier(2)

        def bill(job=job, begin=begin) -> None:
            try:
                begin.wait()
                send_invoice(
                    by=cast.alice, at=cast.at, job_id=job.job_id, row_ids=[job.rows["Start"]], by_hand=True
                )
            finally:
                connection.close()

        def sign(job=job, begin=begin, change=change, stamp=shown.stamp) -> str:
            try:
                begin.wait()
                sign_change(
                    by=cast.carol, at=cast.at, job_id=job.job_id, change_id=change, name="Carol", stamp=stamp
                )
            except ChangeMoved:
                return "moved"
            finally:
                connection.close()
            return "signed"

        with ThreadPoolExecutor(2) as pool:
            billed, signed = pool.submit(bill), pool.submit(sign)
            billed.result()
            outcome = signed.result()
        said = story_output(cast.business_id, job.job_id, at=cast.at)
        due = document_of(said, "Start")["due"]
        assert (outcome, due, said["contract"]["total"]) in (
            ("signed", "3000.00", "12000.00"),  # the signature was first, so the bill has its amounts
            ("moved", "2500.00", "10000.00"),  # the bill was first, so the difference is another one
        )
        seen.add(outcome)
    assert examine() == []
    assert seen


def test_credit_is_used_once_when_a_signature_and_the_office_reach_for_it(cast):
    # Carol has credit; a change takes her paid invoice back while the office pays another job with it
    for _ in range(4):
        job, other = in_quarters(cast), in_quarters(cast)
        for one in (job, other):
            billed(cast, one, "Start")
        record_payment(by=cast.bo, at=cast.at, job_id=job.job_id, amount_cents=2_600_00, method="check")
        line = line_ids(cast, job)["Kitchen"]
        order = ChangeInput("Less of it", (LineEdit("edit", line, unit_price=Decimal(1_000)),))
        change = draft_change(by=cast.alice, at=cast.at, job_id=job.job_id, change=order)
        send_change(by=cast.alice, at=cast.at, job_id=job.job_id, change_id=change)
        begin = Barrier(2)

        def use(other=other, begin=begin) -> None:
            try:
                begin.wait()
                use_credit(by=cast.bo, at=cast.at, job_id=other.job_id)
            finally:
                connection.close()

        def sign(job=job, begin=begin, change=change) -> None:
            try:
                begin.wait()
                sign_change(by=cast.carol, at=cast.at, job_id=job.job_id, change_id=change, name="Carol")
            finally:
                connection.close()

        with ThreadPoolExecutor(2) as pool:
            for done in [pool.submit(use), pool.submit(sign)]:
                done.result()
        assert story_output(cast.business_id, job.job_id, at=cast.at)["contract"]["total"] == "1000.00"
    assert examine() == []
