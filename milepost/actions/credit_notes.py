"""Take an invoice back, send it again, give money off it. Nothing is edited: each is a document of its own."""

from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from milepost.actions.actor import Actor
from milepost.actions.door import action
from milepost.actions.steps.closing import close_if_finished
from milepost.actions.steps.crediting import issue_credit, raise_contract
from milepost.actions.steps.finding import find, lock_payer
from milepost.actions.steps.issuing import deposit_increment, issue, milestone_increment
from milepost.actions.steps.once import first_result, remember
from milepost.actions.steps.snapshots import take_snapshot
from milepost.actions.steps.timeline import tell
from milepost.core.msgids import gettext_noop
from milepost.core.refusals import Refusal
from milepost.queries.billing_state import LoadedJob, load
from milepost.queries.crediting import plan_allowance, plan_share, plan_whole, standing_of
from milepost.records.credit_notes import CreditNote
from milepost.records.invoices import Invoice, InvoiceRow


class NotTakenBack(Refusal):
    code = "not_taken_back"
    message = gettext_noop("Invoice {number} still stands. Take it back before you send it again.")


class BilledAnew(Refusal):
    code = "billed_anew"
    message = gettext_noop("What invoice {number} had billed is billed again already.")


class NotMoneyOff(Refusal):
    code = "not_money_off"
    message = gettext_noop("Credit note {number} took an invoice back. Send that invoice again instead.")


class TakenBackBefore(Refusal):
    code = "taken_back_before"
    message = gettext_noop("The money off of credit note {number} is taken back already.")


@dataclass(frozen=True)
class Fixed:
    """A credit note, and the invoice that was sent again in its place, if any."""

    credit_note_id: int
    kind: str
    invoice_id: int | None


@action("credit_invoice")
def fix_invoice(
    *, by: Actor, at: datetime, invoice_id: int, reason: str, again: bool = True, form_key: str = ""
) -> Fixed:
    """
    Take an invoice back whole: a void while nothing of it is paid, else a reversal, after which what
    was paid is the customer's credit. With `again` it is sent anew at once, as the job now says.

    The same form sent twice does it once. Refuses AlreadyTakenBack, PaymentOnItsWay, DepositIsUsed.
    """
    before = first_result(form_key, "fix_invoice", at=at)
    if before:
        return _fixed(before["credit_note_id"], before["invoice_id"] or None)
    loaded, invoice = _locked(invoice_id)
    rows = _rows_of(invoice)
    note = issue_credit(
        loaded, plan_whole(loaded, standing_of(loaded, invoice)), reason.strip(), by=by, at=at
    )
    sent = _send_again(loaded, invoice, rows, by=by, at=at) if again else None
    remember(form_key, credit_note_id=note.id, invoice_id=sent.id if sent else 0)
    return Fixed(note.id, note.kind, sent.id if sent else None)


@action("credit_invoice")
def take_back_part(
    *,
    by: Actor,
    at: datetime,
    invoice_id: int,
    share: Fraction | None = None,
    amount_cents: int | None = None,
    reason: str,
    form_key: str = "",
) -> int:
    """
    Take a share of an invoice back (1/4), or so many cents of what it asked for: each of its lines, its
    tax and the deposit that it used in that share, rounded to date. Its part of the work is open again,
    in a milestone of its own. Of a deposit it is what is not used; the open milestones ask for it.
    Returns the credit note's id. What was paid beyond what is left is the customer's credit.

    The same form sent twice does it once. Refuses AlreadyTakenBack, PaymentOnItsWay, CreditNotPositive,
    CreditTooLarge, CreditedAlready, ShareTooSmall, DepositPartIsUsed, CancellationStands.
    """
    before = first_result(form_key, "take_back_part", at=at)
    if before:
        return int(before["credit_note_id"])
    loaded, invoice = _locked(invoice_id)
    plan = plan_share(loaded, standing_of(loaded, invoice), share=share, cents=amount_cents)
    note = issue_credit(loaded, plan, reason.strip(), by=by, at=at)
    remember(form_key, credit_note_id=note.id)
    return note.id


