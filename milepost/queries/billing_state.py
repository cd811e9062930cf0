"""A signed job as the core sees it, read from the rows under the job's lock."""

from collections.abc import Collection, Hashable, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cache
from typing import cast

from django.db.models import F, Q, QuerySet, Subquery, Sum

from milepost.core.billing import JobState
from milepost.core.contract import ContractLine as CoreLine
from milepost.core.contract import Key, PricedContract
from milepost.core.rounding import Rule
from milepost.core.rows import Recovery, Row, Snapshot, lines_once
from milepost.core.tax import TaxAt, TaxPer, TaxRate, TaxRules
from milepost.queries.contract_lines import as_changed
from milepost.records.changes import ContractSnapshot, LineChange
from milepost.records.concessions import CONCESSION_KINDS, Concession
from milepost.records.credit_notes import standing_rows
from milepost.records.customers import Contact
from milepost.records.invoices import DepositPart, Invoice, InvoiceRow, Position
from milepost.records.jobs import ContractKey, ContractLine, Job, ScheduledEvent, ScheduleRow
from milepost.records.payments import Allocation, Payment
from milepost.records.post import PortalLink
from milepost.records.together import Questions, given


@dataclass
class Heads:
    """The end of a chain: the last entry's id, and billed to date in cents."""

    id: int | None = None
    cents: int = 0


@dataclass(frozen=True)
class Then:
    """What was billed at the newest snapshot: every chain's end in cents, and the rows."""

    heads: dict[tuple[str, int], int]
    billed_rows: frozenset[int]


@dataclass(frozen=True)
class LoadedJob:
    """The job's rows, and the core's state of them. Keys and rows are named by their ids."""

    job: Job
    lines: list[ContractLine]
    keys: dict[Key, ContractKey]
    rows: list[ScheduleRow]
    heads: dict[tuple[str, int], Heads]
    billed_rows: frozenset[int]
    state: JobState
    contacts: list[Contact] = field(default_factory=list)
    links: list[PortalLink] = field(default_factory=list)
    invoices: list[Invoice] = field(default_factory=list)
    parts: list[InvoiceRow] = field(default_factory=list)
    allocations: list[Allocation] = field(default_factory=list)
    deposit_parts: list[DepositPart] = field(default_factory=list)
    concessions: list[Concession] = field(default_factory=list)
    last_invoice_then: int = 0
    """The newest invoice when the contract last changed; nothing is billed before that otherwise."""

    @property
    def deposit(self) -> ScheduleRow | None:
        return next((row for row in self.rows if row.kind == "deposit"), None)

    def head(self, kind: str, track: int) -> Heads:
        return self.heads.get((kind, track), Heads())

    def row_head_cents(self, row: ScheduleRow) -> int:
        return self.head("due", row.id).cents

    @property
    def billed_cents(self) -> int:
        """Due to date, the deposit included."""
        return sum(self.row_head_cents(row) for row in self.rows)

    @property
    def standing(self) -> list[Invoice]:
        """The invoices that were not taken back whole."""
        kept = {part.invoice_id for part in self.parts}
        return [invoice for invoice in self.invoices if invoice.id in kept]

    def deposit_parts_of(self, invoice: Invoice) -> dict[Key, int]:
        """What one invoice put into a taxed deposit by key, or took out (below zero)."""
        return self._deposit_parts_of({invoice.id})

    @property
    def changed_cents(self) -> int:
        """What change orders have added to the contract since it was signed (below zero: taken off)."""
        return sum(getattr(key, "ordered", 0) or 0 for key in self.keys.values())

    @property
    def given_cents(self) -> int:
        """What was given off the contract otherwise."""
        all_cents = sum(key.value_cents - key.cents for key in self.keys.values())
        return self.changed_cents - all_cents

    @property
    def deposit_put(self) -> dict[Key, int]:
        """A taxed deposit by key, as its own invoice split it; empty where a deposit carries no tax."""
        return self._deposit_parts_of({invoice.id for invoice in self.standing if invoice.kind == "deposit"})

    @property
    def deposit_back(self) -> dict[Key, int]:
        """What invoices for work have taken back of a taxed deposit to date, by key."""
        work = {invoice.id for invoice in self.standing if invoice.kind != "deposit"}
        return {key: -cents for key, cents in self._deposit_parts_of(work).items()}

    @property
    def deposit_back_then(self) -> dict[Key, int]:
        """The same, at the newest snapshot: by the invoices that were there."""
        early = {
            invoice.id
            for invoice in self.standing
            if invoice.kind != "deposit" and invoice.id <= self.last_invoice_then
        }
        return {key: -cents for key, cents in self._deposit_parts_of(early).items()}

    def _deposit_parts_of(self, invoices: set[int]) -> dict[Key, int]:
        names = {row.id: key for key, row in self.keys.items()}
        sums: dict[Key, int] = {}
        for part in self.deposit_parts:
            if part.invoice_id in invoices:
                sums[names[part.key_id]] = sums.get(names[part.key_id], 0) + part.cents
        return sums

    def open_cents(self, invoice: Invoice) -> int:
        """What is left to pay of an invoice; pending payments count as paid, concessions too."""
        parts = (part.amount_cents for part in self.allocations if part.invoice_id == invoice.id)
        return int(invoice.stands_cents - sum(parts) - self.conceded_by_invoice().get(invoice.id, 0))

    def conceded_by_invoice(self, kinds: Collection[str] = CONCESSION_KINDS) -> dict[int, int]:
        """What is settled without money of each invoice, by its id."""
        sums: dict[int, int] = {}
        for part in self.concessions:
            if part.kind in kinds and part.invoice_id is not None:
                sums[part.invoice_id] = sums.get(part.invoice_id, 0) + part.amount_cents
        return sums

    def add(self, parts: Sequence[Allocation], *, state: str) -> None:
        """Allocations that were just written, of a payment in this state."""
        for part in parts:
            part.payment_state = state  # type: ignore[attr-defined]
        self.allocations.extend(parts)

    def clear(self, payment: Payment) -> dict[int, int]:
        """A payment is here: what it settles counts as cleared from now on. Cents by invoice."""
        covers: dict[int, int] = {}
        for part in self.allocations:
            if part.payment_id == payment.id:
                part.payment_state = "cleared"  # type: ignore[attr-defined]
                covers[part.invoice_id] = covers.get(part.invoice_id, 0) + part.amount_cents
        return {invoice: cents for invoice, cents in covers.items() if cents}

    def settled_by_invoice(self) -> dict[int, int]:
        """What cleared payments have settled of each invoice, by its id."""
        sums: dict[int, int] = {}
        for part in self.allocations:
            if part.payment_state == "cleared":  # type: ignore[attr-defined]
                sums[part.invoice_id] = sums.get(part.invoice_id, 0) + part.amount_cents
        return sums

    def settled_by_row(self, *, conceded: Collection[str] = ()) -> dict[int, int]:
        """
        What is paid of each row: an invoice's settled amount goes to its rows in schedule order. With
        `conceded`, what concessions of these kinds settle counts too.
        """
        left, paid = self.settled_by_invoice(), dict[int, int]()
        for invoice_id, cents in self.conceded_by_invoice(conceded).items():
            left[invoice_id] = left.get(invoice_id, 0) + cents
        order = {row.id: row.position for row in self.rows}
        for part in sorted(self.parts, key=lambda part: (order[part.row_id], part.id)):
            share = min(part.stands_cents, left.get(part.invoice_id, 0))
            left[part.invoice_id] = left.get(part.invoice_id, 0) - share
            paid[part.row_id] = paid.get(part.row_id, 0) + share
        return paid


