"""Done, undone, accepted; events that move."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from milepost.actions.actor import Actor
from milepost.actions.door import action
from milepost.actions.steps.finding import find, lock_job
from milepost.actions.steps.outbox import (
    approvers_of,
    asked_to_accept,
    contacts_for,
    ensure_links,
    post_to,
    post_to_office,
)
from milepost.actions.steps.timeline import tell
from milepost.core.msgids import gettext_noop
from milepost.core.refusals import Refusal
from milepost.records.credit_notes import standing_rows
from milepost.records.jobs import Job, ScheduledEvent, ScheduleRow
from milepost.records.people import Membership
from milepost.records.work import Acceptance, Completion, Evidence


class JobNotOpen(Refusal):
    code = "job_not_open"
    message = gettext_noop("{number} is not signed, or already closed, so no work can be reported on it.")


class NotDoneYet(Refusal):
    code = "not_done_yet"
    message = gettext_noop("“{milestone}” is not reported as done yet.")


class EvidenceMissing(Refusal):
    code = "evidence_missing"
    messages: ClassVar[dict[str, str]] = {
        "photo": gettext_noop("“{milestone}” needs a photo before it is done. Add it, then tap Done."),
        "inspection": gettext_noop(
            "“{milestone}” needs the inspection report before it is done. Add it, then tap Done."
        ),
        "document": gettext_noop("“{milestone}” needs a document before it is done. Add it, then tap Done."),
    }
    message = gettext_noop("“{milestone}” needs {kind} before it is done. Add it, then tap Done.")

    def text(self, translate: Callable[[str], str] = str, show: Callable[[object], object] = str) -> str:
        words = self.messages.get(str(self.values["kind"]), self.message)
        return translate(words).format(**{name: show(value) for name, value in self.values.items()})


class AlreadyBilled(Refusal):
    code = "already_billed"
    message = gettext_noop("“{milestone}” is billed, so it stays done. Credit or void its invoice first.")


class NotTheirsToAccept(Refusal):
    code = "not_theirs_to_accept"
    message = gettext_noop("“{milestone}” is accepted by {name}. The link is in their email or text.")


class DepositIsNotWork(Refusal):
    code = "deposit_is_not_work"
    message = gettext_noop("A deposit is paid before the work; there is nothing to report done.")


@dataclass(frozen=True)
class EvidenceInput:
    """A photo, report or note. `file_id` of a stored file, or a note alone."""

    kind: str = "photo"
    file_id: int | None = None
    note: str = ""


@action("complete_milestone")
def complete_milestone(
    *,
    by: Actor,
    at: datetime,
    job_id: int,
    row_id: int,
    note: str = "",
    evidence: Sequence[EvidenceInput] = (),
    done_at: datetime | None = None,
) -> int:
    """
    Report a milestone as done, with its evidence. Saying it twice changes nothing.

    Returns the completion's id. Refuses JobNotOpen, DepositIsNotWork, EvidenceMissing.
    """
    job = _open_job(job_id)
    row = find(ScheduleRow.objects.filter(job=job), id=row_id)
    if row.kind == "deposit":
        raise DepositIsNotWork
    standing = Completion.objects.filter(row=row, withdrawn_at__isnull=True).first()
    if standing is not None:
        return standing.id
    for kind in row.evidence:
        if not any(item.kind == kind for item in evidence):
            raise EvidenceMissing(field="evidence", milestone=row.name, kind=kind)
    completion = Completion.objects.create(
        business_id=job.business_id,
        job=job,
        row=row,
        by_name=by.name,
        by_user_id=by.user_id,
        note=note.strip(),
        done_at=done_at or at,
    )
    Evidence.objects.bulk_create(
        [
            Evidence(
                business_id=job.business_id,
                job=job,
                completion=completion,
                kind=item.kind,
                file_id=item.file_id,
                note=item.note[:300],
                added_at=at,
            )
            for item in evidence
        ]
    )
    tell(job, "completed", by=by, at=at, row_id=row.id, milestone=row.name, evidence=len(evidence))
    if row.bill_on == "acceptance":
        _ask_to_accept(job, row, completion, at)
    return completion.id


@action("undo_completion")
def undo_completion(*, by: Actor, at: datetime, job_id: int, row_id: int, reason: str = "") -> None:
    """Take "done" back while nothing is billed. Refuses NotDoneYet, AlreadyBilled."""
    job = _open_job(job_id)
    row = find(ScheduleRow.objects.filter(job=job), id=row_id)
    completion = _standing(row)
    if standing_rows().filter(row=row).exists():
        raise AlreadyBilled(milestone=row.name)
    completion.withdrawn_at = at
    completion.withdrawn_reason = reason.strip()
    completion.save(update_fields=["withdrawn_at", "withdrawn_reason"])
    tell(job, "completion_withdrawn", by=by, at=at, row_id=row.id, milestone=row.name, reason=reason.strip())


@action("accept_milestone")
def accept_milestone(
    *, by: Actor, at: datetime, job_id: int, row_id: int, name: str = "", how: str = "link"
) -> None:
    """
    The customer accepts what was reported done: who may (see `approvers_of`), or the office in their
    name. Accepting twice changes nothing. Refuses NotDoneYet, NotTheirsToAccept.
    """
    job = _open_job(job_id)
    row = find(ScheduleRow.objects.filter(job=job), id=row_id)
    completion = _standing(row)
    if by.role == "customer":
        _check_approver(job, row, by)
    _, created = Acceptance.objects.get_or_create(
        completion=completion,
        defaults={
            "business_id": job.business_id,
            "job": job,
            "row": row,
            "contact_id": by.contact_id,
            "by_name": (name.strip() or by.name)[:200],
            "how": how,
            "accepted_at": at,
        },
    )
    if created:
        tell(job, "accepted", by=by, at=at, row_id=row.id, milestone=row.name, name=name.strip() or by.name)
        post_to_office(job, "accepted_office", cause=str(completion.id), facts={"milestone": row.name}, at=at)


def _check_approver(job: Job, row: ScheduleRow, by: Actor) -> None:
    may = approvers_of(job, row)
    if all(person.id != by.contact_id for person in may):
        raise NotTheirsToAccept(milestone=row.name, name=", ".join(person.name for person in may))


@dataclass(frozen=True)
class Assigned:
    """Who does it: a user's id, or nobody yet."""

    user_id: int | None


