"""What a payer adds for the way of paying, and what of it goes back with a refund."""

from decimal import Decimal
from fractions import Fraction

from milepost.core.rounding import down, half_up


def surcharge_cents(amount_cents: int, percent: Decimal) -> int:
    """
    The surcharge on an amount, in whole cents. Rounded down: it is never more than the percentage says.

    >>> surcharge_cents(10_000_00, Decimal("2.5")), surcharge_cents(33, Decimal("3"))
    (25000, 0)
    """
    return down(Fraction(percent) * amount_cents / 100)


def surcharge_returned(
    surcharge_cents: int, amount_cents: int, *, before_cents: int, now_cents: int, returned_cents: int
) -> int:
    """
    What of a surcharge goes back with a refund of `now_cents`, when `before_cents` of the amount, and
    `returned_cents` of the surcharge, went back before. Rounded on what is refunded to date, so that a
    payment refunded whole, in however many parts, gives back its whole surcharge. Where more of it went
    back before, as it does at once for a debit card, nothing is added.

    >>> surcharge_returned(100, 30_00, before_cents=0, now_cents=10_00, returned_cents=0)
    33
    >>> surcharge_returned(100, 30_00, before_cents=20_00, now_cents=10_00, returned_cents=67)
    33
    >>> surcharge_returned(100, 30_00, before_cents=0, now_cents=10_00, returned_cents=100)
    0
    """
    to_date = half_up(Fraction(surcharge_cents * (before_cents + now_cents), amount_cents))
    return max(to_date - returned_cents, 0)
