"""A business's own calendar: its public holidays, by the `holidays` library's calendars."""

from datetime import date
from functools import lru_cache

import holidays


@lru_cache(maxsize=256)
def _of_year(calendar: str, year: int) -> frozenset[date]:
    country, _, subdivision = calendar.partition("-")
    return frozenset(holidays.country_holidays(country, subdiv=subdivision or None, years=year))


def known_calendar(calendar: str) -> bool:
    """Whether there is such a calendar: "US", "US-CA"; "" is a calendar without holidays."""
    if not calendar:
        return True
    country, _, subdivision = calendar.partition("-")
    supported = holidays.list_supported_countries(include_aliases=True)
    return country in supported and (not subdivision or subdivision in supported[country])


def holidays_around(calendar: str, day: date) -> frozenset[date]:
    """The holidays of the year before a day, its own and the next; none for no calendar."""
    if not calendar:
        return frozenset()
    return frozenset().union(*(_of_year(calendar, year) for year in (day.year - 1, day.year, day.year + 1)))
