"""The simulator: every figure before and after a change order, computed and not written."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from milepost.core.change_input import ChangeInput
from milepost.core.money import Money
from milepost.queries.billing_state import LoadedJob, load
from milepost.queries.changing import OWN, Proposed, ProposedLine, proposed, stored
from milepost.queries.door import NotThere, question
from milepost.records.jobs import ChangeOrder, Job


@dataclass(frozen=True)
class LineDiff:
    """
    A line that changes; `id` is the contract's. Where it is new `before` and `id` are None; where it is
    removed its quantity is 0.
    """

    description: str
    quantity_before: Decimal | None
    quantity: Decimal
    unit: str
    price_before: Decimal | None
    unit_price: Decimal
    taxes: Sequence[str]
    before: Money | None
    after: Money
    id: int | None = None

    @property
    def is_new(self) -> bool:
        return self.quantity_before is None

    @property
    def is_removed(self) -> bool:
        return self.quantity_before is not None and not self.quantity

    @property
    def difference(self) -> Money:
        return Money(self.after.cents - (self.before.cents if self.before else 0), self.after.currency)


@dataclass(frozen=True)
class RowDiff:
    """A row of the schedule before and after. `before` is None where it is new; `billed` ones stand."""

    id: int | None
    name: str
    kind: str
    before: Money | None
    after: Money
    billed: bool
    deliverable: str = ""
    planned_on: date | None = None

    @property
    def difference(self) -> Money:
        return Money(self.after.cents - (self.before.cents if self.before else 0), self.after.currency)


@dataclass(frozen=True)
class TaxDiff:
    """A tax of the contract before and after."""

    name: str
    percent: Decimal
    before: Money
    after: Money

    @property
    def difference(self) -> Money:
        return Money(self.after.cents - self.before.cents, self.after.currency)


@dataclass(frozen=True)
class NextDiff:
    """What the invoice of an open milestone will say: the work with tax, less the deposit, due."""

    name: str
    earned: Money
    recovered: Money
    due: Money


@dataclass(frozen=True)
class Figures:
    """What a signature names of one row, in cents."""

    name: str
    before: int | None
    after: int


@dataclass(frozen=True)
class Difference:
    """
    What is signed: the lines that change, the contract, every row, before and after.

    `stamp` names exactly these figures. `next_before` and `next_after` are the next payment.
    """

    lines: Sequence[LineDiff]
    rows: Sequence[RowDiff]
    taxes: Sequence[TaxDiff]
    net_before: Money
    net_after: Money
    contract_before: Money
    contract_after: Money
    nexts: Sequence[NextDiff]
    days: int
    stamp: str
    replaced: Sequence[str] = ()
    """The numbers of invoices that are taken back and sent again at their new amounts, oldest first."""
    deposit_cut: Money | None = None
    """What is credited of the deposit; None or nothing where it stays."""

    @property
    def difference(self) -> Money:
        return Money(self.contract_after.cents - self.contract_before.cents, self.contract_after.currency)

    @property
    def net_difference(self) -> Money:
        return Money(self.net_after.cents - self.net_before.cents, self.net_after.currency)

    @property
    def figures(self) -> list[Figures]:
        return [
            Figures(row.name, row.before.cents if row.before else None, row.after.cents) for row in self.rows
        ]

    @property
    def moved(self) -> list[RowDiff]:
        """The rows whose amount changes."""
        return [row for row in self.rows if row.before is None or row.difference.cents]

    @property
    def next_payment(self) -> RowDiff | None:
        """The first milestone that is not billed."""
        return next((row for row in self.rows if row.kind == "milestone" and not row.billed), None)


def difference(loaded: LoadedJob, order: ChangeOrder, computed: Proposed) -> Difference:
    """The change order's figures on the job as it is loaded."""
    currency = loaded.job.currency

    def money(cents: int) -> Money:
        return Money(cents, currency)

    before, after = computed.before, computed.after
    rows = _rows(loaded, order, computed)
    taxes_before, taxes_after = before.tax_by_code, after.tax_by_code
    rates = {**before.tax_rates, **after.tax_rates}
    names = {row.id: row.name for row in loaded.rows} | {OWN: order.own_name}
    return Difference(
        lines=[_line(line, computed, currency) for line in computed.lines if line.is_changed],
        rows=rows,
        taxes=[
            TaxDiff(
                rates[code].name,
                rates[code].percent,
                money(taxes_before.get(code, 0)),
                money(taxes_after.get(code, 0)),
            )
            for code in dict.fromkeys((*taxes_before, *taxes_after))
            if code in rates
        ],
        net_before=money(before.net_cents),
        net_after=money(after.net_cents),
        contract_before=money(before.total_cents),
        contract_after=money(after.total_cents),
        nexts=[
            NextDiff(
                names[one.row],  # type: ignore[index]
                money(one.earned_cents),
                money(one.recovered_cents),
                money(one.due_cents),
            )
            for one in computed.next_invoices()
        ],
        days=order.days,
        stamp=_stamp(order, rows, computed),
        replaced=[invoice.number_text for invoice in reversed(computed.replaced)],
        deposit_cut=money(computed.deposit_cut_cents),
    )


