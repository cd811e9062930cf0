"""Whose account a key opens, and how one is connected to a platform: the SDK against a loopback server."""

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

import pytest

from milepost.gateways.payments import AccountTruth, BadSignature, KeyRefused
from milepost.gateways.payments.signatures import sign
from milepost.gateways.stripe import StripeGateway, StripePlatform
from milepost.gateways.stripe.accounts import read_account
from tests.gateways.conftest import hook, practice

__all__ = ["hook", "practice"]

ACCOUNT = {
    "id": "acct_1",
    "object": "account",
    "business_profile": {"name": "Northside Kitchens"},
    "charges_enabled": True,
    "capabilities": {"card_payments": "active", "us_bank_account_ach_payments": "pending"},
}


class Stripe:
    """Answers every call with what it was given, and keeps what was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, dict[str, Any], dict[str, str]]] = []
        self.answers: dict[str, dict[str, Any]] = {}
        stub = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                body = parse_qs(self.rfile.read(length).decode())
                stub.asked.append((self.command, self.path, body, dict(self.headers)))
                answer = json.dumps(stub.answers[self.path]).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            do_POST = do_GET

            def log_message(self, *_: Any) -> None: ...

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"


@pytest.fixture
def stub() -> Iterator[Stripe]:
    made = Stripe()
    threading.Thread(target=made.server.serve_forever, args=(0.05,), daemon=True).start()
    yield made
    made.server.shutdown()
    made.server.server_close()


def test_a_key_says_whose_account_it_opens_and_what_that_may_take(stub):
    stub.answers["/v1/account"] = ACCOUNT
    gateway = StripeGateway(secret_key="sk_live_1234", webhook_secret="", api_base=stub.url)
    assert gateway.account() == AccountTruth(
        "acct_1", "Northside Kitchens", is_live=True, takes_card=True, takes_bank=False
    )


def test_an_account_that_may_not_charge_takes_nothing():
    told = read_account({**ACCOUNT, "charges_enabled": False}, is_live=False)
    assert (told.takes_card, told.takes_bank) == (False, False)


def test_a_connected_account_is_spoken_for_by_its_name(stub):
    stub.answers["/v1/account"] = ACCOUNT
    StripeGateway(
        secret_key="sk_live_platform", webhook_secret="", api_base=stub.url, connected="acct_1"
    ).account()
    headers = stub.asked[0][3]
    assert headers["Stripe-Account"] == "acct_1"
    assert headers["Authorization"] == "Bearer sk_live_platform"


def test_a_platform_opens_an_account_once_and_leads_its_owner_there(stub):
    stub.answers["/v1/accounts"] = ACCOUNT
    stub.answers["/v1/account_links"] = {"object": "account_link", "url": "https://connect.stripe.com/x"}
    platform = StripePlatform(secret_key="sk_live_platform", api_base=stub.url)
    ref = platform.open_account(
        name="Northside Kitchens",
        email="alice@example.com",
        country="US",
        metadata={"milepost_business": "7"},
    )
    url = platform.onboarding_url(ref, back_url="https://m.example/b", again_url="https://m.example/a")
    assert (ref, url) == ("acct_1", "https://connect.stripe.com/x")
    _, _, opened, headers = stub.asked[0]
    assert (opened["type"], opened["country"], opened["email"]) == (
        ["standard"],
        ["US"],
        ["alice@example.com"],
    )
    assert headers["Idempotency-Key"] == "milepost-account-7"
    assert stub.asked[1][2]["return_url"] == ["https://m.example/b"]


def test_the_practice_gateway_knows_its_key_and_no_other(practice):
    assert practice.gateway.account().account_ref == "acct_practice"
    with pytest.raises(KeyRefused, match="Invalid API Key"):
        practice.gateway_with("sk_test_wrong").account()


def test_without_a_secret_no_event_is_believed(stub):
    gateway = StripeGateway(secret_key="sk_live_1234", webhook_secret="", api_base=stub.url)
    now = datetime.now(UTC)
    payload = b'{"id": "evt_1", "type": "checkout.session.completed"}'
    with pytest.raises(BadSignature):
        gateway.read_event(payload, sign(payload, "", int(now.timestamp())), now)
