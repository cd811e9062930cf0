"""Change orders as a contractor lives them: the island, the rotten wall, the two more outlets."""

from datetime import timedelta
from decimal import Decimal

import psycopg
import pytest

from milepost.actions.businesses import add_tax_code
from milepost.actions.change_signing import (
    AskTheOffice,
    ChangeExpired,
    ChangeMoved,
    ChangeNotSent,
    sign_change,
)
from milepost.actions.changes import (
    ChangeNotDraft,
    ChangeNotOpen,
    ReasonMissing,
    decline_change,
    draft_change,
    send_change,
    withdraw_change,
)
from milepost.actions.invoices import send_invoice
from milepost.actions.payments import record_payment
from milepost.actions.rights import NotAllowed
from milepost.actions.work import complete_milestone
from milepost.core.change_input import ChangeInput, LineEdit, RowEdit
from milepost.core.changes import MovesDoNotMatch, MoveTooLarge, NothingLeftToPlaceOn
from milepost.core.quote_input import LineInput, QuoteInput, RowInput
from milepost.queries.change_difference import simulate
from milepost.queries.change_page import change_page
from milepost.queries.changing import LineChangedTwice, LineNeedsWords, LineNotThere, NothingChanges
from milepost.queries.contract_lines import contract_lines
from milepost.queries.doctor import examine
from milepost.queries.job_page import job_page
from milepost.queries.story_output import story_output
from milepost.records.files import Document
from milepost.records.jobs import ScheduleRow
from milepost.records.post import Message
from milepost.records.scope import scoped
from tests.cast import Kitchen, kitchen

OUTLETS = ChangeInput(
    "Two more outlets",
    (LineEdit("add", None, "Two more outlets", Decimal(1), "", Decimal(180)),),
    placement="next",
)


def rows_of(cast, job_id: int) -> dict[str, str]:
    schedule = story_output(cast.business_id, job_id, at=cast.at)["schedule"]
    return {name: row["amount"] for name, row in schedule.items()}


def in_quarters(cast) -> Kitchen:
    """A kitchen of 10,000.00 in 25, 25 and 50 percent."""
    rows = (
        RowInput("Start", "percent", value=Decimal(25)),
        RowInput("Middle", "percent", value=Decimal(25)),
        RowInput("End", "percent", value=Decimal(50)),
    )
    return kitchen(cast, quote=QuoteInput("Kitchen", (LineInput("Kitchen", Decimal(10_000)),), rows))


def document_of(said, row: str):
    return next(document for document in said["documents"] if document.get("for") == [row])


def island(amount: str, placement: str = "spread") -> ChangeInput:
    return ChangeInput(
        "An island", (LineEdit("add", None, "Island", Decimal(1), "", Decimal(amount)),), placement=placement,
        own_name="Island stands",
    )  # fmt: skip


def billed(cast, job: Kitchen, name: str) -> int:
    return send_invoice(by=cast.alice, at=cast.at, job_id=job.job_id, row_ids=[job.rows[name]], by_hand=True)


def signed(cast, job: Kitchen, change: ChangeInput) -> int:
    """Written, sent and signed by Carol, as she saw it."""
    made = draft_change(by=cast.alice, at=cast.at, job_id=job.job_id, change=change)
    send_change(by=cast.alice, at=cast.at, job_id=job.job_id, change_id=made)
    page = change_page(cast.business_id, job.job_id, made, at=cast.at)
    assert page.difference is not None
    sign_change(
        by=cast.carol,
        at=cast.at,
        job_id=job.job_id,
        change_id=made,
        name="Carol Reyes",
        stamp=page.difference.stamp,
    )
    return made


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


def line_ids(cast, job: Kitchen) -> dict[str, int]:
    with scoped(cast.business_id, writing=False):
        return {line.description: line.id for line in contract_lines(job.job_id)}


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


