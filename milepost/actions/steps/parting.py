"""A milestone that is taken back in part becomes two: what stays billed, and what is open again."""

from fractions import Fraction

from django.db.models import F
from django.utils.translation import gettext

from milepost.core.rounding import half_up
from milepost.queries.billing_state import LoadedJob
from milepost.queries.crediting import CreditPlan
from milepost.queries.wording import in_words_of
from milepost.records.jobs import ScheduledEvent, ScheduleRow

_ASIDE = 10_000


def part_rows(loaded: LoadedJob, plan: CreditPlan) -> None:
    """
    The milestones of a share that was taken back, each with its open part behind it. The open part has
    its share of the weight and of what change orders had placed. Demands an open transaction.
    """
    for row in reversed(loaded.rows):
        back = plan.by_row.get(row.id, 0)
        if back:
            _part(loaded, row, back)


def lower_rows(loaded: LoadedJob, plan: CreditPlan) -> None:
    """A part of the deposit is taken back: it asks for less, the open milestones for that much more."""
    after = {row.id: row for row in plan.after.rows}
    for row in loaded.rows:
        now = after[row.id]
        if (row.amount_cents, row.placed_cents) != (now.frozen_cents, now.placed_cents):
            row.amount_cents, row.placed_cents = now.frozen_cents, now.placed_cents
            row.save(update_fields=["amount_cents", "placed_cents"])


def _part(loaded: LoadedJob, row: ScheduleRow, back: int) -> None:
    job, share = loaded.job, Fraction(back, row.amount_cents)
    weight, place = Fraction(row.weight) if row.weight else None, row.position
    _make_room(job.id, place)
    placed = half_up(row.placed_cents * share)
    ScheduleRow.objects.create(
        business_id=job.business_id,
        job=job,
        position=place + 1,
        kind="milestone",
        name=_name(loaded, row.name),
        basis=row.basis,
        value=back - placed if row.basis == "fixed" else row.value,
        line_positions=row.line_positions,
        weight=str(weight * share) if weight is not None else "",
        amount_cents=back,
        placed_cents=placed,
        bill_on="completion" if row.bill_on == "before" else row.bill_on,
        deliverable=row.deliverable,
        acceptance=row.acceptance,
        window_days=row.window_days,
        technician_id=row.technician_id,
        net_days=row.net_days,
        approver_id=row.approver_id,
    )
    row.amount_cents -= back
    # A fixed amount was signed and stays as it was said; what is off it is placed, below zero.
    row.placed_cents -= back if row.basis == "fixed" else placed
    row.weight = str(weight * (1 - share)) if weight is not None else ""
    row.save(update_fields=["amount_cents", "placed_cents", "weight"])


def _make_room(job_id: int, place: int) -> None:
    """One place behind this one; what follows moves down, its events with it."""
    behind = ScheduleRow.objects.filter(job_id=job_id, position__gt=place)
    behind.update(position=F("position") + _ASIDE)
    behind.update(position=F("position") - _ASIDE + 1)
    ScheduledEvent.objects.filter(job_id=job_id, position__gt=place).update(position=F("position") + 1)


def _name(loaded: LoadedJob, name: str) -> str:
    """“Rough-in, rest”; a second one is counted."""
    names = {row.name for row in loaded.rows}
    with in_words_of(loaded.job.customer, loaded.job.business):
        wanted = gettext("{name}, rest").format(name=name)[:200]
        count = 2
        while wanted in names:
            wanted = gettext("{name}, rest {count}").format(name=name, count=count)[:200]
            count += 1
    return wanted
