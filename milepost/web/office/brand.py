"""The business's logo: choose one, take it off, look at it."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from milepost.actions.businesses import change_business
from milepost.core.refusals import Refusal
from milepost.mailroom.logos import logo_png, take_logo
from milepost.queries.lists import choices
from milepost.web.files import sent
from milepost.web.office.settings import SECTIONS, show
from milepost.web.session import door


@require_POST
@door("office", only="change_business")
def logo(request: HttpRequest) -> HttpResponse:
    """A new logo, or none. What is issued keeps the one that it was issued with."""
    try:
        if "remove" in request.POST:
            change_business(by=request.actor, at=request.at, logo_sha256="")
        else:
            upload = request.FILES.get("logo")
            take_logo(by=request.actor, at=request.at, upload=upload, name=upload.name if upload else "")
    except Refusal as refusal:
        return show(request, SECTIONS[0], refusal, typed=False)
    messages.success(request, _("Saved. What is issued keeps the logo that it was issued with."))
    return redirect("office:settings_section", section="business")


@require_GET
@door("office")
def picture(request: HttpRequest) -> HttpResponse:
    """The logo as it is now."""
    png = logo_png(choices(request.business_id).business.logo_sha256)
    if png is None:
        raise Http404
    return sent(png, mime="image/png", name="logo.png", inline=True)
