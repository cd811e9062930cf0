"""An item of the price book as it was typed, before it is a record."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class ItemInput:
    """
    What is sold again and again. `unit_price` in major units, up to four decimals; `tax_codes` are ids
    of the business's taxes; an empty `description` means that the name says it all.
    """

    name: str
    unit_price: Decimal
    description: str = ""
    unit: str = ""
    section: str = ""
    tax_codes: tuple[int, ...] = ()


def key_of(name: str) -> str:
    """
    A name as it is compared with others: capitals and the width of spaces make no difference.

    >>> key_of("  Brass  PULL ")
    'brass pull'
    """
    return " ".join(name.casefold().split())
