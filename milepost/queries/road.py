"""The road of a job: deposit, milestones and events, each with where it stands."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal
from zoneinfo import ZoneInfo

from django.db.models import Prefetch, Q, Sum

from milepost.core.money import Money
from milepost.core.readiness import bill_from, is_ready
from milepost.queries.balances import with_settled
from milepost.queries.calendars import holidays_around
from milepost.records.credit_notes import CreditNote, standing_rows
from milepost.records.customers import Contact
from milepost.records.invoices import Invoice
from milepost.records.jobs import Job, ScheduledEvent, ScheduleRow
from milepost.records.payments import Allocation
from milepost.records.work import Completion, Evidence

Kind = Literal["deposit", "milestone", "event"]
Place = Literal["behind", "now", "ahead"]
State = Literal[
    "paid",
    "written_off",
    "on_its_way",
    "overdue",
    "due",
    "ready",
    "waiting_acceptance",
    "ahead",
    "event_ahead",
    "event_past",
]


@dataclass(frozen=True)
class PhotoRow:
    """A piece of evidence; `file_id` is None for a note."""

    file_id: int | None
    kind: str
    note: str


@dataclass(frozen=True)
class InvoiceOnRoad:
    """The invoice that bills a stop; one invoice may bill several."""

    id: int
    number: str
    kind: str
    issued_on: date
    due_on: date
    total: Money
    balance: Money
    pending: Money
    document_id: int
    payment_id: int | None = None
    """The newest payment that settles it, if any is here."""


@dataclass(frozen=True)
class CreditOnRoad:
    """
    A credit note of an invoice that billed a stop. `may_send_again`: its invoice was taken back and the
    stop is not billed anew; `may_take_back`: it is money off that still counts.
    """

    id: int
    number: str
    kind: str
    total: Money
    document_id: int
    invoice_id: int
    invoice_number: str
    invoice_document_id: int
    may_send_again: bool
    may_take_back: bool
    is_part: bool
    """It took so much off its invoice, the rest of which stands."""


@dataclass(frozen=True)
class Stop:
    """
    One milepost. `number` counts milestones from 1 (0: deposit or event). `place` is behind, now
    or ahead of where the job stands; `ready` means that it may be billed at this moment. `approvers` are
    (contact, name) of who may accept it; `has_own_approver` that it names one.
    """

    kind: Kind
    id: int
    number: int
    name: str
    state: State
    place: Place
    amount: Money
    billed: Money
    paid: Money
    pending: Money
    basis: str = ""
    value: Decimal | None = None
    bill_on: str = ""
    bill_from: date | None = None
    deliverable: str = ""
    acceptance: Sequence[str] = ()
    evidence: Sequence[str] = ()
    done_by: str = ""
    done_on: date | None = None
    done_note: str = ""
    accepted_by: str = ""
    accepted_on: date | None = None
    photos: Sequence[PhotoRow] = field(default_factory=list)
    invoice: InvoiceOnRoad | None = None
    credits: Sequence[CreditOnRoad] = ()
    on: date | None = None
    event: str = ""
    technician_id: int | None = None
    technician: str = ""
    ready: bool = False
    planned_on: date | None = None
    planned_until: date | None = None
    net_days: int | None = None
    window_days: int | None = None
    approvers: Sequence[tuple[int, str]] = ()

    has_own_approver: bool = False

    @property
    def approver_names(self) -> str:
        """Everybody who may accept it, as one text."""
        return ", ".join(name for _id, name in self.approvers)

    @property
    def is_done(self) -> bool:
        return self.done_on is not None


def read_road(job: Job, today: date) -> list[Stop]:
    """The job's stops in order, events before the row that follows them. Eight queries."""
    rows = list(ScheduleRow.objects.filter(job=job).select_related("event").order_by("position"))
    events = list(ScheduledEvent.objects.filter(job=job).select_related("technician").order_by("position"))
    done = _completions(job)
    people = _people(job)
    invoices = _invoices(job)
    credits = _credits(job, frozenset(invoices))
    stops: list[Stop] = []
    milestones = last = 0
    for row in rows:
        stops += [_event_stop(e, job, today) for e in events if last < e.position <= row.position]
        last = row.position
        milestones += row.kind == "milestone"
        number = milestones if row.kind == "milestone" else 0
        stops.append(
            _row_stop(
                row,
                number,
                job,
                today=today,
                done=done.get(row.id),
                billed=invoices.get(row.id),
                people=people,
                credits=credits.get(row.id, ()),
            )
        )
    return stops + [_event_stop(event, job, today) for event in events if event.position > last]


