"""Issue a credit note: number, frozen content, positions, contract, journal, timeline, message; all or nothing."""

from collections.abc import Iterable
from datetime import date, datetime

from django.utils.translation import gettext

from milepost.actions.actor import Actor
from milepost.actions.steps.deposit_tax import deposit_in_books, recovered_in_books
from milepost.actions.steps.documents import freeze
from milepost.actions.steps.issuing import Increment
from milepost.actions.steps.journal import post
from milepost.actions.steps.numbering import Number, next_number
from milepost.actions.steps.outbox import ensure_links, post_to
from milepost.actions.steps.paper import job_facts, line_facts, local_day, row_facts, tax_facts
from milepost.actions.steps.parting import lower_rows, part_rows
from milepost.actions.steps.snapshots import take_snapshot
from milepost.actions.steps.timeline import tell
from milepost.core.contract import Key, tax_by_code
from milepost.core.credits import asked_again
from milepost.core.journal import (
    Entry,
    credit_note_allowance,
    credit_note_reversal,
    credited_beyond_balance,
    deposit_credited,
    fee_waived,
)
from milepost.core.msgids import gettext_noop
from milepost.queries.billing_state import LoadedJob
from milepost.queries.crediting import CreditPlan
from milepost.queries.paper.credit_note import credit_note_content
from milepost.queries.paper.facts import CreditFacts, TaxFacts
from milepost.queries.wording import in_words_of
from milepost.records.changes import KeyChange
from milepost.records.credit_notes import CreditLine, CreditNote, CreditRow, CreditTax
from milepost.records.files import Document
from milepost.records.invoices import DepositPart, Invoice, Position
from milepost.records.jobs import ScheduleRow
from milepost.records.payments import Allocation


def issue_credit(loaded: LoadedJob, plan: CreditPlan, reason: str, *, by: Actor, at: datetime) -> CreditNote:
    """Carry out what was planned, and send the credit note to whoever pays. Demands an open transaction."""
    job = loaded.job
    loaded.links.extend(ensure_links(job, loaded.contacts, at=at, links=loaded.links))
    if plan.kind == "allowance":
        _come_down(loaded, plan)
    number = next_number("credit_note")
    facts = _facts(loaded, plan, number, reason, at)
    document = freeze(
        job,
        "credit_note",
        gettext_noop("Credit note {number}"),
        credit_note_content(facts),
        at=at,
        number=number.text,
    )
    unallocate(plan.standing.invoice, plan.excess_cents, on=facts.issued_on)
    note = _write_note(loaded, plan, number, facts, document, by=by, at=at)
    _write_parts(loaded, plan, note, facts.taxes)
    _write_deposit_parts(loaded, plan, note)
    _write_positions(loaded, plan, note)
    if plan.kind == "reduction":
        _lower_deposit(loaded, plan)
    elif plan.share is not None:
        (lower_rows if plan.is_deposit else part_rows)(loaded, plan)
    if plan.kind == "allowance":
        _lower_contract(loaded, plan, note)
    if plan.takes_snapshot:
        take_snapshot(job, at=at, note=note)
    if job.state == "closed" and (plan.is_whole or plan.share is not None):
        job.state, job.closed_at = "open", None
        job.save(update_fields=["state", "closed_at"])
    post(
        plan.kind, _entry(loaded, plan), currency=job.currency, on=note.issued_on, at=at, job_id=job.id,
        invoice_id=note.invoice_id, credit_note_id=note.id,
    )  # fmt: skip
    _tell(loaded, plan, note, by=by, at=at)
    return note


def unallocate(invoice: Invoice, cents: int, *, on: date) -> None:
    """
    Take so much of what cleared payments have settled of an invoice off it, the newest first; it is
    left with the payments as the customer's credit. By rows that name what they undo, as of the day `on`.
    """
    standing = Allocation.objects.filter(
        invoice=invoice, reverses__isnull=True, allocation__isnull=True, payment__state="cleared"
    )
    for part in standing.order_by("-id"):
        if not cents:
            return
        back = min(cents, part.amount_cents)
        undo = Allocation(
            business_id=part.business_id,
            payment_id=part.payment_id,
            invoice_id=part.invoice_id,
            amount_cents=-part.amount_cents,
            reverses=part,
            settled_on=on,
        )
        undo.save()
        if back < part.amount_cents:
            Allocation.objects.create(
                business_id=part.business_id,
                payment_id=part.payment_id,
                invoice_id=part.invoice_id,
                amount_cents=part.amount_cents - back,
                settled_on=on,
            )
        cents -= back


def _come_down(loaded: LoadedJob, plan: CreditPlan) -> None:
    """The contract and the rows as they will be, so that the document says so."""
    loaded.job.contract_cents -= plan.total_cents
    for row in loaded.rows:
        row.amount_cents -= plan.by_row.get(row.id, 0)


