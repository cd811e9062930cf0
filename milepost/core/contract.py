"""The contract in whole cents: every line's net and every tax on it is a key with a value."""

from collections import Counter
from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from milepost.core.inclusive import PriceInsideTax, split_inclusive
from milepost.core.money import (
    MAJOR_DIGITS,
    AmountTooLarge,
    Money,
    currency_digits,
    largest_cents,
    short_decimal,
)
from milepost.core.msgids import gettext_noop
from milepost.core.refusals import Refusal
from milepost.core.rounding import Rule, half_up
from milepost.core.tax import TaxPer, TaxRate, tax_by_line


class RepeatedLine(Refusal):
    """Two lines answer to the same name."""

    code = "repeated_line"
    message = gettext_noop("There are two lines called “{line}”. Give each its own name.")


class RepeatedTax(Refusal):
    """One line carries the same tax twice."""

    code = "repeated_tax"
    message = gettext_noop("“{line}” carries {tax} twice. Leave it on once.")


class TaxWithTwoRates(Refusal):
    """One tax code stands at two rates in one contract."""

    code = "tax_with_two_rates"
    message = gettext_noop(
        "{tax} stands at {percent} and at {other_percent} percent. Give each rate its own tax."
    )


class ContractBelowZero(Refusal):
    """The discounts are larger than the work."""

    code = "contract_below_zero"
    message = gettext_noop("The lines come to {total}. A contract cannot be below zero.")


class Key(NamedTuple):
    """
    What a cent of the contract belongs to: the net of a line, or one tax on it.

    >>> Key("cabinets"), Key("cabinets", "sales")
    (Key(line='cabinets', tax=None), Key(line='cabinets', tax='sales'))
    """

    line: Hashable
    tax: Hashable | None = None


@dataclass(frozen=True)
class ContractLine:
    """
    One line of the work. `unit_price` is in major units, as exact as it was agreed;
    `discount_percent` comes off the line before it is rounded and taxed.

    >>> line = ContractLine("pulls", "Brass pulls", Decimal("30"), Decimal("12.50"))
    >>> line.net_cents("USD")
    37500
    """

    id: Hashable
    description: str
    quantity: Decimal
    unit_price: Decimal
    taxes: tuple[TaxRate, ...] = ()
    discount_percent: Decimal = Decimal(0)
    unit: str = ""

    def net_cents(self, currency: str) -> int:
        """Quantity × unit price less discount, rounded half up once; refuses what no contract reaches."""
        scale = 10 ** currency_digits(currency)
        kept = 1 - Fraction(self.discount_percent) / 100
        net = half_up(Fraction(self.quantity) * Fraction(self.unit_price) * kept * scale)
        if abs(net) > largest_cents(currency):
            raise AmountTooLarge(text=self.description, digits=MAJOR_DIGITS, field="unit_price")
        return net


@dataclass(frozen=True)
class PricedContract:
    """
    A contract in cents. `keys` holds every key's value in stored order (line by line, the net
    before its taxes); everything else is a sum over it.
    """

    currency: str
    lines: tuple[ContractLine, ...]
    keys: Mapping[Key, int]
    groups: Mapping[Key, Hashable] = field(repr=False)

    @property
    def net_cents_by_line(self) -> dict[Hashable, int]:
        return {line.id: self.keys[Key(line.id)] for line in self.lines}

    @property
    def gross_cents_by_line(self) -> dict[Hashable, int]:
        """Each line with its taxes."""
        sums: dict[Hashable, int] = {line.id: 0 for line in self.lines}
        for key, cents in self.keys.items():
            sums[key.line] += cents
        return sums

    @property
    def net_cents(self) -> int:
        return sum(cents for key, cents in self.keys.items() if key.tax is None)

    @property
    def tax_by_code(self) -> dict[Hashable, int]:
        return tax_by_code(self.keys)

    @property
    def tax_cents(self) -> int:
        return self.total_cents - self.net_cents

    @property
    def total_cents(self) -> int:
        return sum(self.keys.values())

    @property
    def tax_rates(self) -> dict[Hashable, TaxRate]:
        """Every tax of the contract by its code, in stored order."""
        return {rate.code: rate for line in self.lines for rate in line.taxes}

    def group_of(self, key: Key) -> Hashable:
        """Net keys group by the taxes they bear, tax keys by their code."""
        return self.groups[key]


def tax_by_code(keys: Mapping[Key, int]) -> dict[Hashable, int]:
    """
    The tax of each code among these keys, in cents.

    >>> tax_by_code({Key("a"): 100, Key("a", "vat"): 20, Key("b", "vat"): 5})
    {'vat': 25}
    """
    sums: dict[Hashable, int] = {}
    for key, cents in keys.items():
        if key.tax is not None:
            sums[key.tax] = sums.get(key.tax, 0) + cents
    return sums


