"""A contract that comes down below what is billed: the unused deposit first, then the newest invoices."""

from decimal import Decimal

from milepost.actions.payments import record_payment
from milepost.core.change_input import ChangeInput, LineEdit
from milepost.core.quote_input import LineInput, QuoteInput, RowInput
from milepost.queries.change_difference import simulate
from milepost.queries.doctor import examine
from milepost.queries.story_output import story_output
from tests.actions.changed import billed, in_quarters, island, line_ids, rows_of, signed
from tests.cast import kitchen


def test_a_reduction_below_what_is_billed_takes_the_newest_invoice_back_and_sends_it_anew(cast):
    # Everything is billed and paid; then the pantry of 2,000.00 is dropped after all
    lines = (LineInput("Kitchen", Decimal(8_000)), LineInput("Pantry", Decimal(2_000)))
    rows = (
        RowInput("Deposit", "percent", kind="deposit", value=Decimal(25)),
        RowInput("Start", "share", value=Decimal(1)),
        RowInput("End", "share", value=Decimal(1)),
        RowInput("Yard", "fixed", value=Decimal(0)),
    )
    job = kitchen(cast, quote=QuoteInput("Kitchen", lines, rows))
    billed(cast, job, "Start")
    billed(cast, job, "End")
    record_payment(by=cast.bo, at=cast.at, job_id=job.job_id, amount_cents=10_000_00, method="check")
    signed(cast, job, ChangeInput("No pantry", (LineEdit("remove", line_ids(cast, job)["Pantry"]),)))
    assert rows_of(cast, job.job_id) == {
        "Deposit": "2500.00",
        "Start": "3750.00",
        "End": "1750.00",
        "Yard": "0.00",
    }
    said = story_output(cast.business_id, job.job_id, at=cast.at)
    ends = [document for document in said["documents"] if document.get("for") == ["End"]]
    assert [(one["due"], one["balance"]) for one in ends] == [("3750.00", "0.00"), ("1750.00", "0.00")]
    # What was paid too much is the customer's, to be used or given back
    assert said["ledger"]["Customer credit"] == "2000.00"
    assert said["contract"]["total"] == "8000.00"
    assert examine() == []


def test_a_deposit_alone_comes_down_to_the_new_price(cast):
    rows = (
        RowInput("Deposit", "fixed", kind="deposit", value=Decimal(5_000_00)),
        RowInput("All of it", "remainder"),
    )
    lines = (LineInput("Kitchen", Decimal(4_000)), LineInput("Pantry", Decimal(6_000)))
    job = kitchen(cast, quote=QuoteInput("Kitchen", lines, rows))
    record_payment(by=cast.bo, at=cast.at, job_id=job.job_id, amount_cents=5_000_00, method="check")
    signed(cast, job, ChangeInput("No pantry", (LineEdit("remove", line_ids(cast, job)["Pantry"]),)))
    assert rows_of(cast, job.job_id) == {"Deposit": "4000.00", "All of it": "0.00"}
    said = story_output(cast.business_id, job.job_id, at=cast.at)
    assert said["ledger"] == {"Cash": "5000.00", "Customer credit": "1000.00", "Customer deposits": "4000.00"}
    assert examine() == []


def test_an_unpaid_invoice_is_replaced_only_if_the_change_order_says_so(cast):
    job = in_quarters(cast)
    billed(cast, job, "Start")
    as_is = simulate(cast.business_id, job.job_id, island("2000"))
    assert [row.after.cents for row in as_is.rows] == [2_500_00, 3_166_67, 6_333_33]
    again = ChangeInput("An island", island("2000").lines, replace_unpaid=True)
    shown = simulate(cast.business_id, job.job_id, again)
    assert [row.after.cents for row in shown.rows] == [3_000_00, 3_000_00, 6_000_00]
    assert len(shown.replaced) == 1
    signed(cast, job, again)
    said = story_output(cast.business_id, job.job_id, at=cast.at)
    starts = [document for document in said["documents"] if document.get("for") == ["Start"]]
    assert [(one["due"], one["balance"]) for one in starts] == [("2500.00", "0.00"), ("3000.00", "3000.00")]
    assert examine() == []


