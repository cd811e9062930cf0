"""Every account that an event books on is in the chart that a business starts with."""

from milepost.actions.steps.journal import CHART
from milepost.core import journal


def test_every_account_of_an_event_is_in_the_chart() -> None:
    named = {value for name, value in vars(journal).items() if name.isupper() and isinstance(value, str)}
    assert named == {code for code, *_ in CHART}