def _people(job: Job) -> list[Contact]:
    present = Contact.objects.filter(customer_id=job.customer_id, archived_at=None)
    return list(present.order_by("position", "id"))


def _completions(job: Job) -> dict[int, Completion]:
    standing = Completion.objects.filter(job=job, withdrawn_at__isnull=True).select_related("acceptance")
    photos = Prefetch("evidence", Evidence.objects.order_by("id"), to_attr="shown")
    return {completion.row_id: completion for completion in standing.prefetch_related(photos)}


@dataclass(frozen=True)
class _Billed:
    invoice: InvoiceOnRoad
    due_cents: int
    paid_cents: int
    pending_cents: int
    let_off_cents: int
    given_up_cents: int


def _invoices(job: Job) -> dict[int, _Billed]:
    """Each billed row's invoice; what is settled of an invoice goes to its rows in schedule order."""
    sums = with_settled(Invoice.objects.filter(job=job)).annotate(
        paid=Sum("allocations__amount_cents", filter=Q(allocations__payment__state="cleared"), default=0),
        pending=Sum("allocations__amount_cents", filter=Q(allocations__payment__state="pending"), default=0),
    )
    known = {invoice.id: invoice for invoice in sums}
    payers = _payers(job)
    paid = {invoice.id: invoice.paid for invoice in known.values()}
    pending = {invoice.id: invoice.pending for invoice in known.values()}
    given_up = {invoice.id: invoice.given_up for invoice in known.values()}
    let_off = {invoice.id: invoice.conceded - invoice.given_up for invoice in known.values()}
    billed: dict[int, _Billed] = {}
    for part in standing_rows().filter(invoice__job=job).order_by("row__position", "id"):
        invoice = known[part.invoice_id]
        share = min(part.stands_cents, paid[invoice.id])
        paid[invoice.id] -= share
        waiting = min(part.stands_cents - share, pending[invoice.id])
        pending[invoice.id] -= waiting
        off = min(part.stands_cents - share - waiting, let_off[invoice.id])
        let_off[invoice.id] -= off
        lost = min(part.stands_cents - share - waiting - off, given_up[invoice.id])
        given_up[invoice.id] -= lost
        shown = _on_road(invoice, job.currency, payers.get(invoice.id))
        billed[part.row_id] = _Billed(shown, part.stands_cents, share, waiting, off, lost)
    return billed


def _credits(job: Job, billed: frozenset[int]) -> dict[int, list[CreditOnRoad]]:
    """The credit notes of each row, the oldest first; `billed` are the rows that an invoice stands for."""
    notes = CreditNote.objects.filter(job=job).select_related("invoice").prefetch_related("rows")
    found: dict[int, list[CreditOnRoad]] = {}
    for note in notes.annotate(moved=Sum("key_changes__delta_cents")).order_by("id"):
        rows = [part.row_id for part in note.rows.all()]
        shown = CreditOnRoad(
            note.id,
            note.number_text,
            note.kind,
            Money(note.total_cents, note.currency),
            note.document_id,
            note.invoice_id,
            note.invoice.number_text,
            note.invoice.document_id,
            note.is_whole and not billed.intersection(rows),
            note.kind == "allowance" and bool(note.moved),
            not note.is_whole,
        )
        for row in rows:
            found.setdefault(row, []).append(shown)
    return found


def _payers(job: Job) -> dict[int, int]:
    """The newest cleared payment that settles each invoice: what would go back first."""
    parts = Allocation.objects.filter(
        invoice__job=job, payment__state="cleared", reverses=None, allocation=None
    )
    return dict(parts.order_by("id").values_list("invoice_id", "payment_id"))


def _on_road(invoice: Invoice, currency: str, payment_id: int | None = None) -> InvoiceOnRoad:
    return InvoiceOnRoad(
        invoice.id,
        invoice.number_text,
        invoice.kind,
        invoice.issued_on,
        invoice.due_on,
        Money(invoice.stands_cents, currency),
        Money(invoice.stands_cents - invoice.settled, currency),  # type: ignore[attr-defined]
        Money(invoice.pending, currency),  # type: ignore[attr-defined]
        invoice.document_id,
        payment_id,
    )


