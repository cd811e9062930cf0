"""Tax that the payer keeps back."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milepost.core.money import parse_cents, plain
from milepost.core.rounding import Rule
from milepost.core.withholding import withheld_cents
from tests.core import samples


@pytest.mark.parametrize("cells", samples.table("withholding", "withheld"), ids=lambda c: c["case"])
def test_it_is_kept_back_as_the_page_says(cells: dict[str, str]) -> None:
    net, materials, tax = (parse_cents(cells[name], "GBP") for name in ("net", "materials", "tax on top"))
    rounding: Rule = "down" if cells["rounding"] == "down" else "half_up"
    kept = withheld_cents(net, Decimal(cells["percent"]), materials_cents=materials, rounding=rounding)
    assert plain(kept, "GBP") == cells["withheld"]
    assert plain(net + tax - kept, "GBP") == cells["paid"]


@given(st.integers(0, 10**9), st.integers(0, 10**9), st.decimals(0, 100, places=2))
def test_it_is_never_more_than_the_net_without_materials_and_within_half_a_cent(
    labor: int, materials: int, percent: Decimal
) -> None:
    kept = withheld_cents(labor + materials, percent, materials_cents=materials)
    assert 0 <= kept <= labor
    assert abs(kept - labor * percent / 100) <= Decimal("0.5")
    assert kept - withheld_cents(labor, percent, rounding="down") in (0, 1)
