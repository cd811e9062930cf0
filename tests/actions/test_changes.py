"""Change orders as a contractor lives them: where the difference goes, cent for cent."""

from datetime import timedelta
from decimal import Decimal

import pytest

from milepost.actions.businesses import add_tax_code
from milepost.actions.payments import record_payment
from milepost.actions.work import complete_milestone
from milepost.core.change_input import ChangeInput, LineEdit, RowEdit
from milepost.core.quote_input import LineInput, QuoteInput, RowInput
from milepost.queries.change_difference import simulate
from milepost.queries.change_page import change_page
from milepost.queries.doctor import examine
from milepost.queries.job_page import job_page
from milepost.queries.story_output import story_output
from milepost.records.jobs import ScheduleRow
from milepost.records.scope import scoped
from tests.actions.changed import billed, document_of, in_quarters, island, line_ids, rows_of, signed
from tests.cast import kitchen


def test_two_thousand_more_after_the_first_of_25_25_50(cast):
    job = in_quarters(cast)
    billed(cast, job, "Start")
    signed(cast, job, island("2000"))
    assert rows_of(cast, job.job_id) == {"Start": "2500.00", "Middle": "3166.67", "End": "6333.33"}


def test_an_island_after_the_deposit_is_paid_leaves_the_deposit_as_it_was(cast):
    # A percent deposit does not follow the new price after it was billed, and billed rows are not re-split
    rows = (
        RowInput("Deposit", "percent", kind="deposit", value=Decimal(25)),
        RowInput("Rough-in", "percent", value=Decimal(25)),
        RowInput("Cabinets", "percent", value=Decimal(30)),
        RowInput("Walkthrough", "remainder"),
    )
    job = kitchen(cast, quote=QuoteInput("Kitchen", (LineInput("Kitchen", Decimal(40_000)),), rows))
    record_payment(by=cast.bo, at=cast.at, job_id=job.job_id, amount_cents=10_000_00, method="check")
    signed(cast, job, island("4000"))
    assert rows_of(cast, job.job_id) == {
        "Deposit": "10000.00", "Rough-in": "11333.33", "Cabinets": "13600.00", "Walkthrough": "9066.67",
    }  # fmt: skip


def test_next_then_spread_leaves_the_placed_part_where_it_is(cast):
    job = in_quarters(cast)
    billed(cast, job, "Start")
    signed(cast, job, island("2000", "next"))
    assert rows_of(cast, job.job_id) == {"Start": "2500.00", "Middle": "4500.00", "End": "5000.00"}
    signed(cast, job, island("1000", "spread"))
    assert rows_of(cast, job.job_id) == {"Start": "2500.00", "Middle": "4833.33", "End": "5666.67"}


@pytest.mark.parametrize(
    ("placement", "amounts"),
    [
        ("final", {"Start": "2500.00", "Middle": "2500.00", "End": "5100.01"}),
        ("equal", {"Start": "2533.34", "Middle": "2533.34", "End": "5033.33"}),
        ("own", {"Start": "2500.00", "Middle": "2500.00", "End": "5000.00", "Island stands": "100.01"}),
    ],
)
def test_where_the_difference_goes(cast, placement, amounts):
    job = in_quarters(cast)
    signed(cast, job, island("100.01", placement))
    assert rows_of(cast, job.job_id) == amounts


def test_a_shrink_may_leave_a_last_invoice_of_nothing_that_earns_the_rest(cast):
    rows = (
        RowInput("Deposit", "fixed", kind="deposit", value=Decimal(5_000_00)),
        RowInput("Start", "fixed", value=Decimal(3_000_00)),
        RowInput("End", "remainder"),
    )
    lines = (LineInput("Kitchen", Decimal(8_000)), LineInput("Pantry", Decimal(2_000)))
    job = kitchen(cast, quote=QuoteInput("Kitchen", lines, rows))
    billed(cast, job, "Start")
    pantry = line_ids(cast, job)["Pantry"]
    signed(cast, job, ChangeInput("No pantry", (LineEdit("remove", pantry),)))
    assert rows_of(cast, job.job_id) == {"Deposit": "5000.00", "Start": "3000.00", "End": "0.00"}
    billed(cast, job, "End")
    said = story_output(cast.business_id, job.job_id, at=cast.at)
    assert document_of(said, "End")["due"] == "0.00"
    assert said["ledger"] == {"Accounts receivable": "8000.00", "Revenue": "8000.00"}
    assert examine() == []


