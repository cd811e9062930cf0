"""What happens in a story: each deed is one action."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from milepost.actions.actor import Actor
from milepost.actions.invoices import bill_simple, send_invoice
from milepost.actions.quotes import draft_quote, send_quote
from milepost.actions.work import EvidenceInput, accept_milestone, complete_milestone, undo_completion
from milepost.core.refusals import InputRefused
from milepost.queries.job_page import job_page
from milepost.queries.story_output import StoryJob, story_job
from milepost.stories import changes, credits, disputes, paying, quoting, unpaid
from milepost.stories.events import Event
from milepost.stories.offer import Quote
from milepost.stories.offering import line_inputs, quote_input
from milepost.stories.schema import Story
from milepost.stories.stage import Stage


@dataclass
class Scene:
    """One job on the stage, and who acts for the customer."""

    stage: Stage
    story: Story
    job_id: int
    approver: Actor
    payer: Actor
    changes: dict[str, int] = field(default_factory=dict)
    people: dict[str, Actor] = field(default_factory=dict)
    quote: Quote | None = None
    attempts: dict[int, int] = field(default_factory=dict)

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
        actors = {p.contact_id: _customer(stage, p.contact_id, p.name) for p in people}
        return cls(
            stage,
            story,
            job_id,
            actors[approver.contact_id],
            actors[payer.contact_id],
            people={actor.name: actor for actor in actors.values()},
            quote=story.quote,
        )

    @property
    def job(self) -> StoryJob:
        """The job as it stands now. The milestone that a change order brings answers to its number too."""
        job = story_job(self.stage.business_id, self.job_id)
        for number, name in own_rows(self.story.events).items():
            for known in (job.rows, job.invoices):
                if name in known:
                    known.setdefault(number, known[name])
        return job

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


def own_rows(events: Sequence[Event]) -> dict[str, str]:
    """The milestones of change orders that have their own, by the change order's number."""
    orders = (event.change_order for event in events)
    return {order.number: order.own_row for order in orders if order and order.own_row}


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
    """By whoever approves, or by another of the customer's people where the story says so."""
    person = scene.people.get(event.by or "", scene.approver)
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


DEEDS: dict[str, Callable[[Scene, Event, datetime], None]] = {
    "sign": quoting.sign,
    "decline": quoting.decline,
    "change_quote": quoting.change,
    "correct_quote": quoting.correct,
    "send_quote": quoting.send,
    "move": quoting.move,
    "view": quoting.view,
    "pay": paying.pay,
    "complete": _complete,
    "request_changes": _request_changes,
    "accept": _accept,
    "send": _send,
    "bill": _bill,
    "wait": _wait,
    "return_payment": paying.come_back,
    "clear": paying.clear,
    "dispute": disputes.dispute,
    "won": disputes.won,
    "lost": disputes.lost,
    "refund": paying.refund,
    "apply_credit": paying.use,
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
