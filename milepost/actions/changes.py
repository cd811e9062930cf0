"""Change orders: drafted, sent, and answered; in the field with the customer beside you. Signing is in `change_signing`."""

from datetime import datetime, timedelta
from typing import Any, Literal

from django.utils.translation import gettext

from milepost.actions.actor import Actor
from milepost.actions.door import action
from milepost.actions.rights import OFFICE
from milepost.actions.steps.finding import find, lock_job
from milepost.actions.steps.once import first_result, remember
from milepost.actions.steps.outbox import contacts_for, ensure_links, post_to, post_to_office
from milepost.actions.steps.paper import local_day
from milepost.actions.steps.signers import check_answer
from milepost.actions.steps.timeline import tell
from milepost.actions.work import JobNotOpen
from milepost.core.change_input import ChangeInput
from milepost.core.money import Money
from milepost.core.msgids import gettext_noop
from milepost.core.refusals import InputRefused, Refusal
from milepost.queries.billing_state import LoadedJob, load
from milepost.queries.changing import proposed, stored
from milepost.records.jobs import PLACEMENTS, ChangeOrder, Job

Facts = dict[str, Any]


class ReasonMissing(Refusal):
    code = "reason_missing"
    message = gettext_noop("Say in a few words what changes and why.")


class ChangeNotDraft(Refusal):
    code = "change_not_draft"
    message = gettext_noop("{change} was sent, so it stays as it is. Withdraw it and write a new one.")


class ChangeNotOpen(Refusal):
    code = "change_not_open"
    message = gettext_noop("{change} was answered or taken back already, so it can no longer be answered.")


class AskTheOffice(Refusal):
    code = "ask_the_office"
    message = gettext_noop(
        "This change is above {limit}, so the office looks at it first. Ask the office; nothing you wrote is lost."
    )


@action("draft_change")
def draft_change(
    *,
    by: Actor,
    at: datetime,
    job_id: int,
    change: ChangeInput,
    change_id: int | None = None,
    form_key: str = "",
) -> int:
    """
    Write a change order, or write a draft anew. Returns its id; the same form sent twice makes one.

    Its difference is computed at once, so that a draft is never more than what can be signed.
    Refuses JobNotOpen, ReasonMissing, ChangeNotDraft, and what `queries.changing` and the core refuse.
    """
    before = first_result(form_key, "draft_change", at=at)
    if before:
        return int(before["change_id"])
    job = _open_job(job_id)
    loaded = load(job)
    order = _draft(job, change_id, by, at)
    _write(order, change, loaded)
    computed = proposed(loaded, order)
    order.difference_cents = computed.difference_cents
    order.save()
    remember(form_key, change_id=order.id)
    return order.id


def _open_job(job_id: int) -> Job:
    job = lock_job(job_id)
    if job.state != "open":
        raise JobNotOpen(number=job.number)
    return job


def _draft(job: Job, change_id: int | None, by: Actor, at: datetime) -> ChangeOrder:
    if change_id is not None:
        order = find(job.change_orders.select_for_update(no_key=True), id=change_id)
        if order.state != "draft":
            raise ChangeNotDraft(change=order.name)
        return order
    last = job.change_orders.order_by("-number").first()
    return ChangeOrder(
        business_id=job.business_id,
        job=job,
        number=last.number + 1 if last else 1,
        created_at=at,
        created_by=by.name,
    )


def _write(order: ChangeOrder, change: ChangeInput, loaded: LoadedJob) -> None:
    if not change.reason.strip():
        raise ReasonMissing(field="reason")
    if change.placement not in PLACEMENTS:
        raise InputRefused(
            field="placement",
            problem=gettext("“{text}” is not one of the choices.").format(text=change.placement),
        )
    if not -999 <= change.days <= 999:
        raise InputRefused(field="days", problem=gettext("A change order adds up to 999 days."))
    order.reason = change.reason.strip()[:2000]
    order.placement = change.placement
    order.own_name = (change.own_name.strip() or order.reason.splitlines()[0])[:200]
    order.days = change.days
    order.replace_unpaid = change.replace_unpaid
    order.expires_on = change.expires_on
    order.edits, order.row_edits = stored(change, loaded)


