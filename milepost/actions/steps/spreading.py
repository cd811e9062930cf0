"""One payment over what a customer has open, of whichever jobs."""

from collections.abc import Sequence

from milepost.core.msgids import gettext_noop
from milepost.core.refusals import Refusal
from milepost.core.settling import oldest_first
from milepost.queries.open_items import open_items
from milepost.records.businesses import Business
from milepost.records.invoices import Invoice
from milepost.records.jobs import Job


class NothingToPayFor(Refusal):
    code = "nothing_to_pay_for"
    message = gettext_noop("This customer has no job yet. Send them a quote or an invoice first.")


def oldest_of(customers: Sequence[int], amount_cents: int) -> list[tuple[int, int]]:
    """How a payment falls on what these customers have open, the oldest first: (invoice, cents)."""
    currency = Business.objects.values_list("currency", flat=True).get()
    items = open_items(customers, currency)
    return oldest_first(amount_cents, [(item.invoice_id, item.balance.cents) for item in items])


def jobs_of(customers: Sequence[int], invoice_ids: Sequence[int]) -> list[int]:
    """The jobs of these invoices; of none, the customer's newest job, where the receipt is filed."""
    if invoice_ids:
        owners = dict(Invoice.objects.filter(id__in=invoice_ids).values_list("id", "job_id"))
        return [owners.get(invoice_id, 0) for invoice_id in invoice_ids]
    newest = Job.objects.filter(customer_id__in=customers, signed_on__isnull=False).order_by("-id").first()
    if newest is None:
        raise NothingToPayFor(field="amount")
    return [newest.id]
