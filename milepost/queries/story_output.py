"""Where a job stands, as a story prints it: money as texts in major units, rows by their names."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import Sum

from milepost.core.money import plain
from milepost.queries.credit import with_left
from milepost.queries.door import NotThere, question
from milepost.queries.job_explained import explain_job
from milepost.queries.ledger import read_balances, read_journal
from milepost.queries.road import read_road
from milepost.records.concessions import CONCESSION_KINDS, Concession
from milepost.records.credit_notes import CreditNote
from milepost.records.invoices import DepositPart, Invoice, InvoiceLine, InvoiceRow
from milepost.records.jobs import ChangeOrder, ContractKey, ContractLine, Job, ScheduledEvent, ScheduleRow
from milepost.records.payments import Allocation, Payment, Receipt, Refund
from milepost.records.post import Message
from milepost.records.timeline import JobEvent

Output = dict[str, object]


@dataclass(frozen=True)
class StoryCredit:
    """A credit note as a player names it."""

    id: int
    invoice_id: int
    is_money_off: bool


@dataclass(frozen=True)
class StoryJob:
    """What a player needs to name things: ids by name, and what is open, in cents."""

    version: int
    rows: dict[str, int]
    events: dict[str, tuple[int, date | None]]
    deposit: str
    invoices: dict[str, int]
    open_cents: dict[int, int]
    total_cents: dict[int, int] = field(default_factory=dict)
    payments: tuple[int, ...] = ()
    lines: dict[str, int] = field(default_factory=dict)
    credit_notes: tuple[StoryCredit, ...] = ()


@question
def story_job(job_id: int) -> StoryJob:
    """The job's rows and events by name, its invoices by number and by what they bill."""
    rows = list(ScheduleRow.objects.filter(job_id=job_id).order_by("position"))
    offers = Job.objects.get(id=job_id).versions.order_by("-version")
    latest = offers.exclude(sent_at=None).first() or offers.first()
    open_cents, total_cents, named = {}, {}, {}
    settled = _settled([job_id])
    for invoice in Invoice.objects.filter(job_id=job_id).order_by("id"):
        open_cents[invoice.id] = (
            invoice.stands_cents
            - settled.get((invoice.id, "cleared"), 0)
            - settled.get((invoice.id, "pending"), 0)
            - settled.get((invoice.id, "conceded"), 0)
        )
        total_cents[invoice.id] = invoice.total_cents
        named[invoice.number_text] = invoice.id
    bills = InvoiceRow.objects.filter(invoice__job_id=job_id).order_by("invoice_id")
    billed = bills.values_list("row__name", "invoice_id")
    return StoryJob(
        version=latest.version if latest else 0,
        rows={row.name: row.id for row in rows},
        events={
            event.name: (event.id, event.on_date) for event in ScheduledEvent.objects.filter(job_id=job_id)
        },
        deposit=next((row.name for row in rows if row.kind == "deposit"), ""),
        invoices=named | dict(billed),
        open_cents=open_cents,
        total_cents=total_cents,
        lines=dict(ContractLine.objects.filter(job_id=job_id).exclude(ref="").values_list("ref", "id")),
        credit_notes=tuple(
            StoryCredit(note.id, note.invoice_id, note.kind == "allowance")
            for note in CreditNote.objects.filter(job_id=job_id).order_by("id")
        ),
        payments=tuple(Payment.objects.filter(job_id=job_id).order_by("id").values_list("id", flat=True)),
    )


@question
def story_output(
    job_id: int, *, at: datetime, with_journal: bool = False, with_reasons: bool = False
) -> Output:
    """Everything that the story's documents and balances say at a moment. Refuses NotThere."""
    job = Job.objects.select_related("business").filter(id=job_id).first()
    if job is None:
        raise NotThere
    read = _Reader(job, at)
    output: Output = {
        "contract": read.contract(),
        "schedule": read.schedule(),
        "documents": read.documents(),
        "payments": read.payments(),
        "customer_credit": read.credit(),
        "refunds": read.refunds(),
        "ledger": {
            row.name: read.money(row.balance.cents)
            for row in read_balances(job.currency, job_ids=read.with_fees)
            if row.balance.cents
        },
        "timeline": read.timeline(),
        "messages": read.messages(),
    }
    if with_reasons:
        output["explained"] = read.explained()
    if with_journal:
        output["journal"] = read.journal()
    return output


