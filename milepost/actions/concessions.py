"""What is settled without money: written off and recovered, cents that are let be, early-payment discounts."""

from datetime import date, datetime

from milepost.actions.actor import Actor
from milepost.actions.door import action
from milepost.actions.steps.closing import close_if_finished, open_again
from milepost.actions.steps.conceding import Event, Kind, concede, grant_in_time, standing_cents, take_back
from milepost.actions.steps.finding import NotFound, find, lock_payer
from milepost.actions.steps.once import first_result, remember
from milepost.actions.steps.paper import local_day
from milepost.actions.steps.recording import NotAboveZero, check_payment, payment_here
from milepost.actions.steps.settling import allocate, clear_payment
from milepost.core.money import Money
from milepost.core.msgids import gettext_noop
from milepost.core.refusals import Refusal
from milepost.queries.billing_state import LoadedJob, load
from milepost.queries.concessions import tax_within, written_off
from milepost.queries.credit import left_of
from milepost.records.concessions import Concession
from milepost.records.invoices import Invoice
from milepost.records.payments import Payment


class NothingOpen(Refusal):
    code = "nothing_open"
    message = gettext_noop("Invoice {number} has nothing left to pay.")


class MoreThanOpen(Refusal):
    code = "more_than_open"
    message = gettext_noop("Invoice {number} has only {open} left to pay.")


class NothingWrittenOff(Refusal):
    code = "nothing_written_off"
    message = gettext_noop("Nothing of invoice {number} is written off.")


class NotSmall(Refusal):
    code = "not_small"
    message = gettext_noop("{amount} is more than the {most} that your settings let be.")


class NoDifference(Refusal):
    code = "no_difference"
    message = gettext_noop("There is no difference to settle.")


class NoDiscount(Refusal):
    code = "no_discount"
    message = gettext_noop("No early-payment discount can be granted on invoice {number}.")


class TakenBackAlready(Refusal):
    code = "taken_back_already"
    message = gettext_noop("This was taken back already.")


@action("write_off")
def write_off(
    *,
    by: Actor,
    at: datetime,
    invoice_id: int,
    amount_cents: int | None = None,
    reason: str = "",
    with_tax: bool = False,
) -> int:
    """
    Give up what is open of an invoice, or `amount_cents` of it: bad debts. Returns the concession's id.

    `with_tax`: the tax in it comes off what is owed to the tax office, where the law gives it back.
    The customer is not told. Refuses NothingOpen, NotAboveZero, MoreThanOpen.
    """
    loaded, invoice = _locked(invoice_id)
    cents = _wanted(loaded, invoice, amount_cents)
    taxes = tax_within(invoice, cents) if with_tax else {}
    return _concede(loaded, invoice, "write_off", cents, by=by, at=at, taxes=taxes, reason=reason)


@action("write_off")
def recover_write_off(
    *,
    by: Actor,
    at: datetime,
    invoice_id: int,
    amount_cents: int,
    method: str,
    received_on: date | None = None,
    reference: str = "",
    form_key: str = "",
) -> int:
    """
    The money came after all: so much of what was written off is a receivable again, and paid. Returns
    the payment's id; what is more than was given up pays the job's other invoices or is credit.

    The same form sent twice records once. Refuses NotAboveZero, an unknown method, NotHereYet,
    NothingWrittenOff.
    """
    before = first_result(form_key, "recover_write_off", at=at)
    if before:
        return before["payment_id"]
    check_payment(amount_cents, method)
    loaded, invoice = _locked(invoice_id)
    if not written_off(invoice.id):
        raise NothingWrittenOff(number=invoice.number_text)
    day = received_on or local_day(loaded.job.business, at)
    left = amount_cents
    for made in Concession.objects.filter(invoice=invoice, kind="write_off", reverses=None).order_by("id"):
        cents = min(left, standing_cents(made))
        if cents:
            loaded.concessions.append(take_back(made, cents, loaded.job, Event(by, at, day)))
            left -= cents
    open_again(loaded.job)
    payment = payment_here([loaded], amount_cents, method, reference, day, by=by, at=at)
    allocate(payment, [loaded], first=invoice.id)
    clear_payment(payment, [loaded], by=by, at=at)
    remember(form_key, payment_id=payment.id)
    return payment.id