def _stamp(order: ChangeOrder, rows: Sequence[RowDiff], computed: Proposed) -> str:
    figures = {
        "rows": [
            [row.id, row.before.cents if row.before else None, row.after.cents, row.billed] for row in rows
        ],
        "contract": [computed.before.total_cents, computed.after.total_cents],
        "lines": order.edits,
        "days": order.days,
        "placement": order.placement,
        "milestones": order.row_edits,
        "own": order.own_name,
        "reason": order.reason,
        "replaced": [invoice.id for invoice in computed.replaced],
    }
    text = json.dumps(figures, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _rows(loaded: LoadedJob, order: ChangeOrder, computed: Proposed) -> list[RowDiff]:
    edits = {edit.row: edit for edit in computed.row_edits}
    amounts = computed.changed.state.amounts if computed.changed else loaded.state.amounts
    currency = loaded.job.currency
    rows = [
        RowDiff(
            row.id,
            row.name,
            row.kind,
            Money(row.amount_cents, currency),
            Money(amounts[row.id], currency),
            row.id in computed.billed_rows,
            (edits[row.id].deliverable or "") if row.id in edits else "",
            edits[row.id].planned_on if row.id in edits else None,
        )
        for row in loaded.rows
    ]
    if OWN in amounts:
        rows.append(
            RowDiff(None, order.own_name, "milestone", None, Money(amounts[OWN], currency), billed=False)
        )
    return rows


def _line(line: ProposedLine, computed: Proposed, currency: str) -> LineDiff:
    was = line.was
    return LineDiff(
        line.description,
        was.quantity if was else None,
        line.quantity,
        line.unit,
        was.unit_price if was else None,
        line.unit_price,
        [tax["name"] for tax in line.taxes],
        Money(was.net_cents, currency) if was else None,
        Money(computed.after.net_cents_by_line[line.key], currency),
        was.id if was else None,
    )


@question
def simulate(job_id: int, change: ChangeInput) -> Difference:
    """
    What this change would do to the job now; nothing is written.

    Refuses NotThere, and what writing the change order refuses.
    """
    loaded = load(job_of(job_id))
    order = ChangeOrder(
        job=loaded.job,
        number=0,
        reason=change.reason,
        placement=change.placement,
        own_name=change.own_name or change.reason[:200],
        days=change.days,
        replace_unpaid=change.replace_unpaid,
    )
    order.edits, order.row_edits = stored(change, loaded)
    return difference(loaded, order, proposed(loaded, order))


def job_of(job_id: int) -> Job:
    """The job with its business and customer. Inside an open scope. Refuses NotThere."""
    job = Job.objects.select_related("business", "customer", "site").filter(id=job_id).first()
    if job is None:
        raise NotThere
    return job
