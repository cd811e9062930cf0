"""
Contracts and schedules in a line of text, as the tables of docs/rules write them.

A contract: "24000.00 @ 8.25, 7600.00" is line a with 8.25 % tax and line b without; "200.00 @ 15
+ 10" carries two taxes. A schedule: "deposit 25 %, 25 %, fixed 12000.00, share 1, lines a b,
remainder"; its milestones are called 1, 2, 3 in order.
"""

import re
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

from milepost.core.billing import Bill, JobState, bill, sign
from milepost.core.contract import ContractLine, PricedContract, price
from milepost.core.money import parse_cents, plain
from milepost.core.rounding import Rule
from milepost.core.rows import Recovery, Row
from milepost.core.tax import TaxPer, TaxRate

LETTERS = "abcdefghijklmnopqrstuvwxyz"


def contract(
    text: str,
    currency: str = "USD",
    *,
    tax_per: TaxPer = "code",
    tax_rounding: Rule = "half_up",
    inclusive: bool = False,
) -> PricedContract:
    """The contract that the text describes; every rate is a tax code of its own."""
    lines = [_line(LETTERS[i], part) for i, part in enumerate(text.split(","))]
    return price(lines, currency=currency, tax_per=tax_per, tax_rounding=tax_rounding, inclusive=inclusive)


def _line(name: str, text: str) -> ContractLine:
    amount, _, rates = text.partition("@")
    quantity, times, unit_price = amount.rpartition("×")
    taxes = tuple(
        TaxRate(rate.strip(), f"Tax {rate.strip()}", Decimal(rate.strip()))
        for rate in rates.split("+")
        if rate.strip()
    )
    return ContractLine(
        name, f"Line {name}", Decimal(quantity.strip() if times else 1), Decimal(unit_price.strip()), taxes
    )


def schedule(text: str, currency: str = "USD") -> list[Row]:
    """The rows that the text describes."""
    rows: list[Row] = []
    for part in text.split(","):
        milestones = sum(row.kind == "milestone" for row in rows)
        rows.append(_row(part.strip(), str(milestones + 1), currency))
    return rows


def _row(text: str, name: str, currency: str) -> Row:
    if text.startswith("deposit"):
        asked = text.removeprefix("deposit").strip()
        if asked.endswith("%"):
            return Row("deposit", "deposit", "percent", Decimal(asked.rstrip("% ")))
        return Row("deposit", "deposit", "fixed", parse_cents(asked, currency))
    word, _, rest = text.partition(" ")
    if word == "fixed":
        return Row(name, "milestone", "fixed", parse_cents(rest, currency))
    if word == "share":
        return Row(name, "milestone", "share", Decimal(rest))
    if word == "lines":
        return Row(name, "milestone", "lines", lines=frozenset(rest.split()))
    if word == "remainder":
        return Row(name, "milestone", "remainder")
    assert text.endswith("%"), text
    return Row(name, "milestone", "percent", Decimal(text.rstrip("% ")))


def job(
    contract_text: str, schedule_text: str, *, recovery: Recovery = "off_the_top", currency: str = "USD"
) -> JobState:
    """A signed job."""
    return sign(contract(contract_text, currency), schedule(schedule_text, currency), recovery=recovery)


def bill_all(state: JobState, sets: Sequence[Sequence[str]]) -> tuple[list[Bill], JobState]:
    """The invoices for these sets of rows, one after the other, and where the job stands then."""
    bills = []
    for rows in sets:
        bills.append(bill(state, rows))
        state = state.after(bills[-1])
    return bills, state


def amounts(state: JobState) -> list[str]:
    """Every row's amount in schedule order, in major units."""
    return [plain(cents, state.priced.currency) for cents in state.amounts.values()]


def table(page: str, name: str) -> list[dict[str, str]]:
    """The table under `<!-- table: name -->` of a page of docs/rules, a dict a row."""
    path = Path(__file__).resolve().parents[2] / "docs" / "rules" / f"{page}.md"
    match = re.search(rf"<!-- table: {name} -->\n\n((?:\|.*\n)+)", path.read_text(encoding="utf-8"))
    assert match is not None, f"{path} has no table {name}"
    header, _, *lines = [
        [cell.strip().replace("`", "") for cell in line.strip().strip("|").split("|")]
        for line in match[1].splitlines()
    ]
    return [dict(zip(header, line, strict=True)) for line in lines]
