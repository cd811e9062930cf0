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
_AT = os.environ.get("MILEPOST_CRASH_AT", "")
_SIGN = signal.SIGSTOP if os.environ.get("MILEPOST_CRASH_HOLD") else signal.SIGKILL


def crash_point(name: str) -> None:
    """A place that a test can end the process at; otherwise nothing."""
    if _AT and name == _AT:
        os.kill(os.getpid(), _SIGN)
