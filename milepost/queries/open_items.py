"""What a customer has open, over all their jobs."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import F, Q, Sum

from milepost.core.early_payment import payment_for_cents
from milepost.core.money import Money
from milepost.core.settling import oldest_first
from milepost.queries.balances import with_settled
from milepost.queries.concessions import early_terms
from milepost.queries.door import NotThere, question
from milepost.records.businesses import Business
from milepost.records.customers import Customer
from milepost.records.invoices import Invoice
from milepost.records.jobs import Job


@dataclass(frozen=True)
class OpenItem:
    """
    An invoice with something left to pay; pending payments count as paid. `early` is enough if it is
    here by `early_until`, where the contract grants a discount.
    """

    invoice_id: int
    job_id: int
    job: str
    number: str
    title: str
    issued_on: date
    due_on: date
    balance: Money
    document_id: int = 0
    early: Money | None = None
    early_until: date | None = None

    def enough(self, is_discounted: bool) -> int:
        """What pays it whole, in cents."""
        return self.early.cents if is_discounted and self.early else self.balance.cents


@dataclass(frozen=True)
class OpenPage:
    """What one payment of this customer may settle, the oldest first, all in one currency."""

    customer_id: int
    customer: str
    currency: str
    items: Sequence[OpenItem]

    @property
    def total(self) -> Money:
        return Money(sum(item.balance.cents for item in self.items), self.currency)

    def spread(self, amount_cents: int, discounts: Collection[int] = ()) -> dict[int, int]:
        """
        How a payment falls on them when nobody says otherwise: cents by the invoice's id. Of `discounts`
        no more is asked for than is enough with the early-payment discount.
        """
        asked = [(item.invoice_id, item.enough(item.invoice_id in discounts)) for item in self.items]
        return dict(oldest_first(amount_cents, asked))


@question
def open_page(customer_id: int) -> OpenPage:
    """Their open invoices in the currency of the business, those of their duplicates too. Refuses NotThere."""
    customer = Customer.objects.filter(id=customer_id).first()
    if customer is None:
        raise NotThere
    currency = Business.objects.values_list("currency", flat=True).get()
    return OpenPage(
        customer.id, customer.name, currency, open_items(one_and_duplicates(customer.id), currency)
    )


@question
def open_elsewhere(job_id: int) -> Money | None:
    """What the customer of a job has open on their other jobs, in its currency; None where it is nothing."""
    job = Job.objects.only("customer_id", "currency").filter(id=job_id).first()
    if job is None:
        raise NotThere
    whose = Q(customer_id=job.customer_id) | Q(customer__merged_into_id=job.customer_id)
    others = with_settled(Invoice.objects.filter(whose, currency=job.currency).exclude(job_id=job_id))
    left = others.aggregate(sum=Sum(F("total_cents") - F("credited_cents") - F("settled")))["sum"] or 0
    return Money(left, job.currency) if left > 0 else None


def one_and_duplicates(customer_id: int) -> list[int]:
    """The customer and those that were merged into them: one payment may settle invoices of all of them."""
    merged = Customer.objects.filter(merged_into_id=customer_id).order_by("id")
    return [customer_id, *merged.values_list("id", flat=True)]


def open_items(customer_ids: Collection[int], currency: str) -> list[OpenItem]:
    """Their open invoices in this currency, the oldest first. One query, inside an open scope."""
    found = (
        with_settled(Invoice.objects.filter(customer_id__in=customer_ids, currency=currency))
        .select_related("job")
        .filter(settled__lt=F("total_cents") - F("credited_cents"))
    )
    return [_item(invoice, currency) for invoice in found.order_by("issued_on", "id")]


def _item(invoice: Invoice, currency: str) -> OpenItem:
    balance = invoice.stands_cents - invoice.settled  # type: ignore[attr-defined]
    terms = early_terms(invoice.job.terms) if invoice.kind != "deposit" else None
    return OpenItem(
        invoice.id,
        invoice.job_id,
        invoice.job.title,
        invoice.number_text,
        invoice.title,
        invoice.issued_on,
        invoice.due_on,
        Money(balance, currency),
        invoice.document_id,
        Money(payment_for_cents(balance, terms.percent), currency) if terms else None,
        terms.until(invoice.issued_on) if terms else None,
    )