@action("credit_invoice")
def reissue_invoice(*, by: Actor, at: datetime, invoice_id: int) -> int:
    """
    Send an invoice again that was taken back. Returns the new one's id. As long as nothing was changed
    in between it says the same, cent for cent. Refuses NotTakenBack, BilledAnew.
    """
    loaded, invoice = _locked(invoice_id)
    if not CreditNote.objects.filter(invoice=invoice, is_whole=True).exists():
        raise NotTakenBack(number=invoice.number_text)
    return _send_again(loaded, invoice, _rows_of(invoice), by=by, at=at).id


@action("credit_invoice")
def give_money_off(
    *, by: Actor, at: datetime, invoice_id: int, amount_cents: int, reason: str, form_key: str = ""
) -> int:
    """
    Money off one invoice: the contract, the milestone and the invoice come down alike, net and tax in
    proportion; the deposit that it recovered stays recovered. Returns the credit note's id.

    What had been paid beyond the new balance is the customer's credit. The same form sent twice does
    it once. Refuses AlreadyTakenBack, PaymentOnItsWay, NotOffADeposit, CreditNotPositive, CreditTooLarge.
    """
    before = first_result(form_key, "give_money_off", at=at)
    if before:
        return int(before["credit_note_id"])
    loaded, invoice = _locked(invoice_id)
    plan = plan_allowance(loaded, standing_of(loaded, invoice), amount_cents)
    note = issue_credit(loaded, plan, reason.strip(), by=by, at=at)
    now = load(loaded.job)
    close_if_finished(now, now.contacts, by=Actor.system(by.business_id), at=at)
    remember(form_key, credit_note_id=note.id)
    return note.id


@action("credit_invoice")
def take_back_money_off(*, by: Actor, at: datetime, credit_note_id: int) -> int:
    """
    The money off is taken back: the contract is worth that much more again, in a milestone of its own,
    and an invoice asks for exactly what the credit note had taken off. Returns the invoice's id.

    Refuses NotMoneyOff, TakenBackBefore.
    """
    seen = find(CreditNote.objects.only("invoice_id"), id=credit_note_id)
    loaded, invoice = _locked(seen.invoice_id)
    note = find(CreditNote.objects.all(), id=credit_note_id)
    if note.kind != "allowance":
        raise NotMoneyOff(number=note.number_text)
    if not sum(change.delta_cents for change in note.key_changes.all()):
        raise TakenBackBefore(number=note.number_text)
    increment = raise_contract(loaded, note, kind=invoice.kind)
    job = loaded.job
    tell(
        job, "money_off_taken_back", by=by, at=at, credit_note=note.number_text, number=invoice.number_text,
        total_cents=note.total_cents, contract_cents=job.contract_cents,
    )  # fmt: skip
    sent = issue(load(job), increment, by=by, at=at)
    take_snapshot(job, at=at, note=note)
    return sent.id


def _locked(invoice_id: int) -> tuple[LoadedJob, Invoice]:
    """The invoice with its customer and job, locked in this order; the job's lock is the invoice's too."""
    seen = find(Invoice.objects.only("job_id"), id=invoice_id)
    loaded = load(lock_payer(seen.job_id))
    return loaded, next(invoice for invoice in loaded.invoices if invoice.id == invoice_id)


def _fixed(credit_note_id: int, invoice_id: int | None) -> Fixed:
    kind = CreditNote.objects.values_list("kind", flat=True).get(id=credit_note_id)
    return Fixed(credit_note_id, kind, invoice_id)


def _rows_of(invoice: Invoice) -> list[int]:
    rows = InvoiceRow.objects.filter(invoice=invoice).order_by("row__position")
    return list(rows.values_list("row_id", flat=True))


def _send_again(loaded: LoadedJob, invoice: Invoice, rows: list[int], *, by: Actor, at: datetime) -> Invoice:
    """The same rows in a new invoice, from the job as it stands now."""
    loaded = load(loaded.job)
    if any(row in loaded.billed_rows for row in rows):
        raise BilledAnew(number=invoice.number_text)
    if invoice.kind == "deposit" and loaded.deposit:
        increment = deposit_increment(loaded, loaded.deposit)
    else:
        increment = milestone_increment(loaded, rows, kind=invoice.kind)
    return issue(loaded, increment, by=by, at=at)
