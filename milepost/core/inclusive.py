"""Prices that include their taxes: the net is found first and rounded, the tax is the difference."""

from collections.abc import Sequence
from fractions import Fraction

from milepost.core.msgids import gettext_noop
from milepost.core.refusals import Refusal
from milepost.core.rounding import half_up, largest_remainder
from milepost.core.tax import TaxPer


class PriceInsideTax(Refusal):
    """The taxes of a line come to -100 percent or less: no price can include them."""

    code = "price_inside_tax"
    message = gettext_noop(
        "The taxes on “{line}” come to {percent} percent, so no price can include them. Write the price "
        "without tax."
    )


def split_inclusive(
    grosses: Sequence[int], percents: Sequence[Fraction], *, per: TaxPer = "code"
) -> list[tuple[int, list[int]]]:
    """
    Net and taxes inside the prices of lines that bear the same taxes, in cents: (net, a tax for each
    percentage) for each line; a line always adds up to its price.

    per "code": the net of all the lines together is price / (1 + rates), rounded half up once, and
    apportioned to them by largest remainder; per "line": rounded on every line. The tax of a line is its
    price less its net. Several taxes share it in proportion to their rates, each rounded by the same
    rule, the last one takes the rest. The percentages come to more than -100.

    >>> split_inclusive([100_00], [Fraction(24)])
    [(8065, [1935])]
    >>> split_inclusive([33, 33, 34], [Fraction(20)]), split_inclusive([33, 33, 34], [Fraction(20)], per="line")
    ([(28, [5]), (27, [6]), (28, [6])], [(28, [5]), (28, [5]), (28, [6])])
    >>> split_inclusive([107_50], [Fraction("6.25"), Fraction("1.25")])
    [(10000, [625, 125])]
    """
    whole = Fraction(100 + sum(percents), 100)
    nets = _rounded([gross / whole for gross in grosses], per)
    left = [gross - nets[line] for line, gross in enumerate(grosses)]
    taxes: list[list[int]] = []
    for place in range(len(percents) - 1):
        taken = _rounded(_shares(left, nets, percents[place:]), per)
        taxes.append(taken)
        left = [cents - taken[line] for line, cents in enumerate(left)]
    taxes += [left] if percents else []
    return [(net, [tax[line] for tax in taxes]) for line, net in enumerate(nets)]


def _rounded(exact: Sequence[Fraction], per: TaxPer) -> list[int]:
    if per == "line":
        return [half_up(x) for x in exact]
    return largest_remainder(exact, half_up(sum(exact)))


def _shares(left: Sequence[int], nets: Sequence[int], percents: Sequence[Fraction]) -> list[Fraction]:
    """The first tax's exact part of what is left of each line; taxes that work against each other stand on the net."""
    rest = sum(percents)
    if rest and (min(percents) >= 0 or max(percents) <= 0):
        return [cents * percents[0] / rest for cents in left]
    return [net * percents[0] / 100 for net in nets]