def _settled(job_ids: Sequence[int]) -> dict[tuple[int, str], int]:
    """Settled cents by invoice and state of the payment, or `conceded`, of which each kind by its name."""
    sums = Allocation.objects.filter(invoice__job_id__in=job_ids).values_list("invoice_id", "payment__state")
    found = {(invoice, state): cents for invoice, state, cents in sums.annotate(sum=Sum("amount_cents"))}
    conceded = Concession.objects.filter(invoice__job_id__in=job_ids).values_list("invoice_id", "kind")
    for invoice, kind, cents in conceded.annotate(sum=Sum("amount_cents")):
        found[invoice, "conceded"] = found.get((invoice, "conceded"), 0) + cents
        found[invoice, kind] = cents
    return found


def _recovered_tax(job_id: int) -> dict[int, int]:
    """The tax inside the deposit that each invoice for work takes off, in cents."""
    parts = DepositPart.objects.filter(invoice__job_id=job_id, key__tax_code__isnull=False)
    sums = parts.exclude(invoice__kind="deposit").values_list("invoice_id").annotate(sum=Sum("cents"))
    return {invoice: -cents for invoice, cents in sums}


class _Issued(NamedTuple):
    """An invoice, or what a credit note takes back of one (below zero; `id` is then the invoice's own)."""

    at: datetime
    id: int
    earned_cents: int
    billed_cents: int


def _issued(job_id: int) -> list[_Issued]:
    invoices = [(one, one, 1) for one in Invoice.objects.filter(job_id=job_id)]
    notes = CreditNote.objects.filter(job_id=job_id).select_related("invoice")
    return [
        _Issued(
            said.issued_at,
            invoice.id,
            0 if invoice.kind == "deposit" else sign * (said.net_cents + said.tax_cents),
            sign * said.total_cents,
        )
        for said, invoice, sign in (*invoices, *((note, note.invoice, -1) for note in notes))
    ]


def _is_disputed(payment: Payment) -> bool:
    return any(dispute.state == "open" for dispute in payment.disputes.all())


