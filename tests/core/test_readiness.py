"""When a milestone may be billed."""

from datetime import date

import pytest

from milepost.core.readiness import bill_from, is_ready

MONDAY = date(2026, 3, 16)
THURSDAY = date(2026, 3, 19)
"""Measurements are taken on this day."""


def test_three_business_days_before_thursday_is_monday_and_a_day_earlier_over_a_holiday() -> None:
    assert bill_from(THURSDAY, 3) == MONDAY
    assert bill_from(THURSDAY, 3, {date(2026, 3, 17)}) == date(2026, 3, 13)
    assert bill_from(THURSDAY, 0) == THURSDAY
    assert bill_from(None, 3) is None


@pytest.mark.parametrize(("bill_on", "done", "accepted", "ready"), [
    ("completion", False, False, False),
    ("completion", True, False, True),
    ("acceptance", True, False, False),
    ("acceptance", True, True, True),
    ("acceptance", False, True, True),
    # Without a date for its event, what is billed before it waits until it is done.
    ("before", False, False, False),
    ("before", True, False, True),
])  # fmt: skip
def test_it_is_billed_when_it_is_done_or_when_it_is_accepted(
    bill_on: str, done: bool, accepted: bool, ready: bool
) -> None:
    assert is_ready(bill_on, done=done, accepted=accepted, today=MONDAY) is ready


def test_before_its_event_it_may_be_billed_from_its_day_on() -> None:
    def ready(today: date, *, before_days: int = 3, holidays: tuple[date, ...] = ()) -> bool:
        return is_ready(
            "before",
            done=False,
            accepted=False,
            event_on=THURSDAY,
            before_days=before_days,
            today=today,
            holidays=holidays,
        )

    assert [ready(date(2026, 3, day)) for day in (13, 15, 16, 20)] == [False, False, True, True]
    assert ready(date(2026, 3, 13), holidays=(date(2026, 3, 17),))
    assert is_ready("before", done=False, accepted=False, event_on=THURSDAY, today=THURSDAY)
    assert not is_ready("before", done=False, accepted=False, event_on=THURSDAY, today=date(2026, 3, 18))
