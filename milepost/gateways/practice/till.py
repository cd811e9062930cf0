"""What happens to a checkout: it is paid, declined, settled by the bank, or runs out."""

import time

from milepost.gateways.practice import objects
from milepost.gateways.practice.desk import Desk
from milepost.gateways.practice.means import MEANS, UNKNOWN, Means, means_of
from milepost.gateways.practice.store import Object, Store

ASKS_FOR_CODE = "Your bank asks for its code. Practice code: 1234."
WRONG_CODE = "The bank did not accept this code."


class Till(Desk):
    """Moves practice money. Each public method is one transaction and leaves its events queued."""

    def __init__(self, store: Store, bank_delay_seconds: float | None) -> None:
        """With `bank_delay_seconds` None, bank payments stay on their way until they are settled by hand."""
        super().__init__(store)
        self._bank_delay_seconds = bank_delay_seconds

    def pay(self, session_id: str, method: str, number: str, code: str = "") -> str | None:
        """
        Try to pay an open session; returns why it was declined, or None.

        Also None when the session is no longer open: a second press of Pay changes nothing. Some cards
        ask for a code first; what is missing is said as a refusal is, and moves nothing.
        """
        with self._store.transaction():
            session = self._object(session_id)
            if session["status"] != "open":
                return None
            if method not in session["payment_method_types"]:
                return "This cannot be paid that way."
            means = next((one for one in MEANS[method] if one.number == number), None)
            if means is None:
                return UNKNOWN[method]
            if means.code and code != means.code:
                return ASKS_FOR_CODE if not code else WRONG_CODE
            intent = self._intent_of(session)
            if method == "card":
                return self._pay_by_card(session, intent, means)
            self._start_bank_payment(session, intent, means)
            return None

    def settle(self, intent_id: str, failure_code: str | None = None) -> bool:
        """
        The bank answers now: the payment arrives, or fails with a code.

        Without a code the account itself decides. False when nothing was on its way.
        """
        with self._store.transaction():
            intent = self._store.get(intent_id, "payment_intent")
            if intent is None or intent["status"] != "processing":
                return False
            charge = self._object(intent["latest_charge"])
            means = means_of(charge)
            session = self._object(self._store.notes(intent_id)["session"])
            if code := failure_code or means.failure_code:
                self._fail(intent, charge, code, _bank_says(means, code))
                self._emit("checkout.session.async_payment_failed", session)
            else:
                self._succeed(session, intent, charge)
                self._emit("checkout.session.async_payment_succeeded", session)
            return True

    def expire(self, session_id: str) -> bool:
        """Close an open session for good. False when it is not open."""
        with self._store.transaction():
            session = self._object(session_id)
            if session["status"] != "open":
                return False
            session.update(status="expired", url=None)
            self._store.save(session)
            self._emit("checkout.session.expired", session)
            return True

    def on_their_way(self) -> list[str]:
        """The ids of the payment intents that a bank has not answered yet."""
        return [one["id"] for one in self._store.newest("payment_intent") if one["status"] == "processing"]

    def _pay_by_card(self, session: Object, intent: Object, means: Means) -> str | None:
        charge = self._charge(
            intent, "card", {"brand": means.brand, "funding": means.funding, "last4": means.number[-4:]}
        )
        if means.failure_code and means.failure_message:
            self._fail(intent, charge, means.failure_code, means.failure_message)
            return means.failure_message
        self._complete(session)
        self._succeed(session, intent, charge)
        self._emit("checkout.session.completed", session)
        return None

    def _start_bank_payment(self, session: Object, intent: Object, means: Means) -> None:
        charge = self._charge(
            intent, "us_bank_account", {"bank_name": means.brand, "last4": means.number[-4:]}
        )
        intent.update(status="processing", latest_charge=charge["id"])
        self._store.save(intent)
        self._complete(session)
        self._emit("payment_intent.processing", intent)
        self._emit("checkout.session.completed", session)
        if self._bank_delay_seconds is not None and not means.stays:
            self._store.set_timer("settle", intent["id"], time.time() + self._bank_delay_seconds)

    def _succeed(self, session: Object, intent: Object, charge: Object) -> None:
        booked = self._store.add(objects.balance_transaction(charge))
        charge.update(
            status="succeeded",
            paid=True,
            captured=True,
            amount_captured=charge["amount"],
            balance_transaction=booked["id"],
        )
        intent.update(
            status="succeeded",
            amount_received=intent["amount"],
            latest_charge=charge["id"],
            last_payment_error=None,
        )
        session.update(payment_status="paid")
        for changed in (charge, intent, session):
            self._store.save(changed)
        self._emit("payment_intent.succeeded", intent)
        trouble = means_of(charge).later
        if trouble and self._bank_delay_seconds is not None:
            self._store.set_timer(trouble, charge["id"], time.time() + self._bank_delay_seconds)

    def _fail(self, intent: Object, charge: Object, code: str, message: str) -> None:
        kind = "card_error" if charge["payment_method_details"]["type"] == "card" else "invalid_request_error"
        charge.update(status="failed", failure_code=code, failure_message=message)
        error = {"type": kind, "code": code, "message": message, "charge": charge["id"]}
        intent.update(status="requires_payment_method", latest_charge=charge["id"], last_payment_error=error)
        self._store.save(charge)
        self._store.save(intent)
        self._emit("payment_intent.payment_failed", intent)

    def _complete(self, session: Object) -> None:
        session.update(status="complete", url=None)
        self._store.save(session)

    def _intent_of(self, session: Object) -> Object:
        if session["payment_intent"]:
            return self._object(session["payment_intent"])
        intent_data = self._store.notes(session["id"])["payment_intent_data"]
        intent = self._store.add(objects.intent(session, intent_data), {"session": session["id"]})
        session["payment_intent"] = intent["id"]
        self._store.save(session)
        return intent

    def _charge(self, intent: Object, method: str, details: Object) -> Object:
        return self._store.add(objects.charge(intent, method, details))


def _bank_says(means: Means, code: str) -> str:
    if code == means.failure_code and means.failure_message:
        return means.failure_message
    return f"The bank did not make the payment ({code})."
