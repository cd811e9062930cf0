"""People: invited, given another role, shut out, let in again."""

from datetime import datetime, timedelta

from django.utils import translation
from django.utils.translation import gettext as _

from milepost.actions.actor import Actor
from milepost.actions.businesses import Missing, new_user
from milepost.actions.door import action
from milepost.actions.post import Written
from milepost.actions.steps.account_mail import post_account_letter
from milepost.actions.steps.finding import NotFound, find
from milepost.actions.steps.reach import email_address
from milepost.core.msgids import gettext_noop
from milepost.core.refusals import InputRefused, Refusal
from milepost.queries.invitations import invitation_url, invited, open_invitations
from milepost.records.businesses import Business
from milepost.records.people import ROLES, Invitation, Membership, User
from milepost.records.scope import scoped

GOOD_FOR = timedelta(days=7)


class AlreadyIn(Refusal):
    code = "already_in"
    message = gettext_noop("{email} works here already.")


class LastOwner(Refusal):
    code = "last_owner"
    message = gettext_noop("A business needs an owner. Make somebody else an owner first.")


@action("add_member")
def invite(*, by: Actor, at: datetime, email: str, role: str, name: str = "") -> int:
    """
    Ask somebody by email to work for the business: a link that is good once and for seven days.

    Asking again takes the older link back. Returns the invitation's id. Refuses Missing, BadEmail,
    AlreadyIn, an unknown role.
    """
    address = email_address(email, field="email").lower()
    if not address:
        raise Missing(field="email")
    if role not in ROLES:
        raise InputRefused(field="role", problem=_("“{role}” is not a role.").format(role=role))
    if Membership.objects.filter(user__email__iexact=address, disabled_at__isnull=True).exists():
        raise AlreadyIn(field="email", email=address)
    Invitation.objects.filter(email__iexact=address, accepted_at=None, revoked_at=None).update(revoked_at=at)
    business = Business.objects.get()
    made = Invitation.objects.create(
        business=business,
        email=address,
        name=name.strip()[:200],
        role=role,
        invited_by=by.name,
        created_at=at,
        expires_at=at + GOOD_FOR,
    )
    post_account_letter(by.business_id, to=address, written=_letter(business, made, by), at=at)
    return made.id


def _letter(business: Business, invitation: Invitation, by: Actor) -> Written:
    # Nobody knows yet what they read: the language is the business's, as in every letter to its people.
    with translation.override(business.locale or "en"):
        return _worded(business, invitation, by)


def _worded(business: Business, invitation: Invitation, by: Actor) -> Written:
    subject = _("%(name)s invites you to %(business)s") % {"name": by.name, "business": business.name}
    text = _(
        "%(name)s invites you to work with %(business)s on Milepost.\n\nOpen this link to begin. It is good once, "
        "for seven days:\n%(url)s\n\nIf you did not expect this, you need do nothing."
    ) % {"name": by.name, "business": business.name, "url": invitation_url(business.id, invitation.id)}
    return Written(subject, text, "")


def accept_invitation(*, token: str, at: datetime, name: str = "", password: str = "") -> int:
    """
    Join by the link: with a new sign-in, or with the one that this email address has already, whose
    password stays. Returns the user's id. Refuses NotFound (used, taken back, too old), WeakPassword.
    """
    try:
        seen = invited(token, at=at)
    except Refusal:
        raise NotFound from None
    with scoped(seen.business_id, writing=True):
        invitation = find(open_invitations(at).select_for_update(no_key=True), id=seen.invitation_id)
        user = User.objects.filter(email__iexact=invitation.email).first()
        if user is None:
            user = new_user(invitation.email, password, name or invitation.name)
        Membership.objects.update_or_create(
            business_id=seen.business_id, user=user, defaults={"role": invitation.role, "disabled_at": None}
        )
        invitation.accepted_at = at
        invitation.save(update_fields=["accepted_at"])
        return int(user.pk)


@action("change_member")
def revoke_invitation(*, by: Actor, at: datetime, invitation_id: int) -> None:
    """The link is no longer good. Refuses NotFound for one that is used."""
    invitation = find(open_invitations(at), id=invitation_id)
    invitation.revoked_at = at
    invitation.save(update_fields=["revoked_at"])


@action("change_member")
def change_role(*, by: Actor, at: datetime, user_id: int, role: str) -> None:
    """Another role from the next request on. Refuses NotFound, LastOwner, an unknown role."""
    member = _member(user_id)
    if role not in ROLES:
        raise InputRefused(field="role", problem=_("“{role}” is not a role.").format(role=role))
    if role != "owner":
        _keep_an_owner(member)
    member.role = role
    member.save(update_fields=["role"])


@action("change_member")
def disable_member(*, by: Actor, at: datetime, user_id: int) -> None:
    """No longer let in, from the next request on, wherever they are signed in. Refuses NotFound, LastOwner."""
    member = _member(user_id)
    _keep_an_owner(member)
    member.disabled_at = member.disabled_at or at
    member.save(update_fields=["disabled_at"])


@action("change_member")
def enable_member(*, by: Actor, at: datetime, user_id: int) -> None:
    """Let in again, in the role that they had. Refuses NotFound."""
    member = _member(user_id)
    member.disabled_at = None
    member.save(update_fields=["disabled_at"])


def sign_out_everywhere(*, user_id: int) -> None:
    """Every session of this person is over, this one too. People belong to no business, so no scope is open."""
    user = User.objects.get(id=user_id)
    user.session_round += 1
    user.save(update_fields=["session_round"])


def _member(user_id: int) -> Membership:
    return find(Membership.objects.select_for_update(no_key=True), user_id=user_id)


def _keep_an_owner(member: Membership) -> None:
    others = Membership.objects.select_for_update(no_key=True).filter(role="owner", disabled_at=None)
    if member.role == "owner" and not others.exclude(id=member.id).exists():
        raise LastOwner(field="role")
