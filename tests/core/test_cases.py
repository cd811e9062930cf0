"""Published figures and other products' own tests, kept with their source in tests/core/cases."""

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from milepost.core.billing import bill
from milepost.core.contract import ContractLine, price
from milepost.core.money import parse_cents, parse_decimal, plain
from milepost.core.rounding import split_cents
from milepost.core.tax import tax_of_lines
from tests.core import samples

Case = dict[str, Any]


def _cases(name: str) -> Any:
    path = Path(__file__).parent / "cases" / f"{name}.jsonl"
    cases = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return pytest.mark.parametrize("case", cases, ids=[case.get("id") or case["title"] for case in cases])


@_cases("splits")
def test_an_amount_is_split_as_published(case: Case) -> None:
    total = parse_cents(case["total"], case["currency"])
    parts = split_cents(total, [Fraction(weight) for weight in case["weights"]])
    assert [plain(part, case["currency"]) for part in parts] == case["parts"]


@_cases("taxes")
def test_a_contract_is_taxed_as_published(case: Case) -> None:
    priced = samples.contract(case["lines"], tax_per=case["tax_per"])
    assert {code: plain(cents, "USD") for code, cents in priced.tax_by_code.items()} == case["tax"]
    assert plain(priced.total_cents, "USD") == case["total"]


@_cases("schedules")
def test_a_schedule_comes_to_what_is_published(case: Case) -> None:
    assert samples.amounts(samples.job(case["contract"], case["schedule"])) == case["amounts"]


@_cases("bills")
def test_a_job_is_billed_as_published(case: Case) -> None:
    job = samples.job(case["contract"], case["schedule"])
    for expected in case["invoices"]:
        invoice = bill(job, expected["rows"].split())
        job = job.after(invoice)
        for name in expected.keys() & {"due", "recovered", "earned", "net", "tax"}:
            assert plain(getattr(invoice, f"{name}_cents"), "USD") == expected[name], name
        for name in expected.keys() & {"net_by_line", "tax_by_code"}:
            assert {key: plain(cents, "USD") for key, cents in getattr(invoice, name).items()} == expected[
                name
            ]


def test_a_negative_base_mirrors_the_positive_one() -> None:
    """TX-JDE-6 (JD Edwards, 3.5 % of -275.00) and TX-GOBL-DE-NEG (gobl, 19 %)."""
    assert tax_of_lines([-275_00], parse_decimal("3.5", digits=2, places=1)) == [-9_63]
    bases = [-154_052_73, -154_052_82]
    assert tax_of_lines(bases, parse_decimal("19", digits=2, places=0), per="line") == [
        -29_270_02,
        -29_270_04,
    ]


def test_a_discount_is_taken_off_the_line_and_not_off_the_unit_price() -> None:
    """TX-KOSIT-128 (20 × 1.97 less 12 %) and TX-KOSIT-128b (1.01 less 50 %)."""
    nets = [
        ContractLine(
            name,
            "Item",
            parse_decimal(quantity, digits=3, places=0),
            parse_decimal(unit_price, digits=3, places=2),
            (),
            parse_decimal(discount, digits=2, places=0),
        )
        for name, quantity, unit_price, discount in [("a", "20", "1.97", "12"), ("b", "1", "1.01", "50")]
    ]
    assert price(nets, currency="EUR").net_cents_by_line == {"a": 34_67, "b": 51}