def groups_of(keys: Collection[Key]) -> dict[Key, Hashable]:
    """
    The group of each key: nets go together by the taxes that they bear, taxes by their code.

    >>> groups_of([Key("a"), Key("a", "vat"), Key("b")])[Key("a")]
    ('net', frozenset({'vat'}))
    """
    borne: dict[Hashable, set[Hashable]] = {key.line: set() for key in keys}
    for key in keys:
        if key.tax is not None:
            borne[key.line].add(key.tax)
    return {key: ("net", frozenset(borne[key.line])) if key.tax is None else ("tax", key.tax) for key in keys}


def price(
    lines: Sequence[ContractLine],
    *,
    currency: str,
    tax_per: TaxPer = "code",
    tax_rounding: Rule = "half_up",
    inclusive: bool = False,
) -> PricedContract:
    """
    Price a contract: each line's net, each tax, to the cent.

    A line's net is rounded half up once. A tax is rounded once on the sum of its lines and
    apportioned to them by largest remainder (`tax_per="line"`: rounded on every line).
    `inclusive`: the prices include their taxes; the net is found first, and every line still comes to
    its price (see `split_inclusive`; `tax_rounding` has nothing to round then).
    Refuses RepeatedLine, RepeatedTax, TaxWithTwoRates, PriceInsideTax, ContractBelowZero, AmountTooLarge.

    >>> sales = TaxRate("sales", "Sales tax", Decimal("8.25"))
    >>> priced = price(
    ...     [
    ...         ContractLine("cabinets", "Cabinets", Decimal(1), Decimal("24000.00"), (sales,)),
    ...         ContractLine("labor", "Installation", Decimal(80), Decimal("95.00")),
    ...     ],
    ...     currency="USD",
    ... )
    >>> priced.net_cents, priced.tax_by_code, priced.total_cents
    (3160000, {'sales': 198000}, 3358000)
    """
    rates = _check(lines)
    nets = {line.id: line.net_cents(currency) for line in lines}
    if inclusive:
        cents = _inside(lines, nets, tax_per)
    else:
        cents = {Key(line_id): net for line_id, net in nets.items()}
        for rate in rates.values():
            cents |= _on_top(lines, nets, rate, tax_per, tax_rounding)
    stored = [Key(line.id, code) for line in lines for code in (None, *(rate.code for rate in line.taxes))]
    keys = {key: cents[key] for key in stored}
    priced = PricedContract(currency, tuple(lines), keys, groups_of(stored))
    _check_total(priced)
    return priced


def _on_top(
    lines: Sequence[ContractLine],
    nets: Mapping[Hashable, int],
    rate: TaxRate,
    tax_per: TaxPer,
    rounding: Rule,
) -> dict[Key, int]:
    """One tax on each line that bears it."""
    taxed = {
        Key(line.id, rate.code): nets[line.id]
        for line in lines
        if any(own.code == rate.code for own in line.taxes)
    }
    return tax_by_line(taxed, rate.percent, per=tax_per, rounding=rounding)


def _inside(lines: Sequence[ContractLine], prices: Mapping[Hashable, int], tax_per: TaxPer) -> dict[Key, int]:
    """Net and taxes of each line out of its price, among the lines that bear the same taxes."""
    alike: dict[tuple[Hashable, ...], list[ContractLine]] = {}
    for line in lines:
        alike.setdefault(tuple(sorted((rate.code for rate in line.taxes), key=str)), []).append(line)
    found: dict[Key, int] = {}
    for codes, group in alike.items():
        rates = {rate.code: Fraction(rate.percent) for rate in group[0].taxes}
        if sum(rates.values(), Fraction()) <= -100:
            percent = f"{float(sum(rates.values())):g}"
            raise PriceInsideTax(line=group[0].description, percent=percent, field="lines")
        split = split_inclusive(
            [prices[line.id] for line in group], [rates[code] for code in codes], per=tax_per
        )
        for line, (net, taxes) in zip(group, split, strict=True):
            found[Key(line.id)] = net
            found |= {Key(line.id, code): cents for code, cents in zip(codes, taxes, strict=True)}
    return found


def _check(lines: Sequence[ContractLine]) -> dict[Hashable, TaxRate]:
    """Every tax of the contract by code, or a refusal of what cannot be told apart."""
    rates: dict[Hashable, TaxRate] = {}
    seen: set[Hashable] = set()
    for line in lines:
        if line.id in seen:
            raise RepeatedLine(line=line.description, field="lines")
        seen.add(line.id)
        often = Counter(rate.code for rate in line.taxes)
        if again := next((rate for rate in line.taxes if often[rate.code] > 1), None):
            raise RepeatedTax(line=line.description, tax=again.name, field="lines")
        for rate in line.taxes:
            known = rates.setdefault(rate.code, rate)
            if known.percent != rate.percent:
                raise TaxWithTwoRates(
                    tax=rate.name,
                    percent=short_decimal(known.percent),
                    other_percent=short_decimal(rate.percent),
                    field="lines",
                )
    return rates


def _check_total(priced: PricedContract) -> None:
    total = priced.total_cents
    if total < 0:
        raise ContractBelowZero(total=Money(total, priced.currency), field="lines")
    if total > largest_cents(priced.currency):
        raise AmountTooLarge(text=str(Money(total, priced.currency)), digits=MAJOR_DIGITS, field="lines")
