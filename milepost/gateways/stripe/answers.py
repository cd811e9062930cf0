"""Stripe's errors in our words: is it worth repeating, or is it a no?"""

from collections.abc import Iterator
from contextlib import contextmanager

import stripe

from milepost.gateways.payments import GatewayRefused, GatewayUnavailable, KeyRefused


@contextmanager
def answers() -> Iterator[None]:
    """Turn the SDK's errors into ours: is it worth repeating, or is it a no?"""
    try:
        yield
    except (stripe.AuthenticationError, stripe.PermissionError) as error:
        raise KeyRefused(_said(error)) from error
    except (stripe.InvalidRequestError, stripe.IdempotencyError, stripe.CardError) as error:
        raise GatewayRefused(_said(error)) from error
    except stripe.StripeError as error:
        # Rate limits, 5xx, timeouts, answers cut short: whether it was done is not known.
        raise GatewayUnavailable(_said(error)) from error


def _said(error: stripe.StripeError) -> str:
    return error.user_message or type(error).__name__
