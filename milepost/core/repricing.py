"""What a contract is worth once its lines have changed, key by key."""

from collections.abc import Hashable, Sequence

from milepost.core.contract import ContractBelowZero, ContractLine, Key, PricedContract, price
from milepost.core.money import Money
from milepost.core.rounding import Rule
from milepost.core.tax import TaxPer


def repriced(
    now: PricedContract,
    before: Sequence[ContractLine],
    after: Sequence[ContractLine],
    *,
    tax_per: TaxPer = "code",
    tax_rounding: Rule = "half_up",
    inclusive: bool = False,
) -> PricedContract:
    """
    The contract with the lines `after` instead of `before`, in cents.

    Every key moves by the difference of the two prices and by nothing else, so that money that was
    taken off the contract since stays off. A key that the new lines do not have stays, at what is
    left of it; a line that is removed stays with a quantity of zero. Refuses what `price` refuses.

    >>> from decimal import Decimal
    >>> one = ContractLine("a", "Cabinets", Decimal(1), Decimal(1000))
    >>> two = ContractLine("b", "Pulls", Decimal(30), Decimal("12.50"))
    >>> repriced(price([one], currency="USD"), [one], [one, two]).total_cents
    137500
    """
    old, new = (
        price(lines, currency=now.currency, tax_per=tax_per, tax_rounding=tax_rounding, inclusive=inclusive)
        for lines in (before, after)
    )
    keys: dict[Key, int] = {}
    for key in (*new.keys, *(key for key in now.keys if key not in new.keys)):
        keys[key] = now.keys.get(key, 0) + new.keys.get(key, 0) - old.keys.get(key, 0)
    groups: dict[Key, Hashable] = {**now.groups, **new.groups}
    changed = PricedContract(now.currency, tuple(after), keys, groups)
    if changed.total_cents < 0:
        raise ContractBelowZero(total=Money(changed.total_cents, now.currency), field="lines")
    return changed
