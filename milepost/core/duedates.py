"""Days: when an invoice is due, and business days by the business's own calendar."""

from collections.abc import Container
from datetime import date, timedelta
from typing import Final

WEEKEND: Final = frozenset({5, 6})


def due_on(issued: date, net_days: int) -> date:
    """
    The day by which an invoice is to be paid: so many calendar days after it was issued.

    >>> due_on(date(2026, 3, 23), 7)
    datetime.date(2026, 3, 30)
    """
    return issued + timedelta(days=net_days)


def is_business_day(day: date, holidays: Container[date] = ()) -> bool:
    """
    Monday to Friday, and no holiday.

    >>> is_business_day(date(2026, 3, 21)), is_business_day(date(2026, 3, 23))
    (False, True)
    """
    return day.weekday() not in WEEKEND and day not in holidays


def add_business_days(day: date, n: int, holidays: Container[date] = ()) -> date:
    """
    The n-th business day after `day`, or before it where n is negative.

    Counting starts the day after (before) `day`, whatever day that is; n = 0 is `day` itself.

    >>> friday = date(2026, 7, 3)
    >>> add_business_days(date(2026, 7, 2), 3, {friday})
    datetime.date(2026, 7, 8)
    >>> add_business_days(date(2026, 7, 6), -1, {friday})
    datetime.date(2026, 7, 2)
    """
    step = timedelta(days=1 if n > 0 else -1)
    left = abs(n)
    while left:
        day += step
        left -= is_business_day(day, holidays)
    return day