def _lower_deposit(loaded: LoadedJob, plan: CreditPlan) -> None:
    """The deposit asks for less from now on; the change order that is signed lowers the contract."""
    for row in loaded.rows:
        if plan.by_row.get(row.id):
            row.amount_cents -= plan.by_row[row.id]
            row.save(update_fields=["amount_cents"])


def _facts(loaded: LoadedJob, plan: CreditPlan, number: Number, reason: str, at: datetime) -> CreditFacts:
    job, invoice = loaded.job, plan.standing.invoice
    back = {key: -cents for key, cents in plan.deposit_parts.items()}
    return CreditFacts(
        job=job_facts(job, loaded.contacts, at=at, links=loaded.links),
        kind=plan.kind,
        number=number.text,
        issued_on=local_day(job.business, at),
        invoice_kind=invoice.kind,
        invoice_number=invoice.number_text,
        invoice_issued_on=invoice.issued_on,
        invoice_cents=invoice.total_cents,
        credited_before_cents=invoice.credited_cents,
        paid_cents=plan.paid_cents,
        excess_cents=plan.excess_cents,
        reason=reason,
        lines=line_facts(loaded, plan.credit.lines, {}),
        taxes=tax_facts(loaded, plan.taxed_lines),
        rows=row_facts(loaded, settled=loaded.settled_by_row(), now=plan.by_row, done={}),
        net_cents=plan.net_cents,
        recovered_cents=plan.credit.recovered_cents,
        total_cents=plan.total_cents,
        billed_cents=loaded.billed_cents - plan.total_cents,
        share=plan.share,
        recovered_taxes=tax_facts(loaded, back) if back and invoice.kind != "deposit" else (),
    )


def _write_note(
    loaded: LoadedJob,
    plan: CreditPlan,
    number: Number,
    facts: CreditFacts,
    document: Document,
    *,
    by: Actor,
    at: datetime,
) -> CreditNote:
    job = loaded.job
    return CreditNote.objects.create(
        business_id=job.business_id,
        job=job,
        invoice=plan.standing.invoice,
        customer_id=job.customer_id,
        kind=plan.kind,
        is_whole=plan.is_whole,
        share="" if plan.share is None else str(plan.share),
        series_id=number.series_id,
        number=number.number,
        previous_number=number.previous,
        number_text=number.text,
        reason=facts.reason,
        currency=job.currency,
        net_cents=plan.net_cents,
        tax_cents=plan.tax_cents,
        recovered_cents=plan.credit.recovered_cents,
        total_cents=plan.total_cents,
        issued_on=facts.issued_on,
        issued_at=at,
        by_name=by.name,
        document=document,
    )


