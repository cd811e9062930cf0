"""Issued invoices. Nothing here is ever changed; it is voided or credited by another document."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce

from milepost.records.businesses import Business, Series, TaxCode
from milepost.records.customers import Customer
from milepost.records.fields import CentsField, InnerForeignKey, InnerOneToOneField, RateField
from milepost.records.files import Document
from milepost.records.jobs import ContractKey, ContractLine, Job, ScheduleRow

INVOICE_KINDS = ["deposit", "progress", "simple", "fee", "cancellation"]


class Invoice(models.Model):
    """
    An issued invoice: total = net + tax − deposit recovered.

    `credited_cents` is the sum of its credit notes, and the database alone keeps it: it is the one
    thing of an invoice that ever moves.

    `number` follows the one before it without a gap: `previous_number` is a foreign key to it.
    """

    business = models.ForeignKey(Business, models.PROTECT)
    job = InnerForeignKey(Job, models.PROTECT, related_name="invoices")
    customer = InnerForeignKey(Customer, models.PROTECT)
    kind = models.CharField(max_length=12)
    series = InnerForeignKey(Series, models.PROTECT)
    number = models.BigIntegerField()
    previous_number = models.BigIntegerField(null=True)
    number_text = models.CharField(max_length=40)
    title = models.CharField(max_length=300)
    currency = models.CharField(max_length=3)
    net_cents = CentsField()
    tax_cents = CentsField()
    recovered_cents = CentsField(default=0)
    total_cents = CentsField()
    credited_cents = CentsField(default=0)
    issued_on = models.DateField()
    due_on = models.DateField()
    issued_at = models.DateTimeField()
    document = InnerOneToOneField(Document, models.PROTECT)

    class Meta:
        db_table = "invoice"
        constraints = [
            models.UniqueConstraint(fields=["business", "series", "number"], name="invoice_number_is_unique"),
            models.UniqueConstraint(
                fields=["business", "series", "previous_number"],
                name="invoice_number_has_one_successor",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(previous_number__isnull=True) | Q(number=F("previous_number") + 1),
                name="invoice_number_follows",
            ),
            models.CheckConstraint(condition=Q(total_cents__gte=0), name="invoice_is_never_negative"),
            models.CheckConstraint(condition=Q(kind__in=INVOICE_KINDS), name="invoice_kind_is_known"),
            models.CheckConstraint(
                condition=Q(total_cents=F("net_cents") + F("tax_cents") - F("recovered_cents")),
                name="invoice_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(credited_cents__gte=0, credited_cents__lte=F("total_cents")),
                name="invoice_is_credited_within_its_total",
            ),
        ]
        indexes = [
            models.Index(fields=["business", "-id"], name="invoice_newest"),
            models.Index(fields=["job"], name="invoice_by_job"),
        ]

    @property
    def stands_cents(self) -> int:
        """What the invoice still asks for, before any payment: its total less what is credited."""
        return int(self.total_cents - self.credited_cents)


class InvoiceRow(models.Model):
    """So much of one schedule row is billed by this invoice."""

    business = models.ForeignKey(Business, models.PROTECT)
    invoice = InnerForeignKey(Invoice, models.PROTECT, related_name="rows")
    row = InnerForeignKey(ScheduleRow, models.PROTECT, related_name="invoice_rows")
    due_cents = CentsField()

    class Meta:
        db_table = "invoice_row"

    @property
    def stands_cents(self) -> int:
        """What of it is still asked for, where the query has added up its credits as `credited`."""
        return int(self.due_cents - (getattr(self, "credited", 0) or 0))


class InvoiceLine(models.Model):
    """A contract line's share of an invoice, net: what was billed before, and now."""

    business = models.ForeignKey(Business, models.PROTECT)
    invoice = InnerForeignKey(Invoice, models.PROTECT, related_name="lines")
    line = InnerForeignKey(ContractLine, models.PROTECT)
    position = models.PositiveSmallIntegerField()
    before_cents = CentsField()
    net_cents = CentsField()

    class Meta:
        db_table = "invoice_line"


