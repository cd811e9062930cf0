"""The webhook's door, the calendar, and what accounts send."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.mail import EmailMultiAlternatives
from django.test import Client
from django.utils import timezone

from milepost.core.quote_input import LineInput, QuoteInput, RowInput
from milepost.mailroom import checkout, clock, outbox, wiring
from milepost.mailroom.allauth_mail import OutboxBackend
from tests.cast import kitchen


@pytest.fixture
def paid(cast, job, outside) -> str:
    checkout.begin(
        by=cast.pat,
        at=cast.at,
        job_id=job.job_id,
        method="card",
        success_url="http://127.0.0.1:8000/c/x/",
        cancel_url="http://127.0.0.1:8000/c/x/",
    )
    (session,) = outside.payments.sessions
    outside.payments.pay(session)
    return session


def send(payload: bytes, signature: str):
    return Client(enforce_csrf_checks=True).post(
        "/hooks/stripe/",
        data=payload,
        content_type="application/json",
        headers={"Stripe-Signature": signature},
    )


def test_a_signed_event_is_stored_once_and_answered(outside, paid, owner_cursor):
    payload, signature = outside.payments.event(paid, "checkout.session.completed", timezone.now())

    assert [send(payload, signature).status_code for _ in range(2)] == [200, 200]
    assert owner_cursor.execute("SELECT count(*) FROM webhook_event").fetchone() == (1,)
    assert owner_cursor.execute("SELECT count(*) FROM payment").fetchone() == (0,), "it is worked later"


def test_a_forged_an_old_and_an_unsigned_event_are_refused_in_words(outside, paid, owner_cursor):
    payload, signature = outside.payments.event(paid, "checkout.session.completed", timezone.now())
    old, signed_then = outside.payments.event(
        paid, "checkout.session.completed", timezone.now() - timedelta(minutes=6)
    )

    for body, header in (
        (payload + b" ", signature),
        (old, signed_then),
        (payload, ""),
        (payload, "t=x,v1=é"),
    ):
        answer = send(body, header)
        assert answer.status_code == 400
        assert "not signed with our webhook secret" in answer.content.decode()
    assert owner_cursor.execute("SELECT count(*) FROM webhook_event").fetchone() == (0,)


def test_an_event_beyond_the_limit_is_not_read(outside, database):
    assert send(b"x" * (600 * 1024), "t=1,v1=00").status_code == 413
    assert Client().get("/hooks/stripe/").status_code == 405


COUNTERTOP = QuoteInput(
    title="Countertop",
    lines=(LineInput("Countertop", Decimal("4000.00")),),
    rows=(
        RowInput(
            "Before delivery",
            "percent",
            value=Decimal(25),
            bill_on="before",
            before_days=3,
            event="Delivery",
            event_on=date(2026, 3, 19),
        ),
        RowInput("Installed", "remainder"),
    ),
)


def test_the_office_hears_once_that_a_milestone_before_its_event_may_be_billed(cast, outside, owner_cursor):
    # Given 25 % due three business days before the delivery of Thursday 19 March
    kitchen(cast, quote=COUNTERTOP)
    noticed = "SELECT facts->>'milestone', to_address FROM message WHERE kind = 'ready_office'"
    # When it is Friday, nothing; when it is Monday, one notice, however often the clock strikes
    assert clock.tick(cast.at + timedelta(days=11)) == 0
    assert clock.tick(cast.at + timedelta(days=14)) == 1
    assert clock.tick(cast.at + timedelta(days=14, hours=1)) == 0
    assert clock.tick(cast.at + timedelta(days=15)) == 0
    # Then the office has it in its mail
    assert owner_cursor.execute(noticed).fetchall() == [("Before delivery", "alice@example.com")]
    while outbox.send_waiting(cast.at + timedelta(days=15)):
        pass
    mail = next(mail for mail in outside.email.sent if "Ready to bill" in mail.subject)
    assert "1,000.00" in mail.text and "19 March 2026" in mail.text


def reset_letter(to: str) -> EmailMultiAlternatives:
    letter = EmailMultiAlternatives("A new password", "https://example.com/key", to=[to])
    letter.attach_alternative("<p>https://example.com/key</p>", "text/html")
    return letter


def test_a_new_password_leaves_through_the_outbox_of_the_readers_business(cast, outside, owner_cursor):
    assert OutboxBackend().send_messages([reset_letter("Tess@Example.com")]) == 1
    assert not outside.email.sent, "nothing is sent inside the request"

    while outbox.send_waiting(timezone.now()):
        pass
    (mail,) = outside.email.sent
    assert (mail.to, mail.subject) == ("Tess@Example.com", "A new password")
    assert "https://example.com/key" in mail.text and "<p>" in mail.html


def test_a_reader_without_a_business_is_written_to_directly(cast, outside, owner_cursor):
    assert OutboxBackend().send_messages([reset_letter("nobody@example.com")]) == 1
    assert [mail.to for mail in outside.email.sent] == ["nobody@example.com"]
    with wiring.use(email=None):
        assert OutboxBackend().send_messages([reset_letter("nobody@example.com")]) == 0
