"""Sign a change order: exactly the difference that was on the screen, or a refusal with the new one."""

from collections.abc import Sequence
from datetime import datetime

from milepost.actions.actor import Actor
from milepost.actions.businesses import Missing
from milepost.actions.changes import AskTheOffice, ChangeNotOpen, Facts, limit_of, within_limit
from milepost.actions.door import action
from milepost.actions.steps.closing import close_if_finished
from milepost.actions.steps.contract_changes import write_change
from milepost.actions.steps.crediting import issue_credit
from milepost.actions.steps.documents import freeze
from milepost.actions.steps.finding import find, lock_payer
from milepost.actions.steps.issuing import issue, milestone_increment
from milepost.actions.steps.outbox import ensure_links, post_to
from milepost.actions.steps.paper import job_facts, local_day
from milepost.actions.steps.settling import settle_again
from milepost.actions.steps.signers import check_signer
from milepost.actions.steps.snapshots import take_snapshot
from milepost.actions.steps.timeline import tell
from milepost.actions.work import JobNotOpen
from milepost.core.msgids import gettext_noop
from milepost.core.refusals import Refusal
from milepost.queries.billing_state import LoadedJob, load
from milepost.queries.change_difference import Difference, difference
from milepost.queries.changing import Proposed, deposit_invoice, proposed
from milepost.queries.crediting import plan_reduction, plan_whole, standing_of
from milepost.queries.paper.change import ChangeFacts, change_content
from milepost.records.changes import ChangeSignature
from milepost.records.files import Document
from milepost.records.invoices import Invoice, InvoiceRow
from milepost.records.jobs import ChangeOrder, Job


class ChangeMoved(Refusal):
    code = "change_moved"
    message = gettext_noop(
        "The job moved on while you were looking, so this change now comes out differently. "
        "Please look at the new figures, then sign."
    )


class ChangeExpired(Refusal):
    code = "change_expired"
    message = gettext_noop("{change} expired on {day}. Ask for a new one.")


class ChangeNotSent(Refusal):
    code = "change_not_sent"
    message = gettext_noop("{change} is still a draft. Send it first, then it can be signed.")


@action("sign_change")
def sign_change(
    *,
    by: Actor,
    at: datetime,
    job_id: int,
    change_id: int,
    name: str,
    stamp: str = "",
    how: str = "link",
    address: str = "",
    device: str = "",
    copy_file_id: int | None = None,
) -> int:
    """
    Put a name under a change order; the contract and its open milestones change in that moment.

    `stamp` is that of the difference on the screen: if the job moved in between, ChangeMoved, and the
    page shows the new difference. `how` as for quotes; "in_person" signs a draft that the person may
    offer. Signing what is approved changes nothing. Returns the change order's id. Refuses Missing
    (the name), JobNotOpen, ChangeNotSent, ChangeNotOpen, ChangeExpired, AskTheOffice, ChangeMoved,
    NotTheirsToSign, and what the core refuses.
    """
    # Taking invoices back touches what was paid on them, so the customer is locked first, as for money.
    job = lock_payer(job_id)
    if not name.strip():
        raise Missing(field="name")
    order = find(job.change_orders.all(), id=change_id)
    if order.state == "approved":
        return order.id
    if job.state != "open":
        raise JobNotOpen(number=job.number)
    _check_open(order, by, how, at)
    loaded = load(job)
    check_signer(loaded.contacts, by)
    computed = proposed(loaded, order)
    shown = difference(loaded, order, computed)
    if stamp and stamp != shown.stamp:
        raise ChangeMoved
    order.difference_cents = computed.difference_cents
    if order.state == "draft":
        _check_limit(by, order)
        order.state, order.sent_at = "sent", at
        order.save()
    again = [_rows_of(invoice) for invoice in reversed(computed.replaced)]
    loaded, excess = _take_back(loaded, computed, order, by=by, at=at)
    write_change(loaded, order, computed)
    take_snapshot(job, at=at, order=order)
    document = _freeze(loaded, order, shown, name=name.strip(), how=how, at=at)
    _approve(order, shown, at=at)
    _sign(
        order, by, at, document, name=name.strip()[:200], how=how, address=address[:64], device=device[:300],
        copy_id=copy_file_id,
    )  # fmt: skip
    _tell(loaded, order, document, by=by, at=at, name=name.strip(), how=how)
    if again:
        _send_again(job, again, excess, by=by, at=at)
    return order.id


