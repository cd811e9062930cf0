"""Paying online: one attempt, one session, one payment, whatever arrives when and how often."""

from datetime import timedelta

import pytest

from milepost.actions.actor import Actor
from milepost.actions.attempts import NothingDue, OnItsWay
from milepost.mailroom import checkout, inbox
from milepost.mailroom.checkout import CannotBePaidOnline, GatewayAway
from tests.cast import Cast, Kitchen

SUCCESS = "http://127.0.0.1:8000/c/token/paid/{attempt}/"
CANCEL = "http://127.0.0.1:8000/c/token/"


def pay(cast: Cast, job: Kitchen, method="card", later=0):
    return checkout.begin(
        by=cast.pat,
        at=cast.at + timedelta(minutes=later),
        job_id=job.job_id,
        method=method,
        success_url=SUCCESS,
        cancel_url=CANCEL,
    )


def only_session(outside):
    (session,) = outside.payments.sessions
    return session


def payments(owner_cursor):
    return owner_cursor.execute("SELECT state, amount_cents FROM payment ORDER BY id").fetchall()


def attempts(owner_cursor):
    return owner_cursor.execute("SELECT state, method FROM attempt ORDER BY id").fetchall()


def test_pressing_twice_leads_to_the_same_page(cast, job, outside, owner_cursor):
    first, second = pay(cast, job), pay(cast, job)

    assert first == second == f"https://pay.invalid/{only_session(outside)}"
    assert attempts(owner_cursor) == [("open", "card")]
    asked = outside.payments.sessions[only_session(outside)].asked
    assert asked["amount"].cents == 10_000_00
    assert "{attempt}" not in asked["success_url"]


def test_an_answer_that_was_lost_on_the_way_is_asked_for_again(cast, job, outside, owner_cursor):
    outside.payments.unavailable = True
    with pytest.raises(GatewayAway):
        pay(cast, job)
    assert attempts(owner_cursor) == [("created", "card")]

    outside.payments.unavailable = False
    pay(cast, job, later=1)
    assert attempts(owner_cursor) == [("open", "card")]


def test_changing_the_method_closes_the_first_page(cast, job, outside, owner_cursor):
    pay(cast, job)
    first = only_session(outside)
    pay(cast, job, method="bank")

    assert outside.payments.sessions[first].truth.state == "expired"
    assert attempts(owner_cursor) == [("expired", "card"), ("open", "bank")]


def test_changing_the_method_after_paying_finds_the_payment_instead(cast, job, outside, owner_cursor):
    pay(cast, job)
    outside.payments.pay(only_session(outside))

    with pytest.raises(NothingDue):
        pay(cast, job, method="bank")
    assert payments(owner_cursor) == [("cleared", 10_000_00)]


def test_pressing_pay_again_after_paying_leads_to_the_thanks(cast, job, outside, owner_cursor):
    pay(cast, job)
    outside.payments.pay(only_session(outside))

    assert "/paid/" in pay(cast, job)
    assert payments(owner_cursor) == [("cleared", 10_000_00)]


def test_a_page_that_ran_out_is_replaced(cast, job, outside, owner_cursor):
    pay(cast, job)
    outside.payments.expire(only_session(outside))

    assert pay(cast, job).startswith("https://pay.invalid/")
    assert attempts(owner_cursor) == [("expired", "card"), ("open", "card")]


def test_redirect_and_webhooks_together_record_one_payment(cast, job, outside, owner_cursor):
    # Given a card payment
    pay(cast, job)
    session = only_session(outside)
    outside.payments.pay(session)
    # When the event arrives twice, before and after the payer is sent back, and once more, late
    payload, signature = outside.payments.event(session, "checkout.session.completed", cast.at)
    assert inbox.receive(payload, signature, at=cast.at) is True
    assert inbox.receive(payload, signature, at=cast.at) is False
    inbox.work_waiting(cast.at)
    checkout.settle(cast.business_id, _attempt_id(owner_cursor), at=cast.at)
    late, signed = outside.payments.event(session, "payment_intent.succeeded", cast.at)
    inbox.receive(late, signed, at=cast.at)
    inbox.work_waiting(cast.at)
    # Then there is one payment, one receipt, one event in the timeline
    assert payments(owner_cursor) == [("cleared", 10_000_00)]
    assert owner_cursor.execute("SELECT count(*) FROM receipt").fetchone() == (1,)
    told = owner_cursor.execute("SELECT count(*) FROM job_event WHERE kind = 'payment_received'")
    assert told.fetchone() == (1,)
    assert owner_cursor.execute("SELECT count(*) FROM webhook_event WHERE worked_at IS NULL").fetchone() == (
        0,
    )


