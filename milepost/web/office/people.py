"""Who works for the business: invite, change a role, shut out, let in again."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from milepost.actions import people as actions
from milepost.core.refusals import Refusal
from milepost.queries.door import NotThere
from milepost.queries.invitations import invited, people
from milepost.queries.memberships import user_of
from milepost.web.office.settings import tabs
from milepost.web.office.settings_words import ROLES
from milepost.web.session import door
from milepost.web.typed import checked_text


@require_http_methods(["GET", "POST"])
@door("office", acts="add_member")
def page(request: HttpRequest) -> HttpResponse:
    """The people, the open invitations, and the form that makes another."""
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            actions.invite(
                by=request.actor,
                at=request.at,
                email=checked_text(request.POST.get("email", ""), field="email", most=254, required=True),
                role=request.POST.get("role", "technician"),
                name=checked_text(request.POST.get("name", ""), field="name", most=200),
            )
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, _("The invitation is on its way. Its link is below, too."))
            return redirect("office:people")
    return _page(request, refusal)


def _page(request: HttpRequest, refusal: Refusal | None = None) -> HttpResponse:
    if refusal is not None and refusal.code == "not_found":
        raise Http404
    found, names = people(request.business_id, at=request.at), dict(ROLES)
    context = {
        "sections": tabs(),
        "members": [(row, names.get(row.role, row.role)) for row in found.members],
        "pending": [(row, names.get(row.role, row.role)) for row in found.pending],
        "roles": ROLES,
        "refusal": refusal,
        "typed": request.POST,
    }
    return render(request, "office/settings_people.html", context, status=422 if refusal else 200)


@require_POST
@door("office", only="change_member")
def role(request: HttpRequest, user: int) -> HttpResponse:
    """Another role, from their next click on."""
    try:
        actions.change_role(by=request.actor, at=request.at, user_id=user, role=request.POST.get("role", ""))
    except Refusal as refusal:
        return _page(request, refusal)
    messages.success(request, _("The new role counts from their next click on."))
    return redirect("office:people")


@require_POST
@door("office", only="change_member")
def disable(request: HttpRequest, user: int) -> HttpResponse:
    """No longer let in, wherever they are signed in."""
    try:
        actions.disable_member(by=request.actor, at=request.at, user_id=user)
    except Refusal as refusal:
        return _page(request, refusal)
    messages.success(request, _("They are shut out from their next click on. You can let them in again."))
    return redirect("office:people")


@require_POST
@door("office", only="change_member")
def enable(request: HttpRequest, user: int) -> HttpResponse:
    try:
        actions.enable_member(by=request.actor, at=request.at, user_id=user)
    except Refusal as refusal:
        return _page(request, refusal)
    return redirect("office:people")


@require_POST
@door("office", only="change_member")
def revoke(request: HttpRequest, invitation: int) -> HttpResponse:
    """The link is no longer good."""
    try:
        actions.revoke_invitation(by=request.actor, at=request.at, invitation_id=invitation)
    except Refusal as refusal:
        return _page(request, refusal)
    messages.success(request, _("The invitation is taken back."))
    return redirect("office:people")


@require_http_methods(["GET", "POST"])
def join(request: HttpRequest, token: str) -> HttpResponse:
    """The invited person's page: a name and a password, or just yes for whoever has an account."""
    refusal: Refusal | None = None
    try:
        seen = invited(token, at=timezone.now())
        if request.method == "POST":
            user = actions.accept_invitation(
                token=token,
                at=timezone.now(),
                name=checked_text(request.POST.get("name", ""), field="name", most=200),
                password=request.POST.get("password", "")[:500],
            )
            if seen.has_account:
                messages.success(request, _("You are in. Sign in with the password that you have."))
                return redirect("account_login")
            login(request, user_of(user), backend=settings.AUTHENTICATION_BACKENDS[0])
            return redirect("/")
    except NotThere:
        return render(request, "office/join_over.html", status=404)
    except Refusal as refused:
        if refused.code == "not_found":
            return render(request, "office/join_over.html", status=404)
        refusal = refused
    context = {
        "invited": seen,
        "role": dict(ROLES).get(seen.role, seen.role),
        "typed": request.POST,
        "refusal": refusal,
    }
    response = render(request, "office/join.html", context, status=422 if refusal else 200)
    response["Referrer-Policy"] = "no-referrer"
    return response


@require_GET
def account(request: HttpRequest) -> HttpResponse:
    """Your own account: password, email, sessions."""
    if not request.user.is_authenticated:
        return redirect("account_login")
    return render(request, "account/index.html")


@require_POST
def sign_out_everywhere(request: HttpRequest) -> HttpResponse:
    """Every session of yours is over, this one too."""
    if request.user.is_authenticated:
        actions.sign_out_everywhere(user_id=request.user.pk)
        messages.success(request, _("You are signed out everywhere. Sign in again here."))
    return redirect("account_login")
