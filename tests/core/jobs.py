"""Random jobs for the laws: contracts with mixed taxes, schedules of every kind, every policy."""

from decimal import Decimal

from hypothesis import assume
from hypothesis import strategies as st

from milepost.core.billing import JobState, sign
from milepost.core.contract import ContractLine, PricedContract, price
from milepost.core.refusals import Refusal
from milepost.core.rows import Row
from milepost.core.tax import TaxRate

TAXES = [TaxRate(name, name, Decimal(rate)) for name, rate in (("a", "8.25"), ("b", "5"), ("c", "19.975"))]
RECOVERIES = st.sampled_from(["off_the_top", "first", "final"])
# Cents as well as thousands: rounding shows where amounts are tiny.
PRICES = st.one_of(
    st.decimals(0, Decimal("0.05"), places=2), st.decimals(0, 20, places=2), st.decimals(0, 90_000, places=2)
)
PERCENTS = st.sampled_from([Decimal(text) for text in ("5", "10", "12.5", "15", "20", "25", "33.3")])


@st.composite
def contracts(draw: st.DrawFn, first: int = 0) -> PricedContract:
    """One to six lines, each with up to two of three taxes."""
    lines = [
        ContractLine(
            f"line {first + i}",
            "Work",
            Decimal(draw(st.integers(1, 4))),
            draw(PRICES),
            tuple(draw(st.lists(st.sampled_from(TAXES), max_size=2, unique=True))),
        )
        for i in range(draw(st.integers(1, 6)))
    ]
    return price(
        lines,
        currency="USD",
        tax_per=draw(st.sampled_from(["code", "line"])),
        tax_rounding=draw(st.sampled_from(["half_up", "down"])),
    )


@st.composite
def schedules(draw: st.DrawFn, priced: PricedContract) -> list[Row]:
    """A deposit or none, up to four rows of any basis, and mostly a remainder somewhere."""
    total = priced.total_cents
    rows: list[Row] = []
    if draw(st.booleans()):
        percent = draw(st.one_of(PERCENTS, st.sampled_from([Decimal(0), Decimal(50), Decimal(100)])))
        fixed = draw(st.integers(0, total))
        by_percent = draw(st.booleans())
        basis, value = ("percent", percent) if by_percent else ("fixed", fixed)
        rows.append(Row("deposit", "deposit", basis, value))  # type: ignore[arg-type]
    free = [line.id for line in priced.lines]
    milestones = []
    for i, basis in enumerate(
        draw(st.lists(st.sampled_from(["percent", "fixed", "share", "lines"]), max_size=4))
    ):
        if basis == "lines" and free:
            count = draw(st.integers(1, len(free)))
            milestones.append(Row(f"row {i}", "milestone", "lines", lines=frozenset(free[:count])))
            free = free[count:]
        elif basis == "percent":
            milestones.append(Row(f"row {i}", "milestone", "percent", draw(PERCENTS)))
        elif basis == "fixed":
            milestones.append(Row(f"row {i}", "milestone", "fixed", draw(st.integers(0, total // 6))))
        elif basis == "share":
            milestones.append(Row(f"row {i}", "milestone", "share", Decimal(draw(st.integers(1, 3)))))
    if not milestones or draw(st.integers(0, 3)):
        place = draw(st.integers(0, len(milestones)))
        milestones.insert(place, Row("remainder", "milestone", "remainder"))
    return rows + milestones


@st.composite
def jobs(draw: st.DrawFn) -> JobState:
    """A signed job; schedules that are rightly refused are left out."""
    priced = draw(contracts())
    rows = draw(schedules(priced))
    try:
        return sign(priced, rows, recovery=draw(RECOVERIES))
    except Refusal:
        assume(False)
        raise
