"""A provider in memory, for tests of what stands on the interface. It keeps the interface's promises."""

import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from milepost.core.money import Money
from milepost.gateways.payments import (
    ATTEMPT_KEY,
    AccountTruth,
    BadSignature,
    Checkout,
    CheckoutTruth,
    DisputeState,
    DisputeTruth,
    Event,
    GatewayRefused,
    GatewayUnavailable,
    Method,
    PayoutTruth,
    RefundState,
    RefundTruth,
    Surcharge,
    TakenBack,
)
from milepost.gateways.payments.signatures import check_moment, sign, signed_at


@dataclass
class FakeSession:
    """One checkout as the fake provider keeps it."""

    session_id: str
    asked: Mapping[str, object]
    truth: CheckoutTruth


class FakePayments:
    """
    The payment gateway without a provider.

    A test plays the payer and the bank with `pay`, `settle`, `fail` and `decline`, makes signed
    events with `event`, and takes the provider away by setting `unavailable`.
    """

    def __init__(self, webhook_secret: str = "whsec_fake") -> None:  # noqa: S107 - signs nothing but tests
        self.sessions: dict[str, FakeSession] = {}
        self.made_payouts: list[PayoutTruth] = []
        self.refunds_take_time = False
        self.unavailable = False
        self.whose = AccountTruth(
            "acct_fake", "The fake account", is_live=False, takes_card=True, takes_bank=True
        )
        self._webhook_secret = webhook_secret
        self._events = 0

    def start_checkout(
        self,
        *,
        attempt_id: str,
        amount: Money,
        method: Method,
        description: str,
        email: str | None,
        success_url: str,
        cancel_url: str,
        metadata: Mapping[str, str],
        surcharge: Surcharge | None = None,
    ) -> Checkout:
        """As the interface says; an amount below 0.50 is refused, as at Stripe."""
        self._answers()
        asked = {
            "attempt_id": attempt_id,
            "amount": amount,
            "method": method,
            "description": description,
            "email": email,
            "success_url": success_url,
            "cancel_url": cancel_url,
            "metadata": {**metadata, ATTEMPT_KEY: attempt_id},
            "surcharge": surcharge,
        }
        if amount.cents < 50:
            raise GatewayRefused("The amount due is below the minimum.")
        session_id = f"cs_fake_{attempt_id}"
        total = Money(amount.cents + (surcharge.amount.cents if surcharge else 0), amount.currency)
        truth = CheckoutTruth("open", total, method, payment_id=None, fee_cents=None, failure=None)
        session = self.sessions.setdefault(session_id, FakeSession(session_id, asked, truth))
        if session.asked != asked:
            raise GatewayRefused("This attempt was first made with other parameters.")
        return Checkout(session_id, f"https://pay.invalid/{session_id}")

    def fetch(self, session_id: str) -> CheckoutTruth:
        """As the interface says."""
        self._answers()
        return self._session(session_id).truth

    def expire(self, session_id: str) -> None:
        """As the interface says."""
        self._answers()
        session = self._session(session_id)
        if session.truth.state not in ("open", "expired"):
            raise GatewayRefused(f"This checkout is {session.truth.state} and cannot be closed.")
        session.truth = replace(session.truth, state="expired")

    def refund(self, *, session_id: str, refund_id: str, amount: Money) -> RefundTruth:
        """As the interface says; pending with `refunds_take_time`, until `end_refund`."""
        self._answers()
        session = self._session(session_id)
        made = next((one for one in session.truth.refunds if one.ours == refund_id), None)
        if made is not None:
            return made
        gone = sum(one.amount.cents for one in session.truth.refunds if one.state != "failed")
        if session.truth.state != "succeeded" or gone + amount.cents > session.truth.amount.cents:
            raise GatewayRefused("The refund is greater than what is left of the payment.")
        state: RefundState = "pending" if self.refunds_take_time else "succeeded"
        return self.note_refund(session_id, RefundTruth(f"re_fake_{refund_id}", refund_id, amount, state))

    def note_refund(self, session_id: str, refund: RefundTruth) -> RefundTruth:
        """Keep a refund, in the place of what it was before; a test makes one at the provider's so."""
        session = self._session(session_id)
        others = [one for one in session.truth.refunds if one.refund_id != refund.refund_id]
        session.truth = replace(session.truth, refunds=(*others, refund))
        return refund

    def end_refund(self, session_id: str, *, failure: str = "") -> None:
        """The bank answers the last refund: it arrived, or failed for a reason."""
        last = self._session(session_id).truth.refunds[-1]
        state = "failed" if failure else "succeeded"
        self.note_refund(session_id, replace(last, state=state, failure=failure))  # type: ignore[arg-type]

    def dispute(
        self,
        session_id: str,
        state: DisputeState = "open",
        *,
        code: str = "",
        fee_cents: int = 15_00,
        cents: int | None = None,
    ) -> None:
        """The payer takes the payment back, or the bank decides about it."""
        session = self._session(session_id)
        asked = session.truth.amount
        taken = Money(asked.cents if cents is None else cents, asked.currency)
        told = DisputeTruth(f"dp_{session_id}", taken, state, "fraudulent", code, fee_cents)
        session.truth = replace(session.truth, disputes=(told,))

    def find_checkout(self, attempt_id: str, since: datetime) -> str | None:
        """As the interface says."""
        self._answers()
        session_id = f"cs_fake_{attempt_id}"
        return session_id if session_id in self.sessions else None

    def session_of(self, payment_id: str) -> str | None:
        """As the interface says."""
        self._answers()
        return next((s.session_id for s in self.sessions.values() if s.truth.payment_id == payment_id), None)

    def taken_back(self, since: datetime) -> Sequence[TakenBack]:
        """As the interface says; the fake does not keep when they were made, and tells of all."""
        self._answers()
        return [
            TakenBack(ref, kind, state, session.truth.payment_id or "", str(session.asked["attempt_id"]))
            for session in self.sessions.values()
            for ref, kind, state in _taken_back(session.truth)
        ]

    def payouts(self, since: datetime) -> Sequence[PayoutTruth]:
        """As the interface says: what a test has put into `made_payouts`."""
        self._answers()
        return list(self.made_payouts)

    def account(self) -> AccountTruth:
        """As the interface says: what a test has put into `whose`."""
        self._answers()
        return self.whose

    def read_event(self, payload: bytes, signature: str, now: datetime) -> Event:
        """As the interface says."""
        genuine = sign(payload, self._webhook_secret, signed_at(signature))
        if not hmac.compare_digest(genuine.encode(), signature.encode()):
            raise BadSignature("The event was not signed with our secret.")
        check_moment(signature, now)
        return Event(**json.loads(payload))

    def pay(
        self, session_id: str, *, fee_cents: int = 0, funding: str = "credit", at: datetime | None = None
    ) -> None:
        """The payer presses Pay, `at` a moment: a card payment succeeds, a bank payment is on its way."""
        session = self._session(session_id)
        if session.truth.state != "open":
            return
        payment_id = f"pi_fake_{session.asked['attempt_id']}"
        paid = replace(session.truth, payment_id=payment_id, failure=None, paid_at=at)
        if paid.method == "bank":
            session.truth = replace(paid, state="processing")
        else:
            session.truth = replace(paid, state="succeeded", fee_cents=fee_cents, funding=funding)

    def decline(self, session_id: str, message: str = "Your card was declined.") -> None:
        """The payer's card is declined: the checkout stays open and tells why."""
        session = self._session(session_id)
        payment_id = f"pi_fake_{session.asked['attempt_id']}"
        session.truth = replace(session.truth, payment_id=payment_id, failure=message)

    def settle(self, session_id: str, *, fee_cents: int = 0) -> None:
        """The bank's money arrives."""
        session = self._session(session_id)
        assert session.truth.state == "processing", session.truth.state
        session.truth = replace(session.truth, state="succeeded", fee_cents=fee_cents)

    def fail(self, session_id: str, message: str = "The bank account has been closed.") -> None:
        """The bank does not pay."""
        session = self._session(session_id)
        assert session.truth.state == "processing", session.truth.state
        session.truth = replace(session.truth, state="failed", failure=message)

    def event(self, session_id: str, kind: str, at: datetime) -> tuple[bytes, str]:
        """A new event about a checkout, as body and signature; sent twice it is the same event."""
        session = self._session(session_id)
        self._events += 1
        body = {
            "id": f"evt_fake_{self._events}",
            "kind": kind,
            "session_id": session_id,
            "payment_id": session.truth.payment_id,
            "attempt_id": session.asked["attempt_id"],
        }
        payload = json.dumps(body).encode()
        return payload, sign(payload, self._webhook_secret, int(at.timestamp()))

    def _answers(self) -> None:
        if self.unavailable:
            raise GatewayUnavailable("No answer.")

    def _session(self, session_id: str) -> FakeSession:
        if session_id not in self.sessions:
            raise GatewayRefused(f"No such checkout: {session_id}")
        return self.sessions[session_id]


def _taken_back(
    truth: CheckoutTruth,
) -> list[tuple[str, Literal["refund", "dispute"], RefundState | DisputeState]]:
    return [
        *[(one.refund_id, "refund", one.state) for one in truth.refunds],  # type: ignore[list-item]
        *[(one.dispute_id, "dispute", one.state) for one in truth.disputes],
    ]
