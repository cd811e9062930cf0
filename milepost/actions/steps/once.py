"""A form or a device that sends the same thing twice gets the first answer again."""

from datetime import datetime

from django.db import connection

from milepost.records.post import IdempotencyKey
from milepost.records.scope import current_business_id

_TAKE = """
INSERT INTO idempotency_key (business_id, key, action, result, created_at)
VALUES (%s, %s, %s, '{}', %s) ON CONFLICT (business_id, key) DO NOTHING
"""


def first_result(key: str, action: str, *, at: datetime) -> dict[str, int] | None:
    """
    The result that this key already had, or None when this is the first time; then the key is
    taken, and `remember` must store the result in the same transaction.
    """
    if not key:
        return None
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [current_business_id(), key[:80], action, at])
        if cursor.rowcount:
            return None
    return dict(IdempotencyKey.objects.get(key=key[:80]).result)


def remember(key: str, **result: int) -> None:
    """Store what the key's first use made."""
    if key:
        IdempotencyKey.objects.filter(key=key[:80]).update(result=result)
