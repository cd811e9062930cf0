"""The payment schedules that a business keeps; and a job's schedule as it could be kept."""

from collections.abc import Sequence
from dataclasses import dataclass

from milepost.core.own_templates import PricedRow, from_plain
from milepost.core.quote_input import RowInput
from milepost.queries.door import NotThere, question
from milepost.queries.pricing import price_offer
from milepost.queries.quote_draft import as_typed
from milepost.records.jobs import Job, ScheduleRow
from milepost.records.templates import OwnTemplate

MOST = 100


@dataclass(frozen=True)
class OwnTemplateRow:
    """A schedule under its name; `code` is what a quote's form calls it."""

    id: int
    name: str
    recovery: str
    rows: Sequence[RowInput]
    is_archived: bool

    @property
    def code(self) -> str:
        return f"own-{self.id}"


@question
def own_templates(*, archived: bool = False) -> list[OwnTemplateRow]:
    """The schedules in use (or those archived) by their names."""
    found = OwnTemplate.objects.filter(archived_at__isnull=not archived)
    return [_row(template) for template in found.order_by("name_key", "id")[:MOST]]


@question
def own_template(template_id: int) -> OwnTemplateRow:
    """One schedule that is in use. Refuses NotThere."""
    found = OwnTemplate.objects.filter(id=template_id, archived_at=None).first()
    if found is None:
        raise NotThere
    return _row(found)


def _row(template: OwnTemplate) -> OwnTemplateRow:
    rows = [from_plain(plain) for plain in template.rows]
    return OwnTemplateRow(
        template.id, template.name, template.recovery, rows, template.archived_at is not None
    )


def schedule_of(job: Job) -> tuple[list[PricedRow], int]:
    """
    A job's payments with their amounts, and the total: as signed and changed since, or as the newest
    version of its quote offers them with every option. Refuses what the schedule's own rules refuse.
    """
    if job.signed_on is not None:
        rows = ScheduleRow.objects.filter(job=job).select_related("event").order_by("position")
        return [PricedRow(_signed(row), row.amount_cents) for row in rows], job.contract_cents
    version = job.versions.select_related("job__business", "job__customer", "job__site").latest("version")
    lines, rows_offered = list(version.lines.order_by("position")), list(version.rows.order_by("position"))
    options = {line.position for line in lines if line.is_optional}
    priced = price_offer(version, lines, rows_offered, chosen=options)
    typed = as_typed(version).rows
    return [
        PricedRow(row, priced.amounts[place]) for place, row in enumerate(typed, start=1)
    ], priced.contract.total_cents


def _signed(row: ScheduleRow) -> RowInput:
    return RowInput(
        row.name,
        row.basis,
        row.kind,
        row.value,
        bill_on=row.bill_on,
        before_days=row.before_days,
        event=row.event.name if row.event else "",
        event_follows=row.event is not None and row.event.position > row.position,
        deliverable=row.deliverable,
        acceptance=tuple(row.acceptance),
        evidence=tuple(row.evidence),
        window_days=row.window_days,
        net_days=row.net_days,
    )
