"""The totals of a document as EN 16931 (the European norm for e-invoices) has them, in cents."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from milepost.core.money import currency_digits
from milepost.core.rounding import Rule, half_up, round_by


class TaxGroup(NamedTuple):
    """A category of the norm (S standard, Z zero, E exempt, AE reverse charge, O outside) and its rate."""

    category: str
    percent: Decimal


class Adjustment(NamedTuple):
    """An allowance on the document, or a charge; `cents` is above zero either way."""

    cents: int
    group: TaxGroup
    charge: bool = False

    @property
    def signed_cents(self) -> int:
        return self.cents if self.charge else -self.cents


@dataclass(frozen=True)
class Totals:
    """What a document says at its foot. `bases` and `taxes` are by group, in the order of the lines."""

    lines_cents: int
    allowances_cents: int
    charges_cents: int
    bases: Mapping[TaxGroup, int]
    taxes: Mapping[TaxGroup, int]
    prepaid_cents: int = 0
    rounding_cents: int = 0

    @property
    def net_cents(self) -> int:
        return self.lines_cents - self.allowances_cents + self.charges_cents

    @property
    def tax_cents(self) -> int:
        return sum(self.taxes.values())

    @property
    def total_cents(self) -> int:
        return self.net_cents + self.tax_cents

    @property
    def payable_cents(self) -> int:
        """Below zero where more was paid than the document comes to."""
        return payable_cents(self.total_cents, prepaid=self.prepaid_cents, rounding=self.rounding_cents)


def line_net_cents(
    quantity: Decimal,
    unit_price: Decimal,
    *,
    currency: str,
    price_quantity: Decimal = Decimal(1),
    allowance_cents: int = 0,
    charge_cents: int = 0,
) -> int:
    """
    Net of a line: quantity × price (of `price_quantity` units), rounded half up once, with its own
    allowances and charges.

    >>> line_net_cents(Decimal(250), Decimal("3.17"), currency="EUR", price_quantity=Decimal(100))
    793
    >>> line_net_cents(Decimal(3), Decimal("99.5"), currency="JPY", allowance_cents=9, charge_cents=1)
    291
    """
    exact = Fraction(quantity) * Fraction(unit_price) / Fraction(price_quantity)
    return half_up(exact * 10 ** currency_digits(currency)) - allowance_cents + charge_cents


def totals(
    lines: Sequence[tuple[int, TaxGroup]],
    adjustments: Sequence[Adjustment] = (),
    *,
    prepaid_cents: int = 0,
    rounding_cents: int = 0,
    tax_rounding: Rule = "half_up",
) -> Totals:
    """
    The foot of a document from its lines' nets. A group's tax is rounded once on its base (BR-CO-17),
    away from zero at half a cent.

    >>> s19 = TaxGroup("S", Decimal(19))
    >>> foot = totals([(100_00, s19), (50_00, s19)], [Adjustment(10_00, s19)], prepaid_cents=66_60)
    >>> foot.net_cents, foot.tax_cents, foot.payable_cents
    (14000, 2660, 10000)
    """
    bases: dict[TaxGroup, int] = {}
    for cents, group in [*lines, *((one.signed_cents, one.group) for one in adjustments)]:
        bases[group] = bases.get(group, 0) + cents
    return Totals(
        sum(cents for cents, _ in lines),
        sum(one.cents for one in adjustments if not one.charge),
        sum(one.cents for one in adjustments if one.charge),
        bases,
        {g: round_by(tax_rounding, base * Fraction(g.percent) / 100) for g, base in bases.items()},
        prepaid_cents,
        rounding_cents,
    )


def payable_cents(total: int, *, prepaid: int = 0, rounding: int = 0) -> int:
    """
    What is to be paid (BR-CO-16): total less what is prepaid, with the rounding.

    >>> payable_cents(1_200_22, rounding=-22), payable_cents(804_86, prepaid=1_030_00)
    (120000, -22514)
    """
    return total - prepaid + rounding
