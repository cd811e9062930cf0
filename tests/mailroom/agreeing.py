"""What must agree at the end of every storm: the gateway's own lists, the payments, the receipts, the books."""

from collections.abc import Iterable
from typing import Any

from django.db import connections

from milepost.queries.clearing import clearing_page
from milepost.queries.doctor import examine
from milepost.queries.ledger import account_balances
from milepost.records.payments import Dispute, Payment, Refund
from milepost.records.scope import scoped
from tests.gateways.conftest import Practice

REFUNDS = {"succeeded": "done", "failed": "refused", "pending": "asked"}
DISPUTES = {"won": "won", "lost": "lost", "needs_response": "open"}
HERE = ("cleared", "returned")


def charged(practice: Practice) -> dict[str, int]:
    """What the gateway says that it has charged: cents by its own payment."""
    return {
        str(one.payment_intent): one.amount_captured
        for one in _all(practice.sdk.v1.charges)
        if one.status == "succeeded"
    }


def balance(practice: Practice) -> int:
    """What the gateway says that it holds of ours, in cents, whatever has moved it."""
    return sum(one.net for one in _all(practice.sdk.v1.balance_transactions))


def booked(business_id: int) -> dict[str, int]:
    """What Milepost says: cents of payments that came in, by the provider's name of them."""
    with scoped(business_id, writing=False):
        rows = Payment.objects.filter(state__in=HERE, attempt__isnull=False).select_related("attempt")
        found = [(str(row.attempt.payment_ref), row.amount_cents + row.surcharge_cents) for row in rows]
    assert len(dict(found)) == len(found), "a payment of the provider is booked twice"
    return dict(found)


def assert_they_agree(practice: Practice, business_id: int) -> None:
    """
    Each charge, refund and dispute of the gateway is one row here, and nothing else is; one receipt for
    each charge; the clearing account is what the gateway holds; the page that shows where each cent is
    leaves nothing unexplained; and doctor is content.
    """
    charges = charged(practice)
    assert booked(business_id) == charges
    refunds = {one.id: (one.amount, REFUNDS[str(one.status)]) for one in _all(practice.sdk.v1.refunds)}
    disputes = {one.id: (one.amount, DISPUTES[one.status]) for one in _all(practice.sdk.v1.disputes)}
    with scoped(business_id, writing=False):
        here = Refund.objects.filter(payment__till="clearing").exclude(state="refused", provider_ref="")
        assert {r.provider_ref: (r.amount_cents + r.surcharge_cents, r.state) for r in here} == refunds
        told = Dispute.objects.filter(payment__till="clearing")
        assert {d.provider_ref: (d.amount_cents, d.state) for d in told} == disputes
        receipts = Payment.objects.filter(receipt__isnull=False, till="clearing").count()
    assert receipts == len(charges)
    assert_clearing(practice, business_id)
    assert examine() == []
    connections.close_all()


def assert_clearing(practice: Practice, business_id: int) -> None:
    """The account in the journal is what the gateway holds, less what is on its way out of it."""
    with scoped(business_id, writing=False):
        under_way = sum(
            row.amount_cents + row.surcharge_cents
            for row in Refund.objects.filter(payment__till="clearing", state="asked").exclude(provider_ref="")
        )
    balances = {row.code: row.balance.cents for row in account_balances(business_id)}
    assert balances["clearing"] == balance(practice) + under_way
    page = clearing_page(business_id)
    assert (page.held.cents, page.unexplained.cents) == (balances["clearing"], 0)


def _all(service: Any) -> Iterable[Any]:
    return list(service.list(params={"limit": 100}).auto_paging_iter())