def test_what_is_signed_is_exactly_what_was_on_the_screen(cast):
    job = in_quarters(cast)
    made = draft_change(by=cast.alice, at=cast.at, job_id=job.job_id, change=island("2000"))
    send_change(by=cast.alice, at=cast.at, job_id=job.job_id, change_id=made)
    before = change_page(cast.business_id, job.job_id, made, at=cast.at).difference
    assert before is not None
    assert [row.after.cents for row in before.rows] == [3_000_00, 3_000_00, 6_000_00]
    # When the first milestone is billed in the meantime
    billed(cast, job, "Start")
    # Then the signature is refused, and the new difference is there to sign
    with pytest.raises(ChangeMoved):
        sign_change(
            by=cast.carol, at=cast.at, job_id=job.job_id, change_id=made, name="Carol", stamp=before.stamp
        )
    after = change_page(cast.business_id, job.job_id, made, at=cast.at).difference
    assert after is not None
    assert [row.after.cents for row in after.rows] == [2_500_00, 3_166_67, 6_333_33]
    sign_change(by=cast.carol, at=cast.at, job_id=job.job_id, change_id=made, name="Carol", stamp=after.stamp)
    assert job_page(cast.business_id, job.job_id, at=cast.at).total.cents == 12_000_00


def test_everybody_reads_what_was_signed(cast):
    job = kitchen(cast)
    signed(cast, job, island("2000", "next"))
    with scoped(cast.business_id, writing=False):
        letters = {m.kind: m for m in Message.objects.filter(job_id=job.job_id, kind__startswith="change")}
        document = Document.objects.get(name="Change order CO-1 to Q-1001")
    assert set(letters) == {"change_sent", "change_approved", "change_approved_office"}
    assert letters["change_approved"].facts["contract_cents"] == 42_000_00
    for text in ("An island", "40,000.00", "42,000.00", "12,000.00", "Carol Reyes"):
        assert text in document.content
    said = story_output(cast.business_id, job.job_id, at=cast.at)
    assert said["contract"]["changes"] == {"CO-1": "2000.00"}
    assert said["contract"]["original"] == "40000.00"


def test_the_field_signs_up_to_the_limit_and_asks_above_it(cast):
    job = kitchen(cast)
    small = draft_change(by=cast.tess, at=cast.at, job_id=job.job_id, change=OUTLETS)
    sign_change(
        by=cast.tess, at=cast.at, job_id=job.job_id, change_id=small, name="Carol Reyes", how="in_person"
    )
    assert rows_of(cast, job.job_id)["Rough-in complete"] == "10180.00"
    large = draft_change(by=cast.tess, at=cast.at, job_id=job.job_id, change=island("800", "next"))
    with pytest.raises(AskTheOffice, match=r"above 500\.00"):
        sign_change(
            by=cast.tess, at=cast.at, job_id=job.job_id, change_id=large, name="Carol", how="in_person"
        )
    # Asked twice, the office reads it once; and answers
    for _ in range(2):
        assert send_change(by=cast.tess, at=cast.at, job_id=job.job_id, change_id=large) == "asked"
    with scoped(cast.business_id, writing=False):
        assert Message.objects.filter(kind="change_asked_office").count() == 1
    assert send_change(by=cast.alice, at=cast.at, job_id=job.job_id, change_id=large) == "sent"
    sign_change(by=cast.tess, at=cast.at, job_id=job.job_id, change_id=large, name="Carol", how="in_person")
    assert job_page(cast.business_id, job.job_id, at=cast.at).total.cents == 40_980_00


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


def test_a_declined_and_a_withdrawn_change_leave_the_job_as_it_was_signed(cast):
    job = kitchen(cast)
    for answer, by in ((decline_change, cast.carol), (withdraw_change, cast.alice)):
        made = draft_change(by=cast.alice, at=cast.at, job_id=job.job_id, change=island("2000"))
        send_change(by=cast.alice, at=cast.at, job_id=job.job_id, change_id=made)
        answer(by=by, at=cast.at, job_id=job.job_id, change_id=made, reason="Not now")
        with pytest.raises(ChangeNotOpen):
            sign_change(by=cast.carol, at=cast.at, job_id=job.job_id, change_id=made, name="Carol")
    assert rows_of(cast, job.job_id)["Rough-in complete"] == "10000.00"


