"""Credit notes: what an invoice said, taken back whole, in part, or made less. Never changed themselves."""

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, Sum

from milepost.records.businesses import Business, Series, TaxCode
from milepost.records.customers import Customer
from milepost.records.fields import CentsField, InnerForeignKey, InnerOneToOneField, RateField
from milepost.records.files import Document
from milepost.records.invoices import DepositPart, Invoice, InvoiceRow
from milepost.records.jobs import ContractLine, Job, ScheduleRow

CREDIT_KINDS = ["void", "reversal", "allowance", "cancellation", "reduction"]


class CreditNote(models.Model):
    """
    So much of one invoice is taken back; every amount is positive, total = net + tax − recovered.

    `is_whole`: nothing of the invoice stands any more, and what it billed may be billed again. `share`
    of the invoice was reversed where it was not all of it, as an exact fraction ("1/3"). An allowance lowers what was agreed instead; a cancellation gives the unused deposit back. Numbered
    like invoices, without a gap.
    """

    business = models.ForeignKey(Business, models.PROTECT)
    job = InnerForeignKey(Job, models.PROTECT, related_name="credit_notes")
    invoice = InnerForeignKey(Invoice, models.PROTECT, related_name="credit_notes")
    customer = InnerForeignKey(Customer, models.PROTECT)
    kind = models.CharField(max_length=12)
    is_whole = models.BooleanField()
    share = models.CharField(max_length=80, blank=True, default="", db_default="")
    series = InnerForeignKey(Series, models.PROTECT)
    number = models.BigIntegerField()
    previous_number = models.BigIntegerField(null=True)
    number_text = models.CharField(max_length=40)
    reason = models.TextField(blank=True)
    currency = models.CharField(max_length=3)
    net_cents = CentsField()
    tax_cents = CentsField()
    recovered_cents = CentsField(default=0)
    total_cents = CentsField()
    issued_on = models.DateField()
    issued_at = models.DateTimeField()
    by_name = models.CharField(max_length=200)
    document = InnerOneToOneField(Document, models.PROTECT)

    class Meta:
        db_table = "credit_note"
        constraints = [
            models.UniqueConstraint(
                fields=["business", "series", "number"], name="credit_note_number_is_unique"
            ),
            models.UniqueConstraint(
                fields=["business", "series", "previous_number"],
                name="credit_note_number_has_one_successor",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(previous_number__isnull=True) | Q(number=F("previous_number") + 1),
                name="credit_note_number_follows",
            ),
            models.UniqueConstraint(
                fields=["invoice"], condition=Q(is_whole=True), name="invoice_is_taken_back_once"
            ),
            models.CheckConstraint(condition=Q(kind__in=CREDIT_KINDS), name="credit_note_kind_is_known"),
            models.CheckConstraint(
                condition=Q(kind="void", is_whole=True)
                | Q(kind="reversal")
                | Q(kind__in=["allowance", "cancellation", "reduction"], is_whole=False),
                name="credit_note_is_whole_by_kind",
            ),
            models.CheckConstraint(
                condition=Q(share="") | Q(kind="reversal", is_whole=False),
                name="credit_note_share_is_a_reversal",
            ),
            models.CheckConstraint(
                condition=Q(total_cents__gt=0) | Q(is_whole=True, total_cents=0),
                name="credit_note_is_positive",
            ),
            models.CheckConstraint(
                condition=Q(total_cents=F("net_cents") + F("tax_cents") - F("recovered_cents")),
                name="credit_note_adds_up",
            ),
        ]
        indexes = [
            models.Index(fields=["job"], name="credit_note_by_job"),
            models.Index(fields=["invoice"], name="credit_note_by_invoice"),
        ]


class CreditRow(models.Model):
    """So much of one schedule row is asked for no more."""

    business = models.ForeignKey(Business, models.PROTECT)
    credit_note = InnerForeignKey(CreditNote, models.PROTECT, related_name="rows")
    row = InnerForeignKey(ScheduleRow, models.PROTECT)
    due_cents = CentsField()

    class Meta:
        db_table = "credit_row"


class CreditLine(models.Model):
    """A contract line's share of a credit note, net."""

    business = models.ForeignKey(Business, models.PROTECT)
    credit_note = InnerForeignKey(CreditNote, models.PROTECT, related_name="lines")
    line = InnerForeignKey(ContractLine, models.PROTECT)
    position = models.PositiveSmallIntegerField()
    net_cents = CentsField()

    class Meta:
        db_table = "credit_line"


class CreditTax(models.Model):
    """A credit note's tax of one code."""

    business = models.ForeignKey(Business, models.PROTECT)
    credit_note = InnerForeignKey(CreditNote, models.PROTECT, related_name="taxes")
    tax_code = InnerForeignKey(TaxCode, models.PROTECT)
    name = models.CharField(max_length=100)
    percent = RateField()
    base_cents = CentsField()
    tax_cents = CentsField()

    class Meta:
        db_table = "credit_tax"


def standing_rows() -> "QuerySet[InvoiceRow]":
    """
    What invoices bill of schedule rows, each with `stands_cents`; those of an invoice that was taken
    back whole are left out.
    """
    gone = CreditNote.objects.filter(invoice=OuterRef("invoice"), is_whole=True)
    off = CreditRow.objects.filter(credit_note__invoice=OuterRef("invoice"), row=OuterRef("row"))
    credited = off.order_by().values("row").annotate(sum=Sum("due_cents")).values("sum")
    return InvoiceRow.objects.filter(~Exists(gone)).annotate(credited=Subquery(credited))


def standing_deposit_parts() -> "QuerySet[DepositPart]":
    """What taxed deposits carry by key, without invoices that were taken back whole."""
    gone = CreditNote.objects.filter(invoice=OuterRef("invoice"), is_whole=True)
    return DepositPart.objects.filter(~Exists(gone))
