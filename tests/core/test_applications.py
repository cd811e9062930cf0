"""Applications for payment at their edges: stored materials, caps, tax on each document, certificates."""

from decimal import Decimal

import pytest

from milepost.core.contract import ContractLine, Key, price
from milepost.core.progress import (
    Advance,
    BelowCertified,
    ProgressState,
    ProgressTerms,
    Work,
    apply,
    certify_payable,
)
from milepost.core.retainage import LineWork, RetainageTerms, Tier, held_cents
from milepost.core.tax import TaxRate
from tests.core import samples

TEN = ProgressTerms(RetainageTerms(Decimal(10)))
ALL = Work(Decimal(100))


def test_a_cap_of_the_original_contract_does_not_grow_with_a_change_order() -> None:
    terms = ProgressTerms(RetainageTerms(Decimal(10), cap_percent=Decimal(5), cap_of="original"))
    state = ProgressState(samples.contract("1000.00"), original_cents=800_00)
    assert apply(state, {"a": ALL}, terms).held_cents == 40_00


def test_a_cap_of_a_gross_retainage_is_of_the_contract_with_its_taxes() -> None:
    rates = [TaxRate("vat", "VAT", Decimal(10)), TaxRate("low", "Low", Decimal(5))]
    lines = [
        ContractLine(name, name, Decimal(1), Decimal(100), tuple(rates[at : at + 1]))
        for at, name in enumerate("abc")
    ]
    terms = ProgressTerms(RetainageTerms(Decimal(10), of="gross", cap_percent=Decimal(5)))
    made = apply(ProgressState(price(lines, currency="USD")), dict.fromkeys("abc", ALL), terms)
    assert (made.earned_cents, made.held_cents) == (315_00, 15_75)


def test_stored_materials_count_as_certified_and_stay_until_they_are_named() -> None:
    state = ProgressState(samples.contract("1000.00, 500.00"))
    state = apply(state, {"a": Work(cents=300_00, stored_cents=200_00)}, TEN).state
    idle = apply(state, {"b": Work(cents=10_00)}, TEN).state
    assert (idle.work, idle.stored) == ({"a": 300_00, "b": 10_00}, {"a": 200_00, "b": 0})
    built_in = apply(state, {"a": Work(cents=500_00)}, TEN)
    assert (built_in.payable_cents, built_in.state.stored["a"]) == (0, 0)
    with pytest.raises(BelowCertified) as refused:
        apply(state, {"a": Work(cents=399_99, stored_cents=100_00)}, TEN)
    assert str(refused.value) == ("“Line a” stands at 500.00 already. Less than that needs a credit note.")


def test_a_discount_line_goes_down_to_its_value_and_not_back() -> None:
    state = ProgressState(samples.contract("-100.00, 500.00"))
    state = apply(state, {"a": Work(cents=-40_00), "b": Work(cents=100_00)}, TEN).state
    done = apply(state, {"a": Work(cents=-100_00), "b": ALL}, TEN)
    assert done.state.work["a"] == -100_00
    for cents, code in ((-100_01, "above_the_line"), (-39_99, "below_certified"), (1, "below_certified")):
        with pytest.raises(Exception, match="“Line a”") as refused:
            apply(state, {"a": Work(cents=cents)}, TEN)
        assert refused.value.code == code  # type: ignore[attr-defined]


def test_tax_on_each_document_ends_when_the_contract_s_is_used_up() -> None:
    """0.05 at 50 percent bears 0.03 of tax; a cent a period is half a cent of tax, rounded up."""
    state = ProgressState(samples.contract("0.05 @ 50"))
    taxes = []
    for cents in range(1, 6):
        made = apply(state, {"a": Work(cents=cents)}, ProgressTerms(tax_at="document"))
        taxes.append(made.lines[Key("a", "50")])
        state = made.state
    assert taxes == [1, 1, 1, 0, 0]


def test_an_advance_on_gross_looks_past_the_retainage() -> None:
    terms = ProgressTerms(RetainageTerms(Decimal(10)), advance=Advance(Decimal(25), Decimal(10)))
    state = ProgressState(samples.contract("100000.00"), deposit_cents=10_000_00)
    recovered = []
    for done in (8_000_00, 20_000_00, 40_000_00):
        made = apply(state, {"a": Work(cents=done)}, terms)
        recovered.append(made.recovered_cents)
        state = made.state
    assert recovered == [0, 3_000_00, 5_000_00]


def test_a_payable_is_solved_back_over_what_was_certified_before() -> None:
    start = ProgressState(samples.contract("1000.00, 500.00"))
    first = {"a": Work(cents=300_00, stored_cents=200_00), "b": Work(cents=100_00)}
    state = apply(start, first, TEN).state
    second = {"a": Work(cents=600_00, stored_cents=100_00), "b": Work(cents=300_00)}
    applied = apply(state, second, TEN)
    assert applied.payable_cents == 360_00
    half = certify_payable(state, applied, 180_00, TEN)
    assert (half.payable_cents, half.held_cents) == (180_00, 20_00)
    assert (half.state.work, half.state.stored) == ({"a": 500_00, "b": 200_00}, {"a": 100_00, "b": 0})
    nothing = certify_payable(state, apply(state, {}, TEN), 0, TEN)
    assert (nothing.payable_cents, nothing.state.work) == (0, state.work)


def test_every_payable_that_can_be_reached_is_reached() -> None:
    start, terms = ProgressState(samples.contract("0.40, 0.60")), ProgressTerms()
    applied = apply(start, {"a": ALL, "b": ALL}, terms)
    assert [certify_payable(start, applied, cents, terms).payable_cents for cents in range(101)] == list(
        range(101)
    )


def test_no_work_holds_nothing_and_the_first_cent_of_a_tier_counts() -> None:
    idle = [LineWork("a", 100, 0), LineWork("b", 100, 0)]
    assert held_cents(idle, RetainageTerms(amount_cents=5_00)) == 0
    begun = [LineWork("a", 100, 10)]
    assert held_cents(begun, RetainageTerms(tiers=(Tier(None, Decimal(100)),))) == 10
    later = (Tier(Decimal(50), Decimal(0)), Tier(None, Decimal(100)))
    assert held_cents(begun, RetainageTerms(tiers=later)) == 0
    assert held_cents([LineWork("a", 100, 51)], RetainageTerms(tiers=later)) == 1
