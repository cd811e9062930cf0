"""What a payer adds for the way of paying, and what of it goes back."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milepost.core.money import parse_cents, plain
from milepost.core.surcharges import surcharge_cents, surcharge_returned
from tests.core import samples


@pytest.mark.parametrize("cells", samples.table("surcharges", "surcharges"), ids=lambda c: c["case"])
def test_a_surcharge_is_what_the_page_says(cells: dict[str, str]) -> None:
    asked = surcharge_cents(parse_cents(cells["amount"], "USD"), Decimal(cells["percent"]))
    assert plain(asked, "USD") == cells["surcharge"]


def returned(amount: int, surcharge: int, refunds: list[int]) -> list[int]:
    """What goes back with each of these refunds, one after another."""
    done, back = 0, list[int]()
    for refund in refunds:
        back.append(
            surcharge_returned(
                surcharge, amount, before_cents=done, now_cents=refund, returned_cents=sum(back)
            )
        )
        done += refund
    return back


@pytest.mark.parametrize("cells", samples.table("surcharges", "returned"), ids=lambda c: c["case"])
def test_a_refund_gives_back_what_the_page_says(cells: dict[str, str]) -> None:
    refunds = [parse_cents(text, "USD") for text in cells["refunded, one after another"].split(", ")]
    amount, surcharge = (parse_cents(cells[name], "USD") for name in ("amount", "surcharge"))
    back = [plain(cents, "USD") for cents in returned(amount, surcharge, refunds)]
    assert back == cells["given back with each"].split(", ")


@given(st.lists(st.integers(1, 10**7), min_size=1, max_size=6), st.decimals(0, 10, places=2))
def test_a_payment_refunded_whole_gives_back_its_whole_surcharge(
    refunds: list[int], percent: Decimal
) -> None:
    amount = sum(refunds)
    surcharge = surcharge_cents(amount, percent)
    assert 0 <= surcharge <= amount * percent / 100 < surcharge + 1
    back = returned(amount, surcharge, refunds)
    assert sum(back) == surcharge
    assert all(cents >= 0 for cents in back)
