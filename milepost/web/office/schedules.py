"""The business's own payment schedules: kept from a quote or a job, renamed, archived."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from milepost.actions.own_templates import archive_template, rename_template, save_template
from milepost.core.own_templates import MODES
from milepost.core.refusals import Refusal
from milepost.queries.door import NotThere
from milepost.queries.job_page import job_page
from milepost.queries.own_templates import own_templates
from milepost.web.office.jobs import show_job
from milepost.web.office.quotes import show_quote
from milepost.web.office.schedule_choice import said
from milepost.web.office.settings import tabs
from milepost.web.session import door
from milepost.web.typed import checked_text


@require_GET
@door("office")
def index(request: HttpRequest) -> HttpResponse:
    """The schedules that stand beside Milepost's own on every new quote."""
    return _index(request)


def _index(request: HttpRequest, refusal: Refusal | None = None, changed: int | None = None) -> HttpResponse:
    archived = "archived" in request.GET
    found = own_templates(request.business_id, archived=archived)
    context = {
        "sections": tabs(),
        "templates": [(template, said(template, request.currency)) for template in found],
        "archived": archived,
        "refusal": refusal,
        "changed": changed,
        "typed": request.POST,
    }
    return render(request, "office/schedules.html", context, status=422 if refusal else 200)


@require_POST
@door("office", only="keep_templates")
def rename(request: HttpRequest, template: int) -> HttpResponse:
    try:
        name = checked_text(request.POST.get("template_name", ""), field="template_name", most=120)
        rename_template(by=request.actor, at=request.at, template_id=template, name=name)
    except Refusal as refusal:
        if refusal.code == "not_found":
            raise Http404 from None
        return _index(request, refusal, template)
    messages.success(request, _("Saved."))
    return redirect("office:schedules")


@require_POST
@door("office", only="keep_templates")
def archive(request: HttpRequest, template: int) -> HttpResponse:
    """Offered no more, or again. Quotes that began with it stay as they are."""
    back = "restore" in request.POST
    try:
        archive_template(by=request.actor, at=request.at, template_id=template, archived=not back)
    except Refusal as refusal:
        if refusal.code == "not_found":
            raise Http404 from None
        return _index(request, refusal, template)
    messages.success(request, _("It is offered again.") if back else _("Archived. It is offered no more."))
    return redirect("office:schedules")


@require_POST
@door("office", only="keep_templates")
def keep(request: HttpRequest, job: int) -> HttpResponse:
    """ "Save as template" on a quote's or a job's page."""
    mode = next((mode for mode in MODES if mode == request.POST.get("amounts_as")), "percent")
    try:
        found = job_page(request.business_id, job, at=request.at)
    except NotThere:
        raise Http404 from None
    show = show_quote if found.signed_on is None and found.origin == "quote" else show_job
    try:
        name = checked_text(request.POST.get("template_name", ""), field="template_name", most=120)
        save_template(by=request.actor, at=request.at, job_id=job, name=name, amounts_as=mode)
    except Refusal as refusal:
        return show(request, job, refusal)
    messages.success(request, _("Kept. It stands beside the other schedules on every new quote."))
    return redirect("office:quote" if show is show_quote else "office:job", job=job)