@cache
def _of_a_job() -> Questions:
    """Everything that is read of a signed job, in the order in which `load` names it."""
    job = given("job")
    newest = ContractSnapshot.objects.filter(job=job).order_by("-id")
    ordered = Q(changes__change_order__isnull=False)
    return Questions.of(
        ContractKey.objects.filter(job=job)
        .annotate(changed=Sum("changes__delta_cents"), ordered=Sum("changes__delta_cents", filter=ordered))
        .order_by("id"),
        ContractLine.objects.filter(job=job).order_by("position"),
        LineChange.objects.filter(line__job=job).order_by("id"),
        ScheduleRow.objects.filter(job=job).order_by("position"),
        ScheduledEvent.objects.filter(job=job),
        _ends(Position.objects.filter(job=job)),
        newest[:1],
        _ends(Position.objects.filter(job=job, id__lte=Subquery(newest.values("last_position")[:1]))),
        Contact.objects.filter(customer=given("customer"), archived_at=None).order_by("position", "id"),
        PortalLink.objects.filter(job=job),
        Invoice.objects.filter(job=job).order_by("id"),
        standing_rows().filter(invoice__job=job),
        Allocation.objects.filter(invoice__job=job)
        .annotate(payment_state=F("payment__state"))
        .order_by("id"),
        DepositPart.objects.filter(invoice__job=job).order_by("id"),
        Concession.objects.filter(invoice__job=job).order_by("id"),
    )


def _ends(entries: "QuerySet[Position]") -> "QuerySet[Position]":
    """The last entry of every chain."""
    return entries.order_by("kind", "track", "-id").distinct("kind", "track")


