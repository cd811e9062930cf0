"""Where online payments arrive: the business's own account at the provider. A key is entered, and never shown."""

from contextlib import suppress

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from milepost.actions.payment_accounts import leave_account
from milepost.core.refusals import Refusal
from milepost.mailroom import payment_accounts
from milepost.queries.payment_accounts import accounts_page
from milepost.web.office.settings import tabs
from milepost.web.session import door
from milepost.web.typed import checked_text

EVENTS = "checkout.session.*, charge.*, refund.*, payout.*"
MOST_KEY = 300


@require_http_methods(["GET", "POST"])
@door("office", acts="connect_payments")
def page(request: HttpRequest) -> HttpResponse:
    """The account in use and what it takes; a POST enters keys, which are checked before they are kept."""
    if request.method != "POST":
        if "back" in request.GET and request.actor.role == "owner":
            # Back from the provider's pages: what was approved there is asked for, not believed.
            with suppress(Refusal):
                payment_accounts.look_again(by=request.actor, at=request.at)
        return _page(request)
    try:
        found = payment_accounts.connect_keys(
            by=request.actor,
            at=request.at,
            secret_key=checked_text(request.POST.get("secret_key", ""), field="secret_key", most=MOST_KEY),
            webhook_secret=checked_text(
                request.POST.get("webhook_secret", ""), field="webhook_secret", most=MOST_KEY
            ),
        )
    except Refusal as refusal:
        return _page(request, refusal)
    if found is None:
        messages.success(request, _("The signing secret is kept."))
    else:
        messages.success(request, _("Stripe knows the key: it opens “%(name)s”.") % {"name": found.name})
    return redirect("office:online_payments")


def _page(request: HttpRequest, refusal: Refusal | None = None) -> HttpResponse:
    context = {
        "sections": tabs(),
        "account": accounts_page(request.business_id),
        "ways": payment_accounts.ways(request.business_id),
        "may_connect": payment_accounts.is_platform(),
        "webhook_url": settings.MILEPOST_URL + reverse("hooks_stripe_of", args=[request.business_id]),
        "events": EVENTS,
        "refusal": refusal,
    }
    return render(request, "office/settings_online.html", context, status=422 if refusal else 200)


@require_POST
@door("office", only="connect_payments")
def connect(request: HttpRequest) -> HttpResponse:
    """Go on at the provider's own pages, with an account that is connected to this installation's."""
    here = settings.MILEPOST_URL + reverse("office:online_payments")
    try:
        there = payment_accounts.open_connected(
            by=request.actor, at=request.at, back_url=here + "?back", again_url=here
        )
    except Refusal as refusal:
        return _page(request, refusal)
    return redirect(there)


@require_POST
@door("office", only="connect_payments")
def check(request: HttpRequest) -> HttpResponse:
    """Ask the provider once more what the account may take."""
    try:
        payment_accounts.look_again(by=request.actor, at=request.at)
    except Refusal as refusal:
        return _page(request, refusal)
    messages.success(request, _("Asked Stripe just now."))
    return redirect("office:online_payments")


@require_POST
@door("office", only="connect_payments")
def leave(request: HttpRequest) -> HttpResponse:
    """Nothing more is paid in there; what was is followed to its end."""
    try:
        leave_account(by=request.actor, at=request.at)
    except Refusal as refusal:
        return _page(request, refusal)
    messages.success(request, _("Customers no longer pay into this account."))
    return redirect("office:online_payments")
