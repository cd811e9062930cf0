"""
Named places between "pay" and "receipt" at which a test may end the process, as a power cut would.

`MILEPOST_CRASH_AT=name` kills the process there, by SIGKILL: nothing is flushed, closed or rolled back
by anybody. With `MILEPOST_CRASH_HOLD` it stops there instead, so that something else can be killed.
"""

import os
import signal
from typing import Final

POINTS: Final = (
    "attempt_committed",
    "page_made",
    "session_noted",
    "event_verified",
    "event_stored",
    "truth_fetched",
    "payment_written",
    "payment_booked",
    "aftermath_booked",
    "event_worked",
    "message_claimed",
    "message_written",
    "document_made",
    "message_sent",
    "message_noted",
)
_SIGN = signal.SIGSTOP if os.environ.get("MILEPOST_CRASH_HOLD") else signal.SIGKILL
_armed = [os.environ["MILEPOST_CRASH_AT"]] if os.environ.get("MILEPOST_CRASH_AT") else []


def arm(name: str, sign: int = _SIGN) -> None:
    """From here on this process ends at the named place, or stops there once. KeyError for an unknown one."""
    global _SIGN
    if name not in POINTS:
        raise KeyError(name)
    _armed[:], _SIGN = [name], signal.Signals(sign)


def crash_point(name: str) -> None:
    """A place that a test can end the process at; otherwise nothing."""
    if _armed and _armed[0] == name:
        _armed.clear()  # what was held here once goes on
        os.kill(os.getpid(), _SIGN)
