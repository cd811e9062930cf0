"""Bank statements: brought in once however often, each line matched with what it is."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from milepost.actions.actor import Actor
from milepost.actions.door import action
from milepost.actions.steps.finding import find, lock_customers, lock_jobs, lock_payer
from milepost.actions.steps.settling import allocate, clear_payment
from milepost.actions.steps.spreading import jobs_of, oldest_of
from milepost.core.bank_statements import StatementLine
from milepost.core.msgids import gettext_noop
from milepost.core.refusals import Refusal
from milepost.queries.billing_state import load
from milepost.queries.open_items import one_and_duplicates
from milepost.records.businesses import Business
from milepost.records.invoices import Invoice
from milepost.records.jobs import Job
from milepost.records.payments import BankLine, Payment, Payout


class MatchedAlready(Refusal):
    code = "matched_already"
    message = gettext_noop("This line is matched already.")


class NotMoneyIn(Refusal):
    code = "not_money_in"
    message = gettext_noop("Only money that came in pays an invoice.")


@action("record_payment")
def bring_in(*, by: Actor, at: datetime, lines: Sequence[StatementLine], columns: Mapping[str, str]) -> int:
    """
    Store the lines of a statement; those that are there already stay as they are. Returns how many were
    new. The columns of a table are remembered for the next.
    """
    business = Business.objects.get()
    before = set(BankLine.objects.values_list("fingerprint", flat=True))
    new = [
        BankLine(
            business=business,
            fingerprint=line.fingerprint,
            on_date=line.on,
            amount_cents=line.cents,
            currency=business.currency,
            name=line.name[:200],
            memo=line.memo[:500],
            reference=line.reference[:100],
            imported_at=at,
            imported_by=by.name,
        )
        for line in {line.fingerprint: line for line in lines}.values()
        if line.fingerprint not in before
    ]
    BankLine.objects.bulk_create(new, ignore_conflicts=True)
    if columns and dict(columns) != business.statement_columns:
        Business.objects.filter(id=business.id).update(statement_columns=dict(columns))
    return len(new)


@action("record_payment")
def record_bank_line(*, by: Actor, at: datetime, line_id: int, invoice_id: int) -> int:
    """
    Record money of the statement as a payment of this invoice; what is over goes to the job's other
    invoices, the oldest first, then it is credit. Returns the payment's id.

    Refuses NotFound, MatchedAlready, NotMoneyIn.
    """
    job = lock_payer(find(Invoice.objects.only("job_id"), id=invoice_id).job_id)
    line = _open(line_id)
    if line.amount_cents <= 0:
        raise NotMoneyIn
    loaded = [load(job)]
    payment = _payment(line, job, by=by, at=at)
    allocate(payment, loaded, first=invoice_id)
    clear_payment(payment, loaded, by=by, at=at)
    line.state, line.payment = "matched", payment
    line.save(update_fields=["state", "payment"])
    return payment.id


@action("record_payment")
def record_bank_line_of(*, by: Actor, at: datetime, line_id: int, customer_id: int) -> int:
    """
    Record money of the statement as one payment of everything that a customer has open, the oldest
    first, of whichever jobs; what is over is credit. Returns the payment's id.

    Refuses NotFound, MatchedAlready, NotMoneyIn, NothingToPayFor.
    """
    customers = lock_customers(one_and_duplicates(customer_id))
    line = find(BankLine.objects.all(), id=line_id)
    wanted = oldest_of(customers, max(line.amount_cents, 0))
    order = jobs_of(customers, [invoice_id for invoice_id, _cents in wanted])
    jobs = sorted((load(job) for job in lock_jobs(customers, order)), key=lambda one: order.index(one.job.id))
    line = _open(line_id)
    if line.amount_cents <= 0:
        raise NotMoneyIn
    payment = _payment(line, jobs[0].job, by=by, at=at)
    allocate(payment, jobs, split=wanted)
    clear_payment(payment, jobs, by=by, at=at)
    line.state, line.payment = "matched", payment
    line.save(update_fields=["state", "payment"])
    return payment.id


def _payment(line: BankLine, job: Job, *, by: Actor, at: datetime) -> Payment:
    return Payment.objects.create(
        business_id=by.business_id,
        customer_id=job.customer_id,
        job=job,
        method="check" if line.reference.isdecimal() else "transfer",
        reference=(line.reference or line.name)[:100],
        currency=job.currency,
        amount_cents=line.amount_cents,
        state="cleared",
        received_on=line.on_date,
        recorded_at=at,
        cleared_at=at,
        recorded_by=by.name,
    )


@action("record_payment")
def match_payment(*, by: Actor, at: datetime, line_id: int, payment_id: int) -> None:
    """The line is a payment that was recorded before. Refuses NotFound, MatchedAlready."""
    line = _open(line_id)
    line.state, line.payment = "matched", find(Payment.objects.all(), id=payment_id)
    line.save(update_fields=["state", "payment"])


@action("record_payment")
def match_payout(*, by: Actor, at: datetime, line_id: int, payout_id: int) -> None:
    """The line is a payout that is booked already. Refuses NotFound, MatchedAlready."""
    line = _open(line_id)
    payout = find(Payout.objects.all(), id=payout_id)
    if payout.bank_lines.exists():
        raise MatchedAlready
    line.state, line.payout = "matched", payout
    line.save(update_fields=["state", "payout"])


@action("record_payment")
def put_aside(*, by: Actor, at: datetime, line_id: int) -> None:
    """The line is none of Milepost's. Refuses NotFound, MatchedAlready."""
    line = _open(line_id)
    line.state = "aside"
    line.save(update_fields=["state"])


@action("record_payment")
def put_back(*, by: Actor, at: datetime, line_id: int) -> None:
    """A line that was put aside is ours after all: it waits again. Refuses NotFound, MatchedAlready."""
    line = _open(line_id)
    line.state = "open"
    line.save(update_fields=["state"])


def _open(line_id: int) -> BankLine:
    line = find(BankLine.objects.select_for_update(no_key=True), id=line_id)
    if line.state == "matched":
        raise MatchedAlready
    return line
