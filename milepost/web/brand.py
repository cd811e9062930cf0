"""A business's colour as a stylesheet, named by the colour: it never changes, so it is kept for a year."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET

from milepost.core.colors import readable_on


@require_GET
@cache_control(public=True, max_age=31_536_000, immutable=True)
def stylesheet(request: HttpRequest, color: str) -> HttpResponse:
    """`--brand` and what is read best on it."""
    css = f":root {{ --brand: #{color}; --on-brand: {readable_on('#' + color)}; }}\n"
    return HttpResponse(css, content_type="text/css; charset=utf-8")
