"""Business days: the business's own calendar, counted from the day after."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from milepost.core.duedates import add_business_days, due_on, is_business_day

THANKSGIVING = date(2026, 11, 26)
DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))


def test_an_invoice_of_friday_net_7_is_due_on_friday() -> None:
    assert due_on(date(2026, 3, 20), 7) == date(2026, 3, 27)
    assert due_on(date(2026, 3, 20), 0) == date(2026, 3, 20)


def test_three_business_days_from_a_friday_end_on_wednesday() -> None:
    assert add_business_days(date(2026, 3, 20), 3) == date(2026, 3, 25)


def test_a_window_over_thanksgiving_is_a_day_longer() -> None:
    wednesday = THANKSGIVING - timedelta(days=1)
    assert add_business_days(wednesday, 1) == THANKSGIVING
    assert add_business_days(wednesday, 1, [THANKSGIVING]) == THANKSGIVING + timedelta(days=1)


def test_two_business_days_before_a_monday_is_thursday() -> None:
    assert add_business_days(date(2026, 3, 23), -2) == date(2026, 3, 19)


def test_counting_starts_the_day_after_even_on_a_weekend() -> None:
    sunday = date(2026, 3, 22)
    assert add_business_days(sunday, 1) == date(2026, 3, 23)
    assert add_business_days(sunday, 0) == sunday


@given(DAYS, st.integers(-30, 30), st.sets(DAYS, max_size=5))
def test_the_result_is_a_business_day_and_so_many_lie_between(day: date, n: int, holidays: set[date]) -> None:
    end = add_business_days(day, n, holidays)
    first, last = sorted((day, end))
    counted = [first + timedelta(days=i) for i in range((last - first).days + 1)]
    counted.remove(day)
    assert sum(is_business_day(one, holidays) for one in counted) == abs(n)
    assert n == 0 or is_business_day(end, holidays)
