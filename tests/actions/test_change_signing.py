"""What is signed is what was on the screen: who may sign, until when, and what stays as it was sent."""

from datetime import timedelta
from decimal import Decimal

import psycopg
import pytest

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
from milepost.actions.rights import NotAllowed
from milepost.core.change_input import ChangeInput, LineEdit, RowEdit
from milepost.core.changes import MovesDoNotMatch, MoveTooLarge, NothingLeftToPlaceOn
from milepost.queries.change_page import change_page
from milepost.queries.changing import LineChangedTwice, LineNeedsWords, LineNotThere, NothingChanges
from milepost.queries.job_page import job_page
from milepost.queries.story_output import story_output
from milepost.records.files import Document
from milepost.records.post import Message
from milepost.records.scope import scoped
from tests.actions.changed import OUTLETS, billed, in_quarters, island, line_ids, rows_of, signed
from tests.cast import kitchen


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