def test_what_was_sent_stays_as_it_was_and_expires(cast):
    job = kitchen(cast)
    made = draft_change(by=cast.alice, at=cast.at, job_id=job.job_id, change=island("2000"))
    with pytest.raises(ChangeNotSent):
        sign_change(by=cast.carol, at=cast.at, job_id=job.job_id, change_id=made, name="Carol")
    draft_change(by=cast.alice, at=cast.at, job_id=job.job_id, change=island("2500"), change_id=made)
    send_change(by=cast.alice, at=cast.at, job_id=job.job_id, change_id=made)
    with pytest.raises(ChangeNotDraft):
        draft_change(by=cast.alice, at=cast.at, job_id=job.job_id, change=island("1"), change_id=made)
    late = cast.at + timedelta(days=15)
    with pytest.raises(ChangeExpired):
        sign_change(by=cast.carol, at=late, job_id=job.job_id, change_id=made, name="Carol")


def test_what_cannot_be_is_refused_in_words_and_nothing_changes(cast):
    job = kitchen(cast)
    line = line_ids(cast, job)["Kitchen remodel"]

    def refused(kind: type[Exception], change: ChangeInput) -> None:
        with pytest.raises(kind):
            draft_change(by=cast.alice, at=cast.at, job_id=job.job_id, change=change)

    refused(ReasonMissing, ChangeInput("  ", island("1").lines))
    refused(NothingChanges, ChangeInput("Nothing"))
    refused(LineNotThere, ChangeInput("x", (LineEdit("remove", 999_999),)))
    refused(LineNeedsWords, ChangeInput("x", (LineEdit("add", None, " ", Decimal(1), "", Decimal(1)),)))
    refused(LineChangedTwice, ChangeInput("x", (LineEdit("remove", line), LineEdit("edit", line, "y"))))
    rough, cabinets = job.rows["Rough-in complete"], job.rows["Cabinets installed"]
    refused(MovesDoNotMatch, ChangeInput("x", (), (RowEdit(rough, move_cents=1),)))
    too_much = (RowEdit(rough, move_cents=-10_000_01), RowEdit(cabinets, move_cents=10_000_01))
    refused(MoveTooLarge, ChangeInput("x", (), too_much))
    for name in ("Rough-in complete", "Cabinets installed", "Final walkthrough"):
        billed(cast, job, name)
    refused(NothingLeftToPlaceOn, island("100", "next"))
    signed(cast, job, island("100", "own"))
    assert rows_of(cast, job.job_id)["Island stands"] == "100.00"
    with pytest.raises(NotAllowed):
        draft_change(by=cast.carol, at=cast.at, job_id=job.job_id, change=island("1"))


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


@pytest.mark.parametrize("who", ["owner", "app"])
@pytest.mark.parametrize(
    ("sql", "rule"),
    [
        ("UPDATE key_change SET delta_cents = 1", "append"),
        ("DELETE FROM change_signature", "append"),
        ("UPDATE line_change SET quantity = 9", "append"),
        ("DELETE FROM contract_snapshot", "append"),
        ("DELETE FROM change_order", "change_order_is_kept"),
        ("UPDATE change_order SET state = 'draft'", "change_order_moves_forward"),
        ("UPDATE change_order SET difference_cents = 1", "change_order_"),
        (
            "INSERT INTO key_change (business_id, job_id, key_id, change_order_id, delta_cents) "
            "SELECT business_id, job_id, key_id, change_order_id, 5 FROM key_change LIMIT 1",
            "contract_is_the_sum_of_its_lines|change_is_signed",
        ),
        (
            "INSERT INTO key_change (business_id, job_id, key_id, delta_cents) "
            "SELECT business_id, job_id, key_id, 5 FROM key_change LIMIT 1",
            "key_change_has_a_cause",
        ),
    ],
)
def test_the_database_alone_refuses_to_change_a_contract(cast, owner_cursor, app_cursor, who, sql, rule):
    job = kitchen(cast)
    edit = LineEdit("edit", line_ids(cast, job)["Kitchen remodel"], unit_price=Decimal(42_000))
    signed(cast, job, ChangeInput("A larger kitchen", (edit,)))
    with pytest.raises(psycopg.Error) as caught:
        if who == "owner":
            owner_cursor.execute(sql)
        else:
            with app_cursor.scope(cast.business_id) as scope:
                scope.execute(sql)
    said = f"{caught.value.diag.constraint_name} {caught.value.diag.message_primary}"
    assert any(one in said for one in rule.split("|")) or (who == "app" and "permission denied" in said)


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
