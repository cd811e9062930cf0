"""Send an invoice: for milestones of a job, or for small work without a quote."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from milepost.actions.actor import Actor
from milepost.actions.door import action
from milepost.actions.rights import OFFICE, NotAllowed
from milepost.actions.steps.closing import close_if_finished
from milepost.actions.steps.finding import find, lock_job
from milepost.actions.steps.issuing import issue, milestone_increment
from milepost.actions.steps.once import first_result, remember
from milepost.actions.steps.paper import completions, local_day
from milepost.actions.steps.small_work import NothingToInvoice, open_small
from milepost.actions.work import JobNotOpen
from milepost.core.msgids import gettext_noop
from milepost.core.quote_input import LineInput, QuoteInput, RowInput
from milepost.core.readiness import is_ready
from milepost.core.refusals import Refusal
from milepost.queries.billing_state import LoadedJob, load
from milepost.queries.calendars import holidays_around
from milepost.records.businesses import Business
from milepost.records.customers import Customer
from milepost.records.jobs import ScheduleRow


class NothingToSend(Refusal):
    code = "nothing_to_send"
    message = gettext_noop("“{milestone}” is not ready to bill yet. It is billed on completion.")


class NotAcceptedYet(NothingToSend):
    message = gettext_noop(
        "“{milestone}” is not ready to bill yet. It is billed on the customer's acceptance."
    )


class TooLongBefore(NothingToSend):
    message = gettext_noop("“{milestone}” is not ready to bill yet. It is billed some days before its event.")


class OfficeChecksFirst(Refusal):
    code = "office_checks_first"
    message = gettext_noop("In this business the office checks invoices before they are sent.")


NOT_READY = {"completion": NothingToSend, "acceptance": NotAcceptedYet, "before": TooLongBefore}


@action("send_invoice")
def send_invoice(
    *, by: Actor, at: datetime, job_id: int, row_ids: Sequence[int], by_hand: bool = False
) -> int:
    """
    Issue one invoice for these milestones and send it. Returns its id.

    Each milestone must be ready by its own rule, unless the office bills `by_hand`.
    Refuses JobNotOpen, NothingToSend, OfficeChecksFirst, and what the core refuses
    (NothingToBill, RowAlreadyBilled).
    """
    job = lock_job(job_id)
    if job.state != "open":
        raise JobNotOpen(number=job.number)
    _check_sender(by, job.business, by_hand=by_hand)
    loaded = load(job)
    chosen = [find_row(loaded, row_id) for row_id in row_ids]
    if not by_hand:
        _check_ready(loaded, chosen, at)
    increment = milestone_increment(loaded, [row.id for row in chosen])
    invoice = issue(loaded, increment, by=by, at=at)
    if not invoice.total_cents:
        # No payment will come for it, so this may be the end of the job.
        now = load(job)
        close_if_finished(now, now.contacts, by=Actor.system(job.business_id), at=at)
    return invoice.id


def find_row(loaded: LoadedJob, row_id: int) -> ScheduleRow:
    """A row of this job by its id, or NotFound."""
    return next((row for row in loaded.rows if row.id == row_id), None) or find(
        ScheduleRow.objects.none(), id=row_id
    )


def _check_sender(by: Actor, business: Business, *, by_hand: bool) -> None:
    if by.role in OFFICE:
        return
    if by_hand:
        raise NotAllowed
    if not business.technician_sends:
        raise OfficeChecksFirst


def _check_ready(loaded: LoadedJob, chosen: Sequence[ScheduleRow], at: datetime) -> None:
    business = loaded.job.business
    today = local_day(business, at)
    holidays = holidays_around(business.holidays, today)
    done = completions([row.id for row in chosen])
    for row in chosen:
        completion = done.get(row.id)
        ready = row.id in loaded.billed_rows or is_ready(
            row.bill_on,
            done=completion is not None,
            accepted=completion is not None and hasattr(completion, "acceptance"),
            event_on=row.event.on_date if row.event else row.planned_on,
            before_days=row.before_days,
            today=today,
            holidays=holidays,
        )
        if not ready:
            raise NOT_READY[row.bill_on](milestone=row.name)


@dataclass(frozen=True)
class SimpleInvoice:
    """A small job that was invoiced at once."""

    job_id: int
    invoice_id: int


@action("bill_simple")
def bill_simple(
    *,
    by: Actor,
    at: datetime,
    customer_id: int,
    lines: Sequence[LineInput],
    title: str = "",
    site: str = "",
    prices_include_tax: bool | None = None,
    form_key: str = "",
) -> SimpleInvoice:
    """
    Invoice small work without a quote, and send it. The same form sent twice bills once.

    Refuses NothingToInvoice, UnknownTax, TaxNumberMissing, NotFound (the customer).
    """
    before = first_result(form_key, "bill_simple", at=at)
    if before:
        return SimpleInvoice(before["job_id"], before["invoice_id"])
    if not lines:
        raise NothingToInvoice(field="lines")
    business = Business.objects.get()
    quote = QuoteInput(
        title=title,
        lines=tuple(lines),
        rows=(RowInput("", "remainder", value=Decimal(0)),),
        site=site,
        prices_include_tax=prices_include_tax,
    )
    job, loaded = open_small(business, find(Customer.objects.all(), id=customer_id), quote, at)
    increment = milestone_increment(loaded, [loaded.rows[0].id], kind="simple")
    invoice = issue(loaded, increment, by=by, at=at)
    remember(form_key, job_id=job.id, invoice_id=invoice.id)
    return SimpleInvoice(job.id, invoice.id)
