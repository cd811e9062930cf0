"""How late what is open is: the five buckets of a statement of account."""

from collections.abc import Iterable
from datetime import date

LAST_DAYS = (0, 30, 60, 90)
"""The last day of each bucket but the last: not due yet, then 1–30, 31–60, 61–90 days late, and more."""


def bucket(due_on: date, as_of: date) -> int:
    """
    Which bucket an invoice stands in: 0 on its due day and before, 4 from the 91st day after it.

    >>> [bucket(date(2026, 3, 1), date(2026, 3, day)) for day in (1, 2, 31)]
    [0, 1, 1]
    >>> bucket(date(2026, 3, 1), date(2026, 4, 1)), bucket(date(2026, 3, 1), date(2026, 5, 31))
    (2, 4)
    """
    late = (as_of - due_on).days
    return next((place for place, last in enumerate(LAST_DAYS) if late <= last), len(LAST_DAYS))


def ageing(open_items: Iterable[tuple[date, int]], as_of: date) -> tuple[int, ...]:
    """
    What is open in each bucket, in cents; `open_items` are (due day, cents). They add up to the whole.

    >>> march, january, old = date(2026, 3, 31), date(2026, 1, 1), date(2025, 1, 1)
    >>> ageing([(march, 500), (january, 300), (january, 40), (old, 7)], date(2026, 3, 31))
    (500, 0, 0, 340, 7)
    """
    sums = [0] * (len(LAST_DAYS) + 1)
    for due_on, cents in open_items:
        sums[bucket(due_on, as_of)] += cents
    return tuple(sums)