def _write_parts(loaded: LoadedJob, plan: CreditPlan, note: CreditNote, taxes: Iterable[TaxFacts]) -> None:
    business_id, lines = note.business_id, plan.credit.lines
    CreditRow.objects.bulk_create(
        [
            CreditRow(business_id=business_id, credit_note=note, row_id=row, due_cents=cents)
            for row, cents in plan.by_row.items()
        ]
    )
    CreditLine.objects.bulk_create(
        [
            CreditLine(
                business_id=business_id,
                credit_note=note,
                line=line,
                position=place,
                net_cents=lines[Key(line.id)],
            )
            for place, line in enumerate(loaded.lines, start=1)
            if lines.get(Key(line.id))
        ]
    )
    codes = list(dict.fromkeys(key.tax for key in loaded.keys if key.tax is not None))
    CreditTax.objects.bulk_create(
        [
            CreditTax(
                business_id=business_id,
                credit_note=note,
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


def _write_deposit_parts(loaded: LoadedJob, plan: CreditPlan, note: CreditNote) -> None:
    """
    Of a taxed deposit, by key: what a part of its invoice had put in, or an invoice for work had taken
    out, is undone. Where an invoice is taken back whole, its own parts count no more.
    """
    DepositPart.objects.bulk_create(
        [
            DepositPart(
                business_id=note.business_id,
                invoice_id=note.invoice_id,
                key=loaded.keys[key],
                credit_note=note,
                cents=-cents,
            )
            for key, cents in plan.deposit_parts.items()
            if cents and not plan.is_whole
        ]
    )


def _write_positions(loaded: LoadedJob, plan: CreditPlan, note: CreditNote) -> None:
    """Negative entries, each naming the invoice's own entry that it takes back."""
    back = [("due", row, cents) for row, cents in plan.by_row.items()]
    if loaded.deposit:
        back.append(("recovered", loaded.deposit.id, plan.credit.recovered_cents))
    back += [("earned", loaded.keys[key].id, cents) for key, cents in plan.credit.lines.items()]
    entries = []
    for kind, track, cents in back:
        if cents:
            head = loaded.head(kind, track)
            entries.append(
                Position(
                    business_id=note.business_id,
                    job_id=note.job_id,
                    kind=kind,
                    row_id=None if kind == "earned" else track,
                    key_id=track if kind == "earned" else None,
                    invoice_id=note.invoice_id,
                    credit_note=note,
                    reverses=plan.standing.entries[kind, track],
                    prev_id=head.id,
                    start_cents=head.cents,
                    delta_cents=-cents,
                )
            )
    Position.objects.bulk_create(entries)


def _lower_contract(loaded: LoadedJob, plan: CreditPlan, note: CreditNote) -> None:
    """Money off: the contract's keys, the rows and the total come down alike."""
    KeyChange.objects.bulk_create(
        [
            KeyChange(
                business_id=note.business_id,
                job=loaded.job,
                key=loaded.keys[key],
                credit_note=note,
                delta_cents=-cents,
            )
            for key, cents in plan.credit.lines.items()
            if cents
        ]
    )
    for row in loaded.rows:
        if plan.by_row.get(row.id):
            row.save(update_fields=["amount_cents"])
    loaded.job.save(update_fields=["contract_cents"])


def raise_contract(loaded: LoadedJob, note: CreditNote, *, kind: str) -> Increment:
    """
    Take money off back: the keys and the contract rise again by what had come off, in a row of its own
    at the end of the schedule. What its invoice says is returned. A job that had closed is open again.
    """
    job, changes = loaded.job, list(note.key_changes.all())
    KeyChange.objects.bulk_create(
        [
            KeyChange(
                business_id=note.business_id,
                job=job,
                key_id=change.key_id,
                credit_note=note,
                delta_cents=-change.delta_cents,
            )
            for change in changes
        ]
    )
    with in_words_of(job.customer, job.business):
        name = gettext("Money off taken back ({number})").format(number=note.number_text)
    row = ScheduleRow.objects.create(
        business_id=job.business_id,
        job=job,
        position=max(row.position for row in loaded.rows) + 1,
        kind="milestone",
        name=name,
        basis="fixed",
        value=note.total_cents,
        amount_cents=note.total_cents,
    )
    job.contract_cents += note.total_cents
    if job.state == "closed":
        job.state, job.closed_at = "open", None
    job.save(update_fields=["contract_cents", "state", "closed_at"])
    names = {row.id: key for key, row in loaded.keys.items()}
    off = {names[change.key_id]: -change.delta_cents for change in changes}
    worth = {key: loaded.state.priced.keys[key] + cents for key, cents in off.items()}
    said = asked_again(off, billed=loaded.state.billed, contract=worth)
    by_key = dict.fromkeys(loaded.keys, 0) | said
    tax = sum(tax_by_code(said).values())
    return Increment(kind, by_key, {row.id: note.total_cents}, 0, note.total_cents - tax, tax)


def _entry(loaded: LoadedJob, plan: CreditPlan) -> Entry:
    beyond = credited_beyond_balance(plan.excess_cents)
    taxes = plan.tax_by_code
    if plan.kind == "allowance":
        return (*credit_note_allowance(plan.net_cents, taxes), *beyond)
    if plan.standing.invoice.kind == "fee":
        return (*fee_waived(plan.net_cents, taxes), *beyond)
    if plan.standing.invoice.kind == "deposit":
        return (*deposit_credited(*deposit_in_books(loaded, plan)), *beyond)
    back = {key: -cents for key, cents in plan.deposit_parts.items()}
    net, recovered = recovered_in_books(loaded, -plan.credit.recovered_cents, back)
    return (
        *credit_note_reversal(
            plan.net_cents,
            taxes,
            recovered_net_cents=-net,
            recovered_taxes={code: -cents for code, cents in recovered.items()},
        ),
        *beyond,
    )


TOLD = {
    "void": "invoice_voided",
    "reversal": "invoice_reversed",
    "allowance": "money_off",
    "cancellation": "deposit_credited",
    "reduction": "deposit_credited",
}


def _tell(loaded: LoadedJob, plan: CreditPlan, note: CreditNote, *, by: Actor, at: datetime) -> None:
    job, invoice = loaded.job, plan.standing.invoice
    facts: dict[str, object] = {
        "credit_note": note.number_text,
        "number": invoice.number_text,
        "title": invoice.title,
        "total_cents": note.total_cents,
        "credit_cents": plan.excess_cents,
        "reason": note.reason,
    }
    if plan.kind == "allowance":
        facts["contract_cents"] = job.contract_cents
    if plan.share is not None:
        facts["is_part"] = True
    tell(
        job, TOLD[plan.kind], by=by, at=at, for_customer=True, document_id=note.document_id, invoice_id=invoice.id, **facts
    )  # fmt: skip
    # A cancellation tells of it in its own letter.
    if not note.total_cents or plan.kind == "cancellation":
        return
    payers = [contact for contact in loaded.contacts if contact.pays] or loaded.contacts
    post_to(
        job, payers, "credit_note", cause=str(note.id), facts=facts | {"kind": note.kind}, at=at, document_ids=[note.document_id]
    )  # fmt: skip
