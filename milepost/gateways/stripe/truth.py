"""What a Stripe Checkout session and the objects behind it say, in our words."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from milepost.core.money import Money
from milepost.gateways.payments import (
    ATTEMPT_KEY,
    REFUND_KEY,
    CheckoutTruth,
    DisputeState,
    DisputeTruth,
    Method,
    RefundState,
    RefundTruth,
    State,
    TakenBack,
)
from milepost.gateways.stripe.units import from_stripe

EXPANDED = [
    "payment_intent.latest_charge.balance_transaction",
    "payment_intent.latest_charge.refunds",
]
STRIPE_METHODS: dict[Method, str] = {"card": "card", "bank": "us_bank_account"}
_METHODS: dict[str, Method] = {name: method for method, name in STRIPE_METHODS.items()}


_REFUNDS: dict[str, RefundState] = {"succeeded": "succeeded", "failed": "failed", "canceled": "failed"}
_DISPUTES: dict[str, DisputeState] = {"won": "won", "lost": "lost", "prevented": "won"}


def read_truth(session: dict[str, Any], disputes: Sequence[dict[str, Any]] = ()) -> CheckoutTruth:
    """Read a session that was retrieved with EXPANDED, and the disputes of its payment."""
    intent = _part(session, "payment_intent")
    charge = _part(intent, "latest_charge")
    state = _state(session, intent)
    received = intent.get("amount_received") if state == "succeeded" else None
    units = session["amount_total"] if received is None else received
    currency = session["currency"].upper()
    return CheckoutTruth(
        state=state,
        amount=Money(from_stripe(units, currency), currency),
        method=_method(session, charge),
        payment_id=intent.get("id"),
        fee_cents=_fee_cents(session, charge),
        failure=_failure(state, intent),
        funding=_part(_part(charge, "payment_method_details"), "card").get("funding") or "",
        refunds=tuple(read_refund(one) for one in reversed(_part(charge, "refunds").get("data", []))),
        disputes=tuple(read_dispute(one) for one in disputes if takes_money(one)),
        paid_at=datetime.fromtimestamp(charge["created"], UTC) if charge.get("created") else None,
    )


def is_disputed(session: dict[str, Any]) -> bool:
    """Whether the payment of a session was ever disputed or returned."""
    return bool(_part(_part(session, "payment_intent"), "latest_charge").get("disputed"))


def has_more_refunds(session: dict[str, Any]) -> bool:
    """Whether the charge was refunded more often than it tells of: it carries its ten newest refunds alone."""
    charge = _part(_part(session, "payment_intent"), "latest_charge")
    return bool(_part(charge, "refunds").get("has_more"))


def with_refunds(session: dict[str, Any], refunds: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The session, telling of all refunds of its payment; they are listed the newest first."""
    intent = session["payment_intent"]
    charge = {**intent["latest_charge"], "refunds": {"data": list(refunds)}}
    return {**session, "payment_intent": {**intent, "latest_charge": charge}}


def read_taken_back(refunds: Sequence[dict[str, Any]], disputes: Sequence[dict[str, Any]]) -> list[TakenBack]:
    """Refunds and disputes that were listed with their intents expanded; those of no intent are not ours."""
    found = [(read_refund(one).state, one) for one in refunds]
    argued = [(read_dispute(one).state, one) for one in disputes if takes_money(one)]
    return [
        TakenBack(
            one["id"], one["object"], state, intent["id"], (intent.get("metadata") or {}).get(ATTEMPT_KEY, "")
        )
        for state, one in [*found, *argued]
        if (intent := _part(one, "payment_intent"))
    ]


def read_refund(refund: dict[str, Any]) -> RefundTruth:
    """A refund in our words; what is neither done nor refused is on its way."""
    currency = refund["currency"].upper()
    return RefundTruth(
        refund_id=refund["id"],
        ours=(refund.get("metadata") or {}).get(REFUND_KEY, ""),
        amount=Money(from_stripe(refund["amount"], currency), currency),
        state=_REFUNDS.get(refund.get("status") or "", "pending"),
        failure=str(refund.get("failure_reason") or "").replace("_", " "),
    )


def read_dispute(dispute: dict[str, Any]) -> DisputeTruth:
    """A dispute in our words: everything that is not decided is open."""
    currency = dispute["currency"].upper()
    booked = dispute.get("balance_transactions") or []
    return DisputeTruth(
        dispute_id=dispute["id"],
        amount=Money(from_stripe(dispute["amount"], currency), currency),
        state=_DISPUTES.get(dispute["status"], "open"),
        reason=str(dispute.get("reason") or "").replace("_", " "),
        code=dispute.get("network_reason_code") or "",
        fee_cents=sum(
            from_stripe(one["fee"], currency) for one in booked if one["currency"].upper() == currency
        ),
    )


def takes_money(dispute: dict[str, Any]) -> bool:
    """An inquiry or an early warning asks for an answer and takes nothing."""
    return not str(dispute.get("status", "")).startswith("warning_")


def _state(session: dict[str, Any], intent: dict[str, Any]) -> State:
    if session["status"] == "expired":
        return "expired"
    if session["status"] == "open":
        return "open"
    if intent.get("status") == "succeeded":
        return "succeeded"
    # Complete and unpaid: a bank debit is under way, until its intent asks for another method.
    return "failed" if intent.get("status") in ("requires_payment_method", "canceled") else "processing"


def _method(session: dict[str, Any], charge: dict[str, Any]) -> Method:
    # What was used can carry a name of its own (a card through Link); then what was offered tells.
    used = _part(charge, "payment_method_details").get("type", "")
    return _METHODS.get(used) or _METHODS[session["payment_method_types"][0]]


def _fee_cents(session: dict[str, Any], charge: dict[str, Any]) -> int | None:
    booked = _part(charge, "balance_transaction")
    # An account that settles in another currency books its fee there; that is the payout's to tell.
    if booked.get("currency") != session["currency"]:
        return None
    return from_stripe(booked["fee"], session["currency"].upper())


def _failure(state: State, intent: dict[str, Any]) -> str | None:
    if state not in ("open", "failed"):
        return None
    return _part(intent, "last_payment_error").get("message")


def _part(whole: dict[str, Any], name: str) -> dict[str, Any]:
    """An expanded part, or nothing when it is absent or only an id."""
    part = whole.get(name)
    return part if isinstance(part, dict) else {}
