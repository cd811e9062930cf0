"""
What other systems get wrong about money, each told by name (DESIGN: real bugs, real complaints).

Each test is the shortest life in which the bug would show. Bugs of the core alone are named in
tests/core; those of the payment provider in tests/mailroom.
"""

import json
from datetime import timedelta
from decimal import Decimal

from milepost.actions.aftermath import DisputeTold, settle_aftermath
from milepost.actions.attempts import begin_payment, note_session, settle_attempt
from milepost.actions.businesses import add_tax_code
from milepost.actions.credit_notes import fix_invoice
from milepost.actions.invoices import send_invoice
from milepost.actions.payments import record_payment
from milepost.actions.work import complete_milestone
from milepost.core.change_input import ChangeInput, LineEdit
from milepost.core.quote_input import LineInput, QuoteInput, RowInput
from milepost.queries.doctor import examine
from milepost.queries.needs import needs
from milepost.queries.story_output import story_output
from milepost.records.files import Document
from milepost.records.post import Message
from milepost.records.scope import scoped
from tests.actions.changed import document_of, island, line_ids, rows_of, signed
from tests.cast import Kitchen, kitchen


def sold(cast, amount: str, *rows: RowInput, tax: tuple[int, ...] = ()) -> Kitchen:
    return kitchen(cast, quote=QuoteInput("Work", (LineInput("Work", Decimal(amount), tax_codes=tax),), rows))


def percent(name: str, value: str, kind: str = "milestone") -> RowInput:
    return RowInput(name, "percent", kind=kind, value=Decimal(value))


def share(name: str) -> RowInput:
    return RowInput(name, "share", value=Decimal(1))


def bill(cast, job: Kitchen, *names: str) -> int:
    rows = [job.rows[name] for name in names]
    return send_invoice(by=cast.alice, at=cast.at, job_id=job.job_id, row_ids=rows, by_hand=True)


def pay(cast, job: Kitchen, cents: int, **more) -> int:
    return record_payment(
        by=cast.bo, at=cast.at, job_id=job.job_id, amount_cents=cents, method="check", **more
    )


def said_of(cast, job: Kitchen) -> dict:
    return story_output(cast.business_id, job.job_id, at=cast.at)


def invoices(said) -> list[str]:
    return [document["due"] for document in said["documents"] if document["kind"] != "receipt"]


def test_two_halves_of_an_odd_cent_leave_no_credit_note_of_a_cent(cast):
    job = sold(cast, "12870.59", percent("Half", "50", "deposit"), RowInput("Rest", "remainder"))
    bill(cast, job, "Rest")
    pay(cast, job, 12_870_59)
    said = said_of(cast, job)
    assert invoices(said) == ["6435.30", "6435.29"]
    assert said["ledger"] == {"Cash": "12870.59", "Revenue": "12870.59"}


def test_thirds_of_a_hundred_do_not_bill_99_99(cast):
    job = sold(cast, "100.00", share("One"), share("Two"), share("Three"))
    for name in ("One", "Two", "Three"):
        bill(cast, job, name)
    assert invoices(said_of(cast, job)) == ["33.34", "33.33", "33.33"]


def test_percentages_that_miss_the_total_by_a_cent_are_not_refused(cast):
    job = sold(cast, "0.05", percent("A", "33.33"), percent("B", "33.33"), percent("C", "33.34"))
    assert sum(Decimal(amount) for amount in rows_of(cast, job.job_id).values()) == Decimal("0.05")


def test_a_change_order_does_not_split_billed_rows_again_nor_move_a_billed_deposit(cast):
    job = sold(
        cast, "10000", percent("Deposit", "20", "deposit"), percent("First", "40"), percent("Last", "40")
    )
    bill(cast, job, "First")
    signed(cast, job, island("1000"))
    assert rows_of(cast, job.job_id) == {"Deposit": "2000.00", "First": "4000.00", "Last": "5000.00"}
    assert invoices(said_of(cast, job)) == ["2000.00", "4000.00"]


def test_a_large_deposit_against_a_small_milestone_makes_no_negative_invoice(cast):
    job = sold(cast, "1000", percent("Deposit", "90", "deposit"), share("Small"), share("Large"))
    for name in ("Small", "Large"):
        bill(cast, job, name)
    said = said_of(cast, job)
    assert invoices(said) == ["900.00", "50.00", "50.00"]
    assert all(Decimal(document["recovered"]) >= 0 for document in said["documents"])
    assert "Customer deposits" not in said["ledger"]


def test_taking_an_invoice_back_neither_loses_the_deposit_nor_takes_it_twice(cast):
    job = sold(cast, "1000", percent("Deposit", "30", "deposit"), share("One"), share("Two"))
    invoice = bill(cast, job, "One")
    fix_invoice(by=cast.alice, at=cast.at, invoice_id=invoice, reason="Wrong address")
    bill(cast, job, "Two")
    recovered = [
        (document["recovered"], document["state"])
        for document in said_of(cast, job)["documents"]
        if document["kind"] == "progress"
    ]
    assert recovered == [("150.00", "credited"), ("150.00", "due"), ("150.00", "due")]
    assert examine() == []


