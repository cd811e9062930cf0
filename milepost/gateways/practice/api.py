"""The part of Stripe's HTTP API that the practice gateway answers. Pure: a request and a store in, JSON out."""

import hashlib
import json
import operator
import re
import time
from collections.abc import Callable
from typing import Any

from milepost.gateways.practice import objects
from milepost.gateways.practice.aftermath import Aftermath
from milepost.gateways.practice.means import MEANS
from milepost.gateways.practice.store import Kept, Object, Store
from milepost.gateways.practice.till import Till
from milepost.gateways.practice.wire import ApiError, Params, Request, required, whole_number

SESSION_PARAMS = {
    "mode", "line_items", "payment_method_types", "success_url", "cancel_url", "client_reference_id",
    "customer_email", "metadata", "payment_intent_data", "expires_at", "expand", "locale", "submit_type",
    "payment_method_options",
}  # fmt: skip
LISTED = {
    "checkout/sessions": "checkout.session",
    "payment_intents": "payment_intent",
    "charges": "charge",
    "balance_transactions": "balance_transaction",
    "events": "event",
    "refunds": "refund",
    "disputes": "dispute",
    "payouts": "payout",
}
FILTERS = {"payment_intent", "status", "type", "source", "charge"}
DAY_SECONDS = 24 * 60 * 60
SMALLEST_CENTS = 50
LONGEST_PAGE = 100
BOUNDS: dict[str, Callable[[int, int], bool]] = {
    "gt": operator.gt,
    "gte": operator.ge,
    "lt": operator.lt,
    "lte": operator.le,
}

Answer = tuple[int, str, bool]
"""Status, JSON text, and whether it is an earlier answer given again."""


class Api:
    """Answers requests that carry the right key."""

    def __init__(self, store: Store, till: Till, aftermath: Aftermath, public_url: str) -> None:
        self._store = store
        self._till = till
        self._aftermath = aftermath
        self._public_url = public_url
        self._routes: list[tuple[str, str, Callable[..., Object]]] = [
            ("POST", r"/v1/checkout/sessions", self._create_session),
            ("POST", r"/v1/checkout/sessions/([^/]+)/expire", self._expire_session),
            ("GET", r"/v1/account", self._account),
            ("GET", rf"/v1/({'|'.join(LISTED)})", self._list),
            ("GET", rf"/v1/({'|'.join(LISTED)})/([^/]+)", self._retrieve),
            ("POST", r"/v1/refunds", self._refund),
            ("POST", r"/practice/settle", self._settle),
            ("POST", r"/practice/refunds", self._end_refund),
            ("POST", r"/practice/returns", self._return),
            ("POST", r"/practice/disputes", self._dispute),
            ("POST", r"/practice/disputes/([^/]+)/(won|lost)", self._close_dispute),
            ("POST", r"/practice/payouts", self._pay_out),
            ("POST", r"/practice/resend", self._resend),
        ]

    def answer(self, request: Request) -> Answer:
        """
        Answer once per idempotency key: a repeat is given the first answer again.

        As at Stripe, a request that was refused before anything was done is not remembered.
        """
        with self._store.transaction():
            key = request.idempotency_key if request.method == "POST" else None
            kept = self._store.kept_answer(key) if key else None
            if kept:
                _same_request(request, kept)
                return kept.status, kept.body, True
            body = json.dumps(self._dispatch(request))
            if key:
                self._store.keep_answer(key, Kept(_fingerprint(request), 200, body))
            return 200, body, False

    def _dispatch(self, request: Request) -> Object:
        for method, pattern, handle in self._routes:
            match = re.fullmatch(pattern, request.path)
            if match and method == request.method:
                return handle(request.params, *match.groups())
        raise ApiError(f"Unrecognized request URL ({request.method}: {request.path}).", status=404)

    def _account(self, params: Params) -> Object:
        return objects.ACCOUNT

    def _create_session(self, params: Params) -> Object:
        _check_session(params)
        total, currency = _total(params["line_items"])
        if total < SMALLEST_CENTS:
            raise ApiError(
                "The amount due is below the minimum.", code="amount_too_small", param="line_items"
            )
        now = int(time.time())
        expires_at = whole_number(params.get("expires_at", str(now + DAY_SECONDS)), "expires_at", now)
        session = objects.session(
            params, total=total, currency=currency, expires_at=expires_at, public_url=self._public_url
        )
        names = [item["price_data"]["product_data"]["name"] for item in params["line_items"]]
        notes = {"names": names, "payment_intent_data": params.get("payment_intent_data", {})}
        self._store.add(session, notes)
        self._store.set_timer("expire", session["id"], expires_at)
        return objects.expand(self._store, session, params.get("expand", []))

    def _expire_session(self, params: Params, session_id: str) -> Object:
        session = self._known("checkout/sessions", session_id)
        if not self._till.expire(session_id):
            raise ApiError(
                'Only Checkout Sessions with a status in ["open"] can be expired.'
                f" This Checkout Session has a status of {session['status']}."
            )
        return self._retrieve(params, "checkout/sessions", session_id)

    def _retrieve(self, params: Params, name: str, object_id: str) -> Object:
        return objects.expand(self._store, self._known(name, object_id), params.get("expand", []))

    def _list(self, params: Params, name: str) -> Object:
        limit = whole_number(params.get("limit", "10"), "limit", 1)
        if limit > LONGEST_PAGE:
            raise ApiError(f"Invalid integer: {limit} is above {LONGEST_PAGE}", param="limit")
        wanted = [one for one in self._store.newest(LISTED[name]) if _passes(one, params)]
        if payout := params.get("payout"):
            wanted = [one for one in wanted if self._store.notes(one["id"]).get("payout") == payout]
        if after := params.get("starting_after"):
            self._known(name, after)
            ids = [one["id"] for one in wanted]
            wanted = wanted[ids.index(after) + 1 :] if after in ids else []
        page = {
            "object": "list",
            "url": f"/v1/{name}",
            "data": wanted[:limit],
            "has_more": len(wanted) > limit,
        }
        return objects.expand(self._store, page, params.get("expand", []))

    def _settle(self, params: Params) -> Object:
        """Not Stripe's: let the bank answer now, for one payment or for all that are on their way."""
        chosen = [params["payment_intent"]] if "payment_intent" in params else self._till.on_their_way()
        settled = [one for one in chosen if self._till.settle(one, params.get("failure_code"))]
        return {"object": "practice.settlement", "settled": settled}

    def _refund(self, params: Params) -> Object:
        amount = whole_number(params["amount"], "amount", 1) if "amount" in params else None
        refund = self._aftermath.refund(params, amount)
        return objects.expand(self._store, refund, params.get("expand", []))

    def _end_refund(self, params: Params) -> Object:
        """Not Stripe's: the bank answers a refund now, with `fails=1` in vain."""
        fails = params["fails"] == "1" if "fails" in params else None
        ended = self._aftermath.end_refund(required(params, "refund"), fails=fails)
        return {"object": "practice.refund", "ended": ended}

    def _return(self, params: Params) -> Object:
        """Not Stripe's: the payer's bank takes an arrived payment back, with a code such as R01."""
        return self._aftermath.bank_return(params, str(params.get("code", "R01")))

    def _dispute(self, params: Params) -> Object:
        """Not Stripe's: the cardholder disputes a payment."""
        amount = whole_number(params["amount"], "amount", 1) if "amount" in params else None
        return self._aftermath.dispute(params, amount, reason=str(params.get("reason", "fraudulent")))

    def _close_dispute(self, _params: Params, dispute_id: str, how: str) -> Object:
        """Not Stripe's: the bank decides a dispute."""
        self._known("disputes", dispute_id)
        closed = self._aftermath.close_dispute(dispute_id, won=how == "won")
        return {"object": "practice.dispute", "closed": closed}

    def _pay_out(self, params: Params) -> Object:
        """Not Stripe's: what has come together is paid out now."""
        made = self._aftermath.pay_out(fails=params.get("fails") == "1")
        return {"object": "practice.payouts", "payouts": [one["id"] for one in made]}

    def _resend(self, params: Params) -> Object:
        """Not Stripe's: deliver one event again, or all of them."""
        known = [params["event"]] if "event" in params else [one["id"] for one in self._store.newest("event")]
        for event_id in known:
            self._store.queue_event(event_id)
        return {"object": "practice.resent", "events": known}

    def _known(self, name: str, object_id: str) -> Object:
        found = self._store.get(object_id, LISTED[name])
        if found is None:
            noun = LISTED[name]
            raise ApiError(f"No such {noun}: '{object_id}'", status=404, code="resource_missing", param="id")
        return found


