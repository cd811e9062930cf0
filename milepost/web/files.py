"""Send stored bytes to a browser: as an attachment unless they are pictures that we made."""

from django.http import HttpResponse
from django.utils.http import content_disposition_header


def sent(data: bytes, *, mime: str, name: str, inline: bool = False) -> HttpResponse:
    """The bytes under their name; never sniffed, never kept by a shared cache."""
    response = HttpResponse(data, content_type=mime)
    response["Content-Disposition"] = content_disposition_header(not inline, name) or "attachment"
    response["Cache-Control"] = "private, max-age=3600"
    response["X-Content-Type-Options"] = "nosniff"
    return response
