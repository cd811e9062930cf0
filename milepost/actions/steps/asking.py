"""What an online payment asks for: which invoices of which jobs, how much of them, and what is in its way."""

from collections.abc import Iterable, Sequence

from milepost.actions.steps.finding import find, lock_customers, lock_jobs, lock_payer
from milepost.actions.steps.settling import Balance, open_balances
from milepost.core.money import Money
from milepost.core.msgids import gettext_noop
from milepost.core.refusals import Refusal
from milepost.core.settling import oldest_first
from milepost.queries.billing_state import LoadedJob, load
from milepost.queries.open_items import one_and_duplicates
from milepost.records.invoices import Invoice
from milepost.records.jobs import Job
from milepost.records.payments import Attempt, Payment


class NothingDue(Refusal):
    code = "nothing_due"
    message = gettext_noop("There is nothing to pay at the moment.")


class OnItsWay(Refusal):
    code = "on_its_way"
    message = gettext_noop("A bank payment of {amount} is already on its way. There is nothing to do.")


class PartsAreOff(Refusal):
    code = "parts_are_off"
    message = gettext_noop("{business} takes each invoice in one payment of {amount}.")


class PartTooSmall(Refusal):
    code = "part_too_small"
    message = gettext_noop("The smallest part is {least}.")


class PartTooLarge(Refusal):
    code = "part_too_large"
    message = gettext_noop("Only {most} is open, so {asked} cannot be paid.")


class OneCurrency(Refusal):
    code = "one_currency"
    message = gettext_noop("One payment pays invoices in one currency. Please pay these one after the other.")


def load_asked(job_id: int, invoice_ids: Sequence[int], *, everywhere: bool) -> list[LoadedJob]:
    """
    The jobs of these invoices, locked in the one order; where nothing reaches beyond the job, that alone.
    `everywhere`: invoices of the customer's other jobs count, too. Refuses NotFound, OneCurrency.
    """
    owners = set[int]()
    if everywhere and invoice_ids:
        owners = set(Invoice.objects.filter(id__in=invoice_ids).values_list("job_id", flat=True))
    if owners <= {job_id}:
        return [load(lock_payer(job_id))]
    customer_id = find(Job.objects.only("customer_id"), id=job_id).customer_id
    jobs = [load(job) for job in lock_jobs(lock_customers(one_and_duplicates(customer_id)), owners)]
    if len({loaded.job.currency for loaded in jobs}) > 1:
        raise OneCurrency
    return jobs


def wanted_of(jobs: Sequence[LoadedJob], invoice_ids: Sequence[int]) -> list[Balance]:
    """What is open of these invoices, or of all, the oldest first. Refuses NothingDue, OnItsWay."""
    balances = [balance for loaded in jobs for balance in open_balances(loaded)]
    if invoice_ids:
        balances = [balance for balance in balances if balance.invoice.id in set(invoice_ids)]
    wanted = [balance for balance in balances if balance.open_cents > 0]
    if wanted:
        return sorted(wanted, key=lambda balance: balance.invoice.id)
    on_its_way = Payment.objects.filter(state="pending")
    asked = [balance.invoice.id for balance in balances]
    pending = (
        on_its_way.filter(job=jobs[0].job).first()
        or on_its_way.filter(allocations__invoice_id__in=asked).first()
    )
    if pending:
        raise OnItsWay(amount=Money(pending.amount_cents, pending.currency))
    raise NothingDue


def in_parts(job: Job, wanted: list[Balance], amount_cents: int | None) -> list[Balance]:
    """So much of the invoices, the oldest first; all of them when nothing is said."""
    total = sum(balance.open_cents for balance in wanted)
    if amount_cents is None or amount_cents == total:
        return wanted
    business, asked = job.business, Money(amount_cents, job.currency)
    if business.parts_from_cents is None:
        raise PartsAreOff(field="amount", business=business.name, amount=Money(total, job.currency))
    if amount_cents > total:
        raise PartTooLarge(field="amount", most=Money(total, job.currency), asked=asked)
    if amount_cents < min(business.parts_from_cents, total):
        raise PartTooSmall(field="amount", least=Money(min(business.parts_from_cents, total), job.currency))
    parts = dict(oldest_first(amount_cents, [(b.invoice.id, b.open_cents) for b in wanted]))
    return [Balance(b.invoice, parts[b.invoice.id]) for b in wanted if b.invoice.id in parts]


def refuse_if_on_its_way(attempts: Iterable[Attempt]) -> None:
    for attempt in attempts:
        if attempt.state == "processing":
            raise OnItsWay(amount=Money(attempt.amount_cents, attempt.currency))


def describe(wanted: list[Balance]) -> str:
    return ", ".join(f"{balance.invoice.number_text} {balance.invoice.title}" for balance in wanted)[:200]