def test_an_unused_deposit_is_credited_before_any_invoice_is_touched(cast):
    # 2,500 down and 3,750 billed of 10,000, half of the deposit used; then half the work is dropped
    lines = (LineInput("Kitchen", Decimal(5_000)), LineInput("Pantry", Decimal(5_000)))
    rows = (
        RowInput("Deposit", "percent", kind="deposit", value=Decimal(25)),
        RowInput("Start", "share", value=Decimal(1)),
        RowInput("End", "share", value=Decimal(1)),
    )
    job = kitchen(cast, quote=QuoteInput("Kitchen", lines, rows))
    billed(cast, job, "Start")
    record_payment(by=cast.bo, at=cast.at, job_id=job.job_id, amount_cents=6_250_00, method="check")
    change = ChangeInput("No pantry", (LineEdit("remove", line_ids(cast, job)["Pantry"]),))
    shown = simulate(cast.business_id, job.job_id, change)
    assert shown.deposit_cut is not None
    assert (shown.deposit_cut.cents, shown.replaced) == (1_250_00, [])
    signed(cast, job, change)
    assert rows_of(cast, job.job_id) == {"Deposit": "1250.00", "Start": "3750.00", "End": "0.00"}
    said = story_output(cast.business_id, job.job_id, at=cast.at)
    assert [d["due"] for d in said["documents"] if d["kind"] == "reduction"] == ["-1250.00"]
    assert said["ledger"] == {"Cash": "6250.00", "Customer credit": "1250.00", "Revenue": "5000.00"}
    billed(cast, job, "End")
    assert examine() == []
    assert story_output(cast.business_id, job.job_id, at=cast.at)["contract"]["state"] == "closed"


def test_a_reduction_beyond_the_deposit_takes_the_newest_invoice_back_too(cast):
    lines = (LineInput("Kitchen", Decimal(3_000)), LineInput("Pantry", Decimal(7_000)))
    rows = (
        RowInput("Deposit", "percent", kind="deposit", value=Decimal(25)),
        RowInput("Start", "share", value=Decimal(1)),
        RowInput("End", "share", value=Decimal(1)),
    )
    job = kitchen(cast, quote=QuoteInput("Kitchen", lines, rows))
    billed(cast, job, "Start")
    record_payment(by=cast.bo, at=cast.at, job_id=job.job_id, amount_cents=6_250_00, method="check")
    signed(cast, job, ChangeInput("No pantry", (LineEdit("remove", line_ids(cast, job)["Pantry"]),)))
    # The deposit keeps the 1,250 that was used; the invoice keeps the 1,750 that are left
    assert rows_of(cast, job.job_id) == {"Deposit": "1250.00", "Start": "1750.00", "End": "0.00"}
    said = story_output(cast.business_id, job.job_id, at=cast.at)
    assert said["ledger"] == {"Cash": "6250.00", "Customer credit": "3250.00", "Revenue": "3000.00"}
    assert examine() == []


def test_of_several_invoices_the_newest_gives_way_first(cast):
    lines = (LineInput("Kitchen", Decimal(2_500)), LineInput("Pantry", Decimal(3_500)))
    rows = tuple(RowInput(name, "share", value=Decimal(1)) for name in ("One", "Two", "Three", "Four"))
    job = kitchen(cast, quote=QuoteInput("Kitchen", lines, rows))
    for name in ("One", "Two", "Three"):
        billed(cast, job, name)
    record_payment(by=cast.bo, at=cast.at, job_id=job.job_id, amount_cents=4_500_00, method="check")
    signed(cast, job, ChangeInput("No pantry", (LineEdit("remove", line_ids(cast, job)["Pantry"]),)))
    assert rows_of(cast, job.job_id) == {"One": "1500.00", "Two": "1000.00", "Three": "0.00", "Four": "0.00"}
    said = story_output(cast.business_id, job.job_id, at=cast.at)
    assert said["ledger"] == {"Cash": "4500.00", "Customer credit": "2000.00", "Revenue": "2500.00"}
    for name in ("Three", "Four"):
        billed(cast, job, name)
    assert story_output(cast.business_id, job.job_id, at=cast.at)["contract"]["state"] == "closed"
    assert examine() == []
