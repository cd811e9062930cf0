"""A change order with what it would do now, and the change orders of a job."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from milepost.core.money import Money
from milepost.core.refusals import Refusal
from milepost.queries.billing_state import load
from milepost.queries.change_difference import Difference, Figures, difference, job_of
from milepost.queries.changing import proposed
from milepost.queries.door import NotThere, question
from milepost.records.changes import ChangeSignature
from milepost.records.jobs import ChangeOrder, Job


@dataclass(frozen=True)
class ChangeRow:
    """A change order in the list of its job."""

    id: int
    name: str
    reason: str
    state: str
    difference: Money
    days: int
    sent_on: date | None
    answered_on: date | None
    answer: str
    signed_by: str
    document_id: int | None
    asked_office: bool
    written_by: str
    expires_on: date | None
    is_expired: bool

    @property
    def shown_state(self) -> str:
        """Its state as people say it: what was asked of the office, and what waited too long."""
        if self.state == "draft" and self.asked_office:
            return "asked"
        return "expired" if self.is_expired else self.state

    @property
    def is_open(self) -> bool:
        """Whether it may still be signed."""
        return self.state in ("draft", "sent") and not self.is_expired


@dataclass(frozen=True)
class ChangePage:
    """
    One change order with its difference on the job as it stands (None once it is answered, or where
    `refused` says why it cannot be signed as it is). `seen` are the rows as they were signed.
    """

    row: ChangeRow
    job_id: int
    job_number: str
    job_title: str
    customer_name: str
    currency: str
    placement: str
    own_name: str
    difference: Difference | None
    refused: Refusal | None
    within_limit: bool
    limit: Money
    seen: Sequence[Figures] = ()


@question
def change_page(job_id: int, change_id: int, *, at: datetime) -> ChangePage:
    """One change order. Refuses NotThere."""
    job = job_of(job_id)
    order = ChangeOrder.objects.select_related("signature").filter(job=job, id=change_id).first()
    if order is None:
        raise NotThere
    order.job = job
    shown, refused = _now(order)
    limit = Money(job.business.field_change_cents, job.currency)
    return ChangePage(
        _row(order, job, _today(job, at)),
        job.id,
        job.number,
        job.title,
        job.customer.name,
        job.currency,
        order.placement,
        order.own_name,
        shown,
        refused,
        abs(shown.difference.cents if shown else order.difference_cents) <= limit.cents,
        limit,
        [Figures(*row) for row in order.seen.get("rows", [])],
    )


def _now(order: ChangeOrder) -> tuple[Difference | None, Refusal | None]:
    """What an open change order would do now, or why it cannot."""
    if order.state not in ("draft", "sent") or order.job.state != "open":
        return None, None
    loaded = load(order.job)
    try:
        return difference(loaded, order, proposed(loaded, order)), None
    except Refusal as refusal:
        return None, refusal


def changes_of(job: Job, today: date) -> list[ChangeRow]:
    """The change orders of a job, in order. Inside an open scope; one query."""
    orders = ChangeOrder.objects.filter(job=job).select_related("signature").order_by("number")
    return [_row(order, job, today) for order in orders]


def _today(job: Job, at: datetime) -> date:
    return at.astimezone(ZoneInfo(job.business.timezone)).date()


def _row(order: ChangeOrder, job: Job, today: date) -> ChangeRow:
    zone = ZoneInfo(job.business.timezone)
    signature: ChangeSignature | None = getattr(order, "signature", None)
    return ChangeRow(
        order.id,
        order.name,
        order.reason,
        order.state,
        Money(order.difference_cents, job.currency),
        order.days,
        order.sent_at.astimezone(zone).date() if order.sent_at else None,
        order.answered_at.astimezone(zone).date() if order.answered_at else None,
        order.answer,
        signature.name if signature else "",
        signature.document_id if signature else None,
        order.asked_office_at is not None,
        order.created_by,
        order.expires_on,
        order.state == "sent" and order.expires_on is not None and today > order.expires_on,
    )
