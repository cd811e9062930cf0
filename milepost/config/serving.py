"""
`milepost serve`: the database, the web server, the worker and, without a provider's keys, the
practice gateway, started in order and ended in the opposite one.
"""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import FrameType

from django.conf import settings

from milepost.config import databases

PR_SET_PDEATHSIG = 1
GRACE_S = 15
SETTLED_S = 30  # a part that ran this long may be started again at once
_libc = ctypes.CDLL(None)


@dataclass
class Part:
    """One child process, and whether Milepost goes on without it for a moment."""

    name: str
    command: list[str]
    essential: bool = False
    environment: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0

    def start(self) -> None:
        self.started_at = time.monotonic()
        self.process = subprocess.Popen(  # noqa: S603 - our own modules
            self.command,
            env={**os.environ, **self.environment},
            stdin=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C reaches us alone; we end the parts in order
            preexec_fn=_die_with(os.getpid()),  # noqa: PLW1509 - there are no threads yet
        )

    def gone(self) -> bool:
        return self.process is None or self.process.poll() is not None

    def stop(self) -> None:
        if self.process is None or self.gone():
            return
        self.process.terminate()
        try:
            self.process.wait(GRACE_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def _die_with(parent: int) -> Callable[[], None]:
    def enter() -> None:
        _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    return enter


class Stopped(Exception):
    """Somebody asked us to end."""


def serve(*, with_worker: bool, ready: Callable[[], None]) -> int:
    """Run the parts until a signal or the end of an essential one; returns the exit code."""
    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGINT, _stop)
    parts = [part for part in (_practice(), _web(), _worker() if with_worker else None) if part]
    try:
        for part in parts:
            part.start()
        web = next(part for part in parts if part.name == "web")
        if not databases.wait_for_port(here(), settings.MILEPOST_PORT, within_s=60, gone=web.gone):
            return _fail(f"The web server did not start on port {settings.MILEPOST_PORT}.")
        ready()
        return _watch(parts)
    except (Stopped, KeyboardInterrupt):
        return 0
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        for part in reversed(parts):
            part.stop()


def _watch(parts: list[Part]) -> int:
    while True:
        time.sleep(0.5)
        if settings.EMBEDDED_DATABASE and settings.CLUSTER.ended():
            return _fail(f"The database ended by itself. The end of its story is in {settings.CLUSTER.log}.")
        for part in parts:
            if not part.gone():
                continue
            code = part.process.returncode if part.process else None
            if part.essential or time.monotonic() - part.started_at < SETTLED_S:
                return _fail(f"The {part.name} ended by itself (exit {code}).")
            print(f"The {part.name} ended by itself (exit {code}); starting it again.", file=sys.stderr)  # noqa: T201
            part.start()


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise Stopped


def _fail(sentence: str) -> int:
    print(sentence, file=sys.stderr)  # noqa: T201 - a command's own words
    return 1


def _web() -> Part:
    threads = os.environ.get("MILEPOST_WEB_THREADS", "4")
    # fmt: off
    command = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws",
        "--host", settings.MILEPOST_HOST, "--port", str(settings.MILEPOST_PORT),
        "--workers", os.environ.get("MILEPOST_WEB_WORKERS", "1"), "--blocking-threads", threads,
        "--log-level", "warning", "--workers-kill-timeout", "5",
        "milepost.config.wsgi:application",
    ]
    # fmt: on
    return Part(
        "web", command, essential=True, environment={"DJANGO_SETTINGS_MODULE": settings.SETTINGS_MODULE}
    )


def _worker() -> Part:
    return Part("worker", [sys.executable, "-m", "milepost.config.cli", "work"])


def _practice() -> Part | None:
    if not settings.PAYMENTS_ARE_PRACTICE:
        return None
    # fmt: off
    command = [
        sys.executable, "-m", "milepost.gateways.practice",
        "--host", settings.MILEPOST_HOST, "--port", str(settings.MILEPOST_PRACTICE_PORT),
        "--public-url", settings.MILEPOST_PRACTICE_URL,
        "--state", str(settings.MILEPOST_DATA / "practice.sqlite3"),
        "--webhook-url", f"http://{here()}:{settings.MILEPOST_PORT}{settings.STRIPE_WEBHOOK_PATH}",
    ]
    # fmt: on
    secrets = {
        "MILEPOST_PRACTICE_WEBHOOK_SECRET": settings.STRIPE_WEBHOOK_SECRET,
        "MILEPOST_PRACTICE_KEY": settings.STRIPE_SECRET_KEY,
    }
    return Part("practice gateway", command, environment=secrets)


def here() -> str:
    """The address at which our own processes reach the web server."""
    return "127.0.0.1" if settings.MILEPOST_HOST in {"0.0.0.0", "::"} else settings.MILEPOST_HOST  # noqa: S104
