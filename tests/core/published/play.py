"""Published cases and who plays them: each case is a line of tests/core/cases/published/*.jsonl."""

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

from milepost.core.billing import Bill, JobState, bill, sign
from milepost.core.contract import ContractLine, Key, PricedContract, price
from milepost.core.money import plain
from milepost.core.rows import Recovery, Row
from milepost.core.tax import TaxPer, TaxRate

Case = dict[str, Any]
Player = Callable[[Any, Any], None]
"""Given the case's inputs and what it expects."""

PLAYERS: dict[str, Player] = {}
FOLDER = Path(__file__).parents[1] / "cases" / "published"


def plays(*ids: str) -> Callable[[Player], Player]:
    def register(player: Player) -> Player:
        PLAYERS.update(dict.fromkeys(ids, player))
        return player

    return register


def plays_op(op: str) -> Callable[[Player], Player]:
    """For the cases of `further.jsonl`, which say themselves what is done with them."""

    def register(player: Player) -> Player:
        PLAYERS.update({case["id"]: player for case in cases("further") if case["inputs"]["op"] == op})
        return player

    return register


def cases(name: str = "*") -> list[Case]:
    paths = sorted(FOLDER.glob(f"{name}.jsonl"))
    return [json.loads(line) for path in paths for line in path.read_text(encoding="utf-8").splitlines()]


def cents(amount: Any, digits: int = 2) -> int:
    """Exact cents of a number or a text in major units."""
    exact = Decimal(str(amount)) * 10**digits
    assert exact == int(exact), amount
    return int(exact)


def text(amount: int, currency: str = "USD") -> str:
    return plain(amount, currency)


def contract(*lines: tuple[Any, list[Any]], currency: str = "USD", per: TaxPer = "code") -> PricedContract:
    """A contract of lines a, b, c…: (net, tax percents), every percentage a tax of its own."""
    return price(
        [
            ContractLine(
                "abcdefghijklmnop"[i],
                f"Line {i}",
                Decimal(1),
                Decimal(str(net)),
                tuple(TaxRate(str(rate), f"Tax {rate}", Decimal(str(rate))) for rate in rates),
            )
            for i, (net, rates) in enumerate(lines)
        ],
        currency=currency,
        tax_per=per,
    )


def percents(*values: Any) -> list[Row]:
    return [
        Row(str(i), "milestone", "percent", Decimal(str(value))) for i, value in enumerate(values, start=1)
    ]


def fixed_deposit(amount: Any) -> Row:
    return Row("deposit", "deposit", "fixed", cents(amount))


def percent_deposit(value: Any) -> Row:
    return Row("deposit", "deposit", "percent", Decimal(str(value)))


def rest() -> Row:
    return Row("rest", "milestone", "remainder")


def signed(priced: PricedContract, *rows: Row, recovery: Recovery = "off_the_top") -> JobState:
    return sign(priced, list(rows), recovery=recovery)


def billed(state: JobState, *sets: str) -> tuple[list[Bill], JobState]:
    """The invoices for these rows (names apart by spaces), one after the other."""
    made = []
    for rows in sets:
        made.append(bill(state, rows.split()))
        state = state.after(made[-1])
    return made, state


def by_taxes(priced: PricedContract, keys: dict[Key, int]) -> dict[tuple[str, ...], tuple[int, int]]:
    """Net and gross of each set of taxes, in the contract's order."""
    sums: dict[tuple[str, ...], tuple[int, int]] = {}
    for line in priced.lines:
        codes = tuple(str(rate.code) for rate in line.taxes)
        own = keys[Key(line.id)]
        gross = own + sum(keys[Key(line.id, rate.code)] for rate in line.taxes)
        net_before, gross_before = sums.get(codes, (0, 0))
        sums[codes] = (net_before + own, gross_before + gross)
    return sums