def _event_stop(event: ScheduledEvent, job: Job, today: date) -> Stop:
    nothing = Money(0, job.currency)
    past = event.on_date is not None and event.on_date < today
    return Stop(
        kind="event",
        id=event.id,
        number=0,
        name=event.name,
        state="event_past" if past else "event_ahead",
        place="behind" if past else "ahead",
        amount=nothing,
        billed=nothing,
        paid=nothing,
        pending=nothing,
        on=event.on_date,
        technician_id=event.technician_id,
        technician=str(event.technician) if event.technician else "",
    )


def _row_stop(
    row: ScheduleRow,
    number: int,
    job: Job,
    *,
    today: date,
    done: Completion | None,
    billed: _Billed | None,
    people: Sequence[Contact],
    credits: Sequence[CreditOnRoad],
) -> Stop:
    accepted = getattr(done, "acceptance", None) if done else None
    planned = row.event.on_date if row.event else row.planned_on
    holidays = holidays_around(job.business.holidays, today) if row.bill_on == "before" else frozenset()
    ready = (
        row.kind == "milestone"
        and billed is None
        and job.state == "open"
        and is_ready(
            row.bill_on,
            done=done is not None,
            accepted=accepted is not None,
            event_on=planned,
            before_days=row.before_days,
            today=today,
            holidays=holidays,
        )
    )
    state = _state(billed, today, ready=ready, done=done is not None)
    return Stop(
        kind="deposit" if row.kind == "deposit" else "milestone",
        id=row.id,
        number=number,
        name=row.name,
        state=state,
        place="behind" if state in ("paid", "written_off") else "ahead" if state == "ahead" else "now",
        amount=Money(row.amount_cents, job.currency),
        basis=row.basis,
        value=row.value,
        bill_on=row.bill_on,
        bill_from=bill_from(planned, row.before_days, holidays) if row.bill_on == "before" else None,
        deliverable=row.deliverable,
        acceptance=row.acceptance,
        evidence=row.evidence,
        invoice=billed.invoice if billed else None,
        credits=credits,
        on=planned,
        event=row.event.name if row.event else "",
        technician_id=row.technician_id,
        ready=ready,
        planned_on=row.planned_on,
        planned_until=row.planned_until,
        net_days=row.net_days,
        window_days=row.window_days,
        **_money_of(billed, job.currency),
        **_work_of(job, done),
        **_approvers_of(row, people),
    )


def _money_of(billed: _Billed | None, currency: str) -> dict[str, Any]:
    due, paid, pending = (billed.due_cents, billed.paid_cents, billed.pending_cents) if billed else (0, 0, 0)
    return {
        "billed": Money(due, currency),
        "paid": Money(paid, currency),
        "pending": Money(pending, currency),
    }


def _work_of(job: Job, done: Completion | None) -> dict[str, Any]:
    """What was reported done, shown and accepted."""
    if done is None:
        return {}
    accepted = getattr(done, "acceptance", None)
    return {
        "done_by": done.by_name,
        "done_on": _day(job, done.done_at),
        "done_note": done.note,
        "accepted_by": accepted.by_name if accepted else "",
        "accepted_on": _day(job, accepted.accepted_at) if accepted else None,
        "photos": [PhotoRow(item.file_id, item.kind, item.note) for item in done.shown],  # type: ignore[attr-defined]
    }


def _approvers_of(row: ScheduleRow, people: Sequence[Contact]) -> dict[str, Any]:
    """Who may accept it: the person that it names, else whoever approves, else anybody."""
    named = [person for person in people if person.id == row.approver_id]
    found = named or [person for person in people if person.approves] or people
    return {"approvers": [(person.id, person.name) for person in found], "has_own_approver": bool(named)}


def _day(job: Job, at: datetime) -> date:
    return at.astimezone(ZoneInfo(job.business.timezone)).date()


def _state(billed: _Billed | None, today: date, *, ready: bool, done: bool) -> State:
    if billed is not None:
        settled = billed.paid_cents + billed.let_off_cents
        if settled >= billed.due_cents:
            return "paid"
        if settled + billed.given_up_cents >= billed.due_cents:
            return "written_off"
        if settled + billed.given_up_cents + billed.pending_cents >= billed.due_cents:
            return "on_its_way"
        return "overdue" if today > billed.invoice.due_on else "due"
    if ready:
        return "ready"
    return "waiting_acceptance" if done else "ahead"
