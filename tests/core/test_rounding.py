"""Largest remainder and its kin, as laws."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milepost.core.rounding import allocate_positions, down, half_up, largest_remainder, split_cents
from tests.core.effort import tried

CENTS = st.integers(-(10**12), 10**12)
WEIGHTS = st.lists(st.fractions(0, 1000, max_denominator=1000), min_size=1, max_size=12).filter(any)
FIGURES = st.lists(st.fractions(-(10**6), 10**6, max_denominator=997), min_size=1, max_size=12)
some = tried(150)


@some
@given(CENTS, WEIGHTS)
def test_the_parts_of_an_amount_add_up_and_stay_within_a_cent(total: int, weights: list[Fraction]) -> None:
    parts = split_cents(total, weights)
    assert sum(parts) == total
    whole = sum(weights)
    assert all(abs(part - total * w / whole) < 1 for part, w in zip(parts, weights, strict=True))


@some
@given(CENTS, WEIGHTS)
def test_a_credit_splits_as_the_charge_it_mirrors(total: int, weights: list[Fraction]) -> None:
    assert split_cents(-total, weights) == [-part for part in split_cents(total, weights)]


@some
@given(CENTS, WEIGHTS, st.fractions(Fraction(1, 50), 100, max_denominator=50))
def test_weights_count_by_their_proportion_alone(
    total: int, weights: list[Fraction], factor: Fraction
) -> None:
    assert split_cents(total, [weight * factor for weight in weights]) == split_cents(total, weights)


@some
@given(FIGURES, st.sampled_from([half_up, down]))
def test_figures_of_both_signs_reach_their_rounded_sum(figures: list[Fraction], rule: object) -> None:
    total = half_up(sum(figures)) if rule is half_up else down(sum(figures))
    placed = largest_remainder(figures, total)
    assert sum(placed) == total
    assert all(abs(cents - x) < 1 for cents, x in zip(placed, figures, strict=True))


@some
@given(st.lists(st.tuples(st.sampled_from("abc"), st.fractions(0, 10**6, max_denominator=997)), min_size=1))
def test_every_key_and_every_group_stays_within_a_cent(keyed: list[tuple[str, Fraction]]) -> None:
    exact = {(group, i): x for i, (group, x) in enumerate(keyed)}
    total = half_up(sum(exact.values()))
    placed = allocate_positions(exact, total, lambda key: key[0])
    assert list(placed) == list(exact)
    assert sum(placed.values()) == total
    assert all(abs(placed[key] - x) < 1 for key, x in exact.items())
    for group in "abc":
        drift = sum(placed[key] - x for key, x in exact.items() if key[0] == group)
        assert abs(drift) < 1


@some
@given(st.fractions(-(10**6), 10**6, max_denominator=1000))
def test_half_a_cent_goes_away_from_zero_and_down_goes_towards_it(x: Fraction) -> None:
    assert abs(half_up(x) - x) <= Fraction(1, 2)
    assert half_up(-x) == -half_up(x)
    assert abs(down(x)) <= abs(x) < abs(down(x)) + 1


def test_hundreds_of_lines_drift_by_no_more_than_a_cent() -> None:
    # Given 300 lines of 0.01 whose tax is 8.25 %, half of them billed
    exact = {("net", i): Fraction(1, 2) for i in range(300)} | {
        ("tax", i): Fraction(1, 24) for i in range(300)
    }
    placed = allocate_positions(exact, half_up(sum(exact.values())), lambda key: key[0])
    # Then the taxable base is 150 cents, where rounding each line would make it 300 or 0
    assert sum(cents for key, cents in placed.items() if key[0] == "net") == 150


def test_what_cannot_be_reached_is_a_fault_of_the_caller() -> None:
    with pytest.raises(ValueError, match="cannot be reached"):
        largest_remainder([Fraction(1), Fraction(1)], 5)
    with pytest.raises(ValueError, match="every weight is zero"):
        split_cents(1, [0, 0])
    assert split_cents(0, [0, 0]) == [0, 0]


@pytest.mark.parametrize(
    ("exact", "total", "cents"),
    [
        # A charge and a credit that cancel each other are no credit: the earlier figure takes the cent.
        (("1/2", "-1/2"), 0, [1, -1]),
        # A credit with a figure of nothing is the mirror of its charge all the same.
        (("0", "-1/2", "-1/2"), -1, [0, -1, 0]),
        (("0", "1/2", "1/2"), 1, [0, 1, 0]),
    ],
)
def test_only_what_is_all_credit_mirrors_the_charge(
    exact: tuple[str, ...], total: int, cents: list[int]
) -> None:
    assert largest_remainder([Fraction(x) for x in exact], total) == cents
