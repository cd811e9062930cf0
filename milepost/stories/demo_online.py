"""
One customer of the demo pays online, once the practice gateway answers: the deposit, which is then paid
out, and an invoice, which is not yet. So the demo shows where the money is on its way to the bank.
"""

import urllib.parse
import urllib.request
from datetime import UTC, datetime

from django.conf import settings

from milepost.actions.actor import Actor
from milepost.mailroom import checkout, payouts
from milepost.queries.job_page import job_page
from milepost.queries.portal_link import guest_of
from milepost.queries.portal_people import LinkRow, portal_links
from milepost.stories.demo import PEOPLE, business_of

TITLE = "Sunroom glazing"
CARD = "4242424242424242"
WAIT_S = 10


def pay_online() -> None:
    """
    Two payments by card with a payout between them. For a demo that was just loaded: whatever else
    the customer owes later is not paid by itself. OSError if the practice gateway does not answer.
    """
    business_id = business_of(PEOPLE[0][1])
    link = next((link for link in portal_links(business_id) if link.job_title == TITLE), None)
    if link is None:
        return
    guest = guest_of(link.url.rstrip("/").rpartition("/")[2])
    stops = job_page(business_id, guest.job_id, at=datetime.now(UTC)).stops
    owed = [stop.invoice.id for stop in stops if stop.invoice and stop.invoice.balance.cents]
    payer = Actor(business_id, "customer", guest.name, contact_id=guest.contact_id)
    for invoice, is_paid_out in zip(owed, (True, False), strict=False):
        _pay(payer, guest.job_id, invoice, link)
        if is_paid_out:
            _post(f"{settings.STRIPE_API_BASE}/practice/payouts", {}, key=settings.STRIPE_SECRET_KEY)
            payouts.sync(datetime.now(UTC))


def _pay(payer: Actor, job_id: int, invoice_id: int, link: LinkRow) -> None:
    """As the customer does it: to the provider's page, the practice card, Pay."""
    page = checkout.begin(
        by=payer,
        at=datetime.now(UTC),
        job_id=job_id,
        method="card",
        success_url=f"{link.url}paid/{{attempt}}/",
        cancel_url=link.url,
        invoice_ids=[invoice_id],
    )
    _post(page, {"method": "card", "number": CARD})
    checkout.settle_job(payer.business_id, job_id, at=datetime.now(UTC))


class _Stay(urllib.request.HTTPRedirectHandler):
    """The provider's page leads back to ours afterwards; nobody looks at it here."""

    def redirect_request(self, *_: object) -> None:
        return None


def _post(url: str, form: dict[str, str], *, key: str = "") -> None:
    request = urllib.request.Request(url, data=urllib.parse.urlencode(form).encode())  # noqa: S310 - our own practice gateway
    if key:
        request.add_header("Authorization", f"Bearer {key}")
    try:
        urllib.request.build_opener(_Stay).open(request, timeout=WAIT_S).close()
    except urllib.error.HTTPError as answer:
        if answer.code >= 400:
            raise
