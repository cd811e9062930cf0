"""Bill to date: an invoice is the position now, less what has been billed before."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import NamedTuple

from milepost.core.contract import Key, PricedContract, tax_by_code
from milepost.core.document_tax import on_document
from milepost.core.msgids import gettext_noop
from milepost.core.positions import Position, due_and_recovered, position
from milepost.core.refusals import Refusal
from milepost.core.rows import Recovery, Row, Snapshot
from milepost.core.schedule import row_amounts, signing_weights
from milepost.core.tax import AT_CONTRACT, TaxRules


class NothingToBill(Refusal):
    """No row was named."""

    code = "nothing_to_bill"
    message = gettext_noop("Choose at least one milestone to bill.")


class RowNotInSchedule(Refusal):
    """The row is not a milestone of this schedule."""

    code = "row_not_in_schedule"
    message = gettext_noop("“{row}” is not a milestone of this job.")


class RowAlreadyBilled(Refusal):
    """The row, or this much of it, is billed."""

    code = "row_already_billed"
    message = gettext_noop("“{row}” is already billed. Void or credit its invoice to bill it again.")


class PortionOutOfRange(Refusal):
    """A portion of a row is more than nothing and at most the whole."""

    code = "portion_out_of_range"
    message = gettext_noop("The accepted part of “{row}” must be more than 0 and at most 100 percent.")


class BillLine(NamedTuple):
    """
    One key on one invoice: billed before, billed now, both to date; the invoice shows the difference.

    >>> BillLine(Key("cabinets"), 100, 250, 150).delta_cents
    150
    """

    key: Key
    before_cents: int
    now_cents: int
    delta_cents: int


@dataclass(frozen=True)
class JobState:
    """
    A signed job, as far as billing needs it.

    `rows` and their `amounts` stand since the snapshot; `Row.billed` means billed before it.
    `portions`: how much of each row is billed since the snapshot (1 is all of it).
    `billed` per key, `due_cents` of milestones and `recovered_cents` of the deposit are to date.
    `tax_rules`: with `at` "document", each invoice but the last rounds its own tax.
    """

    priced: PricedContract
    rows: tuple[Row, ...]
    amounts: Mapping[Hashable, int]
    recovery: Recovery = "off_the_top"
    snapshot: Snapshot = field(default_factory=Snapshot)
    billed: Mapping[Key, int] = field(default_factory=dict)
    due_cents: int = 0
    recovered_cents: int = 0
    portions: Mapping[Hashable, Fraction] = field(default_factory=dict)
    tax_rules: TaxRules = AT_CONTRACT

    @property
    def deposit_cents(self) -> int:
        return sum(self.amounts[row.id] for row in self.rows if row.kind == "deposit")

    @property
    def earned_cents(self) -> int:
        return sum(self.billed.values())

    @property
    def open_rows(self) -> tuple[Row, ...]:
        """The milestones that were open at the snapshot, in schedule order."""
        return tuple(row for row in self.rows if row.kind == "milestone" and not row.billed)

    @property
    def billed_row_ids(self) -> frozenset[Hashable]:
        """Milestones billed in full, before the snapshot or since."""
        before = {row.id for row in self.rows if row.kind == "milestone" and row.billed}
        return frozenset(before | {row_id for row_id, portion in self.portions.items() if portion == 1})

    def position(self, portions: Mapping[Hashable, Fraction]) -> Position:
        """Where the job stands when these portions are billed since the snapshot."""
        now = position(
            self.priced,
            self.open_rows,
            self.amounts,
            deposit_cents=self.deposit_cents,
            recovery=self.recovery,
            snapshot=self.snapshot,
            portions=portions,
            recovered_floor_cents=self.recovered_cents,
        )
        if self.tax_rules.at == "contract" or now.billed == self.priced.keys:
            return now
        return replace(now, billed=on_document(self.priced, self.billed, now.billed, self.tax_rules))

    def after(self, bill: "Bill") -> "JobState":
        """The state once this bill is issued."""
        return replace(
            self,
            billed=bill.position.billed,
            due_cents=bill.position.due_cents,
            recovered_cents=bill.position.recovered_cents,
            portions=bill.portions,
        )


@dataclass(frozen=True)
class Bill:
    """
    What one invoice says, in cents. Amounts are this invoice's own; `position` is to date.

    Σ lines = earned = due + recovered, always.
    """

    lines: tuple[BillLine, ...]
    earned_cents: int
    recovered_cents: int
    due_cents: int
    due_by_row: Mapping[Hashable, int]
    recovered_by_row: Mapping[Hashable, int]
    position: Position
    portions: Mapping[Hashable, Fraction]

    @property
    def net_by_line(self) -> dict[Hashable, int]:
        return {line.key.line: line.delta_cents for line in self.lines if line.key.tax is None}

    @property
    def tax_by_code(self) -> dict[Hashable, int]:
        return tax_by_code({line.key: line.delta_cents for line in self.lines})

    @property
    def net_cents(self) -> int:
        return sum(self.net_by_line.values())

    @property
    def tax_cents(self) -> int:
        return self.earned_cents - self.net_cents

    @property
    def earned_by_row(self) -> dict[Hashable, int]:
        return {row: due + self.recovered_by_row[row] for row, due in self.due_by_row.items()}


def sign(
    priced: PricedContract,
    rows: Sequence[Row],
    *,
    recovery: Recovery = "off_the_top",
    tax_rules: TaxRules = AT_CONTRACT,
) -> JobState:
    """
    The state of a job at signing: every row priced, every weight kept, nothing billed.

    Refuses as row_amounts does.

    >>> from decimal import Decimal
    >>> from milepost.core.contract import ContractLine, price
    >>> priced = price([ContractLine("a", "A", Decimal(1), Decimal("12870.59"))], currency="USD")
    >>> halves = [Row("start", "milestone", "share", 1), Row("end", "milestone", "share", 1)]
    >>> sign(priced, halves).amounts
    {'start': 643530, 'end': 643529}
    """
    amounts = row_amounts(priced, rows, recovery=recovery)
    weights = signing_weights(priced, rows, recovery=recovery)
    kept = tuple(
        replace(row, amount_cents=amounts[row.id], weight=row.weight or weights.get(row.id)) for row in rows
    )
    billed = dict.fromkeys(priced.keys, 0)
    return JobState(priced, kept, amounts, recovery, billed=billed, tax_rules=tax_rules)


def bill(state: JobState, rows: Iterable[Hashable] | Mapping[Hashable, Fraction]) -> Bill:
    """
    The invoice for a set of rows: position now less billed before, one difference for the set.

    `rows`: the ids to bill in full, or a mapping to the portion accepted to date (0 < φ ≤ 1).
    Figures by row telescope in schedule order. Refuses NothingToBill, RowNotInSchedule,
    RowAlreadyBilled, PortionOutOfRange.

    >>> from decimal import Decimal
    >>> from milepost.core.contract import ContractLine, price
    >>> priced = price([ContractLine("kitchen", "Kitchen", Decimal(1), Decimal("40000"))], currency="USD")
    >>> job = sign(
    ...     priced,
    ...     [
    ...         Row("Deposit", "deposit", "percent", Decimal(25)),
    ...         Row("Rough-in complete", "milestone", "percent", Decimal(25)),
    ...         Row("Final walkthrough", "milestone", "remainder"),
    ...     ],
    ... )
    >>> first = bill(job, ["Rough-in complete"])
    >>> first.earned_cents, first.recovered_cents, first.due_cents
    (1333333, 333333, 1000000)
    >>> last = bill(job.after(first), ["Final walkthrough"])
    >>> last.earned_cents, last.recovered_cents, last.due_cents
    (2666667, 666667, 2000000)
    """
    added = _added(state, rows)
    portions = {**state.portions, **added}
    now = state.position(portions)
    lines = tuple(
        BillLine(key, state.billed.get(key, 0), cents, cents - state.billed.get(key, 0))
        for key, cents in now.billed.items()
    )
    due_by_row, recovered_by_row = _by_row(state, added)
    return Bill(
        lines=lines,
        earned_cents=sum(line.delta_cents for line in lines),
        recovered_cents=now.recovered_cents - state.recovered_cents,
        due_cents=now.due_cents - state.due_cents,
        due_by_row=due_by_row,
        recovered_by_row=recovered_by_row,
        position=now,
        portions=portions,
    )


def _added(
    state: JobState, rows: Iterable[Hashable] | Mapping[Hashable, Fraction]
) -> dict[Hashable, Fraction]:
    """The portions to date that this bill adds, in schedule order, or a refusal."""
    asked = dict(rows) if isinstance(rows, Mapping) else {row_id: Fraction(1) for row_id in rows}
    if not asked:
        raise NothingToBill(field="rows")
    milestones = [row.id for row in state.rows if row.kind == "milestone"]
    for row_id, portion in asked.items():
        if row_id not in milestones:
            raise RowNotInSchedule(row=row_id, field="rows")
        if not 0 < portion <= 1:
            raise PortionOutOfRange(row=row_id, field="portion")
        if row_id in state.billed_row_ids or portion <= state.portions.get(row_id, 0):
            raise RowAlreadyBilled(row=row_id, field="rows")
    return {row_id: Fraction(asked[row_id]) for row_id in milestones if row_id in asked}


def _by_row(
    state: JobState, added: Mapping[Hashable, Fraction]
) -> tuple[dict[Hashable, int], dict[Hashable, int]]:
    """Due and recovered of each row: as if billed one after the other, so that they add up."""
    due_by_row: dict[Hashable, int] = {}
    recovered_by_row: dict[Hashable, int] = {}
    portions, due, recovered = dict(state.portions), state.due_cents, state.recovered_cents
    for row_id, portion in added.items():
        portions[row_id] = portion
        due_now, recovered_now = due_and_recovered(
            state.priced,
            state.open_rows,
            state.amounts,
            deposit_cents=state.deposit_cents,
            recovery=state.recovery,
            snapshot=state.snapshot,
            portions=portions,
            recovered_floor_cents=recovered,
        )
        due_by_row[row_id], recovered_by_row[row_id] = due_now - due, recovered_now - recovered
        due, recovered = due_now, recovered_now
    return due_by_row, recovered_by_row
