"""Every published case is played: to the cent, or with the choice named that makes ours differ."""

import pytest

from tests.core import samples
from tests.core.published import further_cases, job_cases, money_cases, progress_cases
from tests.core.published.play import PLAYERS, Case, cases

PARTS = (further_cases, job_cases, money_cases, progress_cases)


@pytest.mark.parametrize("case", cases(), ids=lambda case: case["id"])
def test_a_published_case_comes_out(case: Case) -> None:
    PLAYERS[case["id"]](case["inputs"], case["expected"])


def test_where_ours_differs_the_page_says_why() -> None:
    listed = {cells["case"] for cells in samples.table("published-cases", "differences")}
    assert listed <= {case["id"] for case in cases()}
