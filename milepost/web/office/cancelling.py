"""Cancel a job: first what that does, then it is done."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from milepost.actions.cancelling import cancel_job
from milepost.core.refusals import Refusal
from milepost.queries.cancelling import cancel_page
from milepost.queries.door import NotThere
from milepost.web.office.jobs import show_job
from milepost.web.session import door
from milepost.web.typed import check_seen, checked_text, money_cents


@require_http_methods(["GET", "POST"])
@door("office", only="cancel_job")
def cancel(request: HttpRequest, job: int) -> HttpResponse:
    """What is kept of the deposit and why; the page says what happens; a second button does it."""
    typed = request.POST if request.method == "POST" else request.GET
    refusal: Refusal | None = None
    try:
        page = cancel_page(request.business_id, job, keep_cents=0)
    except NotThere:
        raise Http404 from None
    except Refusal as refused:
        return show_job(request, job, refused)
    try:
        kept = typed.get("keep", "").strip()
        cents = money_cents(kept, page.contract.currency, field="keep") if kept else 0
        reason = checked_text(typed.get("reason", ""), field="reason", most=300)
        page = cancel_page(request.business_id, job, keep_cents=cents)
        if request.method == "POST" and "sure" in typed:
            check_seen(typed)
            cancel_job(by=request.actor, at=request.at, job_id=job, keep_cents=cents, reason=reason)
            messages.success(request, _("The job is cancelled, and the customer is told."))
            return redirect("office:job", job=job)
    except Refusal as refused:
        refusal = refused
    context = {"cancel": page, "typed": typed, "refusal": refusal}
    return render(request, "office/cancel.html", context, status=422 if refusal else 200)
