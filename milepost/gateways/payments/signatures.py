"""Signed events in the scheme `t=<moment>,v1=<HMAC-SHA256 of "moment.body">`, and their moment's bounds."""

import base64
import hashlib
import hmac
from collections.abc import Mapping
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


def sign_standard(payload: bytes, secret: str, event_id: str, at: int) -> str:
    """
    The `webhook-signature` header of a body by the Standard Webhooks specification: HMAC-SHA256 over
    id, moment and body, in base64. `secret` is `whsec_` and its bytes in base64; `at` in seconds since 1970.

    >>> sign_standard(b"{}", "whsec_cHJhY3RpY2U=", "msg_1", 1_700_000_000)[:10]
    'v1,ZP4hZe3'
    """
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = b"%s.%d.%s" % (event_id.encode(), at, payload)
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def verify_standard(payload: bytes, secret: str, headers: Mapping[str, str], now: datetime) -> None:
    """
    Refuse (BadSignature) a body whose `webhook-id`, `webhook-timestamp` and `webhook-signature` headers
    were not made with this secret, or not within five minutes of `now`, before or after.
    """
    name, moment = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not name or not moment.isascii() or not moment.isdigit():
        raise BadSignature("The signature carries no name or no moment.")
    genuine = sign_standard(payload, secret, name, int(moment))
    given = headers.get("webhook-signature", "").split()
    if not any(hmac.compare_digest(genuine.encode(), one.encode()) for one in given):
        raise BadSignature("The event was not signed with our secret.")
    check_moment(f"t={moment}", now)
