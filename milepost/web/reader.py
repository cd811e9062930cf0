"""Which country's habits a reader has: "de-CH" writes 1’250.50 where "de-DE" writes 1.250,50."""

from collections.abc import Callable
from contextvars import ContextVar

from babel import Locale, UnknownLocaleError
from django.http import HttpRequest, HttpResponse
from django.utils.translation.trans_real import parse_accept_lang_header

_asked: ContextVar[tuple[str, ...]] = ContextVar("asked", default=())


def with_country(answer: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """
    Middleware: keeps the tags that the browser asks for while a request is answered. Django's own choice
    is among the languages that there are catalogues for, and leaves the country away.
    """

    def answered(request: HttpRequest) -> HttpResponse:
        header = request.headers.get("Accept-Language", "")
        token = _asked.set(tuple(tag for tag, _weight in parse_accept_lang_header(header)))
        try:
            return answer(request)
        finally:
            _asked.reset(token)

    return answered


def country_of(language: str) -> str:
    """
    The tag with a country that the browser asks for first in this language: "de-ch" of "de"; "" if it
    names none, or names the language alone before it.
    """
    first = next((tag for tag in _asked.get() if tag.partition("-")[0] == language), "")
    if "-" not in first:
        return ""
    try:
        return first if Locale.parse(first, sep="-").territory else ""
    except (UnknownLocaleError, ValueError):
        return ""