@action("send_change")
def send_change(*, by: Actor, at: datetime, job_id: int, change_id: int) -> Literal["sent", "asked"]:
    """
    Offer the change to the customer: a letter to whoever approves. Sent twice, it goes out once.

    What a technician sends stays within the business's limit; above it the office is asked instead,
    and sends it from its own phone. Refuses NotFound, JobNotOpen, ChangeNotOpen.
    """
    job = _open_job(job_id)
    order = find(job.change_orders.all(), id=change_id)
    if order.state == "sent":
        return "sent"
    if order.state != "draft":
        raise ChangeNotOpen(change=order.name, state=order.state)
    computed = proposed(load(job), order)
    order.difference_cents = computed.difference_cents
    if not within_limit(by, job, order):
        _ask(job, order, by, at)
        return "asked"
    _offer(job, order, by, at)
    return "sent"


def _offer(job: Job, order: ChangeOrder, by: Actor, at: datetime) -> None:
    order.state, order.sent_at = "sent", at
    if order.expires_on is None and job.business.change_days:
        order.expires_on = local_day(job.business, at) + timedelta(days=job.business.change_days)
    order.save()
    approvers = contacts_for(job, "approver")
    ensure_links(job, approvers, at=at)
    facts: Facts = {
        "change": order.name,
        "change_id": order.id,
        "reason": order.reason,
        "difference_cents": order.difference_cents,
        "contract_cents": job.contract_cents + order.difference_cents,
    }
    tell(job, "change_sent", by=by, at=at, **_told(facts))
    post_to(job, approvers, "change_sent", cause=str(order.id), facts=facts, at=at)


def _told(facts: Facts) -> Facts:
    """Without the new contract total, which is nobody's until it is signed."""
    return {name: value for name, value in facts.items() if name != "contract_cents"}


def within_limit(by: Actor, job: Job, order: ChangeOrder) -> bool:
    """Whether this person may offer a change of this size without the office."""
    return by.role in OFFICE or abs(order.difference_cents) <= job.business.field_change_cents


def _ask(job: Job, order: ChangeOrder, by: Actor, at: datetime) -> None:
    """The office is asked once, however often the button is pressed."""
    if order.asked_office_at:
        return
    order.asked_office_at = at
    order.save()
    facts: Facts = {
        "change": order.name,
        "change_id": order.id,
        "reason": order.reason,
        "difference_cents": order.difference_cents,
        "name": by.name,
    }
    tell(job, "change_asked", by=by, at=at, for_customer=False, **facts)
    post_to_office(job, "change_asked_office", cause=str(order.id), facts=facts, at=at)


@action("decline_change")
def decline_change(
    *, by: Actor, at: datetime, job_id: int, change_id: int, reason: str = "", name: str = ""
) -> None:
    """The customer says no; the job goes on as it was signed. Refuses NotFound, ChangeNotOpen."""
    _answer(job_id, change_id, "declined", by=by, at=at, reason=reason, name=name or by.name)


@action("withdraw_change")
def withdraw_change(*, by: Actor, at: datetime, job_id: int, change_id: int, reason: str = "") -> None:
    """Take a draft or an offer back. Refuses NotFound, ChangeNotOpen."""
    _answer(job_id, change_id, "withdrawn", by=by, at=at, reason=reason, name=by.name)


def _answer(
    job_id: int, change_id: int, state: str, *, by: Actor, at: datetime, reason: str, name: str
) -> None:
    job = lock_job(job_id)
    order = find(job.change_orders.all(), id=change_id)
    if order.state == state:
        return
    if order.state != "sent" and not (order.state == "draft" and state == "withdrawn"):
        raise ChangeNotOpen(change=order.name, state=order.state)
    check_answer(job, by)
    was_sent = order.state == "sent"
    order.state, order.answered_at, order.answer = state, at, reason.strip()[:2000]
    order.save()
    facts: Facts = {
        "change": order.name,
        "reason": order.answer,
        "difference_cents": order.difference_cents,
        "name": name,
    }
    tell(job, f"change_{state}", by=by, at=at, for_customer=was_sent, **facts)
    if state == "declined":
        post_to_office(job, "change_declined_office", cause=str(order.id), facts=facts, at=at)


def limit_of(job: Job) -> Money:
    """What a technician may offer without the office."""
    return Money(job.business.field_change_cents, job.currency)
