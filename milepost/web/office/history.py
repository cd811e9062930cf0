"""A job's history, to take along: a record that anybody can check."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from milepost.queries.door import NotThere
from milepost.queries.timeline import timeline_record
from milepost.web.files import sent
from milepost.web.session import door


@require_GET
@door("office")
def download(request: HttpRequest, job: int) -> HttpResponse:
    """Every event, those that the customer does not see too."""
    try:
        name, text = timeline_record(request.business_id, job, at=request.at)
    except NotThere:
        raise Http404 from None
    return sent(text.encode(), mime="application/json", name=name)
