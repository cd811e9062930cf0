"""The press: keeps one printing process warm, feeds it, and survives its death."""

import atexit
import contextlib
import json
import os
import select
import signal
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Any, cast

import fontpkg_inter

from milepost.gateways.pdf.content import checked, created, settable
from milepost.gateways.pdf.errors import PdfContentWrong, PdfTooLarge, PdfUnavailable
from milepost.gateways.pdf.pictures import pictures

HERE = Path(__file__).parent
SECONDS_PER_DOCUMENT = 20.0
MEMORY_MB = 1000
RECYCLE_AFTER_DOCUMENTS = 500
RECYCLE_ABOVE_MB = 350


class ChildDiedError(Exception):
    """The child is gone; `out_of_memory` says whether it ran into its limit."""

    def __init__(self, *, out_of_memory: bool) -> None:
        self.out_of_memory = out_of_memory
        super().__init__("out of memory" if out_of_memory else "died")


class Press:
    """
    Renders documents one at a time in a child process of its own.

    The child is started with the first document and again after RECYCLE_AFTER_DOCUMENTS, above
    RECYCLE_ABOVE_MB, or after a crash. Safe to call from several threads and after a fork.
    """

    def __init__(
        self, *, seconds_per_document: float = SECONDS_PER_DOCUMENT, memory_mb: int = MEMORY_MB
    ) -> None:
        self.seconds_per_document = seconds_per_document
        self.memory_mb = memory_mb
        self._forget()
        os.register_at_fork(after_in_child=self._forget)
        atexit.register(self.close)

    def _forget(self) -> None:
        # A fork's copy of the pipes belongs to the parent: the fork must start a child of its own.
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._printed = 0

    def render(self, template: str, version: int, content: Mapping[str, Any]) -> bytes:
        """See the module's `render`."""
        if not (HERE / "templates" / f"v{int(version)}").is_dir():
            raise PdfContentWrong(template=template, problem=f"there is no version {version} of it")
        request = self._request(template, version, content)
        with self._lock:
            return self._print(template, request)

    def _request(self, template: str, version: int, content: Mapping[str, Any]) -> bytes:
        attached = checked(template, content).decode()
        try:
            inputs = {"attached": attached, "content": json.dumps(settable(content), ensure_ascii=False)}
            inputs |= pictures(template, content)
        except (KeyError, TypeError, ValueError) as wrong:
            raise PdfContentWrong(template=template, problem=str(wrong)) from wrong
        request = {
            "template": template,
            "version": version,
            "inputs": inputs,
            "created": created(template, content),
        }
        text = json.dumps(request).encode()
        return struct.pack("!I", len(text)) + text

    def _print(self, template: str, request: bytes) -> bytes:
        # A child may have been killed while it was idle, so the first death earns a second try.
        for _ in range(2):
            try:
                kind, payload, peak_mb = self._ask(request)
            except ChildDiedError as died:
                self.close()
                if died.out_of_memory:
                    raise PdfTooLarge(
                        size=f"more than {self.memory_mb:,} MB of memory", limit=f"{self.memory_mb:,} MB"
                    ) from died
                continue
            self._printed += 1
            if self._printed >= RECYCLE_AFTER_DOCUMENTS or peak_mb > RECYCLE_ABOVE_MB:
                self.close()
            if kind == b"P":
                return payload
            raise PdfContentWrong(template=template, problem=payload.decode(errors="replace"))
        raise PdfUnavailable("The printing process died twice over one document.")

    def _ask(self, request: bytes) -> tuple[bytes, bytes, int]:
        child = self._living_child()
        deadline = time.monotonic() + self.seconds_per_document
        try:
            cast(IO[bytes], child.stdin).write(request)
            cast(IO[bytes], child.stdin).flush()
        except OSError as broken:
            raise self._death(child) from broken
        kind, length, peak_mb = struct.unpack("!cII", self._read(child, 9, deadline))
        return kind, self._read(child, length, deadline), peak_mb

    def _living_child(self) -> subprocess.Popen[bytes]:
        if self._child is None or self._child.poll() is not None:
            self._child = start_child(self.memory_mb << 20)
            self._printed = 0
        return self._child

    def _read(self, child: subprocess.Popen[bytes], count: int, deadline: float) -> bytes:
        answer = cast(IO[bytes], child.stdout)
        parts = bytearray()
        while len(parts) < count:
            left = deadline - time.monotonic()
            if left <= 0 or not ready(answer, left):
                self.close()
                raise PdfTooLarge(
                    size=f"more than {self.seconds_per_document:g} seconds of work",
                    limit=f"{self.seconds_per_document:g} seconds",
                )
            part = os.read(answer.fileno(), min(count - len(parts), 1 << 20))
            if not part:
                raise self._death(child)
            parts += part
        return bytes(parts)

    def _death(self, child: subprocess.Popen[bytes]) -> ChildDiedError:
        # typst aborts when an allocation fails; nothing else in the child aborts.
        return ChildDiedError(out_of_memory=child.wait() == -signal.SIGABRT)

    def close(self) -> None:
        """End the child; the next document starts another."""
        child, self._child = self._child, None
        if child is not None:
            child.kill()
            child.wait()
            for pipe in (child.stdin, child.stdout):
                with contextlib.suppress(OSError):  # what a dead child did not read
                    cast(IO[bytes], pipe).close()


def ready(pipe: IO[bytes], seconds: float) -> bool:
    """Whether there is something to read, or the end, within so many seconds."""
    poll = select.poll()
    poll.register(pipe, select.POLLIN | select.POLLHUP)
    return bool(poll.poll(seconds * 1000))


def start_child(memory_bytes: int) -> subprocess.Popen[bytes]:
    """A printing process with an empty environment: no secret of ours is within its reach."""
    spec = find_spec("typst")
    if spec is None or spec.origin is None:
        raise PdfUnavailable("The package typst is not installed.")
    libraries = Path(spec.origin).parent.parent
    try:
        return subprocess.Popen(  # noqa: S603 - our own file, by its own path
            [
                sys.executable,
                "-I",
                "-S",
                HERE / "child.py",
                libraries,
                fontpkg_inter.ROOT / "files",
                str(memory_bytes),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={},
            cwd="/",
        )
    except OSError as failed:
        raise PdfUnavailable(f"The printing process could not be started: {failed}.") from failed
