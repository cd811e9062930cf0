"""The worker: webhooks, messages, documents, the clock. Any number may run; each takes what is free."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from django.db import close_old_connections
from django.utils import timezone

from milepost.mailroom import checkout, clock, documents, inbox, outbox, payouts, unheard

logger = logging.getLogger(__name__)

IDLE_SECONDS = 0.3
ROUNDS_OF_CATCHING_UP = 50


@dataclass
class Round:
    """One kind of work: done at most every so many seconds, 0 for as often as there is some."""

    name: str
    work: Callable[[datetime], int]
    every_seconds: float = 0
    last: float = field(default=float("-inf"))

    def is_due(self, now: float) -> bool:
        return now - self.last >= self.every_seconds


def rounds() -> list[Round]:
    """All work in its order: what came in may post messages, and a message may need a document."""
    return [
        Round("events", inbox.work_waiting),
        Round("attempts", checkout.settle_unclear, every_seconds=30),
        *(
            Round(f"unheard of {back.days} days", partial(unheard.look, back=back), every_seconds=pause)
            for back, pause in unheard.LOOKS
        ),
        Round("payouts", payouts.sync, every_seconds=3600),
        Round("clock", clock.tick, every_seconds=60),
        Round("messages", outbox.send_waiting),
        # Messages make the documents that they carry; this is for the rest, and looks through all of them.
        Round("documents", documents.render_waiting, every_seconds=3),
    ]


def run_forever(stop: threading.Event | None = None) -> None:
    """Work until told to stop. What fails is logged, and the next thing is done."""
    stop = stop or threading.Event()
    plan = rounds()
    logger.info("The worker is at work.")
    while not stop.is_set():
        done = _once(plan, timezone.now())
        close_old_connections()
        if not sum(done.values()):
            stop.wait(IDLE_SECONDS)


def run_once(at: datetime) -> dict[str, int]:
    """Do everything that is due at `at`, and what comes of it. Returns how much of each kind was done."""
    total: dict[str, int] = {one.name: 0 for one in rounds()}
    for _ in range(ROUNDS_OF_CATCHING_UP):
        done = _once(rounds(), at)
        for name, count in done.items():
            total[name] += count
        if not sum(done.values()):
            break
    return total


def _once(plan: list[Round], at: datetime) -> dict[str, int]:
    done: dict[str, int] = {}
    now = time.monotonic()
    for one in plan:
        if not one.is_due(now):
            continue
        one.last = now
        try:
            done[one.name] = one.work(at)
        except Exception:
            logger.exception("The worker could not do its %s; it goes on.", one.name)
            done[one.name] = 0
    return done