class _Reader:
    """One job at a moment; each method is one key of the output."""

    def __init__(self, job: Job, at: datetime) -> None:
        self.job = job
        self.zone = ZoneInfo(job.business.timezone)
        self.today = at.astimezone(self.zone).date()
        fees = Job.objects.filter(customer_id=job.customer_id, origin="fee").order_by("id")
        self.with_fees = [job.id, *fees.values_list("id", flat=True)]
        self.settled = _settled(self.with_fees)
        self.recovered_tax = _recovered_tax(job.id)
        self.issued = _issued(job.id)

    def money(self, cents: int) -> str:
        return plain(cents, self.job.currency)

    def day(self, at: datetime) -> str:
        return at.astimezone(self.zone).date().isoformat()

    def contract(self) -> Output:
        of_job = ContractKey.objects.filter(job=self.job)
        keys = list(of_job.annotate(changed=Sum("changes__delta_cents")).order_by("id"))
        orders = ChangeOrder.objects.filter(job=self.job, state="approved").order_by("number")
        taxes: dict[str, int] = {}
        for key in keys:
            # A tax that another took the place of before anything was billed is not one of the contract's.
            if key.tax_percent is not None and (key.value_cents or not key.cents):
                name = _tax_name(key.tax_name, key.tax_percent)
                taxes[name] = taxes.get(name, 0) + key.value_cents
        net = sum(key.value_cents for key in keys if key.tax_percent is None)
        return {
            "number": self.job.number,
            "state": self.job.state,
            "original": self.money(sum(key.cents for key in keys)),
            "changes": {order.name: self.money(order.difference_cents) for order in orders},
            "total": self.money(self.job.contract_cents),
            "net": self.money(net),
            "tax": {name: self.money(cents) for name, cents in taxes.items()},
        }

    def schedule(self) -> Output:
        return {
            stop.name: {
                "kind": stop.kind,
                "amount": self.money(stop.amount.cents),
                "state": stop.state,
                "accepted": stop.accepted_on.isoformat() if stop.accepted_on else "",
                "billed": self.money(stop.billed.cents),
                "paid": self.money(stop.paid.cents),
                "remaining": self.money(stop.amount.cents - stop.billed.cents),
            }
            for stop in read_road(self.job, self.today)
            if stop.kind != "event"
        }

    def documents(self) -> list[Output]:
        dated = [*self._invoices(), *self._credit_notes(), *self._receipts()]
        return [document for _, document in sorted(dated, key=lambda pair: pair[0])]

    def explained(self) -> Output:
        """
        Every row of the schedule, the contract, the deposit and what is open, with their sentences; and
        every amount of every invoice, by its number, with the sentences that were frozen with it.
        """
        found: Output = {}
        if self.job.signed_on:
            told = explain_job(self.job.id, "en")
            found["schedule"] = {f"{row.label} {row.value}": list(row.sentences) for row in told.schedule}
            found["job"] = {f"{one.label} {one.value}": list(one.sentences) for one in told.others}
        for invoice in Invoice.objects.filter(job=self.job).select_related("document").order_by("id"):
            amounts = json.loads(invoice.document.content).get("explained", [])
            found[invoice.number_text] = {
                f"{amount['label']} {amount['value']}": amount["sentences"] for amount in amounts
            }
        return found

    def _invoices(self) -> Iterable[tuple[datetime, Output]]:
        rows = _grouped(
            InvoiceRow.objects.filter(invoice__job_id__in=self.with_fees)
            .order_by("row__position")
            .values_list("invoice_id", "row__name")
        )
        lines = _grouped(
            (line.invoice_id, line)
            for line in InvoiceLine.objects.filter(invoice__job_id__in=self.with_fees)
            .select_related("line")
            .order_by("position")
        )
        for invoice in (
            Invoice.objects.filter(job_id__in=self.with_fees).prefetch_related("taxes").order_by("id")
        ):
            earned, billed = self._before(invoice)
            if invoice.job_id == self.job.id and invoice.kind != "deposit":
                earned += invoice.net_cents + invoice.tax_cents
            yield (
                invoice.issued_at,
                self._invoice(invoice, rows.get(invoice.id, []), lines.get(invoice.id, []), earned, billed),
            )

    def _before(self, invoice: Invoice) -> tuple[int, int]:
        """What stood earned and billed when an invoice was issued, in cents; what came later changes neither."""
        said = [one for one in self.issued if (one.at, one.id) < (invoice.issued_at, invoice.id)]
        return sum(one.earned_cents for one in said), sum(one.billed_cents for one in said)

    def _invoice(
        self, invoice: Invoice, rows: list[object], lines: list[InvoiceLine], earned: int, billed: int
    ) -> Output:
        paid = self.settled.get((invoice.id, "cleared"), 0)
        pending = self.settled.get((invoice.id, "pending"), 0)
        return {
            "number": invoice.number_text,
            "kind": invoice.kind,
            "for": rows,
            "date": invoice.issued_on.isoformat(),
            "due_date": invoice.due_on.isoformat(),
            "lines": [
                {"description": line.line.description, "amount": self.money(line.net_cents)} for line in lines
            ],
            "net": self.money(invoice.net_cents),
            "tax": {
                _tax_name(tax.name, tax.percent): self.money(tax.tax_cents) for tax in invoice.taxes.all()
            },
            "earned_to_date": self.money(earned),
            "previously_billed": self.money(billed),
            "retainage_held": self.money(0),
            "recovered": self.money(invoice.recovered_cents),
            "recovered_tax": self.money(self.recovered_tax.get(invoice.id, 0)),
            "due": self.money(invoice.total_cents),
            "paid": self.money(paid),
            "balance": self.money(invoice.stands_cents - paid - self._off(invoice)),
            "state": self._state(invoice, paid, pending),
        } | self._conceded(invoice)

    def _off(self, invoice: Invoice) -> int:
        return self.settled.get((invoice.id, "conceded"), 0)

    def _conceded(self, invoice: Invoice) -> Output:
        """What was settled without money, by its kind; nothing on most invoices."""
        sums = {kind: self.settled.get((invoice.id, kind), 0) for kind in CONCESSION_KINDS}
        found = {kind: self.money(cents) for kind, cents in sums.items() if cents}
        return {"without_money": found} if found else {}

    def _state(self, invoice: Invoice, paid: int, pending: int) -> str:
        if invoice.credited_cents and not invoice.stands_cents:
            return "credited"
        due = invoice.stands_cents - self._off(invoice)
        if paid >= due:
            return "written_off" if self.settled.get((invoice.id, "write_off"), 0) else "paid"
        if paid + pending >= due:
            return "on_its_way"
        if self.today > invoice.due_on:
            return "overdue"
        return "part_paid" if paid else "due"

    def _credit_notes(self) -> Iterable[tuple[datetime, Output]]:
        """Below zero: what an invoice had said is taken back."""
        notes = CreditNote.objects.filter(job=self.job).select_related("invoice")
        for note in notes.prefetch_related("lines__line", "taxes", "rows__row").order_by("id"):
            yield (
                note.issued_at,
                {
                    "number": note.number_text,
                    "kind": note.kind,
                    "rows": [part.row.name for part in note.rows.all()],
                    "invoice": note.invoice.number_text,
                    "date": note.issued_on.isoformat(),
                    "reason": note.reason,
                    "lines": [
                        {"description": part.line.description, "amount": self.money(-part.net_cents)}
                        for part in note.lines.all()
                    ],
                    "net": self.money(-note.net_cents),
                    "tax": {
                        _tax_name(tax.name, tax.percent): self.money(-tax.tax_cents)
                        for tax in note.taxes.all()
                    },
                    "recovered": self.money(-note.recovered_cents),
                    "due": self.money(-note.total_cents),
                },
            )

    def _receipts(self) -> Iterable[tuple[datetime, Output]]:
        receipts = Receipt.objects.filter(payment__job=self.job).select_related("payment").order_by("id")
        for receipt in receipts:
            paid = self.money(receipt.payment.amount_cents)
            yield (
                receipt.issued_at,
                {
                    "number": receipt.number_text,
                    "kind": "receipt",
                    "date": self.day(receipt.issued_at),
                    "paid": paid,
                },
            )

    def payments(self) -> list[Output]:
        rows = Payment.objects.filter(job=self.job).order_by("id")
        rows = rows.prefetch_related("allocations__invoice", "disputes")
        return [
            {
                "date": payment.received_on.isoformat(),
                "method": payment.method,
                "reference": payment.reference if payment.attempt_id is None else "",
                "amount": self.money(payment.amount_cents),
                "state": "disputed" if _is_disputed(payment) else payment.state,
                "invoices": self._settles(payment),
            }
            for payment in rows
        ]

    def _settles(self, payment: Payment) -> Output:
        """What stands of it by invoice; what was taken back is not in it."""
        sums: dict[str, int] = {}
        for part in payment.allocations.all():
            sums[part.invoice.number_text] = sums.get(part.invoice.number_text, 0) + part.amount_cents
        return {number: self.money(cents) for number, cents in sums.items() if cents}

    def credit(self) -> str:
        cleared = with_left(Payment.objects.filter(job=self.job, state="cleared"))
        return self.money(cleared.aggregate(sum=Sum("left"))["sum"] or 0)

    def refunds(self) -> list[Output]:
        return [
            {
                "date": refund.refunded_on.isoformat(),
                "method": refund.method,
                "reference": refund.reference,
                "amount": self.money(refund.amount_cents),
            }
            for refund in Refund.objects.filter(payment__job=self.job).exclude(state="refused").order_by("id")
        ]

    def timeline(self) -> list[Output]:
        return [
            {
                "at": event.at.astimezone(self.zone).isoformat(timespec="minutes"),
                "event": event.kind,
                "by": event.actor_name,
                "about": self._about(json.loads(event.text)),
            }
            for event in JobEvent.objects.filter(job=self.job, for_customer=True).order_by("seq")
        ]

    def _about(self, facts: dict[str, object]) -> Output:
        """The facts of an event without the ids of rows: names and amounts only."""
        told: Output = {}
        for name, value in facts.items():
            if name.endswith("_cents") and isinstance(value, int):
                told[name.removesuffix("_cents")] = self.money(value)
            elif not name.endswith(("_id", "_ids", "sha256")):
                told[name] = value
        return told

    def messages(self) -> list[Output]:
        return [
            {
                "at": message.posted_at.astimezone(self.zone).isoformat(timespec="minutes"),
                "to": message.to_name,
                "channel": message.channel,
                "address": message.to_address,
                "message": message.kind,
            }
            for message in Message.objects.filter(job=self.job).order_by("id")
        ]

    def journal(self) -> list[Output]:
        return [
            {
                "date": entry.on.isoformat(),
                "event": entry.kind,
                "document": entry.document,
                "transfers": [
                    {"debit": move.debit, "credit": move.credit, "amount": self.money(move.amount.cents)}
                    for move in entry.transfers
                ],
            }
            for entry in read_journal(self.job.id)
        ]


def _tax_name(name: str, percent: object) -> str:
    return f"{name} {percent.normalize():f}"  # type: ignore[attr-defined]


def _grouped(pairs: Iterable[tuple[int, object]]) -> dict[int, list]:  # type: ignore[type-arg]
    groups: dict[int, list[object]] = {}
    for key, value in pairs:
        groups.setdefault(key, []).append(value)
    return groups
