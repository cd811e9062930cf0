"""What a page shows before an invoice is taken back or made less: words and figures, nothing written yet."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import cast

from django.utils.translation import gettext

from milepost.core.billing import bill
from milepost.core.money import Money
from milepost.queries.billing_state import LoadedJob, load
from milepost.queries.crediting import CreditPlan, plan_allowance, plan_share, plan_whole, standing_of
from milepost.queries.door import NotThere, question
from milepost.records.credit_notes import CreditNote
from milepost.records.invoices import Invoice
from milepost.records.jobs import Job


@dataclass(frozen=True)
class RowEffect:
    """A row of the schedule: its amount and what is billed of it, before and after."""

    name: str
    amount: Money
    amount_after: Money
    billed: Money
    billed_after: Money


@dataclass(frozen=True)
class Again:
    """The invoice that is sent in its place, and whether it says the same to the cent."""

    total: Money
    recovered: Money
    is_same: bool


@dataclass(frozen=True)
class CreditPage:
    """
    One credit note before it is written. `deposit_left` is what is left of the deposit to recover,
    None on a job without one; `credit` is what becomes the customer's credit.
    """

    invoice_id: int
    job_id: int
    job: str
    number: str
    title: str
    is_deposit: bool
    kind: str
    is_part: bool
    """A share of the invoice alone: its milestones are parted, or the deposit asks for less."""
    payer: str
    total: Money
    most: Money
    contract: Money
    contract_after: Money
    balance: Money
    balance_after: Money
    paid: Money
    credit: Money
    deposit_left: Money | None
    deposit_left_after: Money | None
    rows: Sequence[RowEffect]
    again: Again | None


@dataclass(frozen=True)
class InvoiceNow:
    """An invoice as it stands, before anything is typed about it."""

    invoice_id: int
    job_id: int
    job: str
    number: str
    title: str
    most: Money


@question
def fix_page(invoice_id: int) -> CreditPage:
    """
    What taking this invoice back does, and what is sent again. Refuses NotThere, AlreadyTakenBack,
    PaymentOnItsWay, DepositIsUsed.
    """
    loaded, invoice = _read(invoice_id)
    plan = plan_whole(loaded, standing_of(loaded, invoice))
    return _page(loaded, plan, _again(loaded, plan))


@question
def money_off_page(invoice_id: int, *, amount_cents: int) -> CreditPage:
    """What so much off this invoice does. Refuses NotThere, and as the core refuses an allowance."""
    loaded, invoice = _read(invoice_id)
    return _page(loaded, plan_allowance(loaded, standing_of(loaded, invoice), amount_cents), None)


@question
def part_page(invoice_id: int, *, share: Fraction | None, amount_cents: int | None) -> CreditPage:
    """What taking so much of this invoice back does. Refuses NotThere, and as `plan_share` does."""
    loaded, invoice = _read(invoice_id)
    return _page(
        loaded, plan_share(loaded, standing_of(loaded, invoice), share=share, cents=amount_cents), None
    )


@question
def part_now(invoice_id: int) -> InvoiceNow:
    """The invoice alone; `most` can be taken back of it, of a deposit what no invoice has used."""
    loaded, invoice = _read(invoice_id)
    due = sum(standing_of(loaded, invoice).due_by_row.values())
    most = Money(due - loaded.state.recovered_cents if invoice.kind == "deposit" else due, invoice.currency)
    return InvoiceNow(invoice.id, invoice.job_id, loaded.job.title, invoice.number_text, invoice.title, most)


@question
def invoice_now(invoice_id: int) -> InvoiceNow:
    """The invoice alone; `most` is what it still asks for, paid or not. Refuses NotThere, AlreadyTakenBack."""
    loaded, invoice = _read(invoice_id)
    standing = standing_of(loaded, invoice)
    most = Money(standing.issued.due_cents, invoice.currency)
    return InvoiceNow(invoice.id, invoice.job_id, loaded.job.title, invoice.number_text, invoice.title, most)


@question
def invoice_job(invoice_id: int) -> int:
    """The job of an invoice. Refuses NotThere."""
    found = Invoice.objects.filter(id=invoice_id).values_list("job_id", flat=True).first()
    if found is None:
        raise NotThere
    return int(found)


@dataclass(frozen=True)
class TakeBackPage:
    """Money off that may be taken back: the same amount is invoiced again."""

    credit_note_id: int
    job_id: int
    job: str
    number: str
    invoice: str
    total: Money
    contract: Money
    contract_after: Money
    payer: str


@question
def take_back_page(credit_note_id: int) -> TakeBackPage:
    """What taking money off back does. Refuses NotThere."""
    note = CreditNote.objects.select_related("job__customer", "invoice").filter(id=credit_note_id).first()
    if note is None or note.kind != "allowance":
        raise NotThere
    contract, currency = note.job.contract_cents, note.currency
    return TakeBackPage(
        note.id,
        note.job_id,
        note.job.title,
        note.number_text,
        note.invoice.number_text,
        Money(note.total_cents, currency),
        Money(contract, currency),
        Money(contract + note.total_cents, currency),
        note.job.customer.name,
    )


def _read(invoice_id: int) -> tuple[LoadedJob, Invoice]:
    found = Invoice.objects.filter(id=invoice_id).values_list("job_id", flat=True).first()
    if found is None:
        raise NotThere
    loaded = load(Job.objects.select_related("business", "customer", "site").get(id=found))
    return loaded, next(invoice for invoice in loaded.invoices if invoice.id == invoice_id)


def _again(loaded: LoadedJob, plan: CreditPlan) -> Again:
    invoice = plan.standing.invoice
    if invoice.kind == "deposit" and loaded.deposit:
        total, recovered = loaded.deposit.amount_cents, 0
    else:
        made = bill(plan.after, list(plan.by_row))
        total, recovered = made.due_cents, made.recovered_cents
    same = (total, recovered) == (invoice.total_cents, invoice.recovered_cents)
    return Again(Money(total, invoice.currency), Money(recovered, invoice.currency), same)


def _page(loaded: LoadedJob, plan: CreditPlan, again: Again | None) -> CreditPage:
    invoice, job = plan.standing.invoice, loaded.job
    balance = loaded.open_cents(invoice)
    lower = plan.total_cents if plan.kind == "allowance" else 0
    deposit = loaded.row_head_cents(loaded.deposit) if loaded.deposit else None
    left = None if deposit is None else deposit - loaded.state.recovered_cents
    if left is None:
        left_after = None
    elif invoice.kind == "deposit":
        left_after = left - plan.total_cents
    else:
        left_after = left + plan.credit.recovered_cents
    payer = next((contact.name for contact in loaded.contacts if contact.pays), job.customer.name)

    def money(cents: int) -> Money:
        return Money(cents, job.currency)

    return CreditPage(
        invoice_id=invoice.id,
        job_id=job.id,
        job=job.title,
        number=invoice.number_text,
        title=invoice.title,
        is_deposit=invoice.kind == "deposit",
        kind=plan.kind,
        is_part=plan.share is not None,
        payer=payer,
        total=money(plan.total_cents),
        most=money(plan.standing.issued.due_cents),
        contract=money(job.contract_cents),
        contract_after=money(job.contract_cents - lower),
        balance=money(balance),
        balance_after=money(balance - plan.total_cents + plan.excess_cents),
        paid=money(plan.paid_cents),
        credit=money(plan.excess_cents),
        deposit_left=None if left is None else money(left),
        deposit_left_after=None if left_after is None else money(left_after),
        rows=_rows(loaded, plan),
        again=again,
    )


def _rows(loaded: LoadedJob, plan: CreditPlan) -> list[RowEffect]:
    currency = loaded.job.currency
    amounts = {row.id: row.amount_cents for row in plan.after.rows}
    effects = []
    for row in loaded.rows:
        cents, billed = plan.by_row.get(row.id, 0), loaded.row_head_cents(row)
        if plan.share is not None and plan.is_deposit:
            after = amounts[row.id] or 0
        else:
            after = row.amount_cents - (cents if plan.kind == "allowance" or plan.share is not None else 0)
        if row.id in plan.by_row or (plan.is_deposit and after != row.amount_cents):
            figures = (row.amount_cents, after, billed, billed - cents)
            shown = cast(tuple[Money, Money, Money, Money], tuple(Money(f, currency) for f in figures))
            effects.append(RowEffect(row.name, *shown))
        if cents and plan.share is not None and not plan.is_deposit:
            nothing = Money(0, currency)
            name = gettext("{name}, rest").format(name=row.name)
            effects.append(RowEffect(name, nothing, Money(cents, currency), nothing, nothing))
    return effects
