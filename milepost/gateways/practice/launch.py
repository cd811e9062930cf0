"""Starting the practice gateway as a process, and knowing when it answers."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

PRACTICE_KEY = "sk_test_practice"


class Running(NamedTuple):
    """A practice gateway that answers at `url`."""

    process: "subprocess.Popen[str]"
    url: str


def start(
    *,
    state: Path,
    webhook_url: str,
    webhook_secret: str,
    secret_key: str = PRACTICE_KEY,
    port: int = 0,
    host: str = "127.0.0.1",
    public_url: str | None = None,
    bank_delay: str = "3",
    in_child: Callable[[], None] | None = None,
) -> Running:
    """
    Start it and return once it listens; port 0 takes a free one.

    `in_child` runs in the new process before it starts, for a supervisor that ties its life to
    its own. RuntimeError if it does not come up; its own words go to our standard error.
    """
    command = [sys.executable, "-m", "milepost.gateways.practice"]
    command += ["--port", str(port), "--host", host, "--state", str(state), "--bank-delay", bank_delay]
    command += ["--webhook-url", webhook_url, "--webhook-secret", webhook_secret, "--secret-key", secret_key]
    if public_url:
        command += ["--public-url", public_url]
    process = subprocess.Popen(  # noqa: S603 - our own interpreter and module, no shell
        command,
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=in_child,  # noqa: PLW1509 - for prctl: what dies with its parent leaves no port taken
    )
    assert process.stdout is not None
    first = process.stdout.readline()
    if not first.startswith("Practice gateway on http"):
        raise RuntimeError(f"The practice gateway ended with code {process.wait()}; its words are above.")
    return Running(process, first.split()[3])