@action("move_event")
def move_event(
    *, by: Actor, at: datetime, job_id: int, event_id: int, on: date | None, assigned: Assigned | None = None
) -> None:
    """
    Give an event another day and, with `assigned`, another technician. What is due before it moves
    with it, and the customer gets one notice of the day, however many milestones hang on it.
    """
    job = _open_job(job_id)
    event = find(ScheduledEvent.objects.filter(job=job), id=event_id)
    before, event.on_date = event.on_date, on
    if assigned is not None:
        _assign(job, event, assigned.user_id, by=by, at=at)
    event.save(update_fields=["on_date", "technician"])
    if before == on:
        return
    _move_rows(job, event, before, on)
    told = tell(
        job, "event_moved", by=by, at=at, name=event.name,
        was=before.isoformat() if before else "", now=on.isoformat() if on else "",
    )  # fmt: skip
    contacts = contacts_for(job, "approver")
    facts = {
        "event": event.name,
        "on": on.isoformat() if on else "",
        "was": before.isoformat() if before else "",
    }
    post_to(job, contacts, "event_moved", cause=str(told.id), facts=facts, at=at)


def _move_rows(job: Job, event: ScheduledEvent, before: date | None, on: date | None) -> None:
    """A payment that stands on its event's day moves to the new one; days of its own move by as many days."""
    rows = list(ScheduleRow.objects.filter(job=job, event=event))
    for row in rows:
        if row.planned_until is None and row.planned_on in (None, before):
            row.planned_on = on
        elif before is not None and on is not None and row.planned_on is not None:
            row.planned_on += on - before
            row.planned_until = row.planned_until + (on - before) if row.planned_until else None
    ScheduleRow.objects.bulk_update(rows, ["planned_on", "planned_until"])


def _assign(job: Job, event: ScheduledEvent, user_id: int | None, *, by: Actor, at: datetime) -> None:
    if user_id == event.technician_id:
        return
    name = ""
    if user_id is not None:
        people = Membership.objects.select_related("user").filter(disabled_at__isnull=True)
        member = find(people, user_id=user_id)
        name = member.user.name or member.user.email
    event.technician_id = user_id
    tell(job, "event_assigned", by=by, at=at, for_customer=False, name=event.name, technician=name)


def _open_job(job_id: int) -> Job:
    job = lock_job(job_id)
    if job.state != "open":
        raise JobNotOpen(number=job.number)
    return job


def _standing(row: ScheduleRow) -> Completion:
    completion = Completion.objects.filter(row=row, withdrawn_at__isnull=True).first()
    if completion is None:
        raise NotDoneYet(milestone=row.name)
    return completion


def _ask_to_accept(job: Job, row: ScheduleRow, completion: Completion, at: datetime) -> None:
    contacts = asked_to_accept(job, row)
    ensure_links(job, contacts, at=at)
    facts = {"milestone": row.name, "amount_cents": row.amount_cents, "row_id": row.id}
    post_to(job, contacts, "please_accept", cause=str(completion.id), facts=facts, at=at)
