"""What happens by itself: the clock of the till, and events carried to the webhook until they arrive."""

import http.client
import json
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from milepost.gateways.payments.signatures import sign
from milepost.gateways.practice.aftermath import Aftermath
from milepost.gateways.practice.store import Due, Store
from milepost.gateways.practice.till import Till
from milepost.gateways.practice.trouble import Trouble, Troubles
from milepost.gateways.practice.wire import ApiError

FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 300
GIVE_UP_SECONDS = 3 * 24 * 60 * 60
ANSWER_SECONDS = 10
RECHECK_SECONDS = 60


def pause_seconds(tries: int) -> float:
    """
    How long to wait after the so-many-th try in vain: each pause twice the last, up to five minutes.

    >>> [pause_seconds(tries) for tries in (0, 1, 2, 9, 10, 99)]
    [0.5, 1.0, 2.0, 256.0, 300, 300]
    """
    return min(FIRST_PAUSE_SECONDS * float(2 ** min(tries, 20)), LONGEST_PAUSE_SECONDS)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A webhook that answers with a redirect has not taken the event."""

    def redirect_request(self, *_: Any) -> None:
        return None


class Courier:
    """Carries queued events to one webhook, in order, each until it was taken or three days have passed."""

    def __init__(self, store: Store, url: str, secret: str, troubles: Troubles | None = None) -> None:
        self._store = store
        self._url = url
        self._secret = secret
        self._troubles = troubles or Troubles()
        # The webhook is ours and near: a proxy of the machine must not stand between.
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirect())

    def round(self) -> None:
        """Deliver everything whose moment has come."""
        waiting = self._store.due_deliveries(time.time())
        self._troubles.shuffled(waiting)  # type: ignore[arg-type]
        for due in waiting:
            self._deliver(due)

    def _deliver(self, due: Due) -> None:
        event = self._store.get(due.event_id) or {}
        trouble = self._troubles.with_event(str(event.get("type", "")))
        answer = self._troubled(due, trouble) if trouble else self._post(due.event_id)
        now = time.time()
        with self._store.transaction():
            if answer.startswith("2"):
                self._store.close_delivery(due.seq, "delivered", answer)
            elif trouble and trouble.kind == "delay":
                self._store.put_off_delivery(due.seq, now + trouble.seconds, answer)
            elif now - due.created_at > GIVE_UP_SECONDS:
                self._store.close_delivery(due.seq, "given up", answer)
            else:
                self._store.put_off_delivery(due.seq, now + pause_seconds(due.tries), answer)

    def _troubled(self, due: Due, trouble: Trouble) -> str:
        """Deliver as it was asked to go wrong: not at all, later, twice, or after one that nobody signed."""
        if trouble.kind == "drop":
            return "200 dropped"
        if trouble.kind == "delay":
            return "delayed"
        if trouble.kind == "forge":
            self._post(due.event_id, secret="whsec_forged")  # noqa: S106 - what a forger would not know
        else:
            self._post(due.event_id)
        return self._post(due.event_id)

    def _post(self, event_id: str, secret: str = "") -> str:
        """The status of the answer, or why there was none."""
        payload = json.dumps(self._store.get(event_id)).encode()
        request = urllib.request.Request(self._url, data=payload, method="POST")  # noqa: S310 - http(s) by start-up
        request.add_header("Content-Type", "application/json; charset=utf-8")
        request.add_header("Stripe-Signature", sign(payload, secret or self._secret, int(time.time())))
        try:
            with self._opener.open(request, timeout=ANSWER_SECONDS) as answer:
                return str(answer.status)
        except urllib.error.HTTPError as refused:
            refused.close()
            return str(refused.code)
        except (OSError, ValueError, http.client.HTTPException) as failed:
            return f"no answer: {type(failed).__name__}"


def start_background(store: Store, till: Till, aftermath: Aftermath, courier: Courier) -> None:
    """Two threads that live as long as the process: a webhook that hangs does not stop the clock."""
    _keep_doing("till", store, lambda: ring(store, till, aftermath), store.next_timer)
    _keep_doing("courier", store, courier.round, store.next_delivery)


def ring(store: Store, till: Till, aftermath: Aftermath) -> None:
    """Do what has fallen due by the clock."""
    deeds: dict[str, Callable[[str], object]] = {
        "settle": till.settle,
        "expire": till.expire,
        "refund": aftermath.end_refund,
        "dispute": lambda charge: aftermath.dispute({"charge": charge}, None),
        "return": lambda charge: aftermath.bank_return({"charge": charge}),
    }
    with store.transaction():
        for timer in store.take_timers(time.time()):
            with suppress(ApiError):  # it happened by hand before its moment came
                deeds[timer.what](timer.object_id)


def _keep_doing(
    name: str, store: Store, work: Callable[[], None], next_moment: Callable[[], float | None]
) -> None:
    def loop() -> None:
        while True:
            seen = store.version
            work()
            moment = next_moment()
            pause = RECHECK_SECONDS if moment is None else moment - time.time()
            store.wait(seen, min(max(pause, 0), RECHECK_SECONDS))

    threading.Thread(target=loop, name=name, daemon=True).start()
