"""From an offered version to priced cents: the core's contract and schedule, by stored position."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import cast

from milepost.core.contract import ContractLine, PricedContract, price
from milepost.core.rounding import Rule
from milepost.core.rows import Recovery, Row
from milepost.core.schedule import row_amounts, signing_weights
from milepost.core.tax import TaxPer, TaxRate
from milepost.records.businesses import Business
from milepost.records.quotes import QuoteLine, QuoteRow


@dataclass(frozen=True)
class PricedQuote:
    """A version in cents. Lines and rows are named by their positions."""

    contract: PricedContract
    amounts: dict[int, int]
    weights: dict[int, Fraction]


def price_quote(
    business: Business, lines: Sequence[QuoteLine], rows: Sequence[QuoteRow], *, currency: str, recovery: str
) -> PricedQuote:
    """Price a version by the business's tax rules. Refuses what the core refuses, in words."""
    contract = price(
        [core_line(line) for line in lines],
        currency=currency,
        tax_per=cast(TaxPer, business.tax_per),
        tax_rounding=cast(Rule, business.tax_rounding),
    )
    schedule = [core_row(row) for row in rows]
    how = cast(Recovery, recovery)
    amounts = row_amounts(contract, schedule, recovery=how)
    weights = signing_weights(contract, schedule, recovery=how)
    return PricedQuote(
        contract,
        {cast(int, position): cents for position, cents in amounts.items()},
        {cast(int, position): weight for position, weight in weights.items()},
    )


def core_line(line: QuoteLine) -> ContractLine:
    """A stored line as the core knows it, named by its position."""
    taxes = tuple(TaxRate(t["code"], t["name"], Decimal(t["percent"])) for t in line.taxes)
    return ContractLine(
        line.position,
        line.description,
        Decimal(line.quantity),
        Decimal(line.unit_price),
        taxes,
        unit=line.unit,
    )


def core_row(row: QuoteRow) -> Row:
    """A stored row as the core knows it, named by its position."""
    value: Decimal | int | None = row.value
    if row.basis == "fixed" and row.value is not None:
        value = int(row.value)
    return Row(
        row.position,
        row.kind,  # type: ignore[arg-type]
        row.basis,  # type: ignore[arg-type]
        value,
        frozenset(row.line_positions),
    )
