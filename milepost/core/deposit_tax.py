"""
Deposits that carry tax: where the law taxes an advance when it is invoiced or when it is paid.

`on_application`, the default in the United States, taxes no deposit: each invoice taxes what it earns.
"""

from collections.abc import Hashable, Mapping
from fractions import Fraction
from typing import Literal, TypeVar

from milepost.core.contract import Key, PricedContract
from milepost.core.rounding import allocate_positions, half_up

DepositTax = Literal["on_application", "at_deposit", "at_payment"]
C = TypeVar("C", bound=Hashable)


def deposit_by_key(priced: PricedContract, deposit_cents: int) -> dict[Key, int]:
    """
    The deposit's own net and taxes, in cents: the contract's keys in proportion, to the cent.

    Groups first (the base of each set of taxes, each tax), then the keys in them, so that the tax of
    the deposit is within a cent of its exact figure. The split is stored with the deposit's invoice.

    >>> from decimal import Decimal
    >>> from milepost.core.contract import ContractLine, price
    >>> from milepost.core.tax import TaxRate
    >>> vat = TaxRate("vat", "VAT", Decimal(20))
    >>> priced = price([ContractLine("a", "A", Decimal(1), Decimal(1000), (vat,))], currency="GBP")
    >>> deposit_by_key(priced, 300_00)
    {Key(line='a', tax=None): 25000, Key(line='a', tax='vat'): 5000}
    """
    total = priced.total_cents
    share = Fraction(deposit_cents, total) if total else Fraction(0)
    exact = {key: cents * share for key, cents in priced.keys.items()}
    return allocate_positions(exact, deposit_cents if total else 0, priced.group_of)


def recovered_by_key(
    priced: PricedContract,
    deposit: Mapping[Key, int],
    recovered_cents: int,
    *,
    billed: Mapping[Key, int],
    snapshot_billed: Mapping[Key, int] | None = None,
    snapshot_recovered: Mapping[Key, int] | None = None,
) -> dict[Key, int]:
    """
    The recovered deposit to date per key, in cents: it adds up to `recovered_cents`.

    Each key goes from what was recovered at the snapshot towards its own part of the deposit, as far
    as the key is billed since: r0 + (d - r0) × (B' - P) / (K - P). It never rises above its part, and
    when the whole deposit is recovered every key is exact. Where the policy recovers faster or slower
    than the work goes (`first`, `final`), the keys follow in that proportion.
    """
    start = dict(snapshot_recovered or {})
    before = snapshot_billed or {}
    if recovered_cents == sum(deposit.values()):
        return dict(deposit)
    room = {key: cents - start.get(key, 0) for key, cents in deposit.items()}
    progress = {key: room[key] * _share(priced.keys, billed, before, key) for key in deposit}
    need = Fraction(recovered_cents - sum(start.get(key, 0) for key in deposit))
    exact = _towards(progress, {key: Fraction(cents) for key, cents in room.items()}, need)
    whole = {key: start.get(key, 0) + part for key, part in exact.items()}
    return allocate_positions(whole, recovered_cents, priced.group_of)


def _share(
    keys: Mapping[Key, int], billed: Mapping[Key, int], before: Mapping[Key, int], key: Key
) -> Fraction:
    open_cents = keys[key] - before.get(key, 0)
    done = billed.get(key, 0) - before.get(key, 0)
    return min(max(Fraction(done, open_cents), Fraction(0)), Fraction(1)) if open_cents else Fraction(0)


def _towards(
    progress: Mapping[Key, Fraction], room: Mapping[Key, Fraction], need: Fraction
) -> dict[Key, Fraction]:
    """Parts that add up to `need`: the progress scaled down, or raised into the room that is left."""
    have = sum(progress.values())
    if have > need:
        return {key: part * need / have for key, part in progress.items()}
    left = sum(room.values()) - have
    rise = (need - have) / left if left else Fraction(0)
    return {key: part + (room[key] - part) * rise for key, part in progress.items()}


def open_tax(carried: Mapping[C, int], recovered: Mapping[C, int], *, share: Fraction) -> dict[C, int]:
    """
    The tax of a deposit that is payable and not yet taken back by an invoice for work, by code, in cents.

    `carried`: the deposit's tax; `recovered`: what invoices have taken back of it; `share`: how much of it
    the law taxes by now, 1 from its invoice on (`at_deposit`), the part that is paid (`at_payment`). Each
    code is rounded half up once and never falls past zero: work that is billed before its deposit is paid
    is taxed whole by its own invoice, so the payment that comes later adds only what is left.

    >>> open_tax({"vat": 500_00}, {"vat": 0}, share=Fraction(1, 3))
    {'vat': 16667}
    >>> open_tax({"vat": 500_00}, {"vat": 200_00}, share=Fraction(1))
    {'vat': 30000}
    >>> open_tax({"vat": 500_00}, {"vat": 200_00}, share=Fraction(0))
    {'vat': 0}
    """
    left = {code: half_up(cents * share) - recovered.get(code, 0) for code, cents in carried.items()}
    return {code: max(cents, 0) if carried[code] >= 0 else min(cents, 0) for code, cents in left.items()}


def part_by_key(priced: PricedContract, carried: Mapping[Key, int], cents: int) -> dict[Key, int]:
    """
    So much of what is carried, by key and in its proportion, in cents: a part of a taxed deposit that is
    credited, or that a credit note puts back. No key gives more than it carries.

    >>> keys = {Key("a"): 250_00, Key("a", "vat"): 50_00}
    >>> one = PricedContract("GBP", (), keys, {key: key.tax for key in keys})
    >>> part_by_key(one, keys, 100_00)
    {Key(line='a', tax=None): 8333, Key(line='a', tax='vat'): 1667}
    """
    whole = sum(carried.values())
    share = Fraction(cents, whole) if whole else Fraction(0)
    exact = {key: part * share for key, part in carried.items()}
    return allocate_positions(exact, cents if whole else 0, priced.group_of)