def test_the_instalment_is_not_the_cumulative_amount(cast):
    job = sold(cast, "900", share("One"), share("Two"), share("Three"))
    for name in ("One", "Two"):
        bill(cast, job, name)
    second = document_of(said_of(cast, job), "Two")
    assert (second["due"], second["previously_billed"], second["earned_to_date"]) == (
        "300.00",
        "300.00",
        "600.00",
    )
    with scoped(cast.business_id, writing=False):
        letter = Message.objects.filter(kind="invoice_sent").order_by("-id").first()
        paper = json.loads(Document.objects.filter(kind="invoice").order_by("-id")[0].content)
    # Document, ledger and message say the same
    assert letter is not None
    assert letter.facts["total_cents"] == 300_00
    assert paper["amount"]["value"] == "$300.00"
    assert said_of(cast, job)["ledger"]["Accounts receivable"] == "600.00"


def test_another_quantity_does_not_rewrite_issued_invoices(cast):
    job = sold(cast, "1000", share("One"), share("Two"))
    bill(cast, job, "One")
    with scoped(cast.business_id, writing=False):
        before = Document.objects.filter(kind="invoice").latest("id").content
    line = line_ids(cast, job)["Work"]
    signed(cast, job, ChangeInput("Twice as much", (LineEdit("edit", line, quantity=Decimal(2)),)))
    with scoped(cast.business_id, writing=False):
        assert Document.objects.filter(kind="invoice").latest("id").content == before
    assert rows_of(cast, job.job_id) == {"One": "500.00", "Two": "1500.00"}


def test_a_deposit_is_no_income_and_its_tax_is_counted_once(cast):
    tax = add_tax_code(by=cast.alice, at=cast.at, name="Sales tax", percent=Decimal(10))
    job = sold(cast, "1000", percent("Deposit", "50", "deposit"), RowInput("Rest", "remainder"), tax=(tax,))
    pay(cast, job, 550_00)
    assert said_of(cast, job)["ledger"] == {"Cash": "550.00", "Customer deposits": "550.00"}
    bill(cast, job, "Rest")
    assert said_of(cast, job)["ledger"] == {
        "Accounts receivable": "550.00", "Cash": "550.00", "Revenue": "1000.00", "Tax payable": "100.00",
    }  # fmt: skip


def test_an_overpayment_leaves_no_negative_balance_and_a_part_payment_no_stuck_one(cast):
    job = sold(cast, "1000", share("One"), share("Two"))
    bill(cast, job, "One")
    pay(cast, job, 200_00)
    assert document_of(said_of(cast, job), "One")["balance"] == "300.00"
    pay(cast, job, 450_00)
    said = said_of(cast, job)
    assert document_of(said, "One")["balance"] == "0.00"
    assert (said["customer_credit"], said["ledger"]["Customer credit"]) == ("150.00", "150.00")


def test_the_answer_and_the_event_of_one_payment_record_it_once(cast):
    job = sold(cast, "1000", percent("Deposit", "50", "deposit"), RowInput("Rest", "remainder"))
    begun = begin_payment(by=cast.pat, at=cast.at, job_id=job.job_id, method="card")
    assert begun.attempt_id is not None
    note_session(
        by=cast.system, at=cast.at, attempt_id=begun.attempt_id, session_id="cs_1", url="https://pay.example/"
    )
    for _ in range(3):
        settle_attempt(
            by=cast.system, at=cast.at, attempt_id=begun.attempt_id, outcome="succeeded", amount_cents=500_00
        )
    said = said_of(cast, job)
    assert [payment["amount"] for payment in said["payments"]] == ["500.00"]
    assert sum(document["kind"] == "receipt" for document in said["documents"]) == 1


def test_a_bank_payment_says_paid_only_when_it_is_and_opens_again_when_it_comes_back(cast):
    job = sold(cast, "1000", percent("Deposit", "50", "deposit"), RowInput("Rest", "remainder"))
    begun = begin_payment(by=cast.pat, at=cast.at, job_id=job.job_id, method="bank")
    assert begun.attempt_id is not None
    note_session(
        by=cast.system, at=cast.at, attempt_id=begun.attempt_id, session_id="cs_2", url="https://pay.example/"
    )
    for outcome, state, receipts in (("processing", "on_its_way", 0), ("succeeded", "paid", 1)):
        settle_attempt(
            by=cast.system, at=cast.at, attempt_id=begun.attempt_id, outcome=outcome, amount_cents=500_00
        )  # fmt: skip
        said = said_of(cast, job)
        assert document_of(said, "Deposit")["state"] == state
        assert sum(document["kind"] == "receipt" for document in said["documents"]) == receipts
    back = DisputeTold("du_1", 500_00, "lost", code="R01")
    settle_aftermath(
        by=cast.system, at=cast.at + timedelta(days=3), attempt_id=begun.attempt_id, disputes=[back]
    )
    assert document_of(said_of(cast, job), "Deposit")["balance"] == "500.00"


def test_work_that_was_done_and_never_billed_is_noticed(cast):
    job = sold(cast, "1000", share("One"), share("Two"))
    complete_milestone(by=cast.tess, at=cast.at, job_id=job.job_id, row_id=job.rows["One"])
    waiting = needs(cast.business_id, at=cast.at + timedelta(days=30))
    assert [(row.name, row.amount.cents) for row in waiting.ready] == [("One", 500_00)]