def load(job: Job) -> LoadedJob:
    """Read a signed job for billing and settling: one statement, whatever its size."""
    keys, lines, changes, rows, events, heads, taken, before, *rest = _of_a_job().ask(
        job=job.id, customer=job.customer_id
    )
    contacts, links, invoices, parts, allocations, deposit_parts, concessions = rest
    as_changed(lines, changes)
    by_line, by_event = {line.id: line for line in lines}, {event.id: event for event in events}
    for key in keys:
        key.line = by_line[key.line_id]
    for row in rows:
        row.event = by_event.get(row.event_id)
    loaded = assemble(
        job,
        keys,
        rows,
        {(head.kind, head.track): Heads(head.id, head.end_cents) for head in heads},
        billed_rows=frozenset(part.row_id for part in parts),
        then=_then(taken, before, parts),
    )
    return replace(
        loaded,
        contacts=contacts,
        links=links,
        invoices=invoices,
        parts=parts,
        allocations=allocations,
        deposit_parts=deposit_parts,
        concessions=concessions,
        last_invoice_then=taken[0].last_invoice if taken else 0,
    )


def _then(taken: list[ContractSnapshot], before: list[Position], parts: list[InvoiceRow]) -> Then | None:
    if not taken:
        return None
    return Then(
        {(head.kind, head.track): head.end_cents for head in before},
        frozenset(part.row_id for part in parts if part.invoice_id <= taken[0].last_invoice),
    )


def assemble(
    job: Job,
    keys: list[ContractKey],
    rows: list[ScheduleRow],
    heads: dict[tuple[str, int], Heads],
    *,
    billed_rows: frozenset[int] = frozenset(),
    then: Then | None = None,
) -> LoadedJob:
    """The core's state from rows that are already at hand."""
    then = then or Then({}, frozenset())
    by_key = {Key(key.line_id, key.tax_code_id): key for key in keys}
    lines = list({key.line_id: key.line for key in keys}.values())
    billed = {key: heads.get(("earned", row.id), Heads()).cents for key, row in by_key.items()}
    milestones = [row for row in rows if row.kind == "milestone"]
    deposit = next((row for row in rows if row.kind == "deposit"), None)
    state = JobState(
        priced=_priced(job, lines, by_key),
        rows=tuple(lines_once([_core_row(row, lines, billed=row.id in then.billed_rows) for row in rows])),
        amounts={row.id: row.amount_cents for row in rows},
        recovery=cast(Recovery, job.recovery),
        snapshot=Snapshot(
            {key: then.heads.get(("earned", row.id), 0) for key, row in by_key.items()},
            sum(then.heads.get(("due", row.id), 0) for row in milestones),
            then.heads.get(("recovered", deposit.id), 0) if deposit else 0,
        ),
        billed=billed,
        due_cents=sum(heads.get(("due", row.id), Heads()).cents for row in milestones),
        recovered_cents=heads.get(("recovered", deposit.id), Heads()).cents if deposit else 0,
        portions={row.id: Fraction(1) for row in milestones if row.id in billed_rows - then.billed_rows},
        tax_rules=TaxRules(cast(TaxPer, job.tax_per), cast(Rule, job.tax_rounding), cast(TaxAt, job.tax_at)),
    )
    return LoadedJob(job, lines, by_key, rows, heads, billed_rows, state)


def _priced(job: Job, lines: list[ContractLine], keys: dict[Key, ContractKey]) -> PricedContract:
    taxes: dict[int, list[TaxRate]] = {line.id: [] for line in lines}
    for row in keys.values():
        if row.tax_code_id is not None and row.tax_percent is not None:
            taxes[row.line_id].append(TaxRate(row.tax_code_id, row.tax_name, row.tax_percent))
    codes = {line: frozenset(rate.code for rate in rates) for line, rates in taxes.items()}
    groups: dict[Key, Hashable] = {
        key: ("net", codes[row.line_id]) if key.tax is None else ("tax", key.tax) for key, row in keys.items()
    }
    core_lines = tuple(
        CoreLine(
            line.id, line.description, line.quantity, line.unit_price, tuple(taxes[line.id]), unit=line.unit
        )
        for line in lines
    )
    return PricedContract(
        job.currency, core_lines, {key: row.value_cents for key, row in keys.items()}, groups
    )


def _core_row(row: ScheduleRow, lines: list[ContractLine], *, billed: bool) -> Row:
    ids = {line.position: line.id for line in lines}
    return Row(
        row.id,
        row.kind,  # type: ignore[arg-type]
        row.basis,  # type: ignore[arg-type]
        int(row.value) if row.basis == "fixed" and row.value is not None else row.value,
        frozenset(ids[position] for position in row.line_positions),
        row.placed_cents,
        Fraction(row.weight) if row.weight else None,
        billed=billed,
        amount_cents=row.amount_cents,
    )
