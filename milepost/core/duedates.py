"""Days: when an invoice is due, and business days by the business's own calendar."""

from calendar import monthrange
from collections.abc import Container, Iterable
from datetime import date, timedelta
from typing import Final

WEEKEND: Final = frozenset({5, 6})
FAR: Final = 10_000


def due_on(
    issued: date,
    net_days: int = 0,
    *,
    months: int = 0,
    end_of_month: bool = False,
    day_of_month: int | None = None,
) -> date:
    """
    The day by which an invoice is to be paid.

    Months are counted first, then `net_days` calendar days. A day that a month does not have becomes
    its last one. `end_of_month` moves the result to the last day of its month (and one month after
    28 February is 31 March: an anchored month end stays a month end). `day_of_month` moves it to the
    next such day, on the day itself or after ("the 15th of the month after": months=1,
    day_of_month=15 counts from the 1st). "Net 30 end of month" is net_days=30 with end_of_month.

    >>> due_on(date(2026, 3, 23), 7)
    datetime.date(2026, 3, 30)
    >>> due_on(date(2025, 2, 28), months=1, end_of_month=True)
    datetime.date(2025, 3, 31)
    >>> due_on(date(2026, 1, 31), months=1)
    datetime.date(2026, 2, 28)
    >>> due_on(date(2026, 3, 23), months=1, day_of_month=15)
    datetime.date(2026, 4, 15)
    """
    start = issued
    if months:
        start = add_months(issued.replace(day=1) if day_of_month else issued, months)
    found = start + timedelta(days=net_days)
    if end_of_month:
        return month_end(found)
    return _next_day_of_month(found, day_of_month) if day_of_month else found


def longest_terms(own: Iterable[int | None], net_days: int) -> int:
    """
    The days to pay an invoice of several payments: each has its own terms, or else `net_days`.

    The longest counts, because no payment may be asked for before the day that was agreed for it.

    >>> longest_terms([None, 30], 7), longest_terms([0], 7), longest_terms([], 7)
    (30, 0, 7)
    """
    return max((net_days if days is None else days for days in own), default=net_days)


def month_end(day: date) -> date:
    """
    The last day of the month.

    >>> month_end(date(2028, 2, 3))
    datetime.date(2028, 2, 29)
    """
    return day.replace(day=monthrange(day.year, day.month)[1])


def add_months(day: date, months: int, *, anchor: int | None = None) -> date:
    """
    So many months later (earlier where negative), on the same day of the month or on its last one.

    `anchor` is the day of the month that a series began on, so that the 31st of each month goes
    28 February, 31 March and not 28 March.

    >>> add_months(date(2026, 2, 28), 1), add_months(date(2026, 2, 28), 1, anchor=31)
    (datetime.date(2026, 3, 28), datetime.date(2026, 3, 31))
    """
    count = day.year * 12 + day.month - 1 + months
    year, month = divmod(count, 12)
    return date(year, month + 1, min(anchor or day.day, monthrange(year, month + 1)[1]))


def _next_day_of_month(day: date, wanted: int) -> date:
    this = day.replace(day=min(wanted, monthrange(day.year, day.month)[1]))
    if this >= day:
        return this
    return add_months(day.replace(day=1), 1, anchor=wanted)


def is_business_day(
    day: date,
    holidays: Container[date] = (),
    *,
    weekend: Container[int] = WEEKEND,
    extra_working: Container[date] = (),
) -> bool:
    """
    Whether work is done on this day: no weekend (Saturday and Sunday unless told otherwise, Monday is
    0), no holiday or shutdown; a day that is worked by way of exception counts.

    >>> is_business_day(date(2026, 3, 21)), is_business_day(date(2026, 3, 23))
    (False, True)
    >>> is_business_day(date(2013, 1, 6), extra_working={date(2013, 1, 6)})
    True
    """
    if day in extra_working:
        return True
    return day.weekday() not in weekend and day not in holidays


def add_business_days(
    day: date,
    n: int,
    holidays: Container[date] = (),
    *,
    weekend: Container[int] = WEEKEND,
    extra_working: Container[date] = (),
    from_business_day: bool = False,
) -> date:
    """
    The n-th business day after `day`, or before it where n is negative.

    Counting starts the day after (before) `day`, whatever day that is; n = 0 is `day` itself. With
    `from_business_day`, as the calendars of banks have it, a `day` that is none counts as the business
    day that comes next (before). With an empty weekend every day counts but the holidays: so the days of
    the United Kingdom's Construction Act are counted (HGCRA 1996 s.116). ValueError for a calendar that
    has no such day.

    >>> friday = date(2026, 7, 3)
    >>> add_business_days(date(2026, 7, 2), 3, {friday})
    datetime.date(2026, 7, 8)
    >>> add_business_days(date(2026, 7, 6), -1, {friday})
    datetime.date(2026, 7, 2)
    >>> bank_holidays = {date(2025, 12, 25), date(2025, 12, 26)}
    >>> add_business_days(date(2025, 12, 22), 7, bank_holidays, weekend=())
    datetime.date(2025, 12, 31)
    >>> sunday = date(2026, 7, 5)
    >>> add_business_days(sunday, 2), add_business_days(sunday, 2, from_business_day=True)
    (datetime.date(2026, 7, 7), datetime.date(2026, 7, 8))
    """
    step = timedelta(days=1 if n > 0 else -1)
    left, looked = abs(n), 0
    if from_business_day and not is_business_day(day, holidays, weekend=weekend, extra_working=extra_working):
        left += 1
    while left:
        day += step
        looked += 1
        if is_business_day(day, holidays, weekend=weekend, extra_working=extra_working):
            left, looked = left - 1, 0
        elif looked > FAR:
            raise ValueError("this calendar has no business day for years")
    return day


def business_day(
    day: date,
    holidays: Container[date] = (),
    *,
    earlier: bool = False,
    weekend: Container[int] = WEEKEND,
    extra_working: Container[date] = (),
) -> date:
    """
    The day itself where it is a business day, else the next one (`earlier`: the one before).

    So a contract moves a payment that falls due on a holiday.

    >>> business_day(date(2026, 7, 4)), business_day(date(2026, 7, 4), {date(2026, 7, 3)}, earlier=True)
    (datetime.date(2026, 7, 6), datetime.date(2026, 7, 2))
    """
    if is_business_day(day, holidays, weekend=weekend, extra_working=extra_working):
        return day
    n = -1 if earlier else 1
    return add_business_days(day, n, holidays, weekend=weekend, extra_working=extra_working)


def business_days_between(
    first: date,
    last: date,
    holidays: Container[date] = (),
    *,
    weekend: Container[int] = WEEKEND,
    extra_working: Container[date] = (),
) -> int:
    """
    The business days from `first` on, with it, and before `last`; below zero where `last` is earlier.

    >>> business_days_between(date(2026, 7, 2), date(2026, 7, 7), {date(2026, 7, 3)})
    2
    """
    if last < first:
        return -business_days_between(last, first, holidays, weekend=weekend, extra_working=extra_working)
    days = (first + timedelta(days=n) for n in range((last - first).days))
    return sum(is_business_day(day, holidays, weekend=weekend, extra_working=extra_working) for day in days)


def shutdown(first: date, last: date) -> frozenset[date]:
    """
    Every day of a shutdown, both ends with it, to be added to the holidays.

    >>> len(shutdown(date(2026, 12, 24), date(2027, 1, 1)))
    9
    """
    return frozenset(first + timedelta(days=n) for n in range((last - first).days + 1))