def test_a_webhook_whose_session_we_never_heard_of_finds_the_attempt_by_its_name(
    cast, job, outside, owner_cursor, monkeypatch
):
    # Given a checkout that was made while its answer was lost
    monkeypatch.setattr(checkout, "note_session", lambda **_: None)
    pay(cast, job)
    session = only_session(outside)
    outside.payments.pay(session)
    # When its event arrives
    payload, signature = outside.payments.event(session, "checkout.session.completed", cast.at)
    inbox.receive(payload, signature, at=cast.at)
    inbox.work_waiting(cast.at)
    # Then the payment is recorded
    assert payments(owner_cursor) == [("cleared", 10_000_00)]


def test_a_bank_payment_is_pending_then_cleared(cast, job, outside, owner_cursor):
    pay(cast, job, method="bank")
    session = only_session(outside)
    outside.payments.pay(session)
    attempt = _attempt_id(owner_cursor)
    assert checkout.settle(cast.business_id, attempt, at=cast.at) == "processing"
    assert payments(owner_cursor) == [("pending", 10_000_00)]
    with pytest.raises((OnItsWay, NothingDue)):
        pay(cast, job)

    outside.payments.settle(session)
    assert checkout.settle(cast.business_id, attempt, at=cast.at) == "succeeded"
    assert payments(owner_cursor) == [("cleared", 10_000_00)]


def test_a_bank_that_does_not_pay_opens_the_invoice_again(cast, job, outside, owner_cursor):
    pay(cast, job, method="bank")
    session = only_session(outside)
    outside.payments.pay(session)
    attempt = _attempt_id(owner_cursor)
    checkout.settle(cast.business_id, attempt, at=cast.at)
    outside.payments.fail(session)
    checkout.settle(cast.business_id, attempt, at=cast.at)

    assert payments(owner_cursor) == [("failed", 10_000_00)]
    assert pay(cast, job).startswith("https://pay.invalid/")


def test_the_janitor_asks_about_what_nobody_reported(cast, job, outside, owner_cursor):
    pay(cast, job)
    outside.payments.pay(only_session(outside))

    assert checkout.settle_unclear(cast.at) == 0
    assert checkout.settle_unclear(cast.at + timedelta(minutes=5)) == 1
    assert payments(owner_cursor) == [("cleared", 10_000_00)]


def test_an_attempt_that_never_got_a_page_is_given_up(cast, job, outside, owner_cursor):
    outside.payments.unavailable = True
    with pytest.raises(GatewayAway):
        pay(cast, job)
    checkout.settle_unclear(cast.at + timedelta(hours=2))
    assert attempts(owner_cursor) == [("created", "card")]  # while nobody answers, nobody knows
    outside.payments.unavailable = False
    checkout.settle_unclear(cast.at + timedelta(hours=5))
    assert attempts(owner_cursor) == [("expired", "card")]


def test_what_the_gateway_will_not_take_is_said_and_leaves_the_invoice_free(cast, job, outside, owner_cursor):
    from milepost.gateways.payments import GatewayRefused

    def refuse(**_: object) -> None:
        raise GatewayRefused("The amount due is below the minimum.")

    outside.payments.start_checkout = refuse
    with pytest.raises(CannotBePaidOnline, match="below the minimum"):
        pay(cast, job)
    assert attempts(owner_cursor) == [("failed", "card")]


def test_an_event_about_nothing_of_ours_is_noted_and_done(cast, job, outside, owner_cursor, force):
    pay(cast, job)
    payload, signature = outside.payments.event(only_session(outside), "customer.created", cast.at)
    inbox.receive(payload, signature, at=cast.at)
    force("UPDATE webhook_event SET session_id = 'cs_other', payload = '{}'")

    assert inbox.work_waiting(cast.at) == 1
    assert payments(owner_cursor) == []