@action("write_off")
def undo_concession(*, by: Actor, at: datetime, concession_id: int) -> None:
    """
    It was not so: what is left of a write-off, a small difference or a discount is open again.

    Refuses TakenBackAlready.
    """
    seen = find(
        Concession.objects.select_related("invoice", "payment").filter(reverses=None), id=concession_id
    )
    job_id = seen.invoice.job_id if seen.invoice else seen.payment.job_id if seen.payment else None
    job = lock_payer(int(str(job_id)))
    cents = standing_cents(seen)
    if not cents:
        raise TakenBackAlready
    take_back(seen, cents, job, Event(by, at, local_day(job.business, at)))
    open_again(job)


@action("settle_difference")
def settle_short(*, by: Actor, at: datetime, invoice_id: int) -> int:
    """
    Let the last cents of an invoice be: it counts as paid. Returns the concession's id.

    Refuses NothingOpen, and NotSmall beyond what the settings let be.
    """
    loaded, invoice = _locked(invoice_id)
    cents = _wanted(loaded, invoice, None)
    _refuse_large(cents, loaded)
    paid = Payment.objects.filter(allocations__invoice=invoice, state="cleared").order_by("-id").first()
    return _concede(loaded, invoice, "short", cents, by=by, at=at, payment=paid)


@action("settle_difference")
def settle_over(*, by: Actor, at: datetime, payment_id: int) -> int:
    """
    Keep the last cents of a payment that was too much; they are income. Returns the concession's id.

    Refuses NoDifference, and NotSmall beyond what the settings let be.
    """
    seen = find(Payment.objects.exclude(job=None), id=payment_id)
    loaded = load(lock_payer(int(str(seen.job_id))))
    payment = find(Payment.objects.select_for_update(no_key=True), id=payment_id)
    cents = left_of(payment.id) if payment.state == "cleared" else 0
    if cents <= 0:
        raise NoDifference
    _refuse_large(cents, loaded)
    event = Event(by, at, local_day(loaded.job.business, at))
    return concede(loaded.job, "over", cents, event, payment=payment).id


@action("settle_difference")
def grant_discount(*, by: Actor, at: datetime, invoice_id: int) -> int:
    """
    Grant the early-payment discount of the contract on what was paid in time; the tax in it falls with
    it. Returns the concession's id. Refuses NoDiscount.
    """
    loaded, invoice = _locked(invoice_id)
    made = grant_in_time(loaded, invoice, Event(by, at, local_day(loaded.job.business, at)))
    if made is None:
        raise NoDiscount(number=invoice.number_text)
    close_if_finished(loaded, loaded.contacts, by=Actor.system(loaded.job.business_id), at=at)
    return made.id


def _locked(invoice_id: int) -> tuple[LoadedJob, Invoice]:
    loaded = load(lock_payer(find(Invoice.objects.only("job_id"), id=invoice_id).job_id))
    invoice = next((invoice for invoice in loaded.invoices if invoice.id == invoice_id), None)
    if invoice is None:
        raise NotFound
    return loaded, invoice


def _wanted(loaded: LoadedJob, invoice: Invoice, amount_cents: int | None) -> int:
    open_cents = loaded.open_cents(invoice)
    if open_cents <= 0:
        raise NothingOpen(number=invoice.number_text)
    if amount_cents is None:
        return open_cents
    if amount_cents <= 0:
        raise NotAboveZero(field="amount")
    if amount_cents > open_cents:
        left = Money(open_cents, invoice.currency)
        raise MoreThanOpen(field="amount", number=invoice.number_text, open=left)
    return amount_cents


def _refuse_large(cents: int, loaded: LoadedJob) -> None:
    most, currency = loaded.job.business.small_difference_cents, loaded.job.currency
    if cents > most:
        raise NotSmall(amount=Money(cents, currency), most=Money(most, currency))


def _concede(
    loaded: LoadedJob,
    invoice: Invoice,
    kind: Kind,
    cents: int,
    *,
    by: Actor,
    at: datetime,
    taxes: dict[int, int] | None = None,
    reason: str = "",
    payment: Payment | None = None,
) -> int:
    event = Event(by, at, local_day(loaded.job.business, at))
    made = concede(
        loaded.job, kind, cents, event, invoice=invoice, payment=payment, taxes=taxes, reason=reason
    )
    loaded.concessions.append(made)
    close_if_finished(loaded, loaded.contacts, by=Actor.system(loaded.job.business_id), at=at)
    return made.id
