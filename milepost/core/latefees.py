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

Per = Literal["day", "started_month", "full_month", "once"]
Period = Literal["day", "month", "year"]
YearDays = Literal[360, 365, "actual"]


@dataclass(frozen=True)
class LateTerms:
    """
    The terms of a late fee.

    `percent` is a month's or, with `annual`, a year's rate. `per` "day" counts days (a month's rate is
    then a twelfth of a year of `year_days`), "started_month" counts each month that has begun since the
    due date, "full_month" each that is over, "once" takes the percentage one time. `grace_days`: nothing
    is due within them; after them it is counted from the due date, or with `grace_is_free` from their end.
    `flat_cents` is added once, when anything is late; where it depends on the debt, `flat_from` says so:
    from this overdue amount on, so much. `minimum_cents` is the least that is charged. `cap_percent` of
    the overdue amount and `cap_cents` bound the whole.
    `compound` adds the interest to the amount at the end of each month: only where a contract says so and
    the law lets it. By the day the months that are over are compounded at a twelfth of the year's rate and
    the days that are left bear simple interest (5 CFR 1315.17); `compound_by` takes days or years instead.
    `daily_rounded` rounds a day's interest to the cent first, as some published calculators do.
    """

    percent: Decimal = Decimal(0)
    annual: bool = False
    per: Per = "day"
    year_days: YearDays = 365
    grace_days: int = 0
    grace_is_free: bool = False
    flat_cents: int = 0
    flat_from: tuple[tuple[int, int], ...] = ()
    minimum_cents: int = 0
    cap_percent: Decimal | None = None
    cap_cents: int | None = None
    compound: bool = False
    compound_by: Period = "month"
    daily_rounded: bool = False


def late_fee_cents(overdue_cents: int, due: date, today: date, terms: LateTerms) -> int:
    """
    The whole late fee on an amount that is overdue since `due`, to date, in cents, rounded half up once.

    Zero up to and with the last day of grace. US prompt payment: 1,500.00 at 6.5 % a year for 10 days of
    a year of 360 (5 CFR 1315.17) is 2.71; at 6 %, compounded, for two months and 15 days 18.83.

    >>> us = LateTerms(Decimal("6.5"), annual=True, year_days=360)
    >>> late_fee_cents(1_500_00, date(2026, 3, 1), date(2026, 3, 11), us)
    271
    >>> longer = LateTerms(Decimal(6), annual=True, year_days=360, compound=True)
    >>> late_fee_cents(1_500_00, date(2026, 3, 1), date(2026, 5, 16), longer)
    1883
    >>> whichever_is_more = LateTerms(Decimal(5), per="once", minimum_cents=25_00)
    >>> [late_fee_cents(c, date(2026, 3, 1), date(2026, 3, 2), whichever_is_more) for c in (300_00, 800_00)]
    [2500, 4000]
    >>> monthly = LateTerms(Decimal("1.5"), per="started_month", grace_days=5)
    >>> [late_fee_cents(5_000_00, date(2026, 3, 1), date(2026, 3, day), monthly) for day in (6, 7)]
    [0, 7500]
    """
    if overdue_cents <= 0 or (today - due).days <= terms.grace_days:
        return 0
    since = due if not terms.grace_is_free else date.fromordinal(due.toordinal() + terms.grace_days)
    interest = _interest(overdue_cents, since, today, terms)
    fee = half_up(interest) + _flat(overdue_cents, terms)
    return _capped(max(fee, terms.minimum_cents), overdue_cents, terms)


def _flat(overdue_cents: int, terms: LateTerms) -> int:
    """
    The flat fee; of a law's or a contract's steps the highest that the debt reaches.

    The Late Payment of Commercial Debts (Interest) Act 1998, s.5A: 40, 70 or 100 pounds.

    >>> uk = LateTerms(flat_from=((0, 40_00), (1_000_00, 70_00), (10_000_00, 100_00)))
    >>> [_flat(debt, uk) for debt in (999_99, 1_000_00, 25_000_00)]
    [4000, 7000, 10000]
    """
    reached = [(at, cents) for at, cents in terms.flat_from if overdue_cents >= at]
    return terms.flat_cents + (max(reached)[1] if reached else 0)


def _interest(cents: int, since: date, today: date, terms: LateTerms) -> Fraction:
    if terms.per == "once":
        return cents * Fraction(terms.percent) / 100
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
    if not terms.compound:
        return cents * yearly * _years(since, today, terms)
    if terms.compound_by == "day":
        return cents * ((1 + yearly / _year(since, terms)) ** days - 1)
    months = 12 if terms.compound_by == "year" else 1
    over = _months(since, today, started=False) // months
    whole = yearly * months / 12
    # The days of a period that is not over never bear more than the period.
    left = min(yearly * _years(add_months(since, over * months), today, terms), whole)
    return cents * ((1 + whole) ** over * (1 + left) - 1)


def _years(since: date, today: date, terms: LateTerms) -> Fraction:
    """The days as a part of a year, counted as the terms count it."""
    if terms.year_days == "actual":
        return _actual_years(since, today)
    return Fraction((today - since).days, terms.year_days)


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
