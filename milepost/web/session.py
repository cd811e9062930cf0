"""Who is at the door: the signed-in person's business and role, for every view of the office and the field."""

from collections.abc import Callable
from functools import wraps
from typing import Literal

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation

from milepost.actions.actor import Actor
from milepost.actions.rights import RIGHTS
from milepost.queries.memberships import MembershipRow, memberships_of, signed_in
from milepost.web.show import shown

View = Callable[..., HttpResponse]
Door = Literal["office", "field"]
ENTERS: dict[Door, frozenset[str]] = {
    "office": frozenset({"owner", "bookkeeper", "accountant"}),
    "field": frozenset({"owner", "bookkeeper", "technician"}),
}


def door(which: Door, *, acts: str = "", only: str = "") -> Callable[[View], View]:
    """
    Let in whoever works there. `acts`: the right that a POST needs; `only`: the right that the whole
    page needs. (The action checks it again: this one keeps the page from people who cannot use it.)

    Gives the view its person, with `request.actor`, `request.business_id`, `request.currency` and
    `request.at`; days and times are those of the business.

    Others are sent to their own door; a person without a business is told so.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        @login_required
        def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
            actor = actor_of(request)
            if actor is None:
                return render(request, "403.html", status=403)
            if actor.role not in ENTERS[which]:
                return redirect("/field/" if actor.role == "technician" else "/")
            right = only or (acts if request.method == "POST" else "")
            if right and actor.role not in RIGHTS[right]:
                return render(request, "403.html", status=403)
            request.actor = actor  # type: ignore[attr-defined]
            request.business_id = actor.business_id  # type: ignore[attr-defined]
            request.at = timezone.now()  # type: ignore[attr-defined]
            place = place_of(request, actor.business_id)
            request.currency = place.currency  # type: ignore[attr-defined]
            with timezone.override(place.timezone):
                return view(request, *args, **kwargs)

        return guarded

    return decorate


def actor_of(request: HttpRequest) -> Actor | None:
    """The signed-in person as an actor of the business that they work for, or None."""
    user = request.user
    if not user.is_authenticated:
        return None
    found = memberships_of(user)  # type: ignore[arg-type]
    if not found:
        return None
    wanted = request.session.get("business_id")
    chosen = next((m for m in found if m.business_id == wanted), found[0])
    return Actor(chosen.business_id, chosen.role, user.name or user.email, user_id=user.pk)  # type: ignore[arg-type, attr-defined]


def place_of(request: HttpRequest, business_id: int) -> MembershipRow:
    """The business at whose door somebody stands: its currency, its time zone."""
    found = memberships_of(request.user)  # type: ignore[arg-type]
    return next(row for row in found if row.business_id == business_id)


class SignedIn(AuthenticationBackend):  # type: ignore[misc]
    """Signing in is allauth's; who is signed in is read with their businesses, in one statement."""

    def get_user(self, user_id: int) -> object:
        user = signed_in(user_id)
        return user if user is not None and self.user_can_authenticate(user) else None


def words(refusal: object) -> str:
    """A refusal in the reader's language."""
    return refusal.text(translation.gettext, shown)  # type: ignore[attr-defined, no-any-return]
