"""Who is at the door: the signed-in person's business and role, for every view of the office and the field."""

from collections.abc import Callable
from functools import wraps
from typing import Literal

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation

from milepost.actions.actor import Actor
from milepost.queries.memberships import memberships_of
from milepost.web.show import shown

View = Callable[..., HttpResponse]
Door = Literal["office", "field"]
ENTERS: dict[Door, frozenset[str]] = {
    "office": frozenset({"owner", "bookkeeper", "accountant"}),
    "field": frozenset({"owner", "bookkeeper", "technician"}),
}


def door(which: Door) -> Callable[[View], View]:
    """
    Let in whoever works there, with `request.actor`, `request.business_id` and `request.at`.

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
            request.actor = actor  # type: ignore[attr-defined]
            request.business_id = actor.business_id  # type: ignore[attr-defined]
            request.at = timezone.now()  # type: ignore[attr-defined]
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def actor_of(request: HttpRequest) -> Actor | None:
    """The signed-in person as an actor of the business that they work for, or None."""
    user = request.user
    if not user.is_authenticated:
        return None
    found = memberships_of(user.pk)
    if not found:
        return None
    wanted = request.session.get("business_id")
    chosen = next((m for m in found if m.business_id == wanted), found[0])
    return Actor(chosen.business_id, chosen.role, user.name or user.email, user_id=user.pk)  # type: ignore[arg-type, attr-defined]


def words(refusal: object) -> str:
    """A refusal in the reader's language."""
    return refusal.text(translation.gettext, shown)  # type: ignore[attr-defined, no-any-return]
