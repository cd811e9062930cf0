"""Lines and taxes in whole cents, and what is refused."""

from decimal import Decimal
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milepost.core.contract import (
    ContractBelowZero,
    ContractLine,
    Key,
    RepeatedLine,
    RepeatedTax,
    TaxWithTwoRates,
    price,
)
from milepost.core.inclusive import PriceInsideTax
from milepost.core.money import AmountTooLarge
from milepost.core.tax import TaxRate
from tests.core.effort import tried
from tests.core.samples import contract

SALES = TaxRate("sales", "Sales tax", Decimal("8.25"))
LOCAL = TaxRate("local", "Local tax", Decimal("1.5"))
LINES = st.lists(
    st.tuples(
        st.decimals(Decimal("0.01"), 500, places=2),
        st.decimals(0, 5000, places=4),
        st.sampled_from([(), (SALES,), (LOCAL,), (SALES, LOCAL)]),
    ),
    min_size=1,
    max_size=10,
)


def test_the_tax_that_stands_twice_on_a_line_is_named() -> None:
    city = TaxRate("city", "City", Decimal(1))
    with pytest.raises(RepeatedTax) as refused:
        price([ContractLine(1, "A", Decimal(1), Decimal(1), (SALES, city, city))], currency="USD")
    assert "City" in str(refused.value)


@tried(150)
@given(LINES, st.sampled_from(["code", "line"]), st.sampled_from(["half_up", "down"]))
def test_a_contract_is_the_sum_of_its_keys(
    drawn: list[tuple[Decimal, Decimal, tuple[TaxRate, ...]]],
    per: Literal["code", "line"],
    rounding: Literal["half_up", "down"],
) -> None:
    lines = [ContractLine(i, f"Line {i}", *parts) for i, parts in enumerate(drawn)]
    priced = price(lines, currency="USD", tax_per=per, tax_rounding=rounding)
    assert priced.total_cents == priced.net_cents + sum(priced.tax_by_code.values())
    assert list(priced.keys) == [
        key for line in lines for key in [Key(line.id), *(Key(line.id, rate.code) for rate in line.taxes)]
    ]
    for code, cents in priced.tax_by_code.items():
        rate = priced.tax_rates[code]
        base = sum(priced.net_cents_by_line[line.id] for line in lines if rate in line.taxes)
        slack = 1 if per == "code" else len(lines)
        assert abs(cents - base * rate.percent / 100) <= slack
        for line in lines:
            if rate in line.taxes:
                exact = priced.net_cents_by_line[line.id] * rate.percent / 100
                assert abs(priced.keys[Key(line.id, code)] - exact) < 1


def test_the_unit_price_is_as_exact_as_it_was_agreed() -> None:
    # 1,250.5 feet at 0.3333 are 416.79165, and it is the line that is rounded
    line = ContractLine("wire", "Wire", Decimal("1250.5"), Decimal("0.3333"))
    assert line.net_cents("USD") == 416_79
    assert line.net_cents("JPY") == 417


def test_a_discount_comes_off_before_rounding_and_before_tax() -> None:
    line = ContractLine("screws", "Screws", Decimal(20), Decimal("1.97"), (SALES,), Decimal(12))
    priced = price([line], currency="USD")
    assert (priced.net_cents, priced.tax_cents) == (34_67, 2_86)


def test_a_discount_line_lowers_the_contract() -> None:
    assert contract("35.00, -5.00 @ 10, 30.00 @ 10").total_cents == 62_50


def test_a_zero_rate_keeps_its_own_key_so_that_it_can_be_shown() -> None:
    assert contract("100.00 @ 0").keys == {Key("a"): 100_00, Key("a", "0"): 0}


@pytest.mark.parametrize(
    ("lines", "refusal"),
    [
        (
            [ContractLine(1, "A", Decimal(1), Decimal(1)), ContractLine(1, "B", Decimal(1), Decimal(1))],
            RepeatedLine,
        ),
        ([ContractLine(1, "A", Decimal(1), Decimal(1), (SALES, SALES))], RepeatedTax),
        (
            [
                ContractLine(1, "A", Decimal(1), Decimal(1), (SALES,)),
                ContractLine(2, "B", Decimal(1), Decimal(1), (SALES._replace(percent=Decimal(5)),)),
            ],
            TaxWithTwoRates,
        ),
        ([ContractLine(1, "A", Decimal(1), Decimal("-0.01"))], ContractBelowZero),
        ([ContractLine(1, "A", Decimal(10**9), Decimal(10**9))], AmountTooLarge),
        ([ContractLine(i, "A", Decimal(1), Decimal(9 * 10**12)) for i in range(2)], AmountTooLarge),
    ],
)
def test_what_cannot_be_a_contract_is_refused(lines: list[ContractLine], refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        price(lines, currency="USD")


@tried(150)
@given(LINES, st.sampled_from(["code", "line"]))
def test_a_price_that_includes_its_taxes_is_what_the_line_comes_to(
    drawn: list[tuple[Decimal, Decimal, tuple[TaxRate, ...]]], per: Literal["code", "line"]
) -> None:
    lines = [ContractLine(i, f"Line {i}", *parts) for i, parts in enumerate(drawn)]
    priced = price(lines, currency="USD", tax_per=per, inclusive=True)
    assert priced.gross_cents_by_line == {line.id: line.net_cents("USD") for line in lines}
    assert all(cents >= 0 for cents in priced.keys.values())
    for line in lines:
        exact = line.net_cents("USD") / (1 + sum(rate.percent for rate in line.taxes) / 100)
        assert abs(priced.keys[Key(line.id)] - exact) < 1


def test_taxes_that_eat_the_price_cannot_be_inside_it() -> None:
    withheld = TaxRate("withheld", "Withheld", Decimal(-100))
    with pytest.raises(PriceInsideTax, match="come to -100 percent"):
        price(
            [ContractLine("a", "Work", Decimal(1), Decimal(100), (withheld,))], currency="USD", inclusive=True
        )


def test_taxes_that_work_against_each_other_each_stand_on_the_net() -> None:
    taxes = (TaxRate("vat", "VAT", Decimal(20)), TaxRate("held", "Withheld", Decimal(-20)))
    priced = price(
        [ContractLine("a", "Work", Decimal(1), Decimal(100), taxes)], currency="USD", inclusive=True
    )
    assert list(priced.keys.values()) == [100_00, 20_00, -20_00]
