"""The command line as a person meets it: in a process of its own, on a folder of its own."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

MILEPOST = str(Path(sys.executable).with_name("milepost"))


def run(
    data: Path, *arguments: str, stdin: str = "", **environment: str
) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [MILEPOST, *arguments],
        env=_environment(data, **environment),
        input=stdin,
        text=True,
        capture_output=True,
        check=False,
        timeout=300,
    )


def _environment(data: Path, **more: str) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "HOME": str(data), "MILEPOST_DATA": str(data / "data"), **more}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_help_names_every_command(tmp_path):
    answer = run(tmp_path, "--help")
    assert answer.returncode == 0
    for command in (
        "serve",
        "work",
        "demo",
        "play",
        "doctor",
        "verify",
        "backup",
        "restore",
        "words",
        "user",
    ):
        assert f"\n    {command} " in answer.stdout
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("arguments", [[], ["fly"], ["play"], ["user", "add"]])
def test_wrong_arguments_are_exit_code_2(tmp_path, arguments):
    answer = run(tmp_path, *arguments)
    assert answer.returncode == 2
    assert "usage: milepost" in answer.stderr


def test_a_setting_that_cannot_be_used_is_a_sentence_not_a_traceback(tmp_path):
    answer = run(tmp_path, "user", "list", MILEPOST_PORT="eight thousand")
    assert (answer.returncode, answer.stdout) == (1, "")
    assert answer.stderr == "MILEPOST_PORT must be a whole number, not 'eight thousand'.\n"


def test_a_database_that_does_not_answer_is_said(tmp_path):
    answer = run(tmp_path, "user", "list", DATABASE_URL=f"postgresql://a:b@127.0.0.1:{free_port()}/m")
    assert answer.returncode == 1
    assert answer.stderr.startswith("The database of DATABASE_URL does not answer")
    assert "Traceback" not in answer.stderr


class Served:
    """`milepost serve --web-only` on free ports."""

    def __init__(self, folder: Path) -> None:
        self.port, self.data = free_port(), folder / "data"
        self.process = subprocess.Popen(
            [MILEPOST, "serve", "--web-only"],
            env=_environment(folder, MILEPOST_PORT=str(self.port), MILEPOST_PRACTICE_PORT=str(free_port())),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def wait(self, within_s: float = 240) -> int:
        deadline = time.monotonic() + within_s
        while time.monotonic() < deadline and self.process.poll() is None:
            with contextlib.suppress(OSError):
                return self.status("/accounts/login/")
            time.sleep(0.1)
        raise AssertionError(self.process.communicate(timeout=5)[0])

    def status(self, path: str) -> int:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as refused:
            return refused.code

    def leftovers(self) -> list[str]:
        """Processes that still work on this folder or port."""
        found = []
        for process in Path("/proc").iterdir():
            with contextlib.suppress(OSError):
                command = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                if process.name.isdecimal() and (str(self.data) in command or f":{self.port} " in command):
                    found.append(command)
        return found


@pytest.fixture
def served(tmp_path):
    one = Served(tmp_path)
    yield one
    if one.process.poll() is None:
        one.process.kill()
    one.process.communicate()


def gone(served: Served, within_s: float = 20) -> bool:
    deadline = time.monotonic() + within_s
    while served.leftovers() and time.monotonic() < deadline:
        time.sleep(0.1)
    return not served.leftovers()


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_serve_answers_and_ends_with_everything_it_started(served, sign):
    assert served.wait() == 200
    served.process.send_signal(sign)
    said, _ = served.process.communicate(timeout=120)
    assert served.process.returncode == 0
    assert f"Milepost is at http://127.0.0.1:{served.port}/" in said
    assert served.leftovers() == []


def test_a_killed_serve_leaves_nothing_running_and_starts_again(served, tmp_path):
    served.wait()
    served.process.kill()
    served.process.wait()
    assert gone(served)
    again = Served(tmp_path)
    try:
        assert again.wait() == 200
    finally:
        again.process.terminate()
        again.process.communicate(timeout=120)


def test_a_person_is_added_beside_a_server_that_runs(served, tmp_path):
    served.wait()
    # Without a business there is nothing to be a technician of
    refused = run(tmp_path, "user", "add", "tess@example.com", "--password-stdin", stdin="a long password\n")
    assert refused.returncode == 1
    assert "Sign up on the first page" in refused.stderr
    assert run(tmp_path, "user", "list").stdout == "Nobody has signed up yet.\n"
    unknown = run(tmp_path, "user", "disable", "mallory@example.com")
    assert (unknown.returncode, unknown.stdout) == (1, "")
    assert "Nobody signs in as mallory@example.com" in unknown.stderr
