"""Work in progress as a report."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milepost.core.money import parse_cents, plain
from milepost.core.wip import JobCosts, by_period
from tests.core import samples


def cents(text: str) -> int:
    return parse_cents(text, "USD", negative=True)


@pytest.mark.parametrize("cells", samples.table("work-in-progress", "jobs"), ids=lambda c: c["source"])
def test_a_job_stands_as_the_page_says(cells: dict[str, str]) -> None:
    job = JobCosts(
        *(cents(cells[name]) for name in ("contract", "cost", "to complete", "billed")),
        percent_places=int(cells["places"]) if cells["places"] else None,
        uninstalled_cents=cents(cells["uninstalled"] or "0"),
    )
    assert job.complete * 100 == int(cells["percent"])
    assert {
        "earned": plain(job.earned_cents, "USD"),
        "profit": plain(job.profit_cents, "USD"),
        "expense": plain(job.expense_cents, "USD"),
        "under-billed": plain(job.under_billed_cents, "USD"),
        "over-billed": plain(job.over_billed_cents, "USD"),
    }.items() <= cells.items()


@pytest.mark.parametrize("cells", samples.table("work-in-progress", "periods"), ids=lambda c: c["source"])
def test_a_period_s_own_figures_are_what_came_since_the_one_before(cells: dict[str, str]) -> None:
    to_date = [cents(text) for text in cells["to date"].split(", ")]
    assert by_period(to_date) == [cents(text) for text in cells["each period"].split(", ")]
    assert sum(by_period(to_date)) == to_date[-1]


CENTS = st.integers(0, 10**10)


@given(CENTS, CENTS, CENTS, CENTS, st.one_of(st.none(), st.integers(0, 2)))
def test_what_is_earned_lies_between_nothing_and_the_contract_and_the_report_adds_up(
    contract: int, cost: int, to_complete: int, billed: int, places: int | None
) -> None:
    job = JobCosts(contract, cost, to_complete, billed, places)
    assert 0 <= job.earned_cents <= contract
    assert job.earned_cents - job.expense_cents == job.profit_cents
    assert job.under_billed_cents - job.over_billed_cents == job.earned_cents - billed
    assert min(job.under_billed_cents, job.over_billed_cents) == 0
    done = JobCosts(contract, cost, 0, billed, places)
    assert (done.earned_cents, done.profit_cents) == (contract, contract - cost)
    if job.expected_loss_cents:
        assert job.profit_cents == contract - cost - to_complete < 0
