"""Which business a person works for, before any is in scope."""

from django.db import connection

from milepost.queries.door import question
from milepost.records.businesses import Business
from milepost.records.people import User


def business_of(email: str) -> int:
    """The first business of whoever signs in with this address; 0 for nobody."""
    user = User.objects.filter(email__iexact=email).only("id").first()
    if user is None:
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT business_id FROM mp_memberships(%s)", [user.id])
        row = cursor.fetchone()
    return int(row[0]) if row else 0


@question
def is_unfinished_practice() -> bool:
    """Whether this business is a demo that was begun and not marked as finished."""
    return not Business.objects.get().is_practice
