"""When a milestone may be billed: on completion, on acceptance, or so many days before its event."""

from collections.abc import Container
from datetime import date

from milepost.core.duedates import add_business_days


def bill_from(event_on: date | None, before_days: int, holidays: Container[date] = ()) -> date | None:
    """
    The first day on which a milestone that is billed before its event may be billed.

    `before_days` are business days; without a date for the event there is no such day.

    >>> bill_from(date(2026, 3, 19), 3)
    datetime.date(2026, 3, 16)
    >>> bill_from(None, 3) is None
    True
    """
    return None if event_on is None else add_business_days(event_on, -before_days, holidays)


def is_ready(
    bill_on: str,
    *,
    done: bool,
    accepted: bool,
    event_on: date | None = None,
    before_days: int = 0,
    today: date,
    holidays: Container[date] = (),
) -> bool:
    """
    Whether a milestone that is not billed may be.

    >>> is_ready("completion", done=True, accepted=False, today=date(2026, 3, 2))
    True
    >>> is_ready("acceptance", done=True, accepted=False, today=date(2026, 3, 2))
    False
    >>> is_ready("before", done=False, accepted=False, event_on=date(2026, 3, 19), before_days=3,
    ...          today=date(2026, 3, 16))
    True
    """
    if bill_on == "acceptance":
        return accepted
    if bill_on == "before":
        first = bill_from(event_on, before_days, holidays)
        return done or (first is not None and today >= first)
    return done
