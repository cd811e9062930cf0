"""Which businesses a person works for, asked before any of them is in scope."""

from dataclasses import dataclass

from milepost.records.people import User


@dataclass(frozen=True)
class MembershipRow:
    """One business of a person, and their role in it."""

    business_id: int
    role: str
    business_name: str
    currency: str
    timezone: str


_SIGNED_IN = """
SELECT u.*, (SELECT json_agg(m) FROM mp_works_for(u.id) m) AS works_for FROM app_user u WHERE u.id = %s
"""


def signed_in(user_id: int) -> User | None:
    """Who is signed in, with the businesses that they work for, in one statement."""
    return next(iter(User.objects.raw(_SIGNED_IN, [user_id])), None)


def memberships_of(user: User) -> list[MembershipRow]:
    """The businesses where the person is not disabled, the oldest first."""
    found = user if hasattr(user, "works_for") else signed_in(user.pk)
    rows = getattr(found, "works_for", None) or []
    return [MembershipRow(**row) for row in rows]


def user_of(user_id: int) -> User:
    """The person by id; people belong to no business, so no scope is needed."""
    return User.objects.get(id=user_id)
