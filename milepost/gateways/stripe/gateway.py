"""The payment gateway on Stripe: one Checkout session in payment mode for each attempt."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import stripe

from milepost.core.money import Money
from milepost.gateways.payments import (
    ATTEMPT_KEY,
    REFUND_KEY,
    AccountTruth,
    BadSignature,
    Checkout,
    CheckoutTruth,
    Event,
    GatewayRefused,
    KeyRefused,
    Method,
    PayoutTruth,
    RefundTruth,
    Surcharge,
    TakenBack,
)
from milepost.gateways.payments.signatures import check_moment
from milepost.gateways.stripe.accounts import is_live_key, read_account
from milepost.gateways.stripe.answers import answers
from milepost.gateways.stripe.payouts import read_payout
from milepost.gateways.stripe.truth import (
    EXPANDED,
    STRIPE_METHODS,
    has_more_refunds,
    is_disputed,
    read_refund,
    read_taken_back,
    read_truth,
    with_refunds,
)
from milepost.gateways.stripe.units import to_stripe

CONNECT_SECONDS = 3.05
READ_SECONDS = 20
NETWORK_RETRIES = 2
NAME_LENGTH = 250
PAGE = 100
CLOCKS_APART_SECONDS = 60
LOOK_SECONDS = 24 * 60 * 60


class StripeGateway:
    """
    One Stripe account, or the practice gateway when `api_base` points there. With `connected` every call
    is made for that account, by the key of the platform which it is connected to.

    Holds no connection that threads would share: the SDK keeps one HTTP session a thread.
    """

    def __init__(
        self,
        *,
        secret_key: str,
        webhook_secret: str,
        api_base: str | None = None,
        connected: str | None = None,
    ) -> None:
        self._webhook_secret = webhook_secret
        self._is_live = is_live_key(secret_key)
        self._client = stripe.StripeClient(
            secret_key,
            stripe_account=connected,
            base_addresses={"api": api_base.rstrip("/")} if api_base else None,
            max_network_retries=NETWORK_RETRIES,
            http_client=stripe.RequestsClient(timeout=(CONNECT_SECONDS, READ_SECONDS)),
        )

    def __repr__(self) -> str:
        return "<StripeGateway>"

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
        """As the interface says. A repeat is answered as the first call was, even if the session has closed since."""
        named = {**metadata, ATTEMPT_KEY: attempt_id}
        params: dict[str, Any] = {
            "mode": "payment",
            "client_reference_id": attempt_id,
            "payment_method_types": [STRIPE_METHODS[method]],
            "line_items": [
                _line_item(amount, description),
                *([_line_item(surcharge.amount, surcharge.description)] if surcharge else []),
            ],
            "payment_intent_data": {"description": description, "metadata": named},
            "metadata": named,
            "success_url": success_url,
            "cancel_url": cancel_url,
        }
        if email:
            params["customer_email"] = email
        with answers():
            session = self._client.v1.checkout.sessions.create(
                params=params,  # type: ignore[arg-type]
                options={"idempotency_key": f"milepost-checkout-{attempt_id}"},
            )
        return Checkout(session.id, session.url or "")

    def fetch(self, session_id: str) -> CheckoutTruth:
        """As the interface says: session, payment, fee and ten refunds in one request, the rest in others."""
        with answers():
            found = self._client.v1.checkout.sessions.retrieve(session_id, params={"expand": EXPANDED})
            session = found.to_dict(recursive=True)
            if has_more_refunds(session):
                session = with_refunds(session, self._refunds_of(session["payment_intent"]["id"]))
            disputes = self._disputes_of(session["payment_intent"]["id"]) if is_disputed(session) else []
        return read_truth(session, disputes)

    def _refunds_of(self, payment_id: str) -> list[dict[str, Any]]:
        listed = self._client.v1.refunds.list(params={"payment_intent": payment_id, "limit": PAGE})
        return [one.to_dict(recursive=True) for one in listed.auto_paging_iter()]

    def _disputes_of(self, payment_id: str) -> list[dict[str, Any]]:
        listed = self._client.v1.disputes.list(params={"payment_intent": payment_id, "limit": PAGE})
        return [one.to_dict(recursive=True) for one in listed.auto_paging_iter()]

    def expire(self, session_id: str) -> None:
        """As the interface says. Stripe refuses to expire twice; here that is told from "already paid"."""
        try:
            with answers():
                self._client.v1.checkout.sessions.expire(session_id)
        except KeyRefused:
            raise
        except GatewayRefused:
            if self.fetch(session_id).state != "expired":
                raise

    def refund(self, *, session_id: str, refund_id: str, amount: Money) -> RefundTruth:
        """As the interface says."""
        payment_id = self.fetch(session_id).payment_id
        if payment_id is None:
            raise GatewayRefused("This checkout was never paid.")
        with answers():
            refund = self._client.v1.refunds.create(
                params={
                    "payment_intent": payment_id,
                    "amount": to_stripe(amount),
                    "metadata": {REFUND_KEY: refund_id},
                },
                options={"idempotency_key": f"milepost-refund-{refund_id}"},
            )
        return read_refund(refund.to_dict(recursive=True))

    def find_checkout(self, attempt_id: str, since: datetime) -> str | None:
        """As the interface says: among the sessions made since a minute before, by our name for it."""
        moment = int(since.timestamp()) - CLOCKS_APART_SECONDS
        with answers():
            made = self._client.v1.checkout.sessions.list(
                params={"created": {"gte": moment, "lte": moment + LOOK_SECONDS}, "limit": PAGE}
            )
            for session in made.auto_paging_iter():
                if session.client_reference_id == attempt_id:
                    return str(session.id)
        return None

    def session_of(self, payment_id: str) -> str | None:
        """As the interface says."""
        with answers():
            found = self._client.v1.checkout.sessions.list(params={"payment_intent": payment_id, "limit": 1})
        return str(found.data[0].id) if found.data else None

    def taken_back(self, since: datetime) -> Sequence[TakenBack]:
        """As the interface says: both lists since then, page by page, each with its payment."""
        params: Any = {
            "created": {"gte": int(since.timestamp())},
            "limit": PAGE,
            "expand": ["data.payment_intent"],
        }
        with answers():
            refunds = self._client.v1.refunds.list(params=params).auto_paging_iter()
            disputes = self._client.v1.disputes.list(params=params).auto_paging_iter()
            return read_taken_back(
                [one.to_dict(recursive=True) for one in refunds],
                [one.to_dict(recursive=True) for one in disputes],
            )

    def payouts(self, since: datetime) -> Sequence[PayoutTruth]:
        """As the interface says; a payout's movements come with their sources."""
        with answers():
            listed = self._client.v1.payouts.list(
                params={"created": {"gte": int(since.timestamp())}, "limit": PAGE}
            )
            made = [one.to_dict(recursive=True) for one in listed.auto_paging_iter()]
            return [read_payout(one, self._moves(one["id"])) for one in reversed(made)]

    def _moves(self, payout_id: str) -> list[dict[str, Any]]:
        listed = self._client.v1.balance_transactions.list(
            params={"payout": payout_id, "limit": PAGE, "expand": ["data.source"]}
        )
        return [one.to_dict(recursive=True) for one in listed.auto_paging_iter()]

    def account(self) -> AccountTruth:
        """As the interface says. What is only asked for, or waits for documents, is not taken yet."""
        with answers():
            found = self._client.v1.accounts.retrieve_current()
        return read_account(found.to_dict(recursive=True), is_live=self._is_live)

    def read_event(self, payload: bytes, signature: str, now: datetime) -> Event:
        """As the interface says. The SDK checks the signature; it would let the future pass, we do not."""
        if not self._webhook_secret:
            raise BadSignature("There is no secret to check events with.")
        try:
            stripe.WebhookSignature.verify_header(payload, signature, self._webhook_secret)
            body = json.loads(payload)
        except (stripe.SignatureVerificationError, ValueError, TypeError) as error:
            raise BadSignature("The event was not signed with our secret.") from error
        check_moment(signature, now)
        return read_event(body)


def read_event(body: dict[str, Any]) -> Event:
    """The ids in a verified event. Sessions, intents, charges, refunds and disputes each name the payment."""
    # A kind of event that we never asked for may carry no object; it names nothing then.
    subject = body.get("data", {}).get("object", {})
    kind = subject.get("object")
    return Event(
        id=body["id"],
        kind=body["type"],
        session_id=subject["id"] if kind == "checkout.session" else None,
        payment_id=subject["id"] if kind == "payment_intent" else subject.get("payment_intent"),
        attempt_id=(subject.get("metadata") or {}).get(ATTEMPT_KEY),
        account=body.get("account"),
    )


def _line_item(amount: Money, description: str) -> dict[str, Any]:
    product = {"name": description[:NAME_LENGTH]}
    price = {"currency": amount.currency.lower(), "unit_amount": to_stripe(amount), "product_data": product}
    return {"quantity": 1, "price_data": price}
