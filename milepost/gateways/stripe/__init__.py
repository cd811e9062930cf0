"""Payments through Stripe's hosted Checkout page, by the official SDK."""

from milepost.gateways.stripe.accounts import StripePlatform, is_live_key
from milepost.gateways.stripe.gateway import StripeGateway

__all__ = ["StripeGateway", "StripePlatform", "is_live_key"]