def test_an_exempt_line_does_not_price_billed_work_anew(cast):
    # Line A 10,000 and 825 of tax, half billed; then an exempt line of 90,000: A is not billed backwards
    tax = add_tax_code(by=cast.alice, at=cast.at, name="Sales tax", percent=Decimal("8.25"))
    lines = (LineInput("Cabinets", Decimal(10_000), tax_codes=(tax,)),)
    rows = (
        RowInput("Half", "percent", value=Decimal(50)),
        RowInput("A thousand", "fixed", value=Decimal(1_000_00)),
        RowInput("Rest", "remainder"),
    )
    job = kitchen(cast, quote=QuoteInput("Kitchen", lines, rows))
    billed(cast, job, "Half")
    signed(cast, job, island("90000", "final"))
    billed(cast, job, "A thousand")
    document = document_of(story_output(cast.business_id, job.job_id, at=cast.at), "A thousand")
    assert document["lines"] == [
        {"description": "Cabinets", "amount": "52.41"},
        {"description": "Island", "amount": "943.27"},
    ]
    assert document["tax"] == {"Sales tax 8.25": "4.32"}


def test_amounts_deliverable_and_day_change_without_a_price(cast):
    job = kitchen(cast)
    day = cast.at.date() + timedelta(days=30)
    edits = (
        RowEdit(job.rows["Rough-in complete"], move_cents=-1_000_00),
        RowEdit(job.rows["Final walkthrough"], "Keys handed over", day, 1_000_00),
    )
    signed(cast, job, ChangeInput("Later, and more at the end", (), edits))
    page = job_page(cast.business_id, job.job_id, at=cast.at)
    last = page.stops[-1]
    assert (last.amount.cents, last.deliverable, last.on) == (9_000_00, "Keys handed over", day)
    assert rows_of(cast, job.job_id)["Rough-in complete"] == "9000.00"
    assert page.total.cents == 40_000_00


def test_days_alone_are_a_change_order_too(cast):
    job = kitchen(cast)
    made = signed(cast, job, ChangeInput("The wall was rotten", days=5))
    page = change_page(cast.business_id, job.job_id, made, at=cast.at)
    assert (page.row.days, page.row.difference.cents, page.row.signed_by) == (5, 0, "Carol Reyes")
    assert rows_of(cast, job.job_id)["Rough-in complete"] == "10000.00"


def test_the_simulator_says_what_each_next_invoice_will_be_and_writes_nothing(cast):
    job = kitchen(cast)
    shown = simulate(cast.business_id, job.job_id, island("2000", "next"))
    assert [(one.name, one.earned.cents, one.recovered.cents, one.due.cents) for one in shown.nexts] == [
        ("Rough-in complete", 15_750_00, 3_750_00, 12_000_00),
        ("Cabinets installed", 15_750_00, 3_750_00, 12_000_00),
        ("Final walkthrough", 10_500_00, 2_500_00, 8_000_00),
    ]
    assert shown.next_payment is not None
    assert (shown.next_payment.before, shown.next_payment.after.cents) != (None, 10_000_00)
    assert [row.name for row in shown.rows if row.billed] == ["Deposit"]
    assert job_page(cast.business_id, job.job_id, at=cast.at).total.cents == 40_000_00


def test_a_changed_job_bills_to_the_end_and_closes_itself(cast):
    job = in_quarters(cast)
    billed(cast, job, "Start")
    signed(cast, job, island("2000", "own"))
    with scoped(cast.business_id, writing=False):
        job.rows.update(ScheduleRow.objects.filter(job_id=job.job_id).values_list("name", "id"))
    complete_milestone(by=cast.tess, at=cast.at, job_id=job.job_id, row_id=job.rows["Island stands"])
    for name in ("Island stands", "Middle", "End"):
        billed(cast, job, name)
    record_payment(by=cast.bo, at=cast.at, job_id=job.job_id, amount_cents=12_000_00, method="transfer")
    said = story_output(cast.business_id, job.job_id, at=cast.at)
    assert said["contract"]["state"] == "closed"
    assert said["ledger"] == {"Cash": "12000.00", "Revenue": "12000.00"}
    assert examine() == []
