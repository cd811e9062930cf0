"""Other taxes on a signed job from now on. What is billed keeps its tax; nobody signs, the law has changed it."""

from datetime import datetime

from django.utils.translation import gettext

from milepost.actions.actor import Actor
from milepost.actions.door import action
from milepost.actions.steps.contract_changes import write_change
from milepost.actions.steps.documents import freeze
from milepost.actions.steps.finding import lock_job
from milepost.actions.steps.outbox import contacts_for, ensure_links, post_to
from milepost.actions.steps.paper import job_facts
from milepost.actions.steps.snapshots import take_snapshot
from milepost.actions.steps.timeline import tell
from milepost.actions.work import JobNotOpen
from milepost.core.msgids import gettext_noop
from milepost.core.refusals import InputRefused
from milepost.queries.billing_state import load
from milepost.queries.change_difference import difference
from milepost.queries.paper.change import ChangeFacts, change_content
from milepost.queries.tax_changes import Taxes, plan_taxes
from milepost.records.changes import ChangeSignature
from milepost.records.jobs import ChangeOrder, Job


@action("change_taxes")
def change_taxes(*, by: Actor, at: datetime, job_id: int, taxes: Taxes, reason: str) -> int:
    """
    Tax what is not billed of a job differently from now on, and tell the customer. The nets stay, the
    difference is spread over the open milestones. Returns the id of its entry among the changes.

    Refuses JobNotOpen, a missing reason, TaxesStayAsTheyAre, BilledBeyondNewTotal, UnknownTaxOfChange.
    """
    if not reason.strip():
        raise InputRefused(field="reason", problem=gettext("Say why, so that the customer understands it."))
    job = lock_job(job_id)
    if job.state != "open":
        raise JobNotOpen(number=job.number)
    loaded = load(job)
    order = _entry(job, reason.strip(), by, at)
    computed = plan_taxes(loaded, order, taxes)
    shown = difference(loaded, order, computed)
    order.difference_cents = computed.difference_cents
    order.save()
    order.state, order.sent_at = "sent", at
    order.seen = {"stamp": shown.stamp, "rows": [[row.name, row.before, row.after] for row in shown.figures]}
    order.save()
    write_change(loaded, order, computed)
    take_snapshot(job, at=at, order=order)
    facts = ChangeFacts(
        job=job_facts(job, loaded.contacts, at=at, links=loaded.links),
        name=order.name,
        reason=order.reason,
        days=0,
        shown=shown,
        signed_by="",
        signed_at=at,
        how="law",
    )
    document = freeze(
        job,
        "contract",
        gettext_noop("Change of tax {change} to {number}"),
        change_content(facts),
        at=at,
        change=order.name,
        number=job.number,
    )
    order.state, order.answered_at = "approved", at
    order.save()
    ChangeSignature.objects.create(
        business_id=job.business_id, change_order=order, name=by.name[:200], how="law", signed_at=at,
        document=document,
    )  # fmt: skip
    _tell(job, order, document.id, by=by, at=at)
    return order.id


def _entry(job: Job, reason: str, by: Actor, at: datetime) -> ChangeOrder:
    last = job.change_orders.order_by("-number").first()
    return ChangeOrder(
        business_id=job.business_id,
        job=job,
        number=last.number + 1 if last else 1,
        reason=reason[:2000],
        placement="spread",
        created_at=at,
        created_by=by.name,
    )


def _tell(job: Job, order: ChangeOrder, document_id: int, *, by: Actor, at: datetime) -> None:
    facts: dict[str, object] = {
        "change": order.name,
        "reason": order.reason,
        "difference_cents": order.difference_cents,
        "contract_cents": job.contract_cents,
    }
    tell(job, "taxes_changed", by=by, at=at, for_customer=True, document_id=document_id, **facts)
    everyone = contacts_for(job, "everyone")
    ensure_links(job, everyone, at=at)
    post_to(
        job, everyone, "taxes_changed", cause=str(order.id), facts=facts, at=at, document_ids=[document_id]
    )
