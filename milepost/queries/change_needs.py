"""Change orders that somebody waits for: asked of the office, not answered, or expired."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from milepost.core.money import Money
from milepost.records.jobs import ChangeOrder


@dataclass(frozen=True)
class ChangeNeed:
    """One of them. `state` is asked (of the office), waiting (for the customer) or expired."""

    job_id: int
    id: int
    name: str
    title: str
    customer: str
    reason: str
    difference: Money
    written_by: str
    expires_on: date | None
    state: str


def waiting_changes() -> "QuerySet[ChangeOrder]":
    """What waits on open jobs. Inside an open scope."""
    asked = Q(state="draft", asked_office_at__isnull=False)
    return ChangeOrder.objects.filter(asked | Q(state="sent"), job__state="open")


def change_needs(today: date, most: int) -> Sequence[ChangeNeed]:
    """The first of them, what was asked of the office before what waits for a customer; one query."""
    orders = waiting_changes().select_related("job__customer").order_by("state", "id")[:most]
    return [_need(order, today) for order in orders]


def _need(order: ChangeOrder, today: date) -> ChangeNeed:
    late = order.expires_on is not None and today > order.expires_on
    return ChangeNeed(
        order.job_id,
        order.id,
        order.name,
        order.job.title,
        order.job.customer.name,
        order.reason,
        Money(order.difference_cents, order.job.currency),
        order.created_by,
        order.expires_on,
        "asked" if order.state == "draft" else "expired" if late else "waiting",
    )
