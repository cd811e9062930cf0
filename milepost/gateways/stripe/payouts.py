"""What a Stripe payout is made of: the movements of the balance that it carries to the bank."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from milepost.core.money import Money
from milepost.gateways.payments import (
    ATTEMPT_KEY,
    LineKind,
    PayoutLine,
    PayoutState,
    PayoutTruth,
)
from milepost.gateways.stripe.units import from_stripe

CAME_BACK = {"payout_failure", "payout_cancel"}
"""An earlier payout that never arrived: its money is in this one."""
_KINDS: dict[str, LineKind] = {
    "charge": "payment",
    "payment": "payment",
    "refund": "refund",
    "payment_refund": "refund",
    "refund_failure": "refund",
    "payment_failure_refund": "refund",
    "payment_reversal": "dispute",
    **dict.fromkeys(CAME_BACK, "came_back"),
}
_STATES: dict[str, PayoutState] = {"paid": "paid", "failed": "failed", "canceled": "failed"}


def read_payout(payout: dict[str, Any], moves: Iterable[dict[str, Any]]) -> PayoutTruth:
    """A payout with its movements, which were listed with their sources expanded."""
    currency = payout["currency"].upper()
    arrives = datetime.fromtimestamp(payout["arrival_date"], UTC).date()
    return PayoutTruth(
        payout_id=payout["id"],
        amount=Money(from_stripe(payout["amount"], currency), currency),
        state=_STATES.get(payout["status"], "on_its_way"),
        arrives_on=arrives,
        lines=tuple(_line(move, currency) for move in moves if _source(move).get("id") != payout["id"]),
    )


def _line(move: dict[str, Any], currency: str) -> PayoutLine:
    source = _source(move)
    kind: LineKind = "dispute" if source.get("object") == "dispute" else _KINDS.get(move["type"], "other")
    return PayoutLine(
        line_id=move["id"],
        kind=kind,
        amount=Money(from_stripe(move["amount"], currency), currency),
        fee_cents=from_stripe(move["fee"], currency),
        payment_id=source.get("payment_intent"),
        attempt_id=(source.get("metadata") or {}).get(ATTEMPT_KEY),
        payout_id=source.get("id") if kind == "came_back" else None,
    )


def _source(move: dict[str, Any]) -> dict[str, Any]:
    """What moved the balance; the payout itself stands among its own movements."""
    source = move.get("source")
    return source if isinstance(source, dict) else {}
