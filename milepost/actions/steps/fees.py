"""What a returned payment costs its payer, where their contract says so: an invoice of its own."""

from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext

from milepost.actions.actor import Actor
from milepost.actions.steps.issuing import issue, milestone_increment
from milepost.actions.steps.small_work import open_small
from milepost.actions.steps.timeline import tell
from milepost.core.money import plain
from milepost.core.quote_input import LineInput, QuoteInput, RowInput
from milepost.queries.wording import in_words_of, money_with_code
from milepost.records.jobs import Job
from milepost.records.payments import Payment


def charge_returned(payment: Payment, job: Job, *, by: Actor, at: datetime) -> None:
    """
    Bill the fee that the job's contract names, if any, for a payment that was taken back. It carries no
    tax: nothing is sold. The contract stays what was signed, so the fee is billed beside it.
    """
    cents = int(job.terms.get("returned_fee_cents") or 0)
    if not cents or job.currency != job.business.currency:
        return
    with in_words_of(job.customer, job.business) as tag:
        amount = money_with_code(payment.amount_cents, payment.currency, tag)
        title = gettext("Fee for a returned payment")
        words = gettext("Returned payment of {amount} on {job}").format(amount=amount, job=job.title)
    price = Decimal(plain(cents, job.currency))
    quote = QuoteInput(
        title=title,
        lines=(LineInput(words, price),),
        rows=(RowInput("", "remainder", value=Decimal(0)),),
        prices_include_tax=False,
    )
    fee_job, loaded = open_small(job.business, job.customer, quote, at, origin="fee")
    invoice = issue(loaded, milestone_increment(loaded, [loaded.rows[0].id], kind="fee"), by=by, at=at)
    tell(
        job,
        "fee_charged",
        by=by,
        at=at,
        for_customer=True,
        payment_id=payment.id,
        number=invoice.number_text,
        fee_job_id=fee_job.id,
        amount_cents=invoice.total_cents,
    )
