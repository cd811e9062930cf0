"""A change order on the customer's link: what changes, every payment before and after, sign or decline."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from milepost.actions.change_signing import sign_change
from milepost.actions.changes import decline_change
from milepost.core.refusals import Refusal
from milepost.queries.approvers import signers_of
from milepost.queries.change_page import change_page
from milepost.queries.door import NotThere
from milepost.queries.portal_link import Guest
from milepost.web.portal.views import actor, guest_view
from milepost.web.typed import checked_text


@require_GET
@guest_view
def page(request: HttpRequest, guest: Guest, change: int) -> HttpResponse:
    return _show(request, guest, change)


def _show(request: HttpRequest, guest: Guest, change: int, refusal: Refusal | None = None) -> HttpResponse:
    """The change order as it would come out now. A draft is not the customer's to see."""
    found = change_page(guest.business_id, guest.job_id, change, at=timezone.now())
    if found.row.state == "draft" or (found.row.state == "withdrawn" and not found.row.sent_on):
        raise NotThere
    signers = dict(signers_of(guest.business_id, guest.job_id))
    context = {
        "guest": guest,
        "may_sign": guest.contact_id in signers,
        "signers": ", ".join(signers.values()),
        "page": found,
        "change": found.row,
        "difference": found.difference,
        "refusal": refusal,
        "typed_name": request.POST.get("name") or (guest.called if guest.approves else ""),
        "typed_reason": request.POST.get("reason", ""),
    }
    return render(request, "portal/change.html", context, status=422 if refusal else 200)


@require_POST
@guest_view
def sign(request: HttpRequest, guest: Guest, change: int) -> HttpResponse:
    """Sign exactly the difference that was shown."""
    try:
        sign_change(
            by=actor(guest),
            at=timezone.now(),
            job_id=guest.job_id,
            change_id=change,
            name=checked_text(request.POST.get("name", ""), field="name", most=200),
            stamp=request.POST.get("stamp") or "unseen",
            address=request.META.get("REMOTE_ADDR", ""),
            device=request.headers.get("User-Agent", ""),
        )
    except Refusal as refusal:
        return _show(request, guest, change, refusal)
    return redirect("portal:change", token=guest.token, change=change)


@require_POST
@guest_view
def decline(request: HttpRequest, guest: Guest, change: int) -> HttpResponse:
    try:
        reason = checked_text(request.POST.get("reason", ""), field="reason", most=2000)
        decline_change(
            by=actor(guest), at=timezone.now(), job_id=guest.job_id, change_id=change, reason=reason
        )
    except Refusal as refusal:
        return _show(request, guest, change, refusal)
    return redirect("portal:change", token=guest.token, change=change)
