"""What a change order's form begins with: the contract's lines, the open milestones, what is drafted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Sum
from django.db.models.functions import Coalesce

from milepost.core.change_input import ChangeInput, LineEdit, RowEdit
from milepost.core.money import Money
from milepost.queries.contract_lines import contract_lines
from milepost.queries.door import NotThere, question
from milepost.records.credit_notes import standing_rows
from milepost.records.jobs import ChangeOrder, ContractLine, Job, ScheduleRow


@dataclass(frozen=True)
class FormLine:
    """A line of the contract as it stands. `taxes` are (id, name, percent)."""

    id: int
    section: str
    description: str
    quantity: Decimal
    unit: str
    unit_price: Decimal
    taxes: Sequence[tuple[int, str, Decimal]]
    net: Money


@dataclass(frozen=True)
class FormRow:
    """A milestone that is not billed."""

    id: int
    name: str
    amount: Money
    deliverable: str
    planned_on: date | None
    has_event: bool


@dataclass(frozen=True)
class ChangeForm:
    """A signed job as its change order's form shows it; `change` is what the draft says, if there is one."""

    job_id: int
    number: str
    title: str
    state: str
    customer_name: str
    is_exempt: bool
    currency: str
    lines: Sequence[FormLine]
    rows: Sequence[FormRow]
    has_unpaid: bool
    order_name: str = ""
    order_state: str = ""
    change: ChangeInput | None = None


@question
def change_form(job_id: int, change_id: int | None = None) -> ChangeForm:
    """The form for a new change order, or for one that is written. Refuses NotThere."""
    job = Job.objects.select_related("customer").filter(id=job_id).exclude(signed_on=None).first()
    if job is None:
        raise NotThere
    order = None
    if change_id is not None:
        order = ChangeOrder.objects.filter(job=job, id=change_id).first()
        if order is None:
            raise NotThere
    billed = standing_rows().filter(invoice__job=job).values("row_id")
    open_rows = ScheduleRow.objects.filter(job=job, kind="milestone").exclude(id__in=billed)
    return ChangeForm(
        job.id,
        job.number,
        job.title,
        job.state,
        job.customer.name,
        job.customer.tax_exempt,
        job.currency,
        [_line(line, job.currency) for line in contract_lines(job.id) if line.quantity],
        [_row(row, job.currency) for row in open_rows.order_by("position")],
        _has_unpaid(job),
        order.name if order else "",
        order.state if order else "",
        written(order) if order else None,
    )


def _has_unpaid(job: Job) -> bool:
    """Whether an invoice for work waits of which nothing is paid."""
    standing = standing_rows().filter(invoice__job=job).exclude(invoice__kind="deposit")
    settled = standing.annotate(settled=Coalesce(Sum("invoice__allocations__amount_cents"), 0))
    return settled.filter(settled=0).exists()


def _line(line: ContractLine, currency: str) -> FormLine:
    return FormLine(
        line.id,
        line.section,
        line.description,
        line.quantity,
        line.unit,
        line.unit_price,
        [(tax["code"], tax["name"], Decimal(tax["percent"])) for tax in line.taxes],
        Money(line.net_cents, currency),
    )


def _row(row: ScheduleRow, currency: str) -> FormRow:
    return FormRow(
        row.id,
        row.name,
        Money(row.amount_cents, currency),
        row.deliverable,
        row.planned_on,
        row.event_id is not None,
    )


def written(order: ChangeOrder) -> ChangeInput:
    """A change order as it was written."""
    return ChangeInput(
        order.reason,
        tuple(_edit(edit) for edit in order.edits),
        tuple(_row_edit(edit) for edit in order.row_edits),
        order.placement,
        order.own_name,
        order.days,
        order.expires_on,
        order.replace_unpaid,
    )


def _edit(kept: Mapping[str, Any]) -> LineEdit:
    def number(name: str) -> Decimal | None:
        return Decimal(kept[name]) if name in kept else None

    return LineEdit(
        kept["op"],
        kept["line"],
        kept.get("description"),
        number("quantity"),
        kept.get("unit"),
        number("unit_price"),
        tuple(tax["code"] for tax in kept["taxes"]) if "taxes" in kept else None,
        number("discount_percent"),
        kept.get("section", ""),
        kept.get("ref", ""),
    )


def _row_edit(kept: Mapping[str, Any]) -> RowEdit:
    planned = date.fromisoformat(kept["planned_on"]) if kept.get("planned_on") else None
    return RowEdit(kept["row"], kept.get("deliverable"), planned, kept.get("move_cents", 0))
