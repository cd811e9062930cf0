"""Issue an invoice: number, frozen content, positions, journal, timeline, messages; all or nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import cast

from milepost.actions.actor import Actor
from milepost.actions.steps.deposit_tax import parts_taken_back, recovered_in_books
from milepost.actions.steps.documents import freeze
from milepost.actions.steps.journal import post
from milepost.actions.steps.numbering import Number, next_number
from milepost.actions.steps.outbox import ensure_links, post_to
from milepost.actions.steps.paper import completions, job_facts, line_facts, local_day, row_facts, tax_facts
from milepost.actions.steps.timeline import tell
from milepost.core.billing import Bill, bill
from milepost.core.contract import Key, tax_by_code
from milepost.core.deposit_tax import DepositTax, deposit_by_key
from milepost.core.duedates import due_on, longest_terms
from milepost.core.explaining import BillStory, explain
from milepost.core.journal import (
    Entry,
    deposit_issued,
    deposit_kept,
    deposit_recovered,
    fee_invoice,
    progress_invoice,
)
from milepost.core.msgids import gettext_noop
from milepost.core.refusals import Refusal
from milepost.queries.billing_state import LoadedJob
from milepost.queries.paper.facts import InvoiceFacts, TaxFacts
from milepost.queries.paper.invoice import invoice_content
from milepost.records.customers import Contact
from milepost.records.invoices import DepositPart, Invoice, InvoiceLine, InvoiceRow, InvoiceTax, Position
from milepost.records.jobs import Job, ScheduleRow


class DepositComesFirst(Refusal):
    code = "deposit_comes_first"
    message = gettext_noop(
        "The invoice for “{deposit}” was taken back, and this milestone uses a part of it. Send it again first."
    )


@dataclass(frozen=True)
class Increment:
    """
    What one invoice adds, in cents: by key, by row, and the deposit that it recovers. `deposit_parts`
    are what it puts into a taxed deposit by key, or takes out (below zero).
    """

    kind: str
    by_key: Mapping[Key, int]
    by_row: Mapping[int, int]
    recovered_cents: int
    net_cents: int
    tax_cents: int
    deposit_parts: Mapping[Key, int] = field(default_factory=dict)
    why: BillStory | None = None

    @property
    def total_cents(self) -> int:
        return self.net_cents + self.tax_cents - self.recovered_cents


def deposit_increment(loaded: LoadedJob, deposit: ScheduleRow) -> Increment:
    """
    The deposit's invoice: a liability, nothing earned. No tax under `on_application`; else its part of
    each tax of the contract.
    """
    amount, rows = deposit.amount_cents, {deposit.id: deposit.amount_cents}
    if loaded.job.deposit_tax == "on_application":
        return Increment("deposit", {}, rows, 0, amount, 0)
    parts = deposit_by_key(loaded.state.priced, amount)
    tax = sum(tax_by_code(parts).values())
    return Increment("deposit", {}, rows, 0, amount - tax, tax, parts)


def milestone_increment(loaded: LoadedJob, row_ids: Sequence[int], *, kind: str = "progress") -> Increment:
    """The invoice of these milestones: position now less what was billed. Refuses as the core does."""
    made: Bill = bill(loaded.state, row_ids)
    deposit = loaded.deposit
    if deposit and made.position.recovered_cents > loaded.row_head_cents(deposit):
        raise DepositComesFirst(deposit=deposit.name)
    by_key = {line.key: line.delta_cents for line in made.lines}
    by_row = {int(str(row)): cents for row, cents in made.due_by_row.items()}
    back = parts_taken_back(loaded, made)
    return Increment(
        kind,
        by_key,
        by_row,
        made.recovered_cents,
        made.net_cents,
        made.tax_cents,
        back,
        explain(loaded.state, made),
    )


def issue(loaded: LoadedJob, increment: Increment, *, by: Actor, at: datetime) -> Invoice:
    """Issue one invoice and send it to whoever pays."""
    job = loaded.job
    contacts = loaded.contacts
    loaded.links.extend(ensure_links(job, contacts, at=at, links=loaded.links))
    number = next_number("invoice")
    facts = _facts(loaded, increment, number, contacts, at)
    content = invoice_content(facts)
    document = freeze(job, "invoice", gettext_noop("Invoice {number}"), content, at=at, number=number.text)
    invoice = Invoice.objects.create(
        business_id=job.business_id,
        job=job,
        customer_id=job.customer_id,
        kind=increment.kind,
        series_id=number.series_id,
        number=number.number,
        previous_number=number.previous,
        number_text=number.text,
        title=", ".join(row.name for row in loaded.rows if row.id in increment.by_row)[:300],
        currency=job.currency,
        net_cents=increment.net_cents,
        tax_cents=increment.tax_cents,
        recovered_cents=increment.recovered_cents,
        total_cents=increment.total_cents,
        issued_on=facts.issued_on,
        due_on=facts.due_on,
        issued_at=at,
        document=document,
    )
    _write_parts(loaded, invoice, increment, facts.taxes)
    _write_positions(loaded, invoice, increment)
    _write_journal(loaded, invoice, increment, at)
    _tell(loaded, invoice, contacts, by=by, at=at)
    return invoice


def _facts(
    loaded: LoadedJob, increment: Increment, number: Number, contacts: Sequence[Contact], at: datetime
) -> InvoiceFacts:
    job = loaded.job
    issued = local_day(job.business, at)
    billed = [row for row in loaded.rows if row.id in increment.by_row]
    deposit = loaded.deposit
    deposit_cents = loaded.row_head_cents(deposit) if deposit else 0
    recovered = loaded.state.recovered_cents + increment.recovered_cents
    done = completions(list(increment.by_row)) if increment.kind == "progress" else {}
    back = (
        {} if increment.kind == "deposit" else {key: -cents for key, cents in increment.deposit_parts.items()}
    )
    return InvoiceFacts(
        job=job_facts(job, contacts, at=at, links=loaded.links),
        kind=increment.kind,  # type: ignore[arg-type]
        number=number.text,
        issued_on=issued,
        due_on=due_on(issued, _terms(job, increment, billed)),
        lines=line_facts(loaded, increment.by_key, loaded.state.billed),
        taxes=tax_facts(loaded, increment.by_key or increment.deposit_parts),
        recovered_taxes=tax_facts(loaded, back) if back else (),
        rows=row_facts(loaded, settled=loaded.settled_by_row(), now=increment.by_row, done=done),
        net_cents=increment.net_cents,
        tax_cents=increment.tax_cents,
        recovered_cents=increment.recovered_cents,
        total_cents=increment.total_cents,
        billed_before_cents=loaded.billed_cents,
        deposit_cents=deposit_cents,
        deposit_left_cents=deposit_cents - recovered,
        why=increment.why,
        names=_names(loaded),
        changed_cents=loaded.changed_cents,
        given_cents=loaded.given_cents,
    )


def _names(loaded: LoadedJob) -> dict[object, str]:
    """What lines and taxes are called."""
    taxes: dict[object, str] = {
        ("tax", key.tax): row.tax_name for key, row in loaded.keys.items() if key.tax is not None
    }
    return taxes | {line.id: line.description for line in loaded.lines}


def _terms(job: Job, increment: Increment, billed: Sequence[ScheduleRow]) -> int:
    """The days to pay: a row's own, else the job's, a deposit at once; of several rows the longest."""
    usual = 0 if increment.kind == "deposit" else int(job.terms["net_days"])
    return longest_terms((row.net_days for row in billed), usual)


def _write_parts(
    loaded: LoadedJob, invoice: Invoice, increment: Increment, taxes: Sequence[TaxFacts]
) -> None:
    business_id = invoice.business_id
    InvoiceRow.objects.bulk_create(
        [
            InvoiceRow(business_id=business_id, invoice=invoice, row_id=row_id, due_cents=cents)
            for row_id, cents in increment.by_row.items()
        ]
    )
    InvoiceLine.objects.bulk_create(
        [
            InvoiceLine(
                business_id=business_id,
                invoice=invoice,
                line=line,
                position=place,
                before_cents=loaded.state.billed[Key(line.id)],
                net_cents=increment.by_key[Key(line.id)],
            )
            for place, line in enumerate(loaded.lines, start=1)
            if increment.by_key.get(Key(line.id))
        ]
    )
    codes = list(dict.fromkeys(key.tax for key in loaded.keys if key.tax is not None))
    InvoiceTax.objects.bulk_create(
        [
            InvoiceTax(
                business_id=business_id,
                invoice=invoice,
                tax_code_id=code,  # type: ignore[misc]
                name=tax.name,
                percent=tax.percent,
                base_cents=tax.base_cents,
                tax_cents=tax.tax_cents,
            )
            for code, tax in zip(codes, taxes, strict=True)
            if tax.base_cents or tax.tax_cents
        ]
    )
    DepositPart.objects.bulk_create(
        [
            DepositPart(business_id=business_id, invoice=invoice, key=loaded.keys[key], cents=cents)
            for key, cents in increment.deposit_parts.items()
            if cents
        ]
    )


def _write_positions(loaded: LoadedJob, invoice: Invoice, increment: Increment) -> None:
    entries = [_position(loaded, invoice, "due", row_id, cents) for row_id, cents in increment.by_row.items()]
    if loaded.deposit:
        entries.append(_position(loaded, invoice, "recovered", loaded.deposit.id, increment.recovered_cents))
    entries += [
        _position(loaded, invoice, "earned", loaded.keys[key].id, cents)
        for key, cents in increment.by_key.items()
    ]
    Position.objects.bulk_create([entry for entry in entries if entry.delta_cents])


def _position(loaded: LoadedJob, invoice: Invoice, kind: str, track: int, cents: int) -> Position:
    head = loaded.head(kind, track)
    return Position(
        business_id=invoice.business_id,
        job_id=invoice.job_id,
        kind=kind,
        row_id=None if kind == "earned" else track,
        key_id=track if kind == "earned" else None,
        invoice=invoice,
        prev_id=head.id,
        start_cents=head.cents,
        delta_cents=cents,
    )


def _write_journal(loaded: LoadedJob, invoice: Invoice, increment: Increment, at: datetime) -> None:
    parts = increment.deposit_parts
    if increment.kind == "cancellation":
        entry = _kept(loaded, increment)
    elif increment.kind == "deposit":
        how = cast(DepositTax, loaded.job.deposit_tax)
        entry = deposit_issued(increment.net_cents, tax_by_code(parts), mode=how)
    elif increment.kind == "fee":
        entry = fee_invoice(increment.net_cents, tax_by_code(increment.by_key))
    else:
        work = progress_invoice(increment.net_cents, tax_by_code(increment.by_key))
        back = recovered_in_books(loaded, increment.recovered_cents, parts)
        entry = (*work, *deposit_recovered(*back))
    post(
        f"{increment.kind}_invoice",
        entry,
        currency=invoice.currency,
        on=invoice.issued_on,
        at=at,
        job_id=invoice.job_id,
        invoice_id=invoice.id,
    )


def _kept(loaded: LoadedJob, increment: Increment) -> Entry:
    """What is kept of a deposit is income; its tax is owed, as far as it was not yet."""
    _net, booked = recovered_in_books(loaded, increment.recovered_cents, increment.deposit_parts)
    owed = {code: cents - booked.get(code, 0) for code, cents in tax_by_code(increment.by_key).items()}
    return deposit_kept(increment.net_cents, owed, rest_net_cents=0)


def _tell(
    loaded: LoadedJob, invoice: Invoice, contacts: Sequence[Contact], *, by: Actor, at: datetime
) -> None:
    tell(
        loaded.job,
        "invoice_sent",
        by=by,
        at=at,
        invoice_id=invoice.id,
        number=invoice.number_text,
        title=invoice.title,
        total_cents=invoice.total_cents,
    )
    if not invoice.total_cents:
        return
    payers = [contact for contact in contacts if contact.pays] or contacts
    post_to(
        loaded.job,
        payers,
        "invoice_sent",
        cause=str(invoice.id),
        facts={
            "invoice_id": invoice.id,
            "number": invoice.number_text,
            "title": invoice.title,
            "kind": invoice.kind,
            "total_cents": invoice.total_cents,
            "due_on": invoice.due_on.isoformat(),
        },
        at=at,
        document_ids=[invoice.document_id],
    )
