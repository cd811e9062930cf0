"""Tax that the payer keeps back and pays to the tax office in our name: CIS, TDS and their kind."""

from decimal import Decimal
from fractions import Fraction

from milepost.core.rounding import Rule, round_by


def withheld_cents(
    net_cents: int, percent: Decimal, *, materials_cents: int = 0, rounding: Rule = "half_up"
) -> int:
    """
    What the payer withholds of an invoice, in cents, rounded once: percent of its net (no tax is
    withheld on tax) without the materials that the law leaves out. The rest of the total is paid.

    The United Kingdom's construction industry scheme (Finance Act 2004 s.61) on a net of 2,500.00, of
    which 800.00 are materials:

    >>> withheld_cents(2_500_00, Decimal(30), materials_cents=800_00)
    51000
    """
    return round_by(rounding, (net_cents - materials_cents) * Fraction(percent) / 100)
