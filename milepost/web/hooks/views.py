"""Where the payment provider tells us that something happened."""

from collections.abc import Callable
from functools import partial

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from milepost.mailroom import inbox

MOST_BYTES = 512 * 1024


@csrf_exempt
@require_POST
def stripe(request: HttpRequest) -> HttpResponse:
    """Verify, store once, answer; the worker does the rest."""
    return _receive(request, inbox.receive)


@csrf_exempt
@require_POST
def stripe_of(request: HttpRequest, business: int) -> HttpResponse:
    """The same for a business's own account, signed with its own secret."""
    return _receive(request, partial(inbox.receive_of, business))


def _receive(request: HttpRequest, receive: Callable[..., bool]) -> HttpResponse:
    payload = request.read(MOST_BYTES + 1)
    if len(payload) > MOST_BYTES:
        return _say("An event is never this large.", 413)
    try:
        new = receive(payload, request.headers.get("Stripe-Signature", ""), at=timezone.now())
    except inbox.NotSigned as refusal:
        return _say(str(refusal), 400)
    return _say("Received." if new else "Received before.", 200)


def _say(sentence: str, status: int) -> HttpResponse:
    return HttpResponse(sentence, status=status, content_type="text/plain; charset=utf-8")
