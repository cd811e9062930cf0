"""Tax of a contract: rounded once per code (or per line), then apportioned to the lines."""

from collections.abc import Hashable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Final, Literal, NamedTuple, TypeVar

from milepost.core.rounding import Rule, largest_remainder, round_by

TaxPer = Literal["code", "line"]
TaxAt = Literal["contract", "document"]
K = TypeVar("K", bound=Hashable)


class TaxRate(NamedTuple):
    """
    One tax at one rate. `code` identifies it, so two rates never share a code.

    >>> TaxRate("sales", "Sales tax", Decimal("8.25")).percent
    Decimal('8.25')
    """

    code: Hashable
    name: str
    percent: Decimal


class TaxRules(NamedTuple):
    """How a business rounds tax: per code or line, half up or down, at the contract or on each document."""

    per: TaxPer = "code"
    rounding: Rule = "half_up"
    at: TaxAt = "contract"


AT_CONTRACT: Final = TaxRules()


def tax_of_lines(
    nets: Sequence[int],
    percent: Decimal,
    *,
    per: TaxPer = "code",
    rounding: Rule = "half_up",
) -> list[int]:
    """
    The tax of one code on each of its lines, in cents.

    per "code": rate × Σ net is rounded once and apportioned to the lines by largest
    remainder. per "line": rate × net is rounded on every line.

    >>> tax_of_lines([33, 33, 34], Decimal("8.25")), tax_of_lines([33, 33, 34], Decimal("8.25"), per="line")
    ([3, 2, 3], [3, 3, 3])
    """
    exact = [net * Fraction(percent) / 100 for net in nets]
    if per == "line":
        return [round_by(rounding, x) for x in exact]
    return largest_remainder(exact, round_by(rounding, sum(exact)))


def tax_by_line(nets: Mapping[K, int], percent: Decimal, *, per: TaxPer, rounding: Rule) -> dict[K, int]:
    """
    `tax_of_lines` for lines that have names.

    >>> tax_by_line({"a": 33, "b": 34}, Decimal("8.25"), per="code", rounding="down")
    {'a': 2, 'b': 3}
    """
    taxes = tax_of_lines(list(nets.values()), percent, per=per, rounding=rounding)
    return dict(zip(nets, taxes, strict=True))
