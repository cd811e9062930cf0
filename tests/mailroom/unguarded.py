"""
Milepost's web server without its guard against two charges for one invoice: whoever presses Pay does not
wait for the other payers, and everybody has looked for a live attempt before anybody writes one.
"""

import os
import threading
from typing import Any

from milepost.config.wsgi import application  # it sets Django up, and must come first

# isort: split

from milepost.actions import attempts
from milepost.actions.steps import asking
from milepost.mailroom import checkout
from milepost.records.jobs import Job

__all__ = ["application"]

CROWD = int(os.environ["MILEPOST_TEST_CROWD"])
_pressing = threading.local()
_gate = threading.Barrier(CROWD)
_begin_payment, _begin, _lock_payer = checkout.begin_payment, attempts._begin, asking.lock_payer


def begin_payment(**named: Any) -> attempts.Begun:
    _pressing.now = True
    try:
        return _begin_payment(**named)
    finally:
        _pressing.now = False


def lock_payer(job_id: int) -> Job:
    if not getattr(_pressing, "now", False):
        return _lock_payer(job_id)  # what is paid is booked as ever
    return Job.objects.select_related("business", "customer", "site").get(id=job_id)


def begin_together(*given: Any, **named: Any) -> Any:
    _gate.wait(30)
    return _begin(*given, **named)


checkout.begin_payment = begin_payment  # type: ignore[assignment]
asking.lock_payer = lock_payer
attempts._begin = begin_together
