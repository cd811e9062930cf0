"""
Stripe's smallest units and ours.

Both count in whole minor units, zero-decimal currencies as they are. Stripe differs in three: it
writes the króna and the Ugandan shilling with two decimals that are always zero, and the ariary
with none. Source: docs.stripe.com/currencies, "Zero-decimal currencies" and "Special cases".
"""

from milepost.core.money import Money
from milepost.gateways.payments import GatewayRefused

_TIMES_100 = {"ISK", "UGX"}
_BY_100 = {"MGA"}


def to_stripe(amount: Money) -> int:
    """
    Our minor units as Stripe's. GatewayRefused when Stripe's unit is larger and the amount does not fit.

    >>> to_stripe(Money(12_50, "USD")), to_stripe(Money(500, "JPY")), to_stripe(Money(500, "ISK"))
    (1250, 500, 50000)
    """
    if amount.currency in _TIMES_100:
        return amount.cents * 100
    if amount.currency not in _BY_100:
        return amount.cents
    if amount.cents % 100:
        raise GatewayRefused(f"Amounts in {amount.currency} have to be whole.")
    return amount.cents // 100


def from_stripe(units: int, currency: str) -> int:
    """
    Stripe's minor units as ours; currency in capitals. Exact: a króna of Stripe's never has a fraction.

    >>> from_stripe(1250, "USD"), from_stripe(50000, "ISK"), from_stripe(5, "MGA")
    (1250, 500, 500)
    """
    if currency in _TIMES_100:
        return units // 100
    return units * 100 if currency in _BY_100 else units
