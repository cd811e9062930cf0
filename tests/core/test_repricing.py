"""What changed lines, or other taxes in mid-job, make of a contract."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milepost.core.contract import ContractBelowZero, ContractLine, Key, PricedContract, price
from milepost.core.repricing import repriced
from milepost.core.retaxing import retaxed
from milepost.core.tax import TaxPer, TaxRate, tax_of_lines
from tests.core.effort import tried
from tests.core.jobs import contracts

OLD, NEW, CITY = (TaxRate(name, name, Decimal(rate)) for name, rate in (("old", 5), ("new", 10), ("city", 1)))


def line(name: str, amount: str, *taxes: TaxRate) -> ContractLine:
    return ContractLine(name, name, Decimal(1), Decimal(amount), taxes)


# Taxes of 2.5, 1.5 and 0.5 cents.
ROUNDED = pytest.mark.parametrize(("settings", "taxes"), [
    ({}, [3, 2, 0]),
    ({"tax_rounding": "down"}, [3, 1, 0]),
    ({"tax_per": "line"}, [3, 2, 1]),
    ({"tax_per": "line", "tax_rounding": "down"}, [2, 1, 0]),
])  # fmt: skip


# Changed lines ------------------------------------------------------------------------------------------


def test_what_was_taken_off_a_line_stays_off_when_another_changes() -> None:
    before = [line("a", "100", OLD), line("b", "50")]
    now = price(before, currency="USD")
    less = replace(now, keys=now.keys | {Key("a"): 90_00, Key("a", "old"): 4_50})
    after = repriced(less, before, [before[0], line("b", "60")])
    assert after.keys == {Key("a"): 90_00, Key("a", "old"): 4_50, Key("b"): 60_00}
    assert [one.id for one in after.lines] == ["a", "b"]


def test_a_key_that_the_new_lines_do_not_have_stays_at_what_is_left_of_it() -> None:
    before = [line("a", "100", OLD)]
    now = price(before, currency="USD")
    after = repriced(now, before, [line("a", "100", NEW)])
    assert after.keys == {Key("a"): 100_00, Key("a", "new"): 10_00, Key("a", "old"): 0}
    assert after.groups[Key("a", "old")] == ("tax", "old")


@ROUNDED
def test_the_difference_is_taxed_as_the_contract_was(settings: dict[str, Any], taxes: list[int]) -> None:
    now = PricedContract("USD", (), {}, {})
    joining = [line("a", "0.50", OLD), line("b", "0.30", OLD), line("c", "0.10", OLD)]
    after = repriced(now, [], joining, **settings)
    assert [after.keys[Key(name, "old")] for name in "abc"] == taxes


def test_prices_that_include_their_tax_still_do() -> None:
    before = [line("a", "110", NEW)]
    now = price(before, currency="USD", inclusive=True)
    after = repriced(now, before, [*before, line("b", "55", NEW)], inclusive=True)
    assert after.keys == {
        Key("a"): 100_00, Key("a", "new"): 10_00, Key("b"): 50_00, Key("b", "new"): 5_00,
    }  # fmt: skip


def test_a_contract_may_come_down_to_nothing_but_not_below_it() -> None:
    """Of 100.00, 60.00 was taken off; what is left of the line cannot give 100.00 back."""
    before = [line("a", "100"), line("b", "20")]
    now = price(before, currency="USD")
    less = replace(now, keys=now.keys | {Key("a"): 40_00})
    assert repriced(less, before, [line("a", "60"), line("b", "0")]).total_cents == 0
    assert repriced(less, before, [line("a", "60.01"), line("b", "0")]).total_cents == 1
    with pytest.raises(ContractBelowZero) as refused:
        repriced(less, before, [line("a", "59.99"), line("b", "0")])
    assert refused.value.field == "lines"
    assert str(refused.value) == "The lines come to -0.01. A contract cannot be below zero."


# Other taxes --------------------------------------------------------------------------------------------


def test_a_line_shows_its_old_tax_and_its_new_one() -> None:
    now = price([line("a", "100", OLD), line("b", "100"), line("c", "100", CITY)], currency="CAD")
    after = retaxed(now, {Key("a"): 50_00, Key("a", "old"): 2_50}, {"a": (NEW, CITY), "b": (CITY,)})
    assert (after.currency, [one.taxes for one in after.lines]) == (
        "CAD",
        [(OLD, NEW, CITY), (CITY,), (CITY,)],
    )
    assert after.keys == {
        Key("a"): 100_00, Key("a", "old"): 2_50, Key("a", "new"): 5_00, Key("a", "city"): 50,
        Key("b"): 100_00, Key("b", "city"): 1_00,
        Key("c"): 100_00, Key("c", "city"): 1_00,
    }  # fmt: skip
    assert after.groups == price(after.lines, currency="CAD").groups


def test_a_line_without_tax_stays_without() -> None:
    now = price([line("a", "100", OLD), line("b", "100")], currency="USD")
    after = retaxed(now, {}, {})
    assert (after.keys, after.groups, after.lines) == (now.keys, now.groups, now.lines)


@ROUNDED
def test_the_rest_is_taxed_as_the_contract_was(settings: dict[str, Any], taxes: list[int]) -> None:
    now = price([line("a", "1", OLD), line("b", "0.15", OLD), line("c", "0.05", OLD)], currency="USD")
    billed = {Key("a"): 75, Key("a", "old"): 4}
    after = retaxed(now, billed, dict.fromkeys("abc", (NEW,)), **settings)
    assert [after.keys[Key(name, "new")] for name in "abc"] == taxes
    assert after.keys[Key("a", "old")] == 4


@tried(60)
@given(contracts(), st.integers(0, 100), st.sampled_from(["code", "line"]), st.data())
def test_tax_is_what_was_billed_of_it_and_the_new_rate_on_what_was_not(
    now: PricedContract, percent: int, per: TaxPer, data: st.DataObject
) -> None:
    billed = {key: cents * percent // 100 for key, cents in now.keys.items()}
    taxed = data.draw(st.sets(st.sampled_from([one.id for one in now.lines])))
    after = retaxed(now, billed, dict.fromkeys(taxed, (NEW,)), tax_per=per)
    assert after.net_cents_by_line == now.net_cents_by_line
    bases = [now.keys[Key(one.id)] - billed[Key(one.id)] for one in now.lines if one.id in taxed]
    assert after.tax_by_code.get("new", 0) == sum(tax_of_lines(bases, NEW.percent, per=per))
    for one in now.lines:
        if one.id in taxed:
            for rate in one.taxes:
                assert after.keys[Key(one.id, rate.code)] == billed[Key(one.id, rate.code)]
    for key, cents in after.keys.items():
        if key.tax == "new":
            base = now.keys[Key(key.line)] - billed[Key(key.line)]
            assert abs(cents - Fraction(base, 10)) < 1
