"""
Tax rounded on each document, where the law asks for it: rate × the document's own base.

The documents' totals stand (they are what the schedule says), so the net is found to which tax and
total fit. The last document closes the contract and takes what is left of every key.
"""

from collections.abc import Mapping
from fractions import Fraction
from typing import NamedTuple

from milepost.core.contract import Key, PricedContract
from milepost.core.rounding import half_up, split_by_key
from milepost.core.tax import TaxRules, tax_by_line


class _Try(NamedTuple):
    """The document with this much net: its keys, what is missing to its total, and how far it is unrounded."""

    keys: dict[Key, int]
    missing: int
    unrounded: Fraction

    @property
    def net_cents(self) -> int:
        return sum(cents for key, cents in self.keys.items() if key.tax is None)


def on_document(
    priced: PricedContract, before: Mapping[Key, int], now: Mapping[Key, int], rules: TaxRules
) -> dict[Key, int]:
    """
    Billed to date per key, in cents, when the document from `before` to `now` is taxed by itself.

    Its total is that of `now`. Each tax is rounded on the document's base, and never takes a key beyond
    the contract; where no net fits the total exactly, the net is the nearest and the tax the difference:
    100.00 at 24 % is 80.65 + 19.35.

    >>> from decimal import Decimal
    >>> from milepost.core.contract import ContractLine, price
    >>> from milepost.core.tax import TaxRate
    >>> vat = TaxRate("vat", "VAT", Decimal(24))
    >>> priced = price([ContractLine("a", "A", Decimal(1), Decimal(1000), (vat,))], currency="EUR")
    >>> on_document(priced, {}, {Key("a"): 80_64, Key("a", "vat"): 19_36}, TaxRules())
    {Key(line='a', tax=None): 8065, Key(line='a', tax='vat'): 1935}
    """
    done = {key: before.get(key, 0) for key in priced.keys}
    room = {key: cents - done[key] for key, cents in priced.keys.items()}
    asked = {key: now[key] - done[key] for key in priced.keys}
    found = _search(priced, room, asked, rules)
    keys = _place(found.keys, room, found.missing)
    return {key: done[key] + cents for key, cents in keys.items()}


def _search(
    priced: PricedContract, room: Mapping[Key, int], asked: Mapping[Key, int], rules: TaxRules
) -> _Try:
    """The net whose tax comes to the total, or nearest to it; of two as near, the larger (half up)."""
    more, tries = 0, dict[int, _Try]()
    # A cent of net brings its taxes along, so a step is what is missing without them.
    rates = [max(Fraction(rate.percent), Fraction(0)) for rate in priced.tax_rates.values()]
    slope = 1 + sum(rates, Fraction(0)) / 100
    while True:
        found = _try(priced, room, asked, more, rules)
        if found.net_cents in tries:
            # Two nets around the total, or no more room for net.
            break
        tries[found.net_cents] = found
        if not found.missing:
            break
        step = max(half_up(abs(found.missing) / slope), 1)
        more += step if found.missing > 0 else -step
    return min(tries.values(), key=lambda one: (abs(one.missing), abs(one.unrounded), -one.net_cents))


def _try(
    priced: PricedContract, room: Mapping[Key, int], asked: Mapping[Key, int], more: int, rules: TaxRules
) -> _Try:
    nets = {key: cents for key, cents in asked.items() if key.tax is None}
    weights = {key: abs(cents) for key, cents in nets.items()}
    spread = split_by_key(more, weights if any(nets.values()) else dict.fromkeys(nets, 1))
    wanted = {key: cents + spread[key] for key, cents in nets.items()}
    clipped = _clipped(wanted, room)
    keys = _place(clipped, room, sum(wanted.values()) - sum(clipped.values()))
    borne = {Key(line.id, rate.code) for line in priced.lines for rate in line.taxes}
    # A tax that a change took off its line stands at what is billed of it, or goes back.
    keys |= _clipped({key: asked[key] for key in asked if key.tax is not None and key not in borne}, room)
    exact = Fraction(sum(keys.values()))
    for code, rate in priced.tax_rates.items():
        taxed = [key for key in asked if key.tax == code and key in borne]
        bases = {key: keys[Key(key.line)] for key in taxed}
        exact += sum(bases.values()) * Fraction(rate.percent) / 100
        taxes = tax_by_line(bases, rate.percent, per=rules.per, rounding=rules.rounding)
        own = _clipped(taxes, room)
        keys |= _place(own, room, sum(taxes.values()) - sum(own.values()))
    total = sum(asked.values())
    return _Try({key: keys[key] for key in asked}, total - sum(keys.values()), total - exact)


def _clipped(wanted: Mapping[Key, int], room: Mapping[Key, int]) -> dict[Key, int]:
    """Every key between nothing and what the contract has left of it."""
    return {key: within(cents, room[key]) for key, cents in wanted.items()}


def within(cents: int, room_cents: int) -> int:
    """
    The amount, between nothing and the room that is left for it.

    >>> within(5, 3), within(-1, 3), within(-5, -3)
    (3, 0, -3)
    """
    return max(min(cents, max(room_cents, 0)), min(room_cents, 0))


def _place(keys: Mapping[Key, int], room: Mapping[Key, int], missing: int) -> dict[Key, int]:
    """Give the missing cents to the keys that have room, taxes first, where there is most of it first."""
    placed, sign, left = dict(keys), 1 if missing > 0 else -1, abs(missing)
    free = {key: max(sign * room[key], 0) - sign * cents for key, cents in keys.items()}
    for key in sorted(free, key=lambda key: (key.tax is None, -free[key])):
        taken = min(left, free[key])
        placed[key] += sign * taken
        left -= taken
    return placed
