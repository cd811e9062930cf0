"""Payment schedules that a business keeps under a name for its next quotes."""

from datetime import datetime

from django.db import connection

from milepost.actions.actor import Actor
from milepost.actions.businesses import Missing
from milepost.actions.door import action
from milepost.actions.steps.finding import find, lock_job
from milepost.core.item_input import key_of
from milepost.core.msgids import gettext_noop
from milepost.core.own_templates import AmountsAs, as_template, to_plain
from milepost.core.refusals import Refusal
from milepost.queries.own_templates import schedule_of
from milepost.records.templates import OwnTemplate


class TemplateExists(Refusal):
    code = "template_exists"
    message = gettext_noop("There is a schedule called “{name}” already. Call this one otherwise.")


class NoScheduleYet(Refusal):
    code = "no_schedule_yet"
    message = gettext_noop("{number} has no payment schedule yet.")


@action("keep_templates")
def save_template(
    *, by: Actor, at: datetime, job_id: int, name: str, amounts_as: AmountsAs = "percent"
) -> int:
    """
    Keep the schedule of a quote or a job under a name; see `core.own_templates.as_template` for what
    is kept of it. Returns its id.

    Refuses Missing and TemplateExists at `template_name`, NoScheduleYet, NotFound, and what the
    schedule's own rules refuse.
    """
    job = lock_job(job_id)
    name, key = _name(name)
    _check_free(by.business_id, key, name)
    rows, total_cents = schedule_of(job)
    if job.origin != "quote" or not rows:
        raise NoScheduleYet(number=job.number)
    kept = as_template(rows, total_cents, amounts_as=amounts_as)
    return OwnTemplate.objects.create(
        business_id=by.business_id,
        name=name,
        name_key=key,
        recovery=job.recovery,
        rows=[to_plain(row) for row in kept],
        created_at=at,
    ).id


@action("keep_templates")
def rename_template(*, by: Actor, at: datetime, template_id: int, name: str) -> None:
    """Another name; quotes that began with it stay as they are. Refuses as save_template does."""
    template = find(OwnTemplate.objects.all(), id=template_id)
    name, key = _name(name)
    _check_free(by.business_id, key, name, but=template_id)
    template.name, template.name_key = name, key
    template.save(update_fields=["name", "name_key"])


@action("keep_templates")
def archive_template(*, by: Actor, at: datetime, template_id: int, archived: bool) -> None:
    """Offer a schedule no more, or again. Refuses TemplateExists where its name was taken since, NotFound."""
    template = find(OwnTemplate.objects.all(), id=template_id)
    if not archived:
        _check_free(by.business_id, template.name_key, template.name, but=template_id)
    template.archived_at = (template.archived_at or at) if archived else None
    template.save(update_fields=["archived_at"])


def _name(name: str) -> tuple[str, str]:
    name = name.strip()[:120]
    if not name:
        raise Missing(field="template_name")
    return name, key_of(name)


def _check_free(business_id: int, key: str, name: str, *, but: int | None = None) -> None:
    """Whether nobody uses the name; one writer at a time, so that it stays so until the end."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtext('own_template'), %s::bigint::int)", [business_id]
        )
    taken = OwnTemplate.objects.filter(archived_at=None, name_key=key).values_list("id", flat=True)
    if any(template_id != but for template_id in taken):
        raise TemplateExists(field="template_name", name=name)
