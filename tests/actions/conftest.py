"""A business with some of everything in it, for tests of what guards the records."""

from decimal import Decimal

import pytest

from milepost.actions.businesses import add_tax_code
from milepost.actions.concessions import write_off
from milepost.actions.credit import refund_credit
from milepost.actions.invoices import bill_simple
from milepost.actions.payments import record_payment
from milepost.actions.work import complete_milestone
from milepost.core.quote_input import LineInput
from tests.cast import Cast, Kitchen, kitchen


@pytest.fixture
def lived_in(cast: Cast) -> Kitchen:
    """
    The kitchen with its deposit paid in two cheques, a part of it written off, too much paid, and the
    excess given back; its first milestone done; a taxed job billed whole.
    """
    job = kitchen(cast)
    record_payment(by=cast.bo, at=cast.at, job_id=job.job_id, amount_cents=4_000_00, method="check")
    write_off(by=cast.alice, at=cast.at, invoice_id=job.deposit_invoice_id, amount_cents=1_00)
    payment = record_payment(by=cast.bo, at=cast.at, job_id=job.job_id, amount_cents=6_499_00, method="check")
    complete_milestone(by=cast.tess, at=cast.at, job_id=job.job_id, row_id=job.rows["Rough-in complete"])
    refund_credit(by=cast.bo, at=cast.at, payment_id=payment, amount_cents=300_00, method="check")
    tax = add_tax_code(by=cast.alice, at=cast.at, name="State", percent=Decimal("8.25"))
    line = LineInput("Tap repaired", Decimal("180.00"), tax_codes=(tax,))
    bill_simple(by=cast.alice, at=cast.at, customer_id=cast.customer_id, title="Tap", lines=(line,))
    return job
