"""A form or a device that sends the same thing twice gets the first answer again."""

from datetime import datetime

from milepost.records.post import IdempotencyKey
from milepost.records.scope import current_business_id


def first_result(key: str, action: str, *, at: datetime) -> dict[str, int] | None:
    """
    The result that this key already had, or None when this is the first time; then the key is
    taken, and `remember` must store the result in the same transaction.
    """
    if not key:
        return None
    taken, created = IdempotencyKey.objects.get_or_create(
        business_id=current_business_id(), key=key[:80], defaults={"action": action, "created_at": at}
    )
    return None if created else dict(taken.result)


def remember(key: str, **result: int) -> None:
    """Store what the key's first use made."""
    if key:
        IdempotencyKey.objects.filter(key=key[:80]).update(result=result)
