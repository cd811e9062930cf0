"""What happens to a checkout: it is paid, declined, settled by the bank, or runs out."""

import time
from typing import NamedTuple

from milepost.gateways.practice import objects
from milepost.gateways.practice.store import Object, Store


class Means(NamedTuple):
    """A practice card or account, and how it ends: `failure_code` is None for one that works."""

    label: str
    number: str
    brand: str
    failure_code: str | None = None
    failure_message: str | None = None


CARDS = (
    Means("Pays", "4242424242424242", "visa"),
    Means("Pays", "5555555555554444", "mastercard"),
    Means("Declined", "4000000000000002", "visa", "card_declined", "Your card was declined."),
    Means("No funds", "4000000000009995", "visa", "card_declined", "Your card has insufficient funds."),
    Means("Expired", "4000000000000069", "visa", "expired_card", "Your card has expired."),
)
ACCOUNTS = (
    Means("Pays", "000123456789", "STRIPE TEST BANK"),
    Means(
        "Closed", "000111111113", "STRIPE TEST BANK", "account_closed", "The bank account has been closed."
    ),
    Means(
        "No funds",
        "000222222227",
        "STRIPE TEST BANK",
        "insufficient_funds",
        "The bank account has insufficient funds.",
    ),
)
MEANS = {"card": CARDS, "us_bank_account": ACCOUNTS}
UNKNOWN = {
    "card": "That is not one of the practice cards. Never type a real card here.",
    "us_bank_account": "That is not one of the practice accounts. Never type a real account here.",
}


class Till:
    """Moves practice money. Each public method is one transaction and leaves its events queued."""

    def __init__(self, store: Store, bank_delay_seconds: float | None) -> None:
        """With `bank_delay_seconds` None, bank payments stay on their way until they are settled by hand."""
        self._store = store
        self._bank_delay_seconds = bank_delay_seconds

    def pay(self, session_id: str, method: str, number: str) -> str | None:
        """
        Try to pay an open session; returns why it was declined, or None.

        Also None when the session is no longer open: a second press of Pay changes nothing.
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
            means = _means_of(charge)
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

    def ring(self) -> None:
        """Do what has fallen due by the clock."""
        with self._store.transaction():
            for timer in self._store.take_timers(time.time()):
                (self.settle if timer.what == "settle" else self.expire)(timer.object_id)

    def on_their_way(self) -> list[str]:
        """The ids of the payment intents that a bank has not answered yet."""
        return [one["id"] for one in self._store.newest("payment_intent") if one["status"] == "processing"]

    def _pay_by_card(self, session: Object, intent: Object, means: Means) -> str | None:
        charge = self._charge(intent, "card", {"brand": means.brand, "last4": means.number[-4:]})
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
        if self._bank_delay_seconds is not None:
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

    def _emit(self, kind: str, subject: Object) -> None:
        event = self._store.add(objects.event(kind, subject))
        self._store.queue_event(event["id"])

    def _object(self, object_id: str) -> Object:
        found = self._store.get(object_id)
        if found is None:
            raise LookupError(f"The practice gateway has no {object_id}.")
        return found


def _bank_says(means: Means, code: str) -> str:
    if code == means.failure_code and means.failure_message:
        return means.failure_message
    return f"The bank did not make the payment ({code})."


def _means_of(charge: Object) -> Means:
    details = charge["payment_method_details"]
    last4 = details[details["type"]]["last4"]
    return next(one for one in MEANS[details["type"]] if one.number.endswith(last4))