class InvoiceTax(models.Model):
    """An invoice's tax of one code."""

    business = models.ForeignKey(Business, models.PROTECT)
    invoice = InnerForeignKey(Invoice, models.PROTECT, related_name="taxes")
    tax_code = InnerForeignKey(TaxCode, models.PROTECT)
    name = models.CharField(max_length=100)
    percent = RateField()
    base_cents = CentsField()
    tax_cents = CentsField()

    class Meta:
        db_table = "invoice_tax"


class DepositPart(models.Model):
    """
    What a taxed deposit carries of one contract key, its net or one tax of it: put in by the deposit's
    own invoice, taken out (below zero) by the invoices that recover it. Never more than was put in. A
    credit note of a part of its invoice puts back, or takes out of the deposit, its own part.
    """

    business = models.ForeignKey(Business, models.PROTECT)
    invoice = InnerForeignKey(Invoice, models.PROTECT, related_name="deposit_parts")
    key = InnerForeignKey(ContractKey, models.PROTECT, related_name="deposit_parts")
    credit_note = InnerForeignKey(
        "CreditNote", models.PROTECT, null=True, related_name="deposit_parts", db_index=False
    )
    cents = CentsField()

    class Meta:
        db_table = "deposit_part"
        constraints = [
            models.UniqueConstraint(
                fields=["invoice", "key", "credit_note"],
                name="one_deposit_part_per_document_and_key",
                nulls_distinct=False,
            ),
            models.CheckConstraint(condition=~Q(cents=0), name="deposit_part_moves"),
        ]


class Position(models.Model):
    """
    Billed to date, as an append-only chain: each entry starts where the previous one ended.

    Three kinds of track: `due` and `recovered` of a schedule row, `earned` of a contract key.
    A negative entry of a row names what it reverses, and the credit note that does so. A key may fall
    by its own rounding cent.
    """

    business = models.ForeignKey(Business, models.PROTECT)
    job = InnerForeignKey(Job, models.PROTECT, related_name="positions")
    kind = models.CharField(max_length=10)
    row = InnerForeignKey(ScheduleRow, models.PROTECT, null=True, related_name="positions")
    key = InnerForeignKey(ContractKey, models.PROTECT, null=True, related_name="positions")
    track = models.GeneratedField(
        expression=Coalesce("row_id", "key_id"),
        output_field=models.BigIntegerField(),
        db_persist=True,
    )
    invoice = InnerForeignKey(Invoice, models.PROTECT, related_name="positions")
    credit_note = InnerForeignKey(
        "CreditNote", models.PROTECT, null=True, related_name="positions", db_index=False
    )
    prev = InnerForeignKey("self", models.PROTECT, null=True, related_name="next")
    reverses = InnerForeignKey("self", models.PROTECT, null=True, related_name="reversals")
    start_cents = CentsField()
    delta_cents = CentsField()
    end_cents = models.GeneratedField(
        expression=F("start_cents") + F("delta_cents"), output_field=CentsField(), db_persist=True
    )

    class Meta:
        db_table = "position"
        constraints = [
            models.CheckConstraint(condition=~Q(delta_cents=0), name="position_moves"),
            models.CheckConstraint(
                condition=Q(kind="earned", key__isnull=False, row__isnull=True)
                | Q(kind__in=["due", "recovered"], key__isnull=True, row__isnull=False),
                name="position_has_one_track",
            ),
            models.CheckConstraint(
                condition=Q(prev__isnull=False) | Q(start_cents=0), name="position_starts_at_zero"
            ),
            models.CheckConstraint(
                condition=Q(kind="earned")
                | Q(delta_cents__gt=0, reverses__isnull=True)
                | Q(delta_cents__lt=0, reverses__isnull=False),
                name="position_falls_only_by_reversal",
            ),
            models.CheckConstraint(
                condition=Q(credit_note__isnull=True, reverses__isnull=True)
                | Q(credit_note__isnull=False, reverses__isnull=False),
                name="position_is_reversed_by_a_credit_note",
            ),
            models.CheckConstraint(
                condition=Q(kind="earned") | Q(start_cents__gte=-F("delta_cents")),
                name="position_is_not_negative",
            ),
            models.UniqueConstraint(
                fields=["business", "kind", "track", "prev"],
                name="position_does_not_fork",
                nulls_distinct=False,
            ),
            models.UniqueConstraint(
                fields=["business", "kind", "track", "id", "end_cents"], name="position_end_can_be_named"
            ),
        ]
