"""
What an overdue amount costs: interest by the day or by the month, a flat fee, a cap.

Simple interest unless the terms say otherwise: a late fee bears no late fee. Nothing is charged
without its clause in the signed contract; what is charged is computed to date and rounded once.
"""

from calendar import isleap
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from milepost.core.duedates import add_months
from milepost.core.rounding import half_up

Per = Literal["day", "started_month", "full_month"]
YearDays = Literal[360, 365, "actual"]


@dataclass(frozen=True)
class LateTerms:
    """
    The terms of a late fee.

    `percent` is a month's or, with `annual`, a year's rate. `per` "day" counts days (a month's rate is
    then a twelfth of a year of `year_days`), "started_month" counts each month that has begun since the
    due date, "full_month" each that is over. `grace_days`: nothing is due within them; after them it is
    counted from the due date, or with `grace_is_free` from their end. `flat_cents` is added once, when
    anything is late. `cap_percent` of the overdue amount and `cap_cents` bound the whole.
    `compound` adds each month's interest to the amount: only where a contract says so and the law lets it.
    `daily_rounded` rounds a day's interest to the cent first, as some published calculators do.
    """

    percent: Decimal = Decimal(0)
    annual: bool = False
    per: Per = "day"
    year_days: YearDays = 365
    grace_days: int = 0
    grace_is_free: bool = False
    flat_cents: int = 0
    cap_percent: Decimal | None = None
    cap_cents: int | None = None
    compound: bool = False
    daily_rounded: bool = False


def late_fee_cents(overdue_cents: int, due: date, today: date, terms: LateTerms) -> int:
    """
    The whole late fee on an amount that is overdue since `due`, to date, in cents, rounded half up once.

    Zero up to and with the last day of grace. US prompt payment: 1,500.00 at 6.5 % a year for 10 days of
    a year of 360 (5 CFR 1315.17) is 2.71.

    >>> us = LateTerms(Decimal("6.5"), annual=True, year_days=360)
    >>> late_fee_cents(1_500_00, date(2026, 3, 1), date(2026, 3, 11), us)
    271
    >>> monthly = LateTerms(Decimal("1.5"), per="started_month", grace_days=5)
    >>> [late_fee_cents(5_000_00, date(2026, 3, 1), date(2026, 3, day), monthly) for day in (6, 7)]
    [0, 7500]
    """
    if overdue_cents <= 0 or (today - due).days <= terms.grace_days:
        return 0
    since = due if not terms.grace_is_free else date.fromordinal(due.toordinal() + terms.grace_days)
    interest = _interest(overdue_cents, since, today, terms)
    return _capped(half_up(interest) + terms.flat_cents, overdue_cents, terms)


def _interest(cents: int, since: date, today: date, terms: LateTerms) -> Fraction:
    if terms.per == "day":
        return _by_the_day(cents, since, today, terms)
    months = _months(since, today, started=terms.per == "started_month")
    monthly = Fraction(terms.percent) / 100 / (12 if terms.annual else 1)
    if terms.compound:
        return cents * ((1 + monthly) ** months - 1)
    return cents * monthly * months


def _by_the_day(cents: int, since: date, today: date, terms: LateTerms) -> Fraction:
    yearly = Fraction(terms.percent) / 100 * (1 if terms.annual else 12)
    days = (today - since).days
    if terms.daily_rounded:
        return Fraction(half_up(cents * yearly / _year(since, terms)) * days)
    if terms.year_days == "actual":
        return cents * yearly * _actual_years(since, today)
    return cents * yearly * days / terms.year_days


def _year(since: date, terms: LateTerms) -> int:
    if terms.year_days != "actual":
        return terms.year_days
    return 366 if isleap(since.year) else 365


def _actual_years(since: date, today: date) -> Fraction:
    """The days of each year over that year's own length (actual/actual, ISDA)."""
    years = Fraction(0)
    while since.year < today.year:
        end = date(since.year + 1, 1, 1)
        years += Fraction((end - since).days, 366 if isleap(since.year) else 365)
        since = end
    return years + Fraction((today - since).days, 366 if isleap(today.year) else 365)


def _months(since: date, today: date, *, started: bool) -> int:
    """Months since a day; one that has begun counts where `started`."""
    full = (today.year - since.year) * 12 + today.month - since.month
    if add_months(since, full) > today:
        full -= 1
    return full + (started and add_months(since, full) < today)


def _capped(fee_cents: int, overdue_cents: int, terms: LateTerms) -> int:
    caps = [fee_cents]
    if terms.cap_percent is not None:
        caps.append(half_up(overdue_cents * Fraction(terms.cap_percent) / 100))
    if terms.cap_cents is not None:
        caps.append(terms.cap_cents)
    return min(caps)