def _fingerprint(request: Request) -> str:
    said = json.dumps([request.path, request.params], sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()


def _same_request(request: Request, kept: Kept) -> None:
    if kept.fingerprint != _fingerprint(request):
        raise ApiError(
            "Keys for idempotent requests can only be used with the same parameters they were first used with.",
            kind="idempotency_error",
        )


def _passes(one: Object, params: Params) -> bool:
    made = params.get("created", {})
    if isinstance(made, str):
        made = {"gte": made, "lte": made}
    bounds = {name: whole_number(value, "created", 0) for name, value in made.items()}
    return all(
        BOUNDS[name](one["created"], bound) for name, bound in bounds.items() if name in BOUNDS
    ) and all(one.get(name) == params[name] for name in FILTERS & params.keys())


def _check_session(params: Params) -> None:
    for unknown in sorted(params.keys() - SESSION_PARAMS):
        raise ApiError(f"Received unknown parameter: {unknown}", code="parameter_unknown", param=unknown)
    if required(params, "mode") != "payment":
        raise ApiError("The practice gateway only knows the mode payment.", param="mode")
    for name in ("success_url", "cancel_url"):
        if not re.match(r"https?://[^/\s]", params.get(name, "")):
            raise ApiError("Not a valid URL", code="url_invalid", param=name)
    for method in required(params, "payment_method_types"):
        if method not in MEANS:
            raise ApiError(f"Invalid payment_method_types: {method}", param="payment_method_types")
    if "@" not in params.get("customer_email", "@"):
        raise ApiError("Invalid email address", code="email_invalid", param="customer_email")


def _total(items: Any) -> tuple[int, str]:
    """What the line items come to, in minor units, and their one currency."""
    total, currencies = 0, set()
    for item in items if isinstance(items, list) else []:
        price = required(item, "price_data")
        required(required(price, "product_data"), "name")
        currencies.add(str(required(price, "currency")).lower())
        quantity = whole_number(item.get("quantity", "1"), "quantity", 1)
        total += quantity * whole_number(price.get("unit_amount"), "unit_amount", 0)
    if len(currencies) != 1:
        raise ApiError("A session needs line items in one currency.", param="line_items")
    return total, currencies.pop()
