"""Discounts for early payment ("2/10 net 30"): what is paid, what comes off, and the tax in it."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import floor

from milepost.core.duedates import due_on
from milepost.core.rounding import half_up, split_by_key


@dataclass(frozen=True)
class EarlyTerms:
    """
    So many percent off when the money is here within so many days; the whole in `net_days`.

    >>> EarlyTerms(Decimal(2), 10, 30).until(date(2025, 1, 31))
    datetime.date(2025, 2, 10)
    """

    percent: Decimal
    within_days: int
    net_days: int

    def until(self, issued: date) -> date:
        """The last day on which the discount may be taken."""
        return due_on(issued, self.within_days)

    def due(self, issued: date) -> date:
        """The day by which the whole is due."""
        return due_on(issued, self.net_days)


def discount_cents(amount_cents: int, percent: Decimal) -> int:
    """
    What comes off an amount, rounded half up once.

    >>> discount_cents(54_05, Decimal(2))
    108
    """
    return half_up(amount_cents * Fraction(percent) / 100)


def payment_for_cents(settled_cents: int, percent: Decimal) -> int:
    """
    What is paid to settle so much with the discount taken: 4,817.00 less 3 % is 4,672.49.

    The discount is taken on what is settled, so the payment is not divided by 0.97.

    >>> payment_for_cents(4_817_00, Decimal(3))
    467249
    """
    return settled_cents - discount_cents(settled_cents, percent)


def settled_by_cents(paid_cents: int, percent: Decimal) -> int:
    """
    What a payment settles when the discount is granted on it in part: the most that it pays for.

    >>> settled_by_cents(4_672_49, Decimal(3)), payment_for_cents(481700, Decimal(3))
    (481700, 467249)
    >>> settled_by_cents(99, Decimal("0.5")), settled_by_cents(100, Decimal(100))
    (100, 100)
    """
    kept = 1 - Fraction(percent) / 100
    if not kept:
        return paid_cents
    settled = floor(paid_cents / kept)
    # The discount of the next cent may round up to take it off again.
    while payment_for_cents(settled + 1, percent) <= paid_cents:
        settled += 1
    return settled


def discount_by_part(discount: int, parts: Mapping[Hashable, int]) -> dict[Hashable, int]:
    """
    The discount over the net and each tax of the invoice, in their proportion: the tax falls with it.

    By largest remainder, so that it adds up (`parts` in cents, ties to the earlier).

    >>> discount_by_part(21_65, {"net": 1_000_00, "vat": 82_50})
    {'net': 2000, 'vat': 165}
    """
    return split_by_key(discount, parts)
