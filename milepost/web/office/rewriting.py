"""A signed quote with a mistake in it: first what a new version does, then it is begun."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from milepost.actions.rewriting import rewrite_signed
from milepost.core.refusals import Refusal
from milepost.queries.door import NotThere
from milepost.queries.rewriting import rewrite_page
from milepost.web.office.jobs import show_job
from milepost.web.session import door


@require_http_methods(["GET", "POST"])
@door("office", only="draft_quote")
def rewrite(request: HttpRequest, job: int) -> HttpResponse:
    """Words first; then the draft of the new version opens."""
    try:
        if request.method == "POST":
            made = rewrite_signed(by=request.actor, at=request.at, job_id=job)
            return redirect("office:edit_quote", job=made)
        page = rewrite_page(request.business_id, job)
    except NotThere:
        raise Http404 from None
    except Refusal as refusal:
        return show_job(request, job, refusal)
    return render(request, "office/rewrite.html", {"rewrite": page})
