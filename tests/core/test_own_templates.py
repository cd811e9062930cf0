"""A schedule that is kept for the next quotes makes the whole of any price."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milepost.core.contract import ContractLine, price
from milepost.core.own_templates import PricedRow, as_template, from_plain, to_plain
from milepost.core.quote_input import RowInput
from milepost.core.rows import Row
from milepost.core.schedule import row_amounts


def priced(total_cents: int):  # type: ignore[no-untyped-def]
    return price([ContractLine(1, "Work", Decimal(1), Decimal(total_cents) / 100)], currency="USD")


def amounts(rows, total_cents: int) -> list[int]:  # type: ignore[no-untyped-def]
    core = [
        Row(place, row.kind, row.basis, int(row.value) if row.basis == "fixed" else row.value)
        for place, row in enumerate(rows, start=1)
    ]
    return list(row_amounts(priced(total_cents), core).values())


def kept(rows: list[tuple[str, str, str | None, int]], total_cents: int, mode: str) -> list[tuple[str, str]]:
    parts = [
        PricedRow(RowInput(f"Row {n}", basis, kind, Decimal(value) if value else None, lines=(n,)), cents)
        for n, (kind, basis, value, cents) in enumerate(rows)
    ]
    made = as_template(parts, total_cents, amounts_as=mode)  # type: ignore[arg-type]
    assert {row.lines for row in made} == {()}
    return [(row.basis, str(row.value)) for row in made]


KITCHEN = [
    ("deposit", "percent", "25", 10_000_00),
    ("milestone", "fixed", "1000000", 10_000_00),
    ("milestone", "lines", None, 12_000_00),
    ("milestone", "remainder", None, 8_000_00),
]


@pytest.mark.parametrize(
    ("rows", "mode", "wanted"),
    [
        (
            KITCHEN,
            "percent",
            [("percent", "25"), ("percent", "25.00"), ("percent", "30.00"), ("remainder", "None")],
        ),
        (
            KITCHEN,
            "fixed",
            [("percent", "25"), ("fixed", "1000000"), ("fixed", "1200000"), ("remainder", "None")],
        ),
        # Nothing takes the rest: the last one does
        (
            [("milestone", "fixed", "1", 30_000_00), ("milestone", "fixed", "1", 10_000_00)],
            "fixed",
            [("fixed", "3000000"), ("remainder", "None")],
        ),
        # Percentages that make a hundred need nobody to take the rest
        (
            [("milestone", "percent", "60", 24_000_00), ("milestone", "percent", "40", 16_000_00)],
            "percent",
            [("percent", "60"), ("percent", "40")],
        ),
        # Shares take what is left already
        (
            [("milestone", "fixed", "1", 10_000_00), ("milestone", "share", "1", 30_000_00)],
            "percent",
            [("percent", "25.00"), ("share", "1")],
        ),
        # A change order added a payment of its own beside 50 and 50: each is what it is today
        (
            [
                ("milestone", "percent", "50", 16_000_00),
                ("milestone", "percent", "50", 16_000_00),
                ("milestone", "fixed", "1", 8_000_00),
            ],
            "percent",
            [("percent", "40.00"), ("percent", "40.00"), ("remainder", "None")],
        ),
    ],
)
def test_what_is_kept_of_each_basis(rows, mode, wanted):
    assert kept(rows, 40_000_00, mode) == wanted


def test_percentages_that_no_longer_fit_are_kept_as_what_they_are_today():
    """60 and 60 after a change: 50.625 and 49.375 of today's price, rounded together: no more than a hundred."""
    rows = [
        ("milestone", "percent", "60", 4_05),
        ("milestone", "percent", "60", 3_95),
        ("milestone", "remainder", None, 0),
    ]
    assert kept(rows, 8_00, "percent") == [("percent", "50.63"), ("percent", "49.37"), ("remainder", "None")]


def test_what_takes_the_rest_does_so_wherever_it_stands():
    rows = [("milestone", "remainder", None, 6_00), ("milestone", "fixed", "2", 2_00)]
    assert kept(rows, 8_00, "percent") == [("remainder", "None"), ("percent", "25.00")]


def test_nothing_is_no_percentage_of_nothing_and_a_hundred_beside_nothing_is_the_whole():
    free = [("deposit", "fixed", "0", 0), ("milestone", "fixed", "0", 0)]
    assert kept(free, 0, "percent") == [("percent", "0.00"), ("remainder", "None")]
    whole = [("deposit", "percent", "0", 0), ("milestone", "percent", "100", 8_00)]
    assert kept(whole, 8_00, "percent") == [("percent", "0"), ("percent", "100")]
    # An amount may be more than nothing under another price, so somebody takes the rest.
    whole = [("milestone", "percent", "100", 8_00), ("milestone", "fixed", "0", 0)]
    assert kept(whole, 8_00, "fixed") == [("percent", "100"), ("remainder", "None")]


def test_what_belongs_to_one_job_is_left_behind_and_the_rest_survives_its_store():
    from datetime import date

    row = RowInput(
        "Rough-in", "percent", value=Decimal("33.333333"), bill_on="before", before_days=3, event="Inspection",
        event_on=date(2026, 4, 1), event_follows=True, planned_on=date(2026, 3, 1), planned_until=date(2026, 3, 4),
        deliverable="Walls", acceptance=("Signed",), evidence=("photo",), window_days=4, net_days=0, approver="Pat",
    )  # fmt: skip
    end = RowInput("End", "remainder")
    made = as_template([PricedRow(row, 1), PricedRow(end, 2)], 3, amounts_as="percent")
    assert made[0] == RowInput(
        "Rough-in", "percent", value=Decimal("33.333333"), bill_on="before", before_days=3, event="Inspection",
        event_follows=True, deliverable="Walls", acceptance=("Signed",), evidence=("photo",), window_days=4, net_days=0,
    )  # fmt: skip
    assert [from_plain(to_plain(part)) for part in made] == list(made)


def test_percentages_of_small_payments_come_to_no_more_than_a_hundred_and_fit_a_large_price():
    """0.00625, 0.01667 and 99.975 percent: each rounded by itself they would be 100.01 of the next price."""
    rows = [PricedRow(RowInput(f"Row {n}", "fixed"), cents) for n, cents in enumerate((3, 8, 479_88, 1))]
    made = as_template(rows, 480_00, amounts_as="percent")
    assert [str(row.value) for row in made] == ["0.01", "0.02", "99.97", "None"]
    assert amounts(made, 1_000_000_00) == [100_00, 200_00, 999_700_00, 0]


@given(
    cents=st.lists(st.integers(1, 10_000_00), min_size=1, max_size=8),
    bases=st.lists(st.sampled_from(["fixed", "lines", "percent"]), min_size=8, max_size=8),
    deposit=st.integers(0, 60),
    other=st.integers(1_00, 900_000_00),
)
def test_kept_in_percent_it_makes_the_whole_of_any_other_price(cents, bases, deposit, other):
    rest = sum(cents)
    total = rest * 100 // (100 - deposit)
    rows = (
        [PricedRow(RowInput("Deposit", "percent", "deposit", Decimal(deposit)), total - rest)]
        if deposit
        else []
    )
    for amount, basis in zip(cents, bases, strict=False):
        value = Decimal(amount * 100 / total).quantize(Decimal("0.01")) if basis == "percent" else None
        rows.append(PricedRow(RowInput("Part", basis, value=value or Decimal(amount)), amount))
    made = as_template(rows, total, amounts_as="percent")
    assert sum(amounts(made, other)) == other
    assert all(amount >= 0 for amount in amounts(made, other))
