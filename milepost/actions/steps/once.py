"""A form or a device that sends the same thing twice gets the first answer again."""

from datetime import datetime

from django.db import connection

from milepost.core.msgids import gettext_noop
from milepost.core.refusals import Refusal
from milepost.records.post import IdempotencyKey
from milepost.records.scope import current_business_id

_TAKE = """
INSERT INTO idempotency_key (business_id, key, action, result, created_at)
VALUES (%s, %s, %s, '{}', %s) ON CONFLICT (business_id, key) DO NOTHING
"""


class SentForSomethingElse(Refusal):
    """A key says that a form was sent before; this one was another form."""

    code = "sent_for_something_else"
    message = gettext_noop("This was sent for something else before. Open the page again, then send it.")


def first_result(key: str, action: str, *, at: datetime) -> dict[str, int] | None:
    """
    The result that this key already had, or None when this is the first time; then the key is
    taken, and `remember` must store the result in the same transaction.
    Refuses SentForSomethingElse where the key belongs to another action.
    """
    kept = _kept(key)
    if not kept:
        return None
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [current_business_id(), kept, action, at])
        if cursor.rowcount:
            return None
    before = IdempotencyKey.objects.get(key=kept)
    if before.action != action:
        raise SentForSomethingElse
    return dict(before.result)


def remember(key: str, **result: int) -> None:
    """Store what the key's first use made."""
    kept = _kept(key)
    if kept:
        IdempotencyKey.objects.filter(key=kept).update(result=result)


def _kept(key: str) -> str:
    """The key as it can be stored: what a page never puts into one is left out."""
    return "".join(sign for sign in key if sign.isprintable())[:80]
