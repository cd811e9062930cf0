"""
Misbehaving on demand: answers lost after the effect, errors, halves, silence; events lost, doubled,
shuffled, late, forged. Nothing goes wrong unless `POST /practice/trouble` has asked for it.
"""

import random
import re
import threading
from dataclasses import dataclass
from typing import Literal, get_args

from milepost.gateways.practice.wire import ApiError, Params, required, whole_number

AnswerTrouble = Literal["error_before", "error_after", "lost_answer", "half_answer", "slow"]
EventTrouble = Literal["drop", "duplicate", "shuffle", "delay", "forge"]
ANSWERS: tuple[AnswerTrouble, ...] = get_args(AnswerTrouble)
EVENTS: tuple[EventTrouble, ...] = get_args(EventTrouble)
PERCENT = 100


@dataclass
class Trouble:
    """One kind of trouble: where, how often (None for ever), in how many of a hundred cases, how long."""

    kind: str
    path: str
    times: int | None
    percent: int
    seconds: float


class Troubles:
    """What goes wrong at the moment. Held in memory: a restart is well again."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._asked: list[Trouble] = []
        self._dice = random.Random(0)  # noqa: S311 - which answer is lost is no secret

    def ask(self, params: Params) -> Trouble | None:
        """Add one kind of trouble as the parameters say; `kind=none` ends all. ApiError for the unknown."""
        kind = required(params, "kind")
        with self._lock:
            if kind == "none":
                self._asked.clear()
                return None
            if kind not in (*ANSWERS, *EVENTS):
                raise ApiError(f"No such trouble: {kind}", param="kind")
            asked = Trouble(
                kind,
                str(params.get("path", ".*")),
                whole_number(params["times"], "times", 1) if "times" in params else None,
                whole_number(params.get("percent", "100"), "percent", 1),
                whole_number(params.get("milliseconds", "1000"), "milliseconds", 0) / 1000,
            )
            if "seed" in params:
                self._dice.seed(params["seed"])
            self._asked.append(asked)
            return asked

    def with_answer(self, path: str) -> Trouble | None:
        """What goes wrong with this answer, if anything. It is used up by being asked for."""
        return self._take(ANSWERS, path)

    def with_event(self, kind: str) -> Trouble | None:
        """What goes wrong with this delivery of an event of this kind, if anything."""
        return self._take(EVENTS, kind)

    def shuffled(self, due: list[object]) -> None:
        """Shuffle what is due, while that is asked for."""
        with self._lock:
            if any(one.kind == "shuffle" for one in self._asked):
                self._dice.shuffle(due)

    def _take(self, kinds: tuple[str, ...], path: str) -> Trouble | None:
        with self._lock:
            for one in self._asked:
                if one.kind not in kinds or one.kind == "shuffle" or not re.search(one.path, path):
                    continue
                if self._dice.randrange(PERCENT) >= one.percent:
                    continue
                if one.times is not None:
                    one.times -= 1
                    if not one.times:
                        self._asked.remove(one)
                return one
        return None
