"""`python -m milepost.gateways.practice`: the practice gateway as a process of its own."""

import argparse
import os
import signal
import sqlite3
import sys
import threading
from pathlib import Path

from milepost.gateways.practice.aftermath import Aftermath
from milepost.gateways.practice.launch import PRACTICE_KEY
from milepost.gateways.practice.server import Practice, Server
from milepost.gateways.practice.store import Store
from milepost.gateways.practice.till import Till
from milepost.gateways.practice.webhooks import Courier, start_background

HOLD = "hold"


def _arguments(given: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m milepost.gateways.practice",
        description="A payment provider to practise with. It speaks enough of Stripe's API; no real money moves.",
    )
    parser.add_argument("--port", type=int, default=8010, help="0 takes a free one (default 8010)")
    parser.add_argument("--host", default="127.0.0.1", help="where to listen (default 127.0.0.1)")
    parser.add_argument("--public-url", help="how a payer's browser reaches it (default http://HOST:PORT)")
    parser.add_argument("--state", type=Path, required=True, help="its SQLite file; made if it is not there")
    parser.add_argument(
        "--webhook-url", type=_web_address, required=True, help="where signed events are sent"
    )
    parser.add_argument("--webhook-secret", default=os.environ.get("MILEPOST_PRACTICE_WEBHOOK_SECRET"))
    parser.add_argument("--secret-key", default=os.environ.get("MILEPOST_PRACTICE_KEY", PRACTICE_KEY))
    parser.add_argument(
        "--bank-delay",
        type=_delay,
        default=3.0,
        help=f"seconds until a bank payment arrives, or '{HOLD}' until it is settled by hand (default 3)",
    )
    arguments = parser.parse_args(given)
    if not arguments.webhook_secret:
        parser.error("--webhook-secret or MILEPOST_PRACTICE_WEBHOOK_SECRET is needed to sign events")
    return arguments


def _web_address(text: str) -> str:
    if not text.startswith(("http://", "https://")):
        raise argparse.ArgumentTypeError("an address that starts with http:// or https://")
    return text


def _delay(text: str) -> float | None:
    return None if text == HOLD else max(0.0, float(text))


def main(given: list[str]) -> int:
    """Serve until told to stop. Exit code 1 when the port or the state file cannot be used."""
    arguments = _arguments(given)
    try:
        server = Server((arguments.host, arguments.port))
        store = Store(arguments.state)
    except (OSError, OverflowError, sqlite3.Error) as error:
        print(f"The practice gateway cannot start: {error}", file=sys.stderr)  # noqa: T201
        return 1
    url = f"http://{arguments.host}:{server.server_address[1]}"
    till = Till(store, arguments.bank_delay)
    aftermath = Aftermath(store, arguments.bank_delay)
    public_url = (arguments.public_url or url).rstrip("/")
    practice = server.practice = Practice(store, till, aftermath, arguments.secret_key, public_url)
    courier = Courier(store, arguments.webhook_url, arguments.webhook_secret, practice.troubles)
    start_background(store, till, aftermath, courier)
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, lambda *_: threading.Thread(target=server.shutdown).start())
    print(f"Practice gateway on {url} (no real money moves)", flush=True)  # noqa: T201
    server.serve_forever(poll_interval=0.1)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
