"""From an offered version to priced cents: the core's contract and schedule, by stored position."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import cast

from milepost.core.contract import ContractLine, PricedContract, price
from milepost.core.rounding import Rule
from milepost.core.rows import Recovery, Row
from milepost.core.schedule import row_amounts, signing_weights
from milepost.core.tax import TaxPer, TaxRate
from milepost.records.businesses import Business, TaxCode
from milepost.records.quotes import QuoteLine, QuoteRow, QuoteVersion


@dataclass(frozen=True)
class PricedQuote:
    """
    A version in cents, with the optional lines that are ticked. Lines and rows are named by their
    positions; `lines` and `rows` are those that stand.
    """

    lines: Sequence[QuoteLine]
    rows: Sequence[QuoteRow]
    contract: PricedContract
    amounts: dict[int, int]
    weights: dict[int, Fraction]


def price_offer(
    version: QuoteVersion,
    lines: Sequence[QuoteLine],
    rows: Sequence[QuoteRow],
    *,
    chosen: Collection[int] = (),
) -> PricedQuote:
    """A stored version with its job's currency and recovery; see `price_quote`."""
    return price_quote(
        version.job.business,
        lines,
        rows,
        currency=version.job.currency,
        recovery=version.job.recovery,
        discount_percent=version.discount_percent,
        prices_include_tax=version.prices_include_tax,
        chosen=chosen,
    )


def price_quote(
    business: Business,
    lines: Sequence[QuoteLine],
    rows: Sequence[QuoteRow],
    *,
    currency: str,
    recovery: str,
    discount_percent: Decimal = Decimal(0),
    prices_include_tax: bool = False,
    chosen: Collection[int] = (),
) -> PricedQuote:
    """
    Price a version by the business's tax rules, with the optional lines `chosen` by position.

    `discount_percent` comes off every line, after the line's own. A row that would bill nothing but
    lines that are not ticked falls away. Refuses what the core refuses, in words.
    """
    dropped = _not_chosen(lines, chosen)
    lines = [line for line in lines if line.position not in dropped]
    rows = [row for row in rows if row.basis != "lines" or not row.line_positions or lines_of(row, dropped)]
    contract = _price(business, lines, currency, discount_percent, inclusive=prices_include_tax)
    schedule = [core_row(row, dropped) for row in rows]
    how = cast(Recovery, recovery)
    amounts = row_amounts(contract, schedule, recovery=how)
    weights = signing_weights(contract, schedule, recovery=how)
    return PricedQuote(
        lines,
        rows,
        contract,
        {cast(int, position): cents for position, cents in amounts.items()},
        {cast(int, position): weight for position, weight in weights.items()},
    )


def price_lines(version: QuoteVersion, lines: Sequence[QuoteLine]) -> PricedContract:
    """A version's lines without its schedule, the optional ones left out: what a draft comes to so far."""
    dropped = _not_chosen(lines, ())
    kept = [line for line in lines if line.position not in dropped]
    job = version.job
    inclusive = version.prices_include_tax
    return _price(job.business, kept, job.currency, version.discount_percent, inclusive=inclusive)


def _price(
    business: Business,
    lines: Sequence[QuoteLine],
    currency: str,
    discount_percent: Decimal,
    *,
    inclusive: bool,
) -> PricedContract:
    return price(
        [core_line(line, discount_percent) for line in lines],
        currency=currency,
        tax_per=cast(TaxPer, business.tax_per),
        tax_rounding=cast(Rule, business.tax_rounding),
        inclusive=inclusive,
    )


def _not_chosen(lines: Sequence[QuoteLine], chosen: Collection[int]) -> set[int]:
    return {line.position for line in lines if line.is_optional and line.position not in chosen}


def core_line(line: QuoteLine, discount_percent: Decimal = Decimal(0)) -> ContractLine:
    """A stored line as the core knows it, named by its position, with every discount in one."""
    taxes = tuple(TaxRate(t["code"], t["name"], Decimal(t["percent"])) for t in line.taxes)
    return ContractLine(
        line.position,
        line.description,
        Decimal(line.quantity),
        Decimal(line.unit_price),
        taxes,
        both_discounts(line.discount_percent, discount_percent),
        unit=line.unit,
    )


def frozen_tax(tax: TaxCode) -> dict[str, object]:
    """A tax as a line keeps it: its name and rate as they are now; and that the customer owes it, in which words."""
    kept: dict[str, object] = {
        "code": tax.id,
        "name": tax.name,
        "percent": f"{tax.percent.normalize():f}",
    }
    return kept if tax.kind == "rate" else kept | {"kind": tax.kind, "note": tax.note}


def both_discounts(own: Decimal, whole: Decimal) -> Decimal:
    """
    Two percentages off, one after the other, as one: 10 and then 5 are 14.5, exactly.

    Each has six decimals at most, so the result fits the decimals of a contract line's column.
    """
    own, whole = Decimal(own), Decimal(whole)
    return own + whole - own * whole / 100


def lines_of(row: QuoteRow, dropped: Collection[int] = ()) -> frozenset[int]:
    """The positions of the lines that a row bills by itself, without those that were dropped."""
    return frozenset(row.line_positions) - frozenset(dropped)


def core_row(row: QuoteRow, dropped: Collection[int] = ()) -> Row:
    """A stored row as the core knows it, named by its position, without the lines that were dropped."""
    value: Decimal | int | None = row.value
    if row.basis == "fixed" and row.value is not None:
        value = int(row.value)
    return Row(
        row.position,
        row.kind,  # type: ignore[arg-type]
        row.basis,  # type: ignore[arg-type]
        value,
        lines_of(row, dropped),
    )
