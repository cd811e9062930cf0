"""
Tokens of portal links. Only a token's hash is stored; the token itself is derived from the
link's nonce and a secret, so that the office can show the same link again at any time.
"""

import base64
import hashlib
import hmac
import secrets

from django.conf import settings


def new_nonce() -> str:
    """A fresh nonce for a link."""
    return secrets.token_hex(16)


def token_for(*, business_id: int, job_id: int, contact_id: int, nonce: str) -> str:
    """The token of a link: 26 characters, 128 bits, lower case."""
    named = f"{business_id}:{job_id}:{contact_id}:{nonce}".encode()
    digest = hmac.new(settings.LINK_SECRET.encode(), named, hashlib.sha256).digest()
    return base64.b32encode(digest[:16]).decode().rstrip("=").lower()


def hash_of(token: str) -> str:
    """What is stored of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def pay_token_of(token: str) -> str:
    """
    The token of the same link for somebody who only pays. It tells nothing about the link itself; the
    database finds it by `mp_pay_token`, which says the same.
    """
    return hashlib.sha256(f"pay only {hash_of(token)}".encode()).hexdigest()[:32]
