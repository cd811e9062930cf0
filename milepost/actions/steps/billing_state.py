"""A signed job as the core sees it, read from the rows under the job's lock."""

from collections.abc import Hashable
from dataclasses import dataclass
from fractions import Fraction
from typing import cast

from django.db.models import Sum

from milepost.core.billing import JobState
from milepost.core.contract import ContractLine as CoreLine
from milepost.core.contract import Key, PricedContract
from milepost.core.rows import Recovery, Row
from milepost.core.tax import TaxRate
from milepost.records.invoices import InvoiceRow, Position
from milepost.records.jobs import ContractKey, ContractLine, Job, ScheduleRow
from milepost.records.payments import Allocation


@dataclass
class Heads:
    """The end of a chain: the last entry's id, and billed to date in cents."""

    id: int | None = None
    cents: int = 0


@dataclass(frozen=True)
class LoadedJob:
    """The job's rows, and the core's state of them. Keys and rows are named by their ids."""

    job: Job
    lines: list[ContractLine]
    keys: dict[Key, ContractKey]
    rows: list[ScheduleRow]
    heads: dict[tuple[str, int], Heads]
    billed_rows: frozenset[int]
    state: JobState

    @property
    def deposit(self) -> ScheduleRow | None:
        return next((row for row in self.rows if row.kind == "deposit"), None)

    def head(self, kind: str, track: int) -> Heads:
        return self.heads.get((kind, track), Heads())

    def row_head_cents(self, row: ScheduleRow) -> int:
        return self.head("due", row.id).cents

    @property
    def billed_cents(self) -> int:
        """Due to date, the deposit included."""
        return sum(self.row_head_cents(row) for row in self.rows)


def load(job: Job) -> LoadedJob:
    """Read a signed job for billing: five queries, whatever its size."""
    keys = list(ContractKey.objects.filter(job=job).select_related("line").order_by("id"))
    rows = list(ScheduleRow.objects.filter(job=job).select_related("event").order_by("position"))
    billed_rows = frozenset(InvoiceRow.objects.filter(invoice__job=job).values_list("row_id", flat=True))
    return assemble(job, keys, rows, _heads(job), billed_rows)


def assemble(
    job: Job,
    keys: list[ContractKey],
    rows: list[ScheduleRow],
    heads: dict[tuple[str, int], Heads],
    billed_rows: frozenset[int] = frozenset(),
) -> LoadedJob:
    """The core's state from rows that are already at hand."""
    by_key = {Key(key.line_id, key.tax_code_id): key for key in keys}
    lines = list({key.line_id: key.line for key in keys}.values())
    billed = {key: heads.get(("earned", row.id), Heads()).cents for key, row in by_key.items()}
    milestones = [row for row in rows if row.kind == "milestone"]
    deposit = next((row for row in rows if row.kind == "deposit"), None)
    state = JobState(
        priced=_priced(job, lines, by_key),
        rows=tuple(_core_row(row, lines) for row in rows),
        amounts={row.id: row.amount_cents for row in rows},
        recovery=cast(Recovery, job.recovery),
        billed=billed,
        due_cents=sum(heads.get(("due", row.id), Heads()).cents for row in milestones),
        recovered_cents=heads.get(("recovered", deposit.id), Heads()).cents if deposit else 0,
        portions={row.id: Fraction(1) for row in milestones if row.id in billed_rows},
    )
    return LoadedJob(job, lines, by_key, rows, heads, billed_rows, state)


def _heads(job: Job) -> dict[tuple[str, int], Heads]:
    heads: dict[tuple[str, int], Heads] = {}
    for kind, track, id, end in (
        Position.objects.filter(job=job).order_by("id").values_list("kind", "track", "id", "end_cents")
    ):
        heads[kind, track] = Heads(id, end)
    return heads


def _priced(job: Job, lines: list[ContractLine], keys: dict[Key, ContractKey]) -> PricedContract:
    taxes: dict[int, list[TaxRate]] = {line.id: [] for line in lines}
    for row in keys.values():
        if row.tax_code_id is not None and row.tax_percent is not None:
            taxes[row.line_id].append(TaxRate(row.tax_code_id, row.tax_name, row.tax_percent))
    codes = {line: frozenset(rate.code for rate in rates) for line, rates in taxes.items()}
    groups: dict[Key, Hashable] = {
        key: ("net", codes[row.line_id]) if key.tax is None else ("tax", key.tax) for key, row in keys.items()
    }
    core_lines = tuple(
        CoreLine(
            line.id, line.description, line.quantity, line.unit_price, tuple(taxes[line.id]), unit=line.unit
        )
        for line in lines
    )
    return PricedContract(job.currency, core_lines, {key: row.cents for key, row in keys.items()}, groups)


def _core_row(row: ScheduleRow, lines: list[ContractLine]) -> Row:
    ids = {line.position: line.id for line in lines}
    return Row(
        row.id,
        row.kind,  # type: ignore[arg-type]
        row.basis,  # type: ignore[arg-type]
        int(row.value) if row.basis == "fixed" and row.value is not None else row.value,
        frozenset(ids[position] for position in row.line_positions),
        row.placed_cents,
        Fraction(row.weight) if row.weight else None,
        amount_cents=row.amount_cents,
    )


def settled_by_invoice(job: Job) -> dict[int, int]:
    """What cleared payments have settled of each of the job's invoices, by invoice id."""
    sums = (
        Allocation.objects.filter(invoice__job=job, payment__state="cleared")
        .values("invoice_id")
        .annotate(settled=Sum("amount_cents"))
    )
    return {row["invoice_id"]: row["settled"] for row in sums}


def settled_by_row(job: Job) -> dict[int, int]:
    """What is paid of each row: an invoice's settled amount goes to its rows in schedule order."""
    left = settled_by_invoice(job)
    paid: dict[int, int] = {}
    parts = InvoiceRow.objects.filter(invoice__job=job).order_by("row__position", "id")
    for invoice_id, row_id, due in parts.values_list("invoice_id", "row_id", "due_cents"):
        share = min(due, left.get(invoice_id, 0))
        left[invoice_id] = left.get(invoice_id, 0) - share
        paid[row_id] = paid.get(row_id, 0) + share
    return paid
