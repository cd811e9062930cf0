"""What a payment schedule is made of: its rows, the snapshot they are priced at, what is refused."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from typing import Final, Literal

from milepost.core.contract import Key, PricedContract
from milepost.core.money import Money, short_decimal
from milepost.core.msgids import gettext_noop
from milepost.core.refusals import Refusal
from milepost.core.rounding import half_up

Kind = Literal["deposit", "milestone"]
Basis = Literal["percent", "fixed", "share", "lines", "remainder"]
Recovery = Literal["off_the_top", "first", "final"]

# The rows that share what the others leave.
POOL: Final[frozenset[Basis]] = frozenset({"percent", "share", "remainder"})


class ScheduleRefused(Refusal):
    """The rows do not make a payment schedule of this contract."""

    code = "schedule_refused"
    message = gettext_noop("This payment schedule does not fit the contract.")


class ScheduleExceedsContract(ScheduleRefused):
    """Deposit and milestones ask for more than the contract."""

    code = "schedule_exceeds_contract"
    message = gettext_noop(
        "The payment schedule asks for {over} more than the contract of {total}. Lower a row, or let the "
        "last one take the remainder."
    )


class ScheduleMissesContract(ScheduleRefused):
    """Deposit and milestones leave a part of the contract unbilled."""

    code = "schedule_misses_contract"
    message = gettext_noop(
        "The payment schedule leaves {left} of the contract of {total} unbilled. Make the last row the "
        "remainder."
    )


class PercentsExceedHundred(ScheduleRefused):
    """The percentages come to more than the whole."""

    code = "percents_exceed_hundred"
    message = gettext_noop(
        "The percentages come to {percent} %. Lower one, or make the last row the remainder."
    )


class PercentOutOfRange(ScheduleRefused):
    """A percentage below zero or above a hundred."""

    code = "percent_out_of_range"
    message = gettext_noop("A percentage goes from 0 to 100, so {percent} cannot be used.")


class RowBelowZero(ScheduleRefused):
    """A row would ask for less than nothing."""

    code = "row_below_zero"
    message = gettext_noop("A row of the payment schedule would come to {amount}. No row can be below zero.")


class ShareNotPositive(ScheduleRefused):
    """A share of nothing, or less."""

    code = "share_not_positive"
    message = gettext_noop("A share of {share} is no share. Use 1 for each row to bill in equal parts.")


class DepositExceedsContract(ScheduleRefused):
    """The deposit asks for more than the whole contract."""

    code = "deposit_exceeds_contract"
    message = gettext_noop("The deposit of {deposit} is more than the contract of {total}. Lower it.")


class DepositBasis(ScheduleRefused):
    """A deposit is a percentage or an amount, and there is one at most."""

    code = "deposit_basis"
    message = gettext_noop("A schedule has one deposit at most, as a percentage or an amount.")


class NoMilestone(ScheduleRefused):
    """A schedule without a milestone never ends."""

    code = "no_milestone"
    message = gettext_noop("Add a milestone: the deposit alone does not bill the job.")


class TwoRemainders(ScheduleRefused):
    """Only one row can take what is left."""

    code = "two_remainders"
    message = gettext_noop("Only one row can take the remainder. Give the other a percentage or an amount.")


class RowWithoutLines(ScheduleRefused):
    """A row that bills its own lines, without any."""

    code = "row_without_lines"
    message = gettext_noop("Choose the lines that this row bills.")


class LineNotInContract(ScheduleRefused):
    """A row bills a line that the contract does not have."""

    code = "line_not_in_contract"
    message = gettext_noop("The line “{line}” is not in the contract. Choose another for this row.")


class LineInTwoRows(ScheduleRefused):
    """Two rows bill the same line."""

    code = "line_in_two_rows"
    message = gettext_noop("The line “{line}” is billed by two rows. Leave it in one.")


class ContractBelowBilled(Refusal):
    """The new contract total is below what is already billed; a credit note comes first."""

    code = "contract_below_billed"
    message = gettext_noop("{billed} is already billed. Credit {credit} first.")


@dataclass(frozen=True)
class Row:
    """
    One row of the payment schedule.

    `value`: a percentage of the contract (Decimal) for percent, cents for fixed, a share ("1"
    each for thirds) for share, None otherwise. `lines`: the ids of the lines that a lines row bills.
    `placed_cents`: what change orders have placed on it. `weight`: its original weight in the
    pool, kept from signing. `billed`: billed before the snapshot; then `amount_cents` is its
    frozen amount.

    >>> Row("rough-in", "milestone", "percent", Decimal(25)).in_pool
    True
    """

    id: Hashable
    kind: Kind
    basis: Basis
    value: Decimal | int | None = None
    lines: frozenset[Hashable] = frozenset()
    placed_cents: int = 0
    weight: Fraction | None = None
    billed: bool = False
    amount_cents: int | None = None

    @property
    def in_pool(self) -> bool:
        return self.kind == "milestone" and self.basis in POOL

    @property
    def number(self) -> Fraction:
        """The value as an exact number; zero where the basis has none."""
        return Fraction(self.value or 0)

    @property
    def frozen_cents(self) -> int:
        """The amount of a billed row, which nothing changes any more."""
        if self.amount_cents is None:
            raise ValueError(f"row {self.id!r} is billed, so it needs its amount_cents")
        return self.amount_cents


@dataclass(frozen=True)
class Snapshot:
    """
    What was billed when the rows were last priced; zeros at signing.

    `billed` per key, `due_cents` of milestones billed, `recovered_cents` of the deposit,
    `retained_cents` held; all to date.

    >>> Snapshot().billed_cents
    0
    """

    billed: Mapping[Key, int] = field(default_factory=dict)
    due_cents: int = 0
    recovered_cents: int = 0
    retained_cents: int = 0

    @property
    def billed_cents(self) -> int:
        return sum(self.billed.values())


def billed_part(row: Row, amount_cents: int, rows: Iterable[Row]) -> Row:
    """
    The part of a row that stays billed when the rest of it is open again: a fixed, frozen row.

    Its id is the row's with "billed" and a number before it, so that a row can be parted again.

    >>> whole = Row("walls", "milestone", "percent", Decimal(50), amount_cents=500_00, billed=True)
    >>> billed_part(whole, 200_00, [whole]).id, billed_part(whole, 200_00, [whole]).amount_cents
    (('billed', 1, 'walls'), 20000)
    """
    parts = sum(isinstance(other.id, tuple) and other.id[-1] == row.id for other in rows)
    return replace(
        row,
        id=("billed", parts + 1, row.id),
        basis="fixed",
        value=amount_cents,
        lines=frozenset(),
        placed_cents=0,
        weight=None,
        billed=True,
        amount_cents=amount_cents,
    )


def lines_once(rows: Sequence[Row]) -> list[Row]:
    """
    The rows, no line of the contract in two of them. Where an invoice was taken back in part, its lines
    are billed by the part that is open; where the rest of it was taken back too, both parts ask for
    amounts instead.

    >>> part = Row("a", "milestone", "lines", lines=frozenset({"x"}), amount_cents=600)
    >>> other = replace(part, id="b", amount_cents=400)
    >>> [row.basis for row in lines_once([part, other])]
    ['fixed', 'fixed']
    >>> [row.basis for row in lines_once([replace(part, billed=True), other])]
    ['fixed', 'lines']
    """
    owners: dict[Hashable, list[bool]] = {}
    for row in rows:
        for line in row.lines:
            owners.setdefault(line, []).append(row.billed)
    return [
        replace(row, basis="fixed", value=max(row.frozen_cents - row.placed_cents, 0), lines=frozenset())
        if any(len(owners[line]) > 1 if row.billed else owners[line].count(False) > 1 for line in row.lines)
        else row
        for row in rows
    ]


def open_cents(priced: PricedContract, snapshot: Snapshot, lines: frozenset[Hashable]) -> int:
    """
    What is unbilled on these lines at the snapshot, with their tax, in cents.

    >>> from milepost.core.contract import ContractLine, price
    >>> priced = price([ContractLine("a", "A", Decimal(1), Decimal("60.00"))], currency="USD")
    >>> open_cents(priced, Snapshot({Key("a"): 10_00}), frozenset({"a"}))
    5000
    """
    return sum(cents - snapshot.billed.get(key, 0) for key, cents in priced.keys.items() if key.line in lines)


def deposit_cents(priced: PricedContract, rows: Sequence[Row]) -> int:
    """
    The deposit, rounded by itself: percent × contract total (half up) or its amount; 0 without one.

    Once billed it stands, whatever the contract becomes. Refuses DepositExceedsContract.

    >>> from milepost.core.contract import ContractLine, price
    >>> priced = price([ContractLine("a", "A", Decimal(1), Decimal("12870.59"))], currency="USD")
    >>> deposit_cents(priced, [Row("deposit", "deposit", "percent", Decimal(50))])
    643530
    """
    row = next((row for row in rows if row.kind == "deposit"), None)
    if row is None:
        return 0
    if row.billed:
        return row.frozen_cents
    total = priced.total_cents
    deposit = half_up(total * row.number / 100) if row.basis == "percent" else int(row.number)
    if deposit > total:
        raise DepositExceedsContract(
            deposit=Money(deposit, priced.currency), total=Money(total, priced.currency), field="deposit"
        )
    return deposit


def check_rows(priced: PricedContract, rows: Sequence[Row]) -> None:
    """
    Refuse what is no schedule, whatever its amounts: one deposit at most, a milestone at least,
    one remainder at most, each line in one row at most, values in range.

    >>> from milepost.core.contract import ContractLine, price
    >>> priced = price([ContractLine("a", "A", Decimal(1), Decimal("60.00"))], currency="USD")
    >>> check_rows(priced, [Row("deposit", "deposit", "percent", Decimal(50))])
    Traceback (most recent call last):
    milepost.core.rows.NoMilestone: Add a milestone: the deposit alone does not bill the job.
    """
    deposits = [row for row in rows if row.kind == "deposit"]
    if len(deposits) > 1 or any(row.basis not in ("percent", "fixed") for row in deposits):
        raise DepositBasis(field="deposit")
    if len(deposits) == len(rows):
        raise NoMilestone(field="milestones")
    if sum(row.basis == "remainder" for row in rows) > 1:
        raise TwoRemainders(field="milestones")
    if len({row.id for row in rows}) < len(rows):
        raise ValueError("two rows of the schedule share an id")
    for row in rows:
        _check_value(priced, row)
    _check_lines(priced, rows)


def _check_value(priced: PricedContract, row: Row) -> None:
    field_name = "deposit" if row.kind == "deposit" else "milestones"
    if row.basis == "percent" and not 0 <= row.number <= 100:
        raise PercentOutOfRange(percent=short_decimal(row.number), field=field_name)
    if row.basis == "fixed" and row.number < 0:
        raise RowBelowZero(amount=Money(int(row.number), priced.currency), field=field_name)
    if row.basis == "share" and row.number <= 0:
        raise ShareNotPositive(share=short_decimal(row.number), field=field_name)
    if row.basis == "lines" and not row.lines:
        raise RowWithoutLines(field=field_name)


def _check_lines(priced: PricedContract, rows: Sequence[Row]) -> None:
    names = {line.id: line.description for line in priced.lines}
    taken: set[Hashable] = set()
    for row in rows:
        for line in sorted(row.lines, key=str):
            if line not in names and not row.billed:
                raise LineNotInContract(line=line, field="milestones")
            if line in taken:
                raise LineInTwoRows(line=names.get(line, line), field="milestones")
            taken.add(line)
