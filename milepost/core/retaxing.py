"""A new tax rate, or an exemption, in mid-job: what is billed keeps its tax, the rest is taxed anew."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import replace

from milepost.core.contract import Key, PricedContract, groups_of
from milepost.core.rounding import Rule
from milepost.core.tax import TaxPer, TaxRate, tax_by_line


def retaxed(
    priced: PricedContract,
    billed: Mapping[Key, int],
    taxes: Mapping[Hashable, Sequence[TaxRate]],
    *,
    tax_per: TaxPer = "code",
    tax_rounding: Rule = "half_up",
) -> PricedContract:
    """
    The contract with other taxes from now on: tax = billed tax + new rate × unbilled net.

    `taxes`: the new taxes of each line by its id; a line that is not named keeps its own. An exempt
    line has none. The net of no line changes. A tax that falls away stands at what is billed of it, be
    it nothing; retroactive changes are credits and new bills, not this.

    >>> from decimal import Decimal
    >>> from milepost.core.contract import ContractLine, price
    >>> old, new = TaxRate("old", "VAT", Decimal(19)), TaxRate("new", "VAT", Decimal(16))
    >>> job = price([ContractLine("a", "A", Decimal(1), Decimal(1000), (old,))], currency="EUR")
    >>> half = {Key("a"): 500_00, Key("a", "old"): 95_00}
    >>> {key.tax: cents for key, cents in retaxed(job, half, {"a": (new,)}).keys.items() if key.tax}
    {'old': 9500, 'new': 8000}
    """
    wanted = {line.id: tuple(taxes.get(line.id, line.taxes)) for line in priced.lines}
    fresh = _unbilled_tax(priced, billed, wanted, tax_per, tax_rounding)
    keys: dict[Key, int] = {}
    for line in priced.lines:
        keys[Key(line.id)] = priced.keys[Key(line.id)]
        codes = [rate.code for rate in (*line.taxes, *wanted[line.id])]
        for code in dict.fromkeys(codes):
            key = Key(line.id, code)
            keys[key] = billed.get(key, 0) + fresh.get(key, 0)
    lines = tuple(replace(line, taxes=_both(line.taxes, wanted[line.id])) for line in priced.lines)
    return PricedContract(priced.currency, lines, keys, groups_of(keys))


def _unbilled_tax(
    priced: PricedContract,
    billed: Mapping[Key, int],
    wanted: Mapping[Hashable, tuple[TaxRate, ...]],
    tax_per: TaxPer,
    rounding: Rule,
) -> dict[Key, int]:
    rates = {rate.code: rate for own in wanted.values() for rate in own}
    found: dict[Key, int] = {}
    for code, rate in rates.items():
        unbilled = {
            Key(line, code): priced.keys[Key(line)] - billed.get(Key(line), 0)
            for line, own in wanted.items()
            if any(one.code == code for one in own)
        }
        found |= tax_by_line(unbilled, rate.percent, per=tax_per, rounding=rounding)
    return found


def _both(before: tuple[TaxRate, ...], after: tuple[TaxRate, ...]) -> tuple[TaxRate, ...]:
    return tuple({rate.code: rate for rate in (*before, *after)}.values())
