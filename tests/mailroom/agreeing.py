"""What must agree at the end of every storm: the gateway's own list, the payments, the receipts, the books."""

from django.db import connections

from milepost.queries.doctor import examine
from milepost.queries.ledger import account_balances
from milepost.records.payments import Payment
from milepost.records.scope import scoped
from tests.gateways.conftest import Practice


def charged(practice: Practice) -> dict[str, int]:
    """What the gateway says that it has charged: cents by its own payment."""
    charges = practice.sdk.v1.charges.list(params={"limit": 100}).auto_paging_iter()
    return {str(one.payment_intent): one.amount_captured for one in charges if one.status == "succeeded"}


def booked(business_id: int) -> dict[str, int]:
    """What Milepost says: cents of cleared payments by the provider's name of them."""
    with scoped(business_id, writing=False):
        rows = Payment.objects.filter(state="cleared", attempt__isnull=False).select_related("attempt")
        return {str(row.attempt.payment_ref): row.amount_cents for row in rows}


def assert_they_agree(practice: Practice, business_id: int) -> None:
    """One payment and one receipt for each charge, the clearing account their sum, and doctor content."""
    charges = charged(practice)
    assert booked(business_id) == charges
    with scoped(business_id, writing=False):
        receipts = Payment.objects.filter(receipt__isnull=False).count()
        fees = sum(Payment.objects.values_list("fee_cents", flat=True))
    assert receipts == len(charges)
    balances = {row.code: row.balance.cents for row in account_balances(business_id)}
    assert balances["clearing"] == sum(charges.values()) - fees
    assert examine() == []
    connections.close_all()
