"""What happens after a payment: refunds, returns by the bank, disputes, payouts."""

import time

from milepost.gateways.practice import objects
from milepost.gateways.practice.desk import Desk
from milepost.gateways.practice.means import means_of
from milepost.gateways.practice.store import Object, Store
from milepost.gateways.practice.wire import ApiError, Params

DISPUTE_FEE_CENTS = 15_00
RETURN_FEE_CENTS = 4_00
RETURN_REASONS = {
    "R01": "insufficient_funds",
    "R02": "bank_cannot_process",
    "R03": "incorrect_account_details",
    "R08": "debit_not_authorized",
    "R10": "debit_not_authorized",
    "R16": "bank_cannot_process",
}


class Aftermath(Desk):
    """Moves practice money after it came in. Each public method is one transaction with its events."""

    def __init__(self, store: Store, delay_seconds: float | None) -> None:
        """With `delay_seconds` None, what takes time waits until it is ended by hand."""
        super().__init__(store)
        self._delay_seconds = delay_seconds

    def refund(self, params: Params, amount_cents: int | None) -> Object:
        """Give back part of a charge, or the rest of it. ApiError when there is not so much left."""
        with self._store.transaction():
            charge = self._charge_of(params)
            left = charge["amount_captured"] - charge["amount_refunded"]
            if not left:
                raise ApiError("The charge has already been refunded.", code="charge_already_refunded")
            amount = left if amount_cents is None else amount_cents
            if amount > left:
                raise ApiError(
                    "The refund is greater than the unrefunded amount on the charge.", param="amount"
                )
            if charge["disputed"]:
                raise ApiError("The charge is disputed and cannot be refunded.", code="charge_disputed")
            return self._refund(charge, amount, params)

    def _refund(self, charge: Object, amount: int, params: Params) -> Object:
        way = means_of(charge).refund
        refund = objects.refund(charge, amount, params, "pending" if way == "pending" else "succeeded")
        booked = self._store.add(objects.movement("refund", -amount, charge["currency"], refund["id"]))
        refund["balance_transaction"] = booked["id"]
        self._store.add(refund)
        charge.update(amount_refunded=charge["amount_refunded"] + amount)
        charge.update(refunded=charge["amount_refunded"] == charge["amount_captured"])
        self._store.save(charge)
        self._emit("refund.created", refund)
        self._emit("charge.refunded", charge)
        if way != "succeeded" and self._delay_seconds is not None:
            self._store.set_timer("refund", refund["id"], time.time() + self._delay_seconds)
        return refund

    def end_refund(self, refund_id: str, *, fails: bool | None = None) -> bool:
        """The bank answers a refund. Without `fails` the card decides. False when it has ended before."""
        with self._store.transaction():
            refund = self._object(refund_id)
            charge = self._object(refund["charge"])
            if refund["status"] == "failed":
                return False
            if not (means_of(charge).refund == "fails" if fails is None else fails):
                return self._refund_arrives(refund)
            back = objects.movement("refund_failure", refund["amount"], refund["currency"], refund["id"])
            refund.update(
                status="failed",
                failure_reason="expired_or_canceled_card",
                failure_balance_transaction=self._store.add(back)["id"],
            )
            charge.update(amount_refunded=charge["amount_refunded"] - refund["amount"], refunded=False)
            self._store.save(refund)
            self._store.save(charge)
            self._emit("refund.failed", refund)
            return True

    def _refund_arrives(self, refund: Object) -> bool:
        if refund["status"] != "pending":
            return False
        self._store.save(refund | {"status": "succeeded"})
        self._emit("refund.updated", refund | {"status": "succeeded"})
        return True

    def dispute(self, params: Params, amount_cents: int | None, *, reason: str = "fraudulent") -> Object:
        """The cardholder disputes a charge: the money is taken at once, and a fee."""
        with self._store.transaction():
            charge = self._charge_of(params)
            if charge["disputed"]:
                raise ApiError("The charge is already disputed.")
            amount = charge["amount_captured"] if amount_cents is None else amount_cents
            dispute = objects.dispute(charge, amount, reason, "needs_response")
            self._withdraw(dispute, DISPUTE_FEE_CENTS)
            self._store.add(dispute)
            self._store.save(charge | {"disputed": True})
            self._emit("charge.dispute.created", dispute)
            self._emit("charge.dispute.funds_withdrawn", dispute)
            return dispute

    def close_dispute(self, dispute_id: str, *, won: bool) -> bool:
        """The bank has decided. False when it had before."""
        with self._store.transaction():
            dispute = self._object(dispute_id)
            if dispute["status"] in ("won", "lost"):
                return False
            dispute["status"] = "won" if won else "lost"
            if won:
                back = objects.movement("adjustment", dispute["amount"], dispute["currency"], dispute["id"])
                dispute["balance_transactions"].append(self._store.add(back))
            self._store.save(dispute)
            if won:
                self._emit("charge.dispute.funds_reinstated", dispute)
            self._emit("charge.dispute.closed", dispute)
            return True

    def bank_return(self, params: Params, code: str = "R01") -> Object:
        """Days after it arrived, the bank takes a payment back: a dispute that is lost as it is opened."""
        with self._store.transaction():
            charge = self._charge_of(params)
            if charge["disputed"]:
                raise ApiError("The charge is already returned.")
            reason = RETURN_REASONS.get(code, "bank_cannot_process")
            dispute = objects.dispute(charge, charge["amount_captured"], reason, "lost", code)
            self._withdraw(dispute, RETURN_FEE_CENTS)
            self._store.add(dispute)
            self._store.save(charge | {"disputed": True})
            self._emit("charge.dispute.created", dispute)
            self._emit("charge.dispute.closed", dispute)
            return dispute

    def pay_out(self, *, fails: bool = False) -> list[Object]:
        """Send what has come together to the bank: one payout a currency, none for nothing or less."""
        with self._store.transaction():
            waiting: dict[str, list[Object]] = {}
            for moved in self._store.newest("balance_transaction"):
                if not self._store.notes(moved["id"]).get("payout"):
                    waiting.setdefault(moved["currency"], []).append(moved)
            return [
                self._pay_out(moves, currency, fails)
                for currency, moves in sorted(waiting.items())
                if sum(moved["net"] for moved in moves) > 0
            ]

    def _pay_out(self, moves: list[Object], currency: str, fails: bool) -> Object:
        amount = sum(moved["net"] for moved in moves)
        payout = objects.payout(amount, currency)
        out = objects.movement("payout", -amount, currency, payout["id"])
        payout["balance_transaction"] = out["id"]
        for moved in moves:
            self._store.note(moved["id"], payout=payout["id"])
        self._store.add(out, {"payout": payout["id"]})
        self._store.add(payout)
        self._emit("payout.created", payout)
        if fails:
            back = objects.movement("payout_failure", amount, currency, payout["id"])
            self._store.add(back)
            payout.update(status="failed", failure_code="account_closed")
        else:
            payout.update(status="paid")
        self._store.save(payout)
        self._emit("payout.failed" if fails else "payout.paid", payout)
        return payout

    def _withdraw(self, dispute: Object, fee: int) -> None:
        taken = objects.movement("adjustment", -dispute["amount"], dispute["currency"], dispute["id"], fee)
        dispute["balance_transactions"].append(self._store.add(taken))

    def _charge_of(self, params: Params) -> Object:
        """The successful charge that the parameters name, by itself or by its intent."""
        named = params.get("charge") or (self._store.get(str(params.get("payment_intent"))) or {}).get(
            "latest_charge"
        )
        charge = self._store.get(str(named), "charge")
        if charge is None or charge["status"] != "succeeded":
            raise ApiError("No such successful charge.", status=404, code="resource_missing")
        return charge
