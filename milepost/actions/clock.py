"""What time makes due."""

from datetime import datetime

from milepost.actions.actor import Actor
from milepost.actions.door import action
from milepost.actions.steps.finding import lock_job
from milepost.actions.steps.outbox import post_to_office
from milepost.actions.steps.paper import local_day
from milepost.actions.steps.timeline import tell
from milepost.core.readiness import is_ready
from milepost.queries.calendars import holidays_around
from milepost.records.businesses import Business
from milepost.records.credit_notes import standing_rows
from milepost.records.jobs import ScheduleRow
from milepost.records.post import Message


@action("note_what_is_ready")
def note_ready_before_event(*, by: Actor, at: datetime) -> int:
    """
    Tell the office, once for each, about milestones that are billed before their event and whose
    moment has come. Returns how many were new.
    """
    rows = ScheduleRow.objects.filter(
        job__state="open", bill_on="before", event__on_date__isnull=False
    ).exclude(id__in=standing_rows().values("row_id"))
    business = Business.objects.get()
    return sum(_note(row, business, by, at) for row in rows.select_related("event").order_by("job_id", "id"))


def _note(row: ScheduleRow, business: Business, by: Actor, at: datetime) -> bool:
    today = local_day(business, at)
    assert row.event is not None
    ready = is_ready(
        "before",
        done=False,
        accepted=False,
        event_on=row.event.on_date,
        before_days=row.before_days,
        today=today,
        holidays=holidays_around(business.holidays, today),
    )
    identity = f"ready_office:{row.id}:office"
    if not ready or not business.email or Message.objects.filter(identity=identity).exists():
        return False
    job = lock_job(row.job_id)
    if Message.objects.filter(identity=identity).exists():
        return False
    on = row.event.on_date
    facts = {
        "milestone": row.name,
        "amount_cents": row.amount_cents,
        "event": row.event.name,
        "on": on.isoformat() if on else "",
        "row_id": row.id,
    }
    tell(job, "ready_before_event", by=by, at=at, for_customer=False, **facts)
    post_to_office(job, "ready_office", cause=str(row.id), facts=facts, at=at)
    return True
