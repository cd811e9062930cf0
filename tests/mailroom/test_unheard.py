"""Refunds and disputes of which every event was lost: the janitor asks for them, and books each once."""

from datetime import UTC, datetime, timedelta

import pytest

from milepost.mailroom import checkout, inbox, payment_accounts, unheard, wiring
from milepost.mailroom.worker import rounds
from milepost.queries.clearing import clearing_page
from milepost.queries.doctor import examine
from milepost.queries.ledger import journal
from tests.gateways.conftest import hook, practice
from tests.mailroom.agreeing import assert_they_agree
from tests.mailroom.test_aftermath import desk
from tests.mailroom.test_payment_accounts import KEY, Platform, connect, provider
from tests.mailroom.test_payment_accounts import pay as begin
from tests.mailroom.test_payouts import balances, gateway, now, pay

__all__ = ["desk", "gateway", "hook", "practice", "provider"]

A_DAY, FOUR_MONTHS = timedelta(days=1), timedelta(days=120)


def kinds(cast) -> list[str]:
    return [entry.kind for entry in journal(cast.business_id)]


def test_a_dispute_of_which_every_event_was_lost_is_found_and_booked_once_long_before_a_payout(cast, gateway):
    # Given a payment that is disputed, and nobody tells us
    session = pay(cast, gateway)
    intent = gateway.gateway.fetch(session).payment_id or ""
    gateway.sdk.raw_request("post", "/practice/disputes", payment_intent=intent, amount="50000")
    (made,) = gateway.gateway.fetch(session).disputes
    assert checkout.settle_unclear(now() + timedelta(hours=1)) == 0
    assert "disputed" not in balances(cast.business_id)
    # When the janitor asks what was disputed lately
    assert unheard.look(now(), back=A_DAY) == 1
    # Then the money stands among the disputed, once, however often it asks
    assert unheard.look(now(), back=FOUR_MONTHS) == 0
    assert balances(cast.business_id)["disputed"] == 500_00
    assert kinds(cast).count("dispute_opened") == 1
    # And so is how it ended
    gateway.sdk.raw_request("post", f"/practice/disputes/{made.dispute_id}/lost")
    assert unheard.look(now(), back=A_DAY) == 1
    assert unheard.look(now(), back=A_DAY) == 0
    assert balances(cast.business_id)["receivables"] == 500_00
    assert clearing_page(cast.business_id).disputed.cents == 0
    assert examine() == []
    assert_they_agree(gateway, cast.business_id)


def test_the_events_come_after_all_and_change_nothing(cast, gateway):
    session = pay(cast, gateway)
    intent = gateway.gateway.fetch(session).payment_id or ""
    gateway.sdk.raw_request("post", "/practice/disputes", payment_intent=intent)
    unheard.look(now(), back=A_DAY)
    booked = journal(cast.business_id)
    gateway.hook.wait_for("charge.dispute.funds_withdrawn")
    for body, signature in list(gateway.hook.received):
        inbox.receive(body, signature, at=now())
    inbox.work_waiting(now(), most=100)
    assert journal(cast.business_id) == booked


def test_twelve_refunds_made_at_the_providers_page_are_all_booked_in_any_look(cast, gateway):
    session = pay(cast, gateway)
    intent = gateway.gateway.fetch(session).payment_id or ""
    for cents in range(1, 13):
        gateway.sdk.v1.refunds.create(params={"payment_intent": intent, "amount": cents * 100})
    # One look at the payment sees them all, though the charge itself tells of ten
    assert unheard.look(now(), back=A_DAY) == 12
    assert unheard.look(now(), back=A_DAY) == 0
    assert balances(cast.business_id)["receivables"] == 78_00
    assert kinds(cast).count("refund_done") == 12
    assert examine() == []
    assert_they_agree(gateway, cast.business_id)


def test_a_refund_that_failed_days_later_is_found_too(cast, gateway):
    session = pay(cast, gateway, "4000 0000 0000 5126")
    intent = gateway.gateway.fetch(session).payment_id or ""
    made = gateway.sdk.v1.refunds.create(params={"payment_intent": intent, "amount": 100_00})
    unheard.look(now(), back=A_DAY)
    assert "customer_credit" not in balances(cast.business_id)
    gateway.sdk.raw_request("post", "/practice/refunds", refund=made.id, fails="1")
    assert unheard.look(now(), back=A_DAY) == 1
    assert unheard.look(now(), back=A_DAY) == 0
    assert balances(cast.business_id)["customer_credit"] == 100_00
    assert examine() == []


def test_what_is_older_than_the_look_is_left_to_a_longer_one(cast, gateway):
    session = pay(cast, gateway)
    intent = gateway.gateway.fetch(session).payment_id or ""
    gateway.sdk.raw_request("post", "/practice/disputes", payment_intent=intent)
    later = datetime.now(UTC) + timedelta(days=2)
    assert unheard.look(later, back=A_DAY) == 0
    assert unheard.look(later, back=timedelta(days=14)) == 1


def test_the_pauses_grow_with_the_age_of_what_is_looked_for():
    looks = {one.name: one.every_seconds for one in rounds() if one.name.startswith("unheard")}
    assert list(looks.values()) == [600, 21_600, 86_400]
    assert [back.days for back, _pause in unheard.LOOKS] == [1, 14, 180]


def test_a_provider_that_is_away_is_asked_again_the_next_time(desk):
    session = desk.pay()
    desk.outside.payments.dispute(session)
    desk.outside.payments.unavailable = True
    assert unheard.look(desk.cast.at, back=A_DAY) == 0
    desk.outside.payments.unavailable = False
    assert unheard.look(desk.cast.at, back=A_DAY) == 1


@pytest.mark.parametrize("way", ["keys", "connected"])
def test_each_account_is_asked_for_its_own_and_speaks_of_no_other(cast, job, provider, way, owner_cursor):
    # Given a payment at the business's own account, by its own key or connected to the platform
    with wiring.use(platform=Platform(), only_practice=False):
        if way == "keys":
            connect(cast)
            own = provider.accounts[KEY]
        else:
            payment_accounts.open_connected(by=cast.alice, at=cast.at, back_url="b", again_url="a")
            payment_accounts.look_again(by=cast.alice, at=cast.at)
            own = provider.accounts[f"acct_of_{cast.business_id}"]
        begin(cast, job)
        (session,) = own.sessions
        own.pay(session)
        checkout.settle_job(cast.business_id, job.job_id, at=cast.at)
        own.dispute(session)
        # What the installation's own account, or Mallory's, tells of it counts for nothing
        payment_accounts.connect_keys(
            by=cast.mallory, at=cast.at, secret_key="sk_test_mallory_6666", webhook_secret=""
        )
        theirs = provider.accounts["sk_test_mallory_6666"]
        theirs.sessions, kept = dict(own.sessions), own.sessions
        wiring.gateways().payments.sessions.update(kept)
        own.sessions = {}
        assert unheard.look(cast.at, back=A_DAY) == 0
        assert owner_cursor.execute("SELECT count(*) FROM dispute").fetchone() == (0,)
        # Its own does
        own.sessions = kept
        assert unheard.look(cast.at, back=A_DAY) == 1
        assert owner_cursor.execute("SELECT business_id, state FROM dispute").fetchall() == [
            (cast.business_id, "open")
        ]
