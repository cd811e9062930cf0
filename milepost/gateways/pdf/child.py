"""
The printing process: reads documents from standard input, writes PDFs to standard output, until the end.

It is started by path, alone: no environment, no Django, no database, no network of its own doing. Its
limits are the kernel's, so a document that runs away takes this process with it and nothing else.

A request is 4 bytes of length and JSON; an answer is one byte (P for a PDF, E for an error in words),
4 bytes of length, 4 bytes with the most memory used so far in MB, and the payload.
"""

import json
import os
import resource
import struct
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

CPU_SECONDS = 40
TEMPLATES = Path(__file__).parent / "templates"
# Archivable with attachments, and readable by a screen reader.
STANDARDS = ["a-3a", "ua-1"]


def main() -> None:
    """Serve requests until standard input ends."""
    sys.path.append(sys.argv[1])
    limit(memory_bytes=int(sys.argv[3]))
    requests = sys.stdin.buffer
    # Nothing but answers may reach the pipe, whatever a library prints.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    printer = Printer(fonts_folder=sys.argv[2])
    while head := requests.read(4):
        request = json.loads(requests.read(struct.unpack("!I", head)[0]))
        serve(printer, request, answers)


def limit(*, memory_bytes: int) -> None:
    """No more than so much address space, no core file, and no file written."""
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def serve(printer: "Printer", request: dict[str, Any], answers: BinaryIO) -> None:
    """Answer one request; an error of the template is an answer too."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + CPU_SECONDS, -1))
    try:
        kind, payload = b"P", printer.pdf(request)
    except Exception as wrong:
        kind, payload = b"E", str(getattr(wrong, "diagnostic", wrong)).encode(errors="replace")
    peak_mb = peak_kb() // 1024
    answers.write(kind + struct.pack("!II", len(payload), peak_mb) + payload)
    answers.flush()


def peak_kb() -> int:
    """
    The most memory that this process held, in kB.

    Linux's ru_maxrss begins with what the parent held when it started us; VmHWM is our own.
    """
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
        return int(status.partition("VmHWM:")[2].split()[0])
    except (OSError, IndexError, ValueError):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


class Printer:
    """typst with our fonts only: a system font would change the bytes from machine to machine."""

    def __init__(self, *, fonts_folder: str) -> None:
        import typst

        self.error = typst.TypstError
        fonts = typst.Fonts(include_system_fonts=False, font_paths=[fonts_folder])
        self.compile: Callable[..., Any] = typst.Compiler(
            root=str(TEMPLATES), font_paths=fonts, ignore_system_fonts=True
        ).compile

    def pdf(self, request: dict[str, Any]) -> bytes:
        """
        The PDF of one request. A character that no font of ours has (an emoji, a Chinese name) is not
        allowed in an archivable PDF; such a document is tagged as any other but does not claim PDF/A.
        """
        try:
            return self.compiled(request, STANDARDS)
        except self.error:
            return self.compiled(request, [])

    def compiled(self, request: dict[str, Any], standards: list[str]) -> bytes:
        """One run of the compiler."""
        pdf: bytes = self.compile(
            input=str(TEMPLATES / f"v{request['version']}" / f"{request['template']}.typ"),
            format="pdf",
            sys_inputs=request["inputs"],
            pdf_standards=standards,
            timestamp=request["created"],
        )
        return pdf


if __name__ == "__main__":
    main()
