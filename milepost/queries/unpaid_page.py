"""What of an invoice will not be paid: what was settled without money, and what may be."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from milepost.core.money import Money
from milepost.queries.balances import with_settled
from milepost.queries.concessions import discount_in_time, tax_within
from milepost.queries.door import NotThere, question
from milepost.records.concessions import Concession
from milepost.records.invoices import Invoice


@dataclass(frozen=True)
class ConcessionRow:
    """One concession; `standing` is what of it was not taken back."""

    id: int
    on: date
    kind: str
    reason: str
    by: str
    amount: Money
    standing: Money


@dataclass(frozen=True)
class UnpaidPage:
    """
    An invoice with what is open of it; pending payments count as paid. `small` is what may be let be,
    `discount` what may be granted for early payment, `tax` the tax in what is open.
    """

    invoice_id: int
    job_id: int
    job: str
    customer: str
    number: str
    title: str
    document_id: int
    total: Money
    open: Money
    tax: Money
    written_off: Money
    small: Money | None
    discount: Money | None
    rows: Sequence[ConcessionRow]


@question
def unpaid_page(invoice_id: int) -> UnpaidPage:
    """One invoice. Refuses NotThere."""
    found = with_settled(Invoice.objects.select_related("job__business", "customer"))
    invoice = found.filter(id=invoice_id).first()
    if invoice is None:
        raise NotThere
    currency = invoice.currency
    open_cents = invoice.stands_cents - invoice.settled  # type: ignore[attr-defined]
    discount = discount_in_time(invoice, invoice.job)
    tolerance = invoice.job.business.small_difference_cents
    return UnpaidPage(
        invoice.id,
        invoice.job_id,
        invoice.job.title,
        invoice.customer.name,
        invoice.number_text,
        invoice.title,
        invoice.document_id,
        Money(invoice.stands_cents, currency),
        Money(open_cents, currency),
        Money(sum(tax_within(invoice, open_cents).values()) if open_cents > 0 else 0, currency),
        Money(invoice.given_up, currency),  # type: ignore[attr-defined]
        Money(open_cents, currency) if 0 < open_cents <= tolerance else None,
        Money(discount.cents, currency) if discount else None,
        _rows(invoice),
    )


def _rows(invoice: Invoice) -> list[ConcessionRow]:
    found = list(Concession.objects.filter(invoice=invoice).order_by("id"))
    back: dict[int | None, int] = {}
    for row in found:
        back[row.reverses_id] = back.get(row.reverses_id, 0) + row.amount_cents
    return [
        ConcessionRow(
            row.id,
            row.conceded_on,
            row.kind,
            row.reason,
            row.recorded_by,
            Money(row.amount_cents, invoice.currency),
            Money(row.amount_cents + back.get(row.id, 0), invoice.currency),
        )
        for row in found
        if row.reverses_id is None
    ]
