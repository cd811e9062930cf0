"""Invitations: the link, what it says to whoever opens it, and the people of a business."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.core import signing

from milepost.queries.door import NotThere, question
from milepost.records.people import Invitation, Membership, User

SALT = "milepost.invitation"


@dataclass(frozen=True)
class Invited:
    """An open invitation as the invited person reads it. `has_account`: they sign in already."""

    business_id: int
    invitation_id: int
    business_name: str
    email: str
    name: str
    role: str
    invited_by: str
    expires_at: datetime
    has_account: bool


@dataclass(frozen=True)
class MemberRow:
    """Somebody who works for the business, or did."""

    user_id: int
    name: str
    email: str
    role: str
    disabled: bool


@dataclass(frozen=True)
class PendingRow:
    """An invitation that nobody has used yet, with its link."""

    id: int
    email: str
    role: str
    expires_at: datetime
    url: str


@dataclass(frozen=True)
class People:
    """Everybody of a business, and who is asked to join it."""

    members: Sequence[MemberRow]
    pending: Sequence[PendingRow]


def invitation_url(business_id: int, invitation_id: int) -> str:
    """The link of an invitation: signed, so that it cannot be guessed."""
    token = signing.dumps([business_id, invitation_id], salt=SALT)
    return f"{settings.MILEPOST_URL.rstrip('/')}/join/{token}/"


def invited(token: str, *, at: datetime) -> Invited:
    """Who is invited by this link. Refuses NotThere for one that is not ours, used, taken back or too old."""
    try:
        business_id, invitation_id = signing.loads(token, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        raise NotThere from None
    return _invited(business_id, invitation_id, at=at)


@question
def _invited(invitation_id: int, *, at: datetime) -> Invited:
    found = open_invitations(at).select_related("business").filter(id=invitation_id).first()
    if found is None:
        raise NotThere
    return Invited(
        found.business_id,
        found.id,
        found.business.name,
        found.email,
        found.name,
        found.role,
        found.invited_by,
        found.expires_at,
        User.objects.filter(email__iexact=found.email).exists(),
    )


def open_invitations(at: datetime):  # type: ignore[no-untyped-def]
    """Those that can still be used, inside an open scope."""
    return Invitation.objects.filter(accepted_at=None, revoked_at=None, expires_at__gt=at)


@question
def people(*, at: datetime) -> People:
    """The members, those who may not come in last, and the open invitations."""
    members = Membership.objects.select_related("user").order_by("disabled_at", "id")
    return People(
        [
            MemberRow(m.user_id, m.user.name, m.user.email, m.role, m.disabled_at is not None)
            for m in sorted(members, key=lambda m: (m.disabled_at is not None, m.id))
        ],
        [
            PendingRow(row.id, row.email, row.role, row.expires_at, invitation_url(row.business_id, row.id))
            for row in open_invitations(at).order_by("id")
        ],
    )
