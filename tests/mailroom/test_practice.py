"""The whole way once through the practice gateway: the official SDK, its page, its signed event."""

from datetime import timedelta

from django.utils import timezone

from milepost.mailroom import checkout, inbox, wiring
from tests.gateways.conftest import hook, pay_by_card, practice

__all__ = ["hook", "practice"]


def test_a_deposit_is_paid_through_the_practice_gateway(cast, job, outside, *, practice, hook, owner_cursor):
    # Given the payer on the practice gateway's page
    now = timezone.now()
    with wiring.use(payments=practice.gateway):
        url = checkout.begin(
            by=cast.pat,
            at=now,
            job_id=job.job_id,
            method="card",
            success_url="http://127.0.0.1:8000/c/x/paid/{attempt}/?session={CHECKOUT_SESSION_ID}",
            cancel_url="http://127.0.0.1:8000/c/x/",
        )
        # When they pay, and the signed event arrives
        _, _, headers = pay_by_card(url)
        hook.wait_for("checkout.session.completed")
        for body, signature in hook.received:
            inbox.receive(body, signature, at=timezone.now())
        inbox.work_waiting(timezone.now() + timedelta(seconds=1))
    # Then they are sent back, and the payment is cleared, in full, once
    assert "/paid/" in headers["Location"] and "{" not in headers["Location"]
    assert owner_cursor.execute("SELECT state, amount_cents FROM payment").fetchall() == [
        ("cleared", 10_000_00)
    ]
