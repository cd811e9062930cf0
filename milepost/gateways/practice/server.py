"""The practice gateway on a port: reads requests, hands them on, writes answers. Decides nothing."""

import hmac
import json
import re
import sys
import time
import traceback
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

from milepost.gateways.practice import objects, page
from milepost.gateways.practice.aftermath import Aftermath
from milepost.gateways.practice.api import Api
from milepost.gateways.practice.store import Object, Store, new_id
from milepost.gateways.practice.till import Till
from milepost.gateways.practice.trouble import Trouble, Troubles
from milepost.gateways.practice.wire import ApiError, Request, decode

LARGEST_BODY = 256 * 1024
STYLE = (Path(__file__).parent / "page.css").read_bytes()
PAY_PATH = re.compile(r"/c/pay/(cs_test_[0-9a-f]+)")


class Answer(NamedTuple):
    """What goes back over the wire."""

    status: int
    content_type: str
    body: bytes
    headers: dict[str, str]


class Practice:
    """Everything behind the port: the API for the holder of the key, the page for whoever holds its address."""

    def __init__(
        self, store: Store, till: Till, aftermath: Aftermath, secret_key: str, public_url: str
    ) -> None:
        self._store = store
        self._till = till
        self._secret_key = secret_key
        self._api = Api(store, till, aftermath, public_url)
        self.troubles = Troubles()

    def answer(self, method: str, target: str, headers: dict[str, str], body: str) -> Answer:
        """
        Answer one request. `headers` are named in lower case.

        This is the one place that every answer passes: what was asked to go wrong does so around it,
        after the effect and before the wire.
        """
        url = urlsplit(target)
        if url.path == page.STYLE_PATH:
            return Answer(200, "text/css; charset=utf-8", STYLE, {"Cache-Control": "max-age=300"})
        if url.path == "/practice/health":
            return _json(200, '{"ok": true}')
        if match := PAY_PATH.fullmatch(url.path):
            return self._pay_page(method, match[1], body)
        if url.path.startswith(("/v1/", "/practice/")):
            return self._api_answer(method, url.path, headers, body if method == "POST" else url.query)
        return _page(404, page.unknown(), None)

    def _api_answer(self, method: str, path: str, headers: dict[str, str], encoded: str) -> Answer:
        try:
            self._check_key(headers.get("authorization", ""))
            if path == "/practice/trouble" and method == "POST":
                self.troubles.ask(decode(encoded))
                return _json(200, '{"object": "practice.trouble"}')
            request = Request(method, path, decode(encoded), headers.get("idempotency-key"))
            status, text, replayed = self._api.answer(request)
        except ApiError as error:
            return _json(error.status, json.dumps(error.body))
        return _json(status, text, {"Idempotent-Replayed": "true"} if replayed else {})

    def _check_key(self, authorization: str) -> None:
        given = authorization.removeprefix("Bearer ")
        if not hmac.compare_digest(given.encode(), self._secret_key.encode()):
            raise ApiError(f"Invalid API Key provided: {given[:3]}****", status=401)

    def _pay_page(self, method: str, session_id: str, body: str) -> Answer:
        session = self._store.get(session_id, "checkout.session")
        if session is None:
            return _page(404, page.unknown(), None)
        names = self._store.notes(session_id)["names"]
        if method == "POST":
            return self._pay(session, names, body)
        if session["status"] != "open":
            return _page(200, page.ended(session, names, _way_back(session)), session)
        return _page(200, page.asked(session, names), session)

    def _pay(self, session: Object, names: list[str], body: str) -> Answer:
        form = parse_qs(body)
        number = re.sub(r"[\s-]", "", form.get("number", [""])[0])
        code = form.get("code", [""])[0].strip()
        problem = self._till.pay(session["id"], form.get("method", [""])[0], number, code)
        if problem:
            return _page(200, page.asked(session, names, problem, number), session)
        if (self._store.get(session["id"]) or session)["status"] == "expired":
            return self._pay_page("GET", session["id"], "")
        return Answer(303, "text/plain", b"", {"Location": _way_back(session), "Cache-Control": "no-store"})


def _way_back(session: Object) -> str:
    return str(session["success_url"]).replace("{CHECKOUT_SESSION_ID}", session["id"])


def _json(status: int, text: str, headers: dict[str, str] | None = None) -> Answer:
    named = {"Request-Id": new_id("req"), "Stripe-Version": objects.API_VERSION, **(headers or {})}
    return Answer(status, "application/json", text.encode(), named)


def _error(status: int, message: str, kind: str) -> Answer:
    return _json(status, json.dumps(ApiError(message, kind=kind).body))


def _page(status: int, text: str, session: Object | None) -> Answer:
    headers = {
        "Content-Security-Policy": page.policy(session),
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }
    return Answer(status, "text/html; charset=utf-8", text.encode(), headers)


class Server(ThreadingHTTPServer):
    """One thread a connection; connections end with the process."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int]) -> None:
        self.practice: Practice | None = None
        super().__init__(address, Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is no news; anything else is told in full."""
        if not isinstance(sys.exc_info()[1], ConnectionError | TimeoutError):
            super().handle_error(request, client_address)


class Handler(BaseHTTPRequestHandler):
    """HTTP/1.1 with kept connections, as the SDK uses them."""

    protocol_version = "HTTP/1.1"
    server_version = "MilepostPractice"
    sys_version = ""
    timeout = 60
    wbufsize = -1
    disable_nagle_algorithm = True
    server: Server

    def do_GET(self) -> None:
        self._answer("")

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "0")
        if not length.isdigit() or int(length) > LARGEST_BODY:
            self.close_connection = True
            self._write(_error(413, "The request is too large.", "invalid_request_error"))
            return
        self._answer(self.rfile.read(int(length)).decode("utf-8", "replace"))

    def _answer(self, body: str) -> None:
        practice = self.server.practice
        assert practice is not None
        path = urlsplit(self.path).path
        # The calls that steer the practice itself, and its pages for people, are never in trouble.
        trouble = practice.troubles.with_answer(path) if path.startswith("/v1/") else None
        if trouble and trouble.kind == "error_before":
            self._write(_error(500, "Something went wrong before anything was done.", "api_error"))
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        try:
            answer = practice.answer(self.command, self.path, headers, body)
        except Exception:
            traceback.print_exc()
            answer = _error(500, "The practice gateway failed; its standard error tells why.", "api_error")
        if trouble:
            self._write_badly(answer, trouble)
        else:
            self._write(answer)

    def _write_badly(self, answer: Answer, trouble: Trouble) -> None:
        """It is done; only the answer goes wrong."""
        if trouble.kind == "error_after":
            self._write(_error(500, "Something went wrong after it was done.", "api_error"))
            return
        if trouble.kind == "slow":
            time.sleep(trouble.seconds)
            self._write(answer)
            return
        self.close_connection = True
        if trouble.kind == "half_answer":
            self._write(answer, body=answer.body[: len(answer.body) // 2])

    def _write(self, answer: Answer, body: bytes | None = None) -> None:
        """Send an answer; `body` in its place leaves the announced length as it was."""
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body if body is None else body)

    def log_message(self, format: str, *args: object) -> None:
        """Quiet: what happened can be asked through the API."""
