"""What happens in a story: each deed is one action."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from milepost.actions.actor import Actor
from milepost.actions.attempts import STORY_SESSION, begin_payment, note_session, settle_attempt
from milepost.actions.credit import refund_credit, return_payment, use_credit
from milepost.actions.invoices import bill_simple, send_invoice
from milepost.actions.payments import record_payment
from milepost.actions.quotes import draft_quote, note_viewed, send_quote
from milepost.actions.signing import sign_quote
from milepost.actions.work import (
    Assigned,
    EvidenceInput,
    accept_milestone,
    complete_milestone,
    move_event,
    undo_completion,
)
from milepost.core.refusals import InputRefused
from milepost.queries.job_page import job_page
from milepost.queries.payment_page import payment_page
from milepost.queries.story_output import StoryJob, story_job
from milepost.stories import changes, credits, disputes, unpaid
from milepost.stories.offering import line_inputs, quote_input
from milepost.stories.schema import Event, Pay, Story
from milepost.stories.stage import Stage

ONLINE = {"ach": "bank", "bank": "bank", "card": "card"}


@dataclass
class Scene:
    """One job on the stage, and who acts for the customer."""

    stage: Stage
    story: Story
    job_id: int
    approver: Actor
    payer: Actor
    paid: int = 0
    changes: dict[str, int] = field(default_factory=dict)

    @classmethod
    def open(cls, stage: Stage, customer_id: int, story: Story, *, at: datetime) -> "Scene":
        """Draft and send the quote, or issue the simple invoice."""
        if story.invoice:
            lines = line_inputs(stage, story.invoice.lines, at=at)
            made = bill_simple(
                by=stage.owner,
                at=at,
                customer_id=customer_id,
                lines=lines,
                title=story.invoice.title,
                prices_include_tax=story.invoice.prices_include_tax,
            )
            job_id = made.job_id
        else:
            job_id = _offer(stage, customer_id, story, at)
        people = job_page(stage.business_id, job_id, at=at).people
        approver = next((p for p in people if p.approves), people[0])
        payer = next((p for p in people if p.pays), people[0])
        return cls(stage, story, job_id, *(_customer(stage, p.contact_id, p.name) for p in (approver, payer)))

    @property
    def job(self) -> StoryJob:
        """The job as it stands now."""
        return story_job(self.stage.business_id, self.job_id)

    def invoice(self, name: str, job: StoryJob) -> int:
        """An invoice by its number, its milestone, or `Deposit`. Refuses what is not billed."""
        found = job.invoices.get(name)
        if found is None and name == "Deposit":
            found = job.invoices.get(job.deposit)
        if found is None:
            raise InputRefused(field="invoice", problem=f"There is no invoice for “{name}” yet.")
        return found

    def payment(self, place: int) -> int:
        """A payment of the job by its place, counted from 1. Refuses what is not there yet."""
        payments = self.job.payments
        if place > len(payments):
            raise InputRefused(field="payment", problem=f"There is no payment {place} yet.")
        return payments[place - 1]


def _offer(stage: Stage, customer_id: int, story: Story, at: datetime) -> int:
    quote = story.quote
    if quote is None:
        raise InputRefused(field="quote", problem="There is no quote.")
    job_id = draft_quote(
        by=stage.owner,
        at=at,
        customer_id=customer_id,
        quote=quote_input(stage, story, quote, at=at),
        number=quote.number,
    )
    if quote.send:
        send_quote(by=stage.owner, at=at, job_id=job_id)
    return job_id


def _customer(stage: Stage, contact_id: int, name: str) -> Actor:
    return Actor(stage.business_id, "customer", name, contact_id=contact_id)


def _sign(scene: Scene, event: Event, at: datetime) -> None:
    version = scene.job.version
    sign_quote(by=scene.approver, at=at, job_id=scene.job_id, version=version, name=event.sign or "")
    quote = scene.story.quote
    for row in quote.schedule.milestones if quote and quote.schedule else []:
        after = row.after or row.before
        if after and after.technician:
            event_id, on = scene.job.events[after.event]
            technician = scene.stage.worker(after.technician).user_id
            move_event(
                by=scene.stage.owner, at=at, job_id=scene.job_id, event_id=event_id, on=on,
                assigned=Assigned(technician),
            )  # fmt: skip


def _view(scene: Scene, _event: Event, at: datetime) -> None:
    note_viewed(by=scene.approver, at=at, job_id=scene.job_id)


def _complete(scene: Scene, event: Event, at: datetime) -> None:
    worker = scene.stage.worker(event.by)
    shown = [
        _shown(scene.stage, worker, at, kind, f"{event.complete}, {kind} {count}")
        for kind, number in event.evidence.items()
        for count in range(1, number + 1)
    ]
    complete_milestone(
        by=worker,
        at=at,
        job_id=scene.job_id,
        row_id=_row(scene, event.complete),
        note=event.note,
        evidence=shown,
    )


def _shown(stage: Stage, by: Actor, at: datetime, kind: str, label: str) -> EvidenceInput:
    """A note of what was shown; with the picture itself where the stage can make one."""
    if kind != "photo" or stage.photograph is None:
        return EvidenceInput(kind, note=label)
    return EvidenceInput(kind, file_id=stage.photograph(by, at, label), note=label)


def _request_changes(scene: Scene, event: Event, at: datetime) -> None:
    undo_completion(
        by=scene.stage.owner, at=at, job_id=scene.job_id, row_id=_row(scene, event.request_changes),
        reason=event.reason,
    )  # fmt: skip


def _accept(scene: Scene, event: Event, at: datetime) -> None:
    """By whoever approves, or by the payer where the story says so: a milestone may name them."""
    person = scene.payer if event.by == scene.payer.name else scene.approver
    accept_milestone(
        by=person, at=at, job_id=scene.job_id, row_id=_row(scene, event.accept), name=event.by or ""
    )


def _send(scene: Scene, event: Event, at: datetime) -> None:
    by = scene.stage.worker(event.by)
    send_invoice(by=by, at=at, job_id=scene.job_id, row_ids=[_row(scene, event.send)])


def _bill(scene: Scene, event: Event, at: datetime) -> None:
    rows = [_row(scene, name) for name in event.bill or []]
    send_invoice(by=scene.stage.owner, at=at, job_id=scene.job_id, row_ids=rows, by_hand=True)


def _row(scene: Scene, name: str | None) -> int:
    found = scene.job.rows.get(name or "")
    if found is None:
        raise InputRefused(field="row", problem="The quote is not signed yet.")
    return found


def _wait(_scene: Scene, _event: Event, _at: datetime) -> None:
    """The clock has run to this day; what is overdue by then is so in the output."""


def _pay(scene: Scene, event: Event, at: datetime) -> None:
    pay, job = event.pay, scene.job
    if pay is None:
        return
    split = [(scene.invoice(name, job), cents) for name, cents in (pay.invoices or {}).items()]
    first = scene.invoice(pay.invoice, job) if pay.invoice else None
    named = [invoice for invoice, _ in split] or ([first] if first else [])
    wanted = [i for i in (named or job.open_cents) if job.open_cents[i] > 0]
    open_cents = sum(job.open_cents[i] for i in wanted)
    amount = pay.amount if pay.amount is not None else sum(c for _, c in split) or open_cents
    whole = amount == open_cents and all(job.open_cents[i] == cents for i, cents in split)
    if pay.method in ONLINE and whole and wanted:
        _pay_online(scene, pay, wanted, amount, at)
    elif pay.status == "pending":
        raise InputRefused(
            field="pay", problem="A payment on its way pays invoices in full, by bank or card."
        )
    else:
        record_payment(
            by=scene.stage.owner,
            at=at,
            job_id=scene.job_id,
            amount_cents=amount,
            method=ONLINE.get(pay.method, pay.method),
            reference=pay.reference,
            invoice_id=first,
            split=split,
        )


def _pay_online(scene: Scene, pay: Pay, invoices: list[int], amount: int, at: datetime) -> None:
    system = Actor.system(scene.stage.business_id)
    method = "card" if pay.method == "card" else "bank"
    begun = begin_payment(
        by=scene.payer,
        at=at,
        job_id=scene.job_id,
        method=method,
        invoice_ids=invoices,  # type: ignore[arg-type]
    )
    if begun.attempt_id is None:
        raise InputRefused(field="pay", problem="Another payment of this invoice is under way.")
    session = f"{STORY_SESSION}{begun.attempt_id}"
    note_session(by=system, at=at, attempt_id=begun.attempt_id, session_id=session, url="")
    for outcome in ("processing",) if pay.status == "pending" else ("processing", "succeeded"):
        if method == "card" and outcome == "processing" and pay.status != "pending":
            continue
        settle_attempt(
            by=system,
            at=at,
            attempt_id=begun.attempt_id,
            outcome=outcome,
            amount_cents=amount,  # type: ignore[arg-type]
        )


def _return(scene: Scene, event: Event, at: datetime) -> None:
    back = event.return_payment
    if back is not None:
        return_payment(
            by=scene.stage.owner, at=at, payment_id=scene.payment(back.payment), reason=back.reason,
            fee_cents=back.fee,
        )  # fmt: skip


def _refund(scene: Scene, event: Event, at: datetime) -> None:
    back = event.refund
    if back is not None:
        payment = scene.payment(back.payment)
        left = payment_page(scene.stage.business_id, payment).left.cents
        refund_credit(
            by=scene.stage.owner,
            at=at,
            payment_id=payment,
            amount_cents=left if back.amount is None else back.amount,
            method=back.method,
            reference=back.reference,
        )


def _apply_credit(scene: Scene, event: Event, at: datetime) -> None:
    use = event.apply_credit
    if use is not None:
        use_credit(
            by=scene.stage.owner,
            at=at,
            job_id=scene.job_id,
            invoice_id=scene.invoice(use.invoice, scene.job) if use.invoice else None,
            amount_cents=use.amount,
        )


DEEDS: dict[str, Callable[[Scene, Event, datetime], None]] = {
    "sign": _sign,
    "view": _view,
    "pay": _pay,
    "complete": _complete,
    "request_changes": _request_changes,
    "accept": _accept,
    "send": _send,
    "bill": _bill,
    "wait": _wait,
    "return_payment": _return,
    "dispute": disputes.dispute,
    "won": disputes.won,
    "lost": disputes.lost,
    "refund": _refund,
    "apply_credit": _apply_credit,
    "write_off": unpaid.give_up,
    "recover": unpaid.recover,
    "let_be": unpaid.let_be,
    "grant_discount": unpaid.discount,
    "change_order": changes.order_change,
    "approve": changes.approve,
    "decline_change": changes.decline,
    "withdraw_change": changes.withdraw,
    "void": credits.void,
    "reissue": credits.reissue,
    "credit": credits.credit,
    "void_credit": credits.void_credit,
    "cancel": credits.cancel,
    "tax_change": credits.tax_change,
}