def _approve(order: ChangeOrder, shown: Difference, *, at: datetime) -> None:
    """It stands, with what the person saw."""
    order.state, order.answered_at = "approved", at
    order.seen = {"stamp": shown.stamp, "rows": [[row.name, row.before, row.after] for row in shown.figures]}
    order.save(update_fields=["state", "answered_at", "seen", "difference_cents"])


def _sign(order: ChangeOrder, by: Actor, at: datetime, document: Document, **said: object) -> None:
    """The name under the document; `said` is who, how and with what."""
    ChangeSignature.objects.create(
        business_id=order.business_id,
        change_order=order,
        contact_id=by.contact_id,
        signed_at=at,
        document=document,
        **said,
    )


def _take_back(
    loaded: LoadedJob, computed: Proposed, order: ChangeOrder, *, by: Actor, at: datetime
) -> tuple[LoadedJob, int]:
    """
    Take invoices back, the newest first, and credit what is too much of the deposit. The job then, and
    what was paid on those invoices in cents.
    """
    excess, reason = 0, f"{order.name}: {order.reason}"
    for invoice in computed.replaced:
        plan = plan_whole(loaded, standing_of(loaded, invoice))
        issue_credit(loaded, plan, reason, by=by, at=at)
        excess += plan.excess_cents
        loaded = load(loaded.job)
    if computed.deposit_cut_cents:
        standing = standing_of(loaded, deposit_invoice(loaded))
        issue_credit(
            loaded, plan_reduction(loaded, standing, computed.deposit_cut_cents), reason, by=by, at=at
        )
        loaded = load(loaded.job)
    return loaded, excess


def _send_again(job: Job, again: Sequence[Sequence[int]], excess: int, *, by: Actor, at: datetime) -> None:
    """
    The same milestones at their new amounts, each settled by what was paid on it before. What asks for
    nothing any more is open again, and billed when the work is done.
    """
    sent = []
    for rows in again:
        loaded = load(job)
        if not any(row.amount_cents for row in loaded.rows if row.id in rows):
            continue
        sent.append(issue(loaded, milestone_increment(loaded, rows), by=by, at=at))
    loaded = load(job)
    settle_again(excess, sent, loaded, at)
    close_if_finished(loaded, loaded.contacts, by=Actor.system(job.business_id), at=at)


def _rows_of(invoice: Invoice) -> list[int]:
    rows = InvoiceRow.objects.filter(invoice=invoice).order_by("row__position")
    return list(rows.values_list("row_id", flat=True))


def _check_open(order: ChangeOrder, by: Actor, how: str, at: datetime) -> None:
    if order.state == "draft" and how == "link":
        raise ChangeNotSent(change=order.name)
    if order.state not in ("draft", "sent"):
        raise ChangeNotOpen(change=order.name, state=order.state)
    if order.expires_on and local_day(order.job.business, at) > order.expires_on:
        raise ChangeExpired(change=order.name, day=order.expires_on)


def _check_limit(by: Actor, order: ChangeOrder) -> None:
    """Who holds out the phone may offer this much."""
    if not within_limit(by, order.job, order):
        raise AskTheOffice(limit=limit_of(order.job))


def _freeze(
    loaded: LoadedJob, order: ChangeOrder, shown: Difference, *, name: str, how: str, at: datetime
) -> Document:
    job = loaded.job
    facts = ChangeFacts(
        job=job_facts(job, loaded.contacts, at=at, links=loaded.links),
        name=order.name,
        reason=order.reason,
        days=order.days,
        shown=shown,
        signed_by=name,
        signed_at=at,
        how=how,
    )
    return freeze(
        job,
        "contract",
        gettext_noop("Change order {change} to {number}"),
        change_content(facts),
        at=at,
        change=order.name,
        number=job.number,
    )


def _tell(
    loaded: LoadedJob, order: ChangeOrder, document: Document, *, by: Actor, at: datetime, name: str, how: str
) -> None:
    job = loaded.job
    facts: Facts = {
        "change": order.name,
        "reason": order.reason,
        "difference_cents": order.difference_cents,
        "contract_cents": job.contract_cents,
        "name": name,
    }
    tell(
        job,
        "change_approved",
        by=by,
        at=at,
        how=how,
        document_id=document.id,
        sha256=document.sha256,
        **facts,
    )
    everyone = loaded.contacts
    ensure_links(job, everyone, at=at, links=loaded.links)
    post_to(
        job,
        everyone,
        "change_approved",
        cause=str(order.id),
        facts=facts,
        at=at,
        document_ids=[document.id],
        office="change_approved_office",
    )
