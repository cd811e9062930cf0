"""Counting and timing: what a step costs in milliseconds and in statements."""

import os
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connection

from milepost.config import databases
from tests import testbed


class Meter:
    """The figures of each step, run after run."""

    def __init__(self) -> None:
        self.figures: dict[str, list[tuple[float, int]]] = {}
        self.said: dict[str, list[str]] = {}

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Time one step and count its statements, transactions' own included."""
        said: list[str] = []

        def note(execute: Callable[..., object], sql: str, *rest: object) -> object:
            said.append(sql)
            return execute(sql, *rest)

        with connection.execute_wrapper(note):
            started = time.perf_counter()
            yield
            took = (time.perf_counter() - started) * 1000
        self.said[name] = said
        self.figures.setdefault(name, []).append((took, len(said)))

    def medians(self) -> dict[str, dict[str, float]]:
        """Milliseconds and statements of each step, the middle of all its runs."""
        return {
            name: {
                "ms": round(statistics.median(ms for ms, _ in runs), 1),
                "statements": statistics.median(count for _, count in runs),
            }
            for name, runs in self.figures.items()
        }

    def total(self) -> dict[str, float]:
        """All steps of one run together: the middle of the runs' sums."""
        runs = list(zip(*self.figures.values(), strict=True))
        return {
            "ms": round(statistics.median(sum(ms for ms, _ in run) for run in runs), 1),
            "statements": statistics.median(sum(count for _, count in run) for run in runs),
        }


@contextmanager
def database() -> Iterator[None]:
    """A database of its own, made and dropped here."""
    server, cluster = testbed.start_server()
    name = f"mp_bench_{os.getpid()}"
    made = testbed.clone(server, name)
    try:
        with databases.pointed_at(made.app_url, made.owner_url):
            yield
    finally:
        connection.close()
        with server.owner() as owner:
            testbed.drop(owner, name)
        if cluster is not None:
            cluster.stop()
