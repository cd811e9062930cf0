"""A practice gateway of its own for each test, and a webhook that writes down what arrives."""

import threading
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import pytest
import stripe
from hypothesis import settings

from milepost.core.money import Money
from milepost.gateways.practice import launch
from milepost.gateways.stripe import StripeGateway

SECRET = "whsec_for_tests"
UNHURRIED = settings(deadline=None)
"""For what is tried with many examples: a busy machine is slow, and that is no fault."""
TEN_THOUSAND = Money(10_000_00, "USD")


@dataclass
class Hook:
    """A webhook on a loopback port. `refuse` makes it answer 500 so many times first."""

    url: str
    received: list[tuple[bytes, str]] = field(default_factory=list)
    refuse: int = 0

    def bodies(self, kind: str) -> list[tuple[bytes, str]]:
        return [
            (body, signature) for body, signature in self.received if b'"type": "%s"' % kind.encode() in body
        ]

    def wait_for(self, kind: str) -> tuple[bytes, str]:
        until(lambda: bool(self.bodies(kind)))
        return self.bodies(kind)[0]


def until(holds: Callable[[], bool], seconds: float = 8) -> None:
    """Wait for something that happens in another process."""
    end = monotonic() + seconds
    while not holds():
        assert monotonic() < end, "it did not happen in time"
        sleep(0.02)


@pytest.fixture
def hook() -> Iterator[Hook]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            taken = hook.refuse <= 0
            hook.refuse -= 1
            if taken:
                hook.received.append((body, self.headers["Stripe-Signature"]))
            self.send_response(200 if taken else 500)
            self.end_headers()

        def log_message(self, *_: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    hook = Hook(f"http://127.0.0.1:{server.server_address[1]}/hooks")
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield hook
    server.shutdown()


class Practice:
    """A practice process, the real SDK against it, and a payer who fills in its page."""

    def __init__(self, state: Path, hook: Hook, bank_delay: str, port: int = 0) -> None:
        self.state, self.hook, self.bank_delay = state, hook, bank_delay
        self.running = launch.start(
            state=state, webhook_url=hook.url, webhook_secret=SECRET, bank_delay=bank_delay, port=port
        )
        self.url = self.running.url
        self.gateway = self.gateway_with(launch.PRACTICE_KEY)
        self.sdk = stripe.StripeClient(launch.PRACTICE_KEY, base_addresses={"api": self.url})

    def gateway_with(self, secret_key: str) -> StripeGateway:
        return StripeGateway(secret_key=secret_key, webhook_secret=SECRET, api_base=self.url)

    def start(self, attempt_id: str = "attempt-1", **changed: Any) -> Any:
        asked: dict[str, Any] = {
            "attempt_id": attempt_id,
            "amount": TEN_THOUSAND,
            "method": "card",
            "description": "Deposit: kitchen, 12 Elm St",
            "email": "pat@example.com",
            "success_url": "http://127.0.0.1:1/paid?session={CHECKOUT_SESSION_ID}",
            "cancel_url": "http://127.0.0.1:1/back",
            "metadata": {"business": "7"},
        }
        return self.gateway.start_checkout(**{**asked, **changed})

    def settle(self, **params: str) -> None:
        self.sdk.raw_request("post", "/practice/settle", **params)

    def kill(self) -> None:
        self.running.process.kill()
        self.running.process.wait()

    def restarted(self) -> "Practice":
        return Practice(self.state, self.hook, self.bank_delay, int(self.url.rpartition(":")[2]))


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


def browse(url: str, **form: str) -> tuple[int, str, Any]:
    """Open a page, or send its form: status, text and headers, following nothing."""
    data = urllib.parse.urlencode(form).encode() if form else None
    try:
        answer = urllib.request.build_opener(_Stay()).open(url, data, timeout=5)
    except urllib.error.HTTPError as error:
        answer = error
    with answer:
        return answer.status, answer.read().decode(), answer.headers


def pay_by_card(url: str, number: str = "4242 4242 4242 4242") -> tuple[int, str, Any]:
    return browse(url, method="card", number=number)


def pay_by_bank(url: str, number: str = "000123456789") -> tuple[int, str, Any]:
    return browse(url, method="us_bank_account", number=number)


@pytest.fixture
def practice(tmp_path: Path, hook: Hook) -> Iterator[Practice]:
    """Bank payments stay on their way until the test settles them."""
    running = Practice(tmp_path / "practice.sqlite3", hook, "hold")
    yield running
    running.kill()


@pytest.fixture
def swift(tmp_path: Path, hook: Hook) -> Iterator[Practice]:
    """Bank payments arrive by themselves after a moment."""
    running = Practice(tmp_path / "practice.sqlite3", hook, "0.2")
    yield running
    running.kill()
