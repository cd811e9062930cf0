"""What waits, over all businesses: ids only. Whatever is done about it happens in one business's scope."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection

Pair = tuple[int, int]


def claim_messages(at: datetime, most: int, lease: timedelta) -> list[Pair]:
    """Take waiting messages for a while: (business, message). Nobody else gets them meanwhile."""
    return _pairs("SELECT * FROM mp_claim_outbox(%s, %s, %s) ORDER BY 2", [most, at, lease])


def unrendered_documents(most: int) -> list[Pair]:
    """Frozen documents without their PDF: (business, document)."""
    return _pairs("SELECT * FROM mp_unrendered(%s)", [most])


def attempts_to_ask(at: datetime, most: int) -> list[Pair]:
    """Attempts to ask the provider about: (business, attempt). The pauses between looks grow."""
    return _pairs("SELECT * FROM mp_attempts_to_ask(%s, %s)", [at, most])


def attempt_of_session(session_id: str) -> Pair | None:
    """Whose attempt a provider's session is: (business, attempt)."""
    found = _pairs("SELECT * FROM mp_resolve_session(%s)", [session_id])
    return found[0] if found else None


def attempt_of_payment(payment_ref: str) -> Pair | None:
    """Whose attempt a provider's payment is: (business, attempt)."""
    found = _pairs("SELECT * FROM mp_resolve_payment(%s)", [payment_ref])
    return found[0] if found else None


def connected_accounts(provider_ref: str) -> list[Pair]:
    """Whose a connected account is, by the provider's name for it: (business, account), the one in use first."""
    return _pairs("SELECT * FROM mp_resolve_account(%s)", [provider_ref])


def payment_accounts(at: datetime) -> list[Pair]:
    """The accounts whose payouts are asked for: (business, account)."""
    return _pairs("SELECT * FROM mp_payment_accounts(%s)", [at])


def businesses_with_events(until: date) -> list[int]:
    """Businesses with something to bill before an event that is no later than this day."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM mp_businesses_with_events(%s)", [until])
        return [row[0] for row in cursor.fetchall()]


def businesses_of(user_id: int) -> list[int]:
    """The businesses that a person works for, the oldest membership first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT business_id FROM mp_memberships(%s)", [user_id])
        return [row[0] for row in cursor.fetchall()]


def _pairs(sql: str, values: Sequence[Any]) -> list[Pair]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [(row[0], row[1]) for row in cursor.fetchall()]
