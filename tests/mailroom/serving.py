"""Milepost as it is served: a web server, a worker and the practice gateway, each a process of its own."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from milepost.config.databases import wait_for_port
from tests import testbed
from tests.gateways.conftest import SECRET, Hook, Practice
from tests.settings import ROOT

GUARDED = "milepost.config.wsgi:application"


@dataclass(frozen=True)
class House:
    """Where it is, and the practice gateway, whose events go to it."""

    url: str
    practice: Practice


@contextmanager
def served(
    database: testbed.Server, folder: Path, *, application: str = GUARDED, workers: int = 2, **more: str
) -> Iterator[House]:
    """The processes, until the test is over. `more`: what else their environment says."""
    port = _free_port()
    url = f"http://127.0.0.1:{port}"
    practice = Practice(folder / "practice.sqlite3", Hook(f"{url}/hooks/stripe/"), "hold")
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.served",
        "DATABASE_URL": database.app_url,
        "DATABASE_OWNER_URL": database.owner_url,
        "MILEPOST_URL": url,
        "MILEPOST_FILES": str(folder / "files"),
        "MILEPOST_PRACTICE_URL": practice.url,
        "MILEPOST_LOG_LEVEL": "ERROR",
        "MILEPOST_TEST_WEBHOOK_SECRET": SECRET,
        **more,
    }
    web = [*_web(port, workers), application]
    work = [sys.executable, "-m", "milepost.config.cli", "work"]
    running = [subprocess.Popen(command, env=environment, cwd=ROOT) for command in (web, work)]
    try:
        gone = lambda: running[0].poll() is not None  # noqa: E731
        assert wait_for_port("127.0.0.1", port, within_s=60, gone=gone), "the web server did not start"
        yield House(url, practice)
    finally:
        for process in running:
            process.terminate()
        for process in running:
            process.wait(30)
        practice.kill()


def _web(port: int, workers: int) -> list[str]:
    """As `milepost serve` starts it, with more hands."""
    # fmt: off
    return [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws", "--host", "127.0.0.1",
        "--port", str(port), "--workers", str(workers), "--blocking-threads", "8",
        "--log-level", "error", "--workers-kill-timeout", "5",
    ]
    # fmt: on


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
