"""What nobody will pay of an invoice, and cents paid too much that nobody will ask back."""

from django.db import models
from django.db.models import Q

from milepost.records.businesses import Business
from milepost.records.fields import CentsField, InnerForeignKey
from milepost.records.invoices import Invoice
from milepost.records.payments import Payment

CONCESSION_KINDS = ["write_off", "short", "discount", "over"]
LET_OFF = ("short", "discount")
"""Settled as agreed, or as good as: the invoice counts as paid. What is written off does not."""


class Concession(models.Model):
    """
    So much of an invoice is settled without money: given up (`write_off`), too small to chase (`short`),
    taken off for paying early (`discount`); or so much of a payment is too small to give back (`over`).

    A negative one takes back a part of what it names. `taxes` is the tax in it that came off what is
    owed to the tax office: pairs of tax code and cents. `payment` is the one that it came with.
    """

    business = models.ForeignKey(Business, models.PROTECT)
    invoice = InnerForeignKey(Invoice, models.PROTECT, null=True, related_name="concessions")
    payment = InnerForeignKey(Payment, models.PROTECT, null=True, related_name="concessions")
    kind = models.CharField(max_length=10)
    amount_cents = CentsField()
    taxes = models.JSONField(default=list)
    reason = models.CharField(max_length=300, blank=True)
    conceded_on = models.DateField()
    reverses = InnerForeignKey("self", models.PROTECT, null=True, related_name="reversals")
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=200)

    class Meta:
        db_table = "concession"
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=CONCESSION_KINDS), name="concession_kind_is_known"),
            models.CheckConstraint(
                condition=Q(amount_cents__gt=0, reverses__isnull=True)
                | Q(amount_cents__lt=0, reverses__isnull=False),
                name="concession_falls_only_by_reversal",
            ),
            models.CheckConstraint(
                condition=Q(kind="over", invoice__isnull=True, payment__isnull=False)
                | (~Q(kind="over") & Q(invoice__isnull=False)),
                name="concession_is_of_an_invoice_or_a_payment",
            ),
        ]
