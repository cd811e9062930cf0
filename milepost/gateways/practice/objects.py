"""The objects of the API in Stripe's shape, as they are when new, and how parts are expanded."""

import time
from typing import Any

from milepost.gateways.practice.store import Object, Store, new_id
from milepost.gateways.practice.wire import ApiError, Params

API_VERSION = "2026-10-28.endive"
REFUNDS_SHOWN = 10
"""The newest of a charge's refunds, which it tells of itself; all of them are listed by themselves."""
ACCOUNT: Object = {
    "id": "acct_practice",
    "object": "account",
    "business_profile": {"name": "Practice account"},
    "charges_enabled": True,
    "capabilities": {"card_payments": "active", "us_bank_account_ach_payments": "active"},
}


def _new(prefix: str, kind: str, **fields: Any) -> Object:
    return {"id": new_id(prefix), "object": kind, "created": int(time.time()), "livemode": False, **fields}


def session(params: Params, *, total: int, currency: str, expires_at: int, public_url: str) -> Object:
    """An open Checkout session over `total` minor units."""
    body = _new(
        "cs_test",
        "checkout.session",
        amount_subtotal=total,
        amount_total=total,
        currency=currency,
        mode="payment",
        status="open",
        payment_status="unpaid",
        payment_intent=None,
        payment_method_types=params["payment_method_types"],
        client_reference_id=params.get("client_reference_id"),
        customer=None,
        customer_email=params.get("customer_email"),
        metadata=params.get("metadata", {}),
        success_url=params["success_url"],
        cancel_url=params.get("cancel_url"),
        expires_at=expires_at,
    )
    return {**body, "url": f"{public_url}/c/pay/{body['id']}"}


def intent(paid: Object, intent_data: Params) -> Object:
    """The payment intent of a session, made at the first try to pay it."""
    return _new(
        "pi",
        "payment_intent",
        amount=paid["amount_total"],
        amount_received=0,
        currency=paid["currency"],
        capture_method="automatic_async",
        description=intent_data.get("description"),
        metadata=intent_data.get("metadata", {}),
        payment_method_types=paid["payment_method_types"],
        receipt_email=paid["customer_email"],
        status="requires_payment_method",
        latest_charge=None,
        last_payment_error=None,
    )


def charge(paying: Object, method: str, details: Object) -> Object:
    """One try to move an intent's money by one method."""
    return _new(
        "ch" if method == "card" else "py",
        "charge",
        amount=paying["amount"],
        amount_captured=0,
        amount_refunded=0,
        balance_transaction=None,
        captured=False,
        currency=paying["currency"],
        description=paying["description"],
        disputed=False,
        failure_code=None,
        failure_message=None,
        metadata=paying["metadata"],
        paid=False,
        payment_intent=paying["id"],
        payment_method_details={"type": method, method: details},
        refunded=False,
        status="pending",
    )


def fee_cents(method: str, amount_cents: int) -> int:
    """
    What the practice gateway keeps: 2.9 % and 30 of a card, 0.8 % and never over 500 of a bank payment.

    Rounded half up to whole minor units, and never more than the amount.

    >>> fee_cents("card", 100_00), fee_cents("us_bank_account", 100_00), fee_cents("us_bank_account", 10_000_00)
    (320, 80, 500)
    """
    if method == "card":
        return min((amount_cents * 29 + 500) // 1000 + 30, amount_cents)
    return min((amount_cents * 8 + 500) // 1000, 500)


def balance_transaction(moved: Object) -> Object:
    """What a successful charge adds to the balance, and the fee that it costs."""
    method = moved["payment_method_details"]["type"]
    fee = fee_cents(method, moved["amount"])
    return _new(
        "txn",
        "balance_transaction",
        amount=moved["amount"],
        currency=moved["currency"],
        fee=fee,
        fee_details=[
            {"amount": fee, "currency": moved["currency"], "type": "stripe_fee", "application": None}
        ],
        net=moved["amount"] - fee,
        source=moved["id"],
        status="pending",
        type="charge" if method == "card" else "payment",
    )


def movement(kind: str, amount: int, currency: str, source: str, fee: int = 0) -> Object:
    """What else moves the balance: refunds, adjustments for disputes, payouts. Money that leaves is negative."""
    fees = [{"amount": fee, "currency": currency, "type": "stripe_fee", "application": None}] if fee else []
    return _new(
        "txn",
        "balance_transaction",
        amount=amount,
        currency=currency,
        fee=fee,
        fee_details=fees,
        net=amount - fee,
        source=source,
        status="available",
        type=kind,
    )


def refund(charge: Object, amount: int, params: Params, status: str) -> Object:
    """Money on its way back to the payer."""
    return _new(
        "re",
        "refund",
        amount=amount,
        balance_transaction=None,
        charge=charge["id"],
        currency=charge["currency"],
        metadata=params.get("metadata", {}),
        payment_intent=charge["payment_intent"],
        reason=params.get("reason"),
        status=status,
    )


def dispute(charge: Object, amount: int, reason: str, status: str, network_code: str | None = None) -> Object:
    """A payment that its payer, or the payer's bank, takes back."""
    return _new(
        "dp",
        "dispute",
        amount=amount,
        balance_transactions=[],
        charge=charge["id"],
        currency=charge["currency"],
        metadata={},
        network_reason_code=network_code,
        payment_intent=charge["payment_intent"],
        reason=reason,
        status=status,
    )


def payout(amount: int, currency: str) -> Object:
    """Money on its way to the bank account of the business."""
    return _new(
        "po",
        "payout",
        amount=amount,
        arrival_date=int(time.time()),
        automatic=True,
        balance_transaction=None,
        currency=currency,
        failure_code=None,
        metadata={},
        status="in_transit",
        type="bank_account",
    )


def event(kind: str, subject: Object) -> Object:
    """Something that happened to an object, which the event carries as it then was."""
    return _new(
        "evt",
        "event",
        api_version=API_VERSION,
        data={"object": subject},
        pending_webhooks=1,
        request={"id": None, "idempotency_key": None},
        type=kind,
    )


def expand(store: Store, body: Object, paths: list[str]) -> Object:
    """Put whole objects in the place of their ids, along each dotted path."""
    for path in paths:
        _expand_path(store, body, path.split("."), path)
    return body


def _expand_path(store: Store, body: Object, names: list[str], path: str) -> None:
    name, *rest = names
    if name == "data" and body["object"] == "list":
        for part in body["data"]:
            _expand_path(store, part, rest, path)
        return
    if name == "refunds" and body.get("object") == "charge":
        made = [one for one in store.newest("refund") if one["charge"] == body["id"]]
        more = len(made) > REFUNDS_SHOWN
        url = f"/v1/charges/{body['id']}/refunds"
        body[name] = {"object": "list", "data": made[:REFUNDS_SHOWN], "has_more": more, "url": url}
    part = body.get(name, path)
    if isinstance(part, str):
        part = store.get(part)
        if part is None:
            raise ApiError(f"This property cannot be expanded ({path}).", param="expand")
        body[name] = part
    if rest and part is not None:
        _expand_path(store, part, rest, path)
