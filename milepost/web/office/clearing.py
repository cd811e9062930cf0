"""Where the money of the online payments is."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from milepost.queries.clearing import clearing_page
from milepost.web.session import door


@require_GET
@door("office")
def page(request: HttpRequest) -> HttpResponse:
    """Every cent that came in online: what it cost, what went back, what was paid out, what is left."""
    return render(request, "office/clearing.html", {"money": clearing_page(request.business_id)})
