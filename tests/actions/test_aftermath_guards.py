"""What SQL alone refuses about refunds, disputes and where a payment arrived, to the application and to the owner."""

import psycopg
import pytest

from milepost.actions.aftermath import DisputeTold, RefundTold, settle_aftermath
from milepost.actions.attempts import begin_payment, note_session, settle_attempt
from milepost.actions.refunds import ask_refund
from milepost.queries.doctor import examine
from tests.cast import kitchen


@pytest.fixture
def paid(cast):
    """A deposit paid online, 1,000.00 of it asked back."""
    job = kitchen(cast)
    begun = begin_payment(by=cast.pat, at=cast.at, job_id=job.job_id, method="card")
    note_session(by=cast.system, at=cast.at, attempt_id=begun.attempt_id, session_id="cs_1", url="")
    settle_attempt(
        by=cast.system, at=cast.at, attempt_id=begun.attempt_id, outcome="succeeded", amount_cents=10_000_00
    )
    payment = _only(cast, "payment")
    ask_refund(by=cast.bo, at=cast.at, payment_id=payment, amount_cents=1_000_00, reopens=True)
    return begun.attempt_id, payment


def _only(cast, table: str) -> int:
    from milepost.records.payments import Payment
    from milepost.records.scope import scoped

    with scoped(cast.business_id, writing=False):
        return Payment.objects.get().id


DISPUTE = (
    "INSERT INTO dispute (business_id, payment_id, provider_ref, state, amount_cents, taken_cents, fee_cents,"
    " reason, code, opened_at) VALUES ({business}, {payment}, '{ref}', '{state}', {amount}, {taken}, 0, '', '', now())"
)


@pytest.mark.parametrize("who", ["app", "owner"])
@pytest.mark.parametrize(
    ("statement", "rule"),
    [
        ("UPDATE refund SET amount_cents = 1", "refund_moves_forward|permission denied"),
        ("UPDATE refund SET state = 'refused'; UPDATE refund SET state = 'done'", "refund_moves_forward"),
        ("DELETE FROM refund", "append-only|permission denied"),
        ("UPDATE payment SET till = 'cash'", "payment_moves_forward|permission denied"),
        ("UPDATE payment SET surcharge_cents = 1", "payment_moves_forward|permission denied"),
        ("UPDATE payment SET state = 'returned'", "failed_payment_settles_nothing|refunded_money_is_here"),
    ],
)
def test_a_refund_and_a_payment_only_move_forward(cast, paid, app_cursor, owner_cursor, who, statement, rule):
    _refused(cast, app_cursor, owner_cursor, who, statement, rule)
    assert examine() == []


@pytest.mark.parametrize("who", ["app", "owner"])
def test_no_more_is_taken_than_a_payment_has_left(cast, paid, app_cursor, owner_cursor, who):
    _attempt, payment = paid
    said = {"business": cast.business_id, "payment": payment, "ref": "dp_1", "state": "lost"}
    too_much = DISPUTE.format(**said, amount=10_000_00, taken=1)
    _refused(cast, app_cursor, owner_cursor, who, too_much, "refunded_within_payment")
    open_yet = DISPUTE.format(**(said | {"state": "open"}), amount=10, taken=1)
    _refused(cast, app_cursor, owner_cursor, who, open_yet, "dispute_takes_when_lost")
    mallory = said | {"business": cast.mallory.business_id}
    other = DISPUTE.format(**mallory, amount=10, taken=0)
    _refused(cast, app_cursor, owner_cursor, who, other, "dispute_payment_id_of_business|row-level security")


@pytest.mark.parametrize("who", ["app", "owner"])
@pytest.mark.parametrize(
    ("statement", "rule"),
    [
        ("UPDATE dispute SET state = 'won'", "dispute_takes_when_lost"),
        ("UPDATE dispute SET state = 'open', taken_cents = 0", "dispute_is_decided_once"),
        ("UPDATE dispute SET taken_cents = taken_cents - 1", "dispute_is_decided_once"),
        ("UPDATE dispute SET taken_cents = 1", "dispute_is_decided_once"),
        ("UPDATE dispute SET amount_cents = 1", "dispute_is_decided_once|permission denied"),
        ("DELETE FROM dispute", "append-only|permission denied"),
        ("TRUNCATE dispute", "append-only|permission denied"),
    ],
)
def test_a_dispute_is_decided_once(cast, paid, app_cursor, owner_cursor, who, statement, rule):
    attempt, _payment = paid
    told = [DisputeTold("dp_1", 2_000_00, "lost", fee_cents=15_00)]
    settle_aftermath(by=cast.system, at=cast.at, attempt_id=attempt, disputes=told)
    _refused(cast, app_cursor, owner_cursor, who, statement, rule)
    assert examine() == []


def test_a_refund_of_the_provider_is_booked_once_however_it_is_told(cast, paid, owner_cursor):
    attempt, _payment = paid
    (refund,) = owner_cursor.execute("SELECT id FROM refund").fetchone()
    for told in (
        RefundTold("re_1", refund, 1_000_00, "pending"),
        RefundTold("re_1", None, 1_000_00, "succeeded"),
        RefundTold("re_1", refund, 1_000_00, "succeeded"),
        RefundTold("re_1", refund, 1_000_00, "pending"),
    ):
        settle_aftermath(by=cast.system, at=cast.at, attempt_id=attempt, refunds=[told])
    assert owner_cursor.execute("SELECT state, provider_ref FROM refund").fetchall() == [("done", "re_1")]
    done = owner_cursor.execute("SELECT count(*) FROM journal_entry WHERE kind = 'refund_done'").fetchone()
    assert done == (1,)
    assert examine() == []


def _refused(cast, app_cursor, owner_cursor, who, statement, rule) -> None:
    with pytest.raises(psycopg.Error) as refused:
        if who == "owner":
            owner_cursor.execute(f"BEGIN; {statement}; COMMIT")
        else:
            with app_cursor.scope(cast.business_id):
                app_cursor.execute(statement)
    if who == "owner":
        owner_cursor.execute("ROLLBACK")
    said = f"{refused.value.diag.constraint_name} {refused.value}"
    assert any(part in said for part in rule.split("|")), said
