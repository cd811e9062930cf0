"""Sign up: a business, an email address, a password."""

from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from milepost.actions.businesses import start_business
from milepost.core.refusals import Refusal
from milepost.queries.memberships import user_of


@require_http_methods(["GET", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """One screen; everything else is defaulted and can be changed in the settings."""
    if request.user.is_authenticated:
        return redirect("/")
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            started = start_business(
                name=request.POST.get("name", "").replace("\x00", "")[:200],
                email=request.POST.get("email", "").replace("\x00", "")[:300],
                password=request.POST.get("password", "")[:500],
                at=timezone.now(),
            )
        except Refusal as refused:
            refusal = refused
        else:
            login(request, user_of(started.user_id), backend=settings.AUTHENTICATION_BACKENDS[0])
            return redirect("/")
    context = {"typed": request.POST, "refusal": refusal}
    return render(request, "office/start.html", context, status=422 if refusal else 200)
