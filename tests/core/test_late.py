"""Late fees, early payment and days: worked examples with their sources, and what always holds."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milepost.core.duedates import (
    add_business_days,
    add_months,
    business_day,
    business_days_between,
    due_on,
    is_business_day,
    month_end,
    shutdown,
)
from milepost.core.early_payment import (
    EarlyTerms,
    discount_by_part,
    discount_cents,
    payment_for_cents,
    settled_by_cents,
)
from milepost.core.latefees import LateTerms, late_fee_cents
from milepost.core.money import parse_cents, plain
from tests.core import samples

DUE = date(2026, 3, 1)


def _terms(cells: dict[str, str]) -> LateTerms:
    rate, _, unit = cells["rate"].partition(" % a ")
    caps = cells["cap"].partition(" %")
    return LateTerms(
        Decimal(rate),
        annual=unit == "year",
        per=cells["per"].replace(" ", "_"),  # type: ignore[arg-type]
        year_days="actual" if cells["year"] == "actual" else int(cells["year"]),  # type: ignore[arg-type]
        grace_days=int(cells["grace"]),
        flat_cents=parse_cents(cells["flat"], "USD"),
        cap_percent=Decimal(caps[0]) if caps[0] else None,
        compound="compound" in cells["note"],
        compound_by=cells["note"].partition("compound by the ")[2] or "month",  # type: ignore[arg-type]
        minimum_cents=parse_cents(cells["note"].partition("at least ")[2] or "0", "USD"),
        daily_rounded="daily" in cells["note"],
    )


@pytest.mark.parametrize("cells", samples.table("late-fees", "fees"), ids=lambda c: c["source"])
def test_a_late_fee_comes_to_what_the_page_says(cells: dict[str, str]) -> None:
    fee = late_fee_cents(
        parse_cents(cells["overdue"], "USD"), DUE, date.fromisoformat(cells["on"]), _terms(cells)
    )
    assert plain(fee, "USD") == cells["fee"]


@pytest.mark.parametrize("cells", samples.table("days", "days"), ids=lambda c: c["case"])
def test_a_day_is_found_as_the_page_says(cells: dict[str, str]) -> None:
    words = dict(part.split("=") for part in cells["rule"].split())
    start = date.fromisoformat(cells["from"])
    off = {date.fromisoformat(day) for day in words.get("off", "").split(",") if day}
    worked = {date.fromisoformat(day) for day in words.get("worked", "").split(",") if day}
    if "shut" in words:
        first, last = (date.fromisoformat(day) for day in words["shut"].split(".."))
        off |= shutdown(first, last)
    if "business" in words:
        weekend = tuple(int(day) for day in words.get("weekend", "5,6").split(","))
        weekend = () if words.get("weekends") == "count" else weekend
        found = add_business_days(
            start,
            int(words["business"]),
            off,
            weekend=weekend,
            extra_working=worked,
            from_business_day="rolled" in cells["case"],
        )
    elif "roll" in words:
        found = business_day(start, off, earlier=words["roll"] == "back", extra_working=worked)
    else:
        found = due_on(
            start,
            int(words.get("days", 0)),
            months=int(words.get("months", 0)),
            end_of_month=words.get("end") == "month",
            day_of_month=int(words["on"]) if "on" in words else None,
        )
    assert found.isoformat() == cells["is"]


@pytest.mark.parametrize("cells", samples.table("early-payment", "discounts"), ids=lambda c: c["source"])
def test_who_pays_early_pays_what_the_page_says(cells: dict[str, str]) -> None:
    terms = EarlyTerms(Decimal(cells["percent"]), int(cells["within"]), int(cells["net"]))
    issued, settled = date.fromisoformat(cells["issued"]), parse_cents(cells["settled"], "USD")
    assert (terms.until(issued).isoformat(), terms.due(issued).isoformat()) == (
        cells["last day"],
        cells["due"],
    )
    assert plain(discount_cents(settled, terms.percent), "USD") == cells["off"]
    assert plain(payment_for_cents(settled, terms.percent), "USD") == cells["paid"]


@pytest.mark.parametrize("cells", samples.table("early-payment", "settled"), ids=lambda c: c["case"])
def test_a_discounted_payment_settles_what_the_page_says(cells: dict[str, str]) -> None:
    settled = settled_by_cents(parse_cents(cells["payment"], "USD"), Decimal(cells["percent"]))
    assert plain(settled, "USD") == cells["settles"]


@pytest.mark.parametrize("cells", samples.table("early-payment", "taxes"), ids=lambda c: c["case"])
def test_the_tax_falls_with_the_discount_as_the_page_says(cells: dict[str, str]) -> None:
    parts = [cells["net"], *cells["taxes"].split(", ")]
    discount = parse_cents(cells["discount"], "USD")
    off = discount_by_part(discount, {i: parse_cents(part, "USD") for i, part in enumerate(parts)})
    wanted = [cells["off the net"], *cells["off the taxes"].split(", ")]
    assert [plain(cents, "USD") for cents in off.values()] == wanted


@pytest.mark.parametrize("cells", samples.table("days", "between"), ids=lambda c: c["case"])
def test_the_business_days_between_two_days_are_as_the_page_says(cells: dict[str, str]) -> None:
    first, last = date.fromisoformat(cells["from"]), date.fromisoformat(cells["before"])
    off = {date.fromisoformat(day) for day in cells["off"].split(", ") if day}
    worked = {date.fromisoformat(day) for day in cells["worked"].split(", ") if day}
    assert business_days_between(first, last, off, extra_working=worked) == int(cells["days"])
    assert business_days_between(last, first, off, extra_working=worked) == -int(cells["days"])


def test_the_flat_fee_is_the_step_that_the_debt_reaches():
    """The United Kingdom's 40, 70 and 100 pounds, beside 8 percent over the bank's rate."""
    steps = ((0, 40_00), (1_000_00, 70_00), (10_000_00, 100_00))
    terms = LateTerms(Decimal("12.25"), annual=True, flat_from=steps)
    for debt, fixed in ((999_99, 40_00), (1_000_00, 70_00), (9_999_99, 70_00), (10_000_00, 100_00)):
        interest = late_fee_cents(
            debt, DUE, DUE + timedelta(days=30), LateTerms(Decimal("12.25"), annual=True)
        )
        assert late_fee_cents(debt, DUE, DUE + timedelta(days=30), terms) == interest + fixed


def test_a_month_s_31st_is_a_month_end_and_comes_back_as_the_31st():
    days = [add_months(date(2027, 1, 31), n, anchor=31) for n in range(4)]
    assert [day.day for day in days] == [31, 28, 31, 30]


def test_nothing_is_charged_while_the_grace_lasts_nor_on_nothing():
    terms = LateTerms(Decimal("1.5"), flat_cents=25_00, grace_days=5)
    assert late_fee_cents(1_000_00, DUE, DUE + timedelta(days=5), terms) == 0
    assert late_fee_cents(1_000_00, DUE, DUE + timedelta(days=6), terms) > 25_00
    assert late_fee_cents(0, DUE, DUE + timedelta(days=60), terms) == 0
    assert late_fee_cents(-5, DUE, DUE + timedelta(days=60), terms) == 0
    free = LateTerms(Decimal("1.5"), grace_days=5, grace_is_free=True)
    assert late_fee_cents(1_000_00, DUE, DUE + timedelta(days=6), free) == 49  # one day


def test_days_count_by_the_length_of_their_own_year():
    """Actual/actual: December 2023 is 31 of 365 days, January and February 2024 are 60 of 366."""
    terms = LateTerms(Decimal(10), annual=True, year_days="actual")
    day = date(2023, 12, 1)
    assert late_fee_cents(36_600_00, day, date(2024, 3, 1), terms) == 310_85 + 600_00
    assert late_fee_cents(36_600_00, day, date(2025, 2, 1), terms) == 4_281_70
    assert late_fee_cents(36_500_00, date(2026, 1, 1), date(2026, 1, 31), terms) == 300_00
    daily = LateTerms(Decimal(10), annual=True, year_days="actual", daily_rounded=True)
    assert late_fee_cents(1_000_000_00, date(2024, 5, 1), date(2024, 5, 11), daily) == 2_732_20
    assert late_fee_cents(1_000_000_00, date(2023, 5, 1), date(2023, 5, 11), daily) == 2_739_70
    on_360 = LateTerms(Decimal(10), annual=True, year_days=360, daily_rounded=True)
    assert late_fee_cents(1_000_000_00, date(2024, 5, 1), date(2024, 5, 11), on_360) == 2_777_80


@pytest.mark.parametrize(
    ("per", "on", "fee"),
    [
        ("started_month", date(2026, 3, 2), 15_00),
        ("started_month", date(2026, 4, 1), 15_00),
        ("started_month", date(2026, 4, 2), 30_00),
        ("started_month", date(2027, 3, 1), 180_00),
        ("full_month", date(2026, 3, 31), 0),
        ("full_month", date(2026, 4, 1), 15_00),
        ("full_month", date(2027, 3, 31), 180_00),
    ],
)
def test_months_count_when_they_have_begun_or_when_they_are_over(per, on, fee):
    for terms in (LateTerms(Decimal("1.5"), per=per), LateTerms(Decimal(18), annual=True, per=per)):
        assert late_fee_cents(1_000_00, DUE, on, terms) == fee


def test_a_month_s_rate_by_the_day_is_a_twelfth_of_a_year_s():
    assert late_fee_cents(1_000_00, DUE, DUE + timedelta(days=73), LateTerms(Decimal(1))) == 24_00


def test_a_day_of_the_month_that_is_over_is_next_month_s():
    assert due_on(date(2026, 3, 23), day_of_month=15) == date(2026, 4, 15)
    assert due_on(date(2026, 3, 15), day_of_month=15) == date(2026, 3, 15)
    assert due_on(date(2026, 1, 31), day_of_month=30) == date(2026, 2, 28)
    assert due_on(date(2026, 12, 20), day_of_month=15) == date(2027, 1, 15)
    assert add_months(date(2026, 3, 31), -1) == date(2026, 2, 28)
    assert add_months(date(2026, 1, 15), -1) == date(2025, 12, 15)


def test_a_cap_in_cents_bounds_the_flat_fee_too():
    terms = LateTerms(Decimal(2), flat_cents=50_00, cap_cents=60_00)
    assert late_fee_cents(10_000_00, DUE, DUE + timedelta(days=300), terms) == 60_00


AMOUNTS = st.integers(0, 10**9)
TERMS = st.builds(
    LateTerms,
    percent=st.decimals(0, 20, places=3),
    annual=st.booleans(),
    per=st.sampled_from(["day", "started_month", "full_month", "once"]),
    year_days=st.sampled_from([360, 365, "actual"]),
    grace_days=st.integers(0, 20),
    grace_is_free=st.booleans(),
    flat_cents=st.integers(0, 100_00),
    flat_from=st.sampled_from([(), ((0, 40_00), (1_000_00, 70_00))]),
    minimum_cents=st.integers(0, 50_00),
    cap_percent=st.one_of(st.none(), st.decimals(0, 50, places=1)),
    compound=st.booleans(),
    compound_by=st.sampled_from(["day", "month", "year"]),
)


@given(AMOUNTS, TERMS, st.integers(0, 800), st.integers(0, 100))
def test_a_late_fee_never_falls_as_days_go_by_and_keeps_to_its_cap(amount, terms, days, more):
    fee = late_fee_cents(amount, DUE, DUE + timedelta(days=days), terms)
    later = late_fee_cents(amount, DUE, DUE + timedelta(days=days + more), terms)
    assert 0 <= fee <= later
    if terms.cap_percent is not None:
        assert later <= amount * terms.cap_percent / 100 + 1


@given(AMOUNTS, st.decimals(0, 99, places=2))
def test_what_a_discounted_payment_settles_is_what_it_was_paid_for(paid, percent):
    settled = settled_by_cents(paid, percent)
    assert payment_for_cents(settled, percent) <= paid < payment_for_cents(settled + 1, percent)


@given(st.integers(0, 10**8), st.lists(st.integers(0, 10**8), min_size=1, max_size=5).filter(any))
def test_a_discount_over_net_and_taxes_adds_up(discount, parts):
    shares = discount_by_part(discount, dict(enumerate(parts)))
    assert sum(shares.values()) == discount


@given(st.dates(date(2000, 1, 1), date(2099, 1, 1)), st.integers(-60, 60), st.sets(st.integers(0, 200)))
def test_so_many_business_days_lie_between(day, n, off):
    holidays = {day + timedelta(days=k - 100) for k in off}
    found = add_business_days(day, n, holidays)
    step = 1 if n > 0 else -1
    between = [day + timedelta(days=step * k) for k in range(1, abs((found - day).days) + 1)]
    assert sum(is_business_day(d, holidays) for d in between) == abs(n)
    assert n == 0 or is_business_day(found, holidays)
    one = timedelta(days=1)
    if n > 0:
        assert business_days_between(day + one, found + one, holidays) == n
    else:
        assert business_days_between(found, day, holidays) == -n


@given(st.dates(date(2000, 1, 1), date(2099, 1, 1)), st.integers(1, 60), st.sets(st.integers(0, 200)))
def test_counted_from_a_business_day_a_holiday_counts_as_the_next_one(day, n, off):
    holidays = {day + timedelta(days=k - 100) for k in off}
    for earlier, count in ((False, n), (True, -n)):
        moved = business_day(day, holidays, earlier=earlier)
        assert is_business_day(moved, holidays)
        found = add_business_days(day, count, holidays, from_business_day=True)
        assert found == add_business_days(moved, count, holidays)


def test_a_calendar_without_a_business_day_is_a_mistake_and_not_for_ever():
    with pytest.raises(ValueError, match="no business day"):
        add_business_days(DUE, 1, weekend=range(7))
    assert is_business_day(date(2026, 12, 28)) and not is_business_day(
        date(2026, 12, 28), shutdown(date(2026, 12, 24), date(2027, 1, 1))
    )
    assert month_end(date(2026, 2, 1)) == date(2026, 2, 28)
