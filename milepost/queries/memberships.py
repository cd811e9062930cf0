"""Which businesses a person works for, asked before any of them is in scope."""

from dataclasses import dataclass

from django.db import connection

from milepost.records.people import User


@dataclass(frozen=True)
class MembershipRow:
    """One business of a person, and their role in it."""

    business_id: int
    role: str
    business_name: str


def memberships_of(user_id: int) -> list[MembershipRow]:
    """The businesses where the person is not disabled, the oldest first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT business_id, role, business_name FROM mp_memberships(%s)", [user_id])
        return [MembershipRow(*row) for row in cursor.fetchall()]


def user_of(user_id: int) -> User:
    """The person by id; people belong to no business, so no scope is needed."""
    return User.objects.get(id=user_id)
