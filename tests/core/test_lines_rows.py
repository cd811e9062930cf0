"""What a row that bills its own lines asks for beside fixed rows, beside a pool, and with each policy."""

from decimal import Decimal

import pytest

from milepost.core.lines_rows import lines_amounts
from milepost.core.rows import Recovery, Row, Snapshot
from tests.core import samples


@pytest.mark.parametrize(("contract", "schedule", "amounts"), [
    # Half of everything is deposit, so 0.05 comes to 2.5 cents: both up, and the pool takes what is left
    ("0.05, 0.05, 0.10", "deposit 0.10, lines a, lines b, remainder", ["0.10", "0.03", "0.03", "0.04"]),
    # ... but a fixed row takes what it says, so the odd cent is placed by largest remainder, or none is
    ("0.05, 0.05, 0.10", "deposit 0.10, lines a, lines b, fixed 0.05", ["0.10", "0.03", "0.02", "0.05"]),
    ("0.05, 0.05, 0.10", "deposit 0.10, lines a, lines b, fixed 0.06", ["0.10", "0.02", "0.02", "0.06"]),
    # 2.4 cents each, and both go up where nothing else can
    ("0.08, 0.08, 0.04", "deposit 0.14, lines a, lines b, fixed 0.00", ["0.14", "0.03", "0.03", "0.00"]),
    # The other rows can earn one cent and no more
    ("0.05, 0.05, 0.01", "deposit 0.06, lines a, lines b, remainder", ["0.06", "0.02", "0.02", "0.01"]),
    ("60.00, 40.00, 50.00", "deposit 15.00, lines a, fixed 45.00, lines b", ["15.00", "54.00", "45.00", "36.00"]),
    ("0.00", "lines a, remainder", ["0.00", "0.00"]),
])  # fmt: skip
def test_off_the_top_each_lines_row_comes_down_alike(
    contract: str, schedule: str, amounts: list[str]
) -> None:
    assert samples.amounts(samples.job(contract, schedule)) == amounts


@pytest.mark.parametrize(("recovery", "schedule", "amounts"), [
    ("first", "deposit 25.00, lines a, fixed 40.00", ["25.00", "35.00", "40.00"]),
    # A fixed row that asks for less than it earns has recovered the difference
    ("first", "deposit 25.00, lines a, fixed 30.00", ["25.00", "45.00", "30.00"]),
    ("final", "deposit 25.00, lines a, fixed 30.00", ["25.00", "45.00", "30.00"]),
    ("first", "deposit 25.00, fixed 30.00, lines a", ["25.00", "30.00", "45.00"]),
    # Rows of a pool recover together no more than they can earn
    ("first", "deposit 50.00, share 1, share 1, lines a", ["50.00", "0.00", "0.00", "50.00"]),
    ("first", "deposit 30.00, share 1, share 1, lines a", ["30.00", "5.00", "5.00", "60.00"]),
    ("first", "deposit 30.00, lines a, share 1, share 1", ["30.00", "30.00", "20.00", "20.00"]),
    ("final", "deposit 30.00, lines a, share 1, share 1", ["30.00", "60.00", "5.00", "5.00"]),
    ("final", "deposit 30.00, share 1, share 1, lines a", ["30.00", "20.00", "20.00", "30.00"]),
    ("first", "deposit 70.00, lines a, remainder", ["70.00", "0.00", "30.00"]),
])  # fmt: skip
def test_the_deposit_is_consumed_in_the_order_of_the_schedule_or_from_its_end(
    recovery: Recovery, schedule: str, amounts: list[str]
) -> None:
    """Line a is worth 60.00, what the other rows bill 40.00."""
    job = samples.job("60.00, 40.00", schedule, recovery=recovery)
    assert samples.amounts(job) == amounts
    _, done = samples.bill_all(job, [[row.id] for row in job.open_rows])
    assert (done.recovered_cents, done.billed) == (job.deposit_cents, job.priced.keys)


def test_a_line_worth_nothing_recovers_nothing() -> None:
    job = samples.job("0.00, 100.00", "deposit 25.00, lines a, remainder", recovery="first")
    assert samples.amounts(job) == ["25.00", "0.00", "75.00"]


def test_what_is_placed_on_other_rows_counts_as_asked_for_by_them() -> None:
    # No row takes what is left, so the lines row asks for what the others do not: 75.01 less 30.01
    priced = samples.contract("60.01, 40.00")
    fixed = Row("f", "milestone", "fixed", Decimal(30_00), placed_cents=1)
    rows = [Row("l", "milestone", "lines", lines=frozenset({"a"})), fixed]
    off_the_top = lines_amounts(
        priced, rows, recovery="off_the_top", snapshot=Snapshot(), open_deposit_cents=25_00
    )
    assert off_the_top == {"l": 45_00}
    # And of a deposit that comes off first, the others take 40.00 less 35.00, the lines row the rest
    rows[1] = Row("f", "milestone", "fixed", Decimal(30_00), placed_cents=5_00)
    first = lines_amounts(
        samples.contract("60.00, 40.00"),
        rows,
        recovery="first",
        snapshot=Snapshot(),
        open_deposit_cents=25_00,
    )
    assert first == {"l": 40_00}