def test_an_event_waits_while_the_gateway_is_away(cast, job, outside, owner_cursor):
    pay(cast, job)
    session = only_session(outside)
    outside.payments.pay(session)
    payload, signature = outside.payments.event(session, "checkout.session.completed", cast.at)
    inbox.receive(payload, signature, at=cast.at)

    outside.payments.unavailable = True
    assert inbox.work_waiting(cast.at) == 0
    outside.payments.unavailable = False
    assert inbox.work_waiting(cast.at) == 0  # it pauses
    assert inbox.work_waiting(cast.at + timedelta(seconds=5)) == 1
    assert payments(owner_cursor) == [("cleared", 10_000_00)]


def _attempt_id(owner_cursor) -> int:
    return owner_cursor.execute("SELECT max(id) FROM attempt").fetchone()[0]


def test_a_page_that_opens_after_another_took_its_place_cannot_be_paid(
    cast, job, outside, owner_cursor, monkeypatch
):
    # Given a card page that the provider is slow to make, while the payer changes to bank
    slow, pages = outside.payments.start_checkout, []

    def meanwhile(**asked):
        monkeypatch.setattr(outside.payments, "start_checkout", slow)
        pages.append(pay(cast, job, method="bank"))
        return slow(**asked)

    monkeypatch.setattr(outside.payments, "start_checkout", meanwhile)
    # When its answer arrives at last
    led_to = pay(cast, job, method="card")
    # Then the payer is led back, the card page is closed, and only the bank page is open
    assert led_to == CANCEL
    assert sorted(s.truth.state for s in outside.payments.sessions.values()) == ["expired", "open"]
    assert attempts(owner_cursor) == [("expired", "card"), ("open", "bank")]
    assert pay(cast, job, method="bank") == pages[0]


def test_a_bank_payment_that_the_provider_does_not_know_is_not_called_failed(
    cast, job, outside, owner_cursor
):
    pay(cast, job, method="bank")
    session = only_session(outside)
    outside.payments.pay(session)
    attempt_id = _attempt_id(owner_cursor)
    checkout.settle(cast.business_id, attempt_id, at=cast.at)
    # When the provider, asked with other keys, has never heard of it
    known = outside.payments.sessions.pop(session)
    assert checkout.settle(cast.business_id, attempt_id, at=cast.at) == "processing"
    # Then nobody is told that nothing was taken, and it clears once the provider knows it again
    assert payments(owner_cursor) == [("pending", 10_000_00)]
    outside.payments.sessions[session] = known
    outside.payments.settle(session)
    checkout.settle(cast.business_id, attempt_id, at=cast.at)
    assert payments(owner_cursor) == [("cleared", 10_000_00)]


def test_coming_back_settles_what_is_unfinished_on_the_job(cast, job, outside, owner_cursor):
    pay(cast, job)
    outside.payments.pay(only_session(outside))

    assert checkout.settle_job(cast.business_id, job.job_id, at=cast.at) == ["succeeded"]
    assert checkout.settle_job(cast.business_id, job.job_id, at=cast.at) == []
    assert payments(owner_cursor) == [("cleared", 10_000_00)]


def test_coming_back_while_the_provider_is_away_still_shows_the_page(cast, job, outside, owner_cursor):
    pay(cast, job)
    outside.payments.unavailable = True

    assert checkout.settle_job(cast.business_id, job.job_id, at=cast.at) == ["open"]
    assert checkout.settle_job(cast.business_id + 1, job.job_id, at=cast.at) == []


def test_a_page_noted_while_its_attempt_is_being_replaced_is_closed_too(
    cast, job, outside, owner_cursor, monkeypatch
):
    # Given a card page whose answer is not noted yet
    note, give_up = checkout.note_session, checkout._expire
    monkeypatch.setattr(checkout, "note_session", lambda **_: None)
    pay(cast, job)
    monkeypatch.setattr(checkout, "note_session", note)
    card = only_session(outside)

    # When it is noted in the moment in which the payer's change to bank gives the attempt up
    def noted_meanwhile(business_id, attempt, why, *, at, **more):
        note(by=Actor.system(business_id), at=at, attempt_id=attempt.attempt_id, session_id=card, url="x")
        give_up(business_id, attempt, why, at=at, **more)

    monkeypatch.setattr(checkout, "_expire", noted_meanwhile)
    pay(cast, job, method="bank")
    # Then the card page is closed at the provider
    assert outside.payments.sessions[card].truth.state == "expired"
    assert attempts(owner_cursor) == [("expired", "card"), ("open", "bank")]
