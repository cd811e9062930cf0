"""What is settled of invoices, for every list and page that shows a balance."""

from typing import Any

from django.db.models import F, IntegerField, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from milepost.records.concessions import Concession
from milepost.records.invoices import Invoice
from milepost.records.payments import Allocation


def with_settled(invoices: "QuerySet[Invoice]") -> "QuerySet[Invoice]":
    """
    Each invoice with `settled`: money allocated, pending too, and `conceded`, what is settled without
    money, of which `given_up` is written off. All in cents.
    """
    conceded = Concession.objects.all()
    return invoices.annotate(
        conceded=_sum(conceded),
        given_up=_sum(conceded.filter(kind="write_off")),
        settled=_sum(Allocation.objects.all()) + F("conceded"),
    )


def _sum(rows: "QuerySet[Any]") -> Coalesce:
    own = rows.filter(invoice_id=OuterRef("pk")).order_by().values("invoice_id")
    return Coalesce(
        Subquery(own.annotate(sum=Sum("amount_cents")).values("sum"), output_field=IntegerField()), 0
    )
