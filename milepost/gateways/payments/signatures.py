"""Signed events in the scheme `t=<moment>,v1=<HMAC-SHA256 of "moment.body">`, and their moment's bounds."""

import hashlib
import hmac
from datetime import datetime

from milepost.gateways.payments import BadSignature

TOLERANCE_SECONDS = 300


def sign(payload: bytes, secret: str, at: int) -> str:
    """
    The signature header of a body, signed at `at` (seconds since 1970).

    >>> sign(b"{}", "whsec_practice", 1_700_000_000)[:23]
    't=1700000000,v1=7f55f70'
    """
    digest = hmac.new(secret.encode(), b"%d." % at + payload, hashlib.sha256).hexdigest()
    return f"t={at},v1={digest}"


def signed_at(header: str) -> int:
    """
    The moment that a header was signed at, in seconds since 1970. BadSignature if it has none.

    >>> signed_at("t=1700000000,v1=00ff")
    1700000000
    """
    moments = [value for name, _, value in (part.partition("=") for part in header.split(",")) if name == "t"]
    if not moments or not moments[0].isascii() or not moments[0].isdigit():
        raise BadSignature("The signature carries no moment.")
    return int(moments[0])


def check_moment(header: str, now: datetime, tolerance_seconds: int = TOLERANCE_SECONDS) -> None:
    """Refuse (BadSignature) what was signed too long before `now`, and equally what lies after it."""
    apart = signed_at(header) - int(now.timestamp())
    if apart < -tolerance_seconds:
        raise BadSignature("The event was signed too long ago.")
    if apart > tolerance_seconds:
        raise BadSignature("The event claims to come from the future.")
