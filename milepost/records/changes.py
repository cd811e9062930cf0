"""Change orders, and what they did to a contract. Nothing of the contract is edited: changes are added."""

from django.db import models
from django.db.models import Q

from milepost.records.businesses import Business
from milepost.records.credit_notes import CreditNote
from milepost.records.customers import Contact
from milepost.records.fields import CentsField, ExactField, InnerForeignKey, InnerOneToOneField
from milepost.records.files import Document, StoredFile
from milepost.records.jobs import ChangeOrder, ContractKey, ContractLine, Job


class ChangeSignature(models.Model):
    """Somebody put their name under exactly this difference: who, when, how, and what they saw."""

    business = models.ForeignKey(Business, models.PROTECT)
    change_order = InnerOneToOneField(ChangeOrder, models.PROTECT, related_name="signature")
    contact = InnerForeignKey(Contact, models.PROTECT, null=True)
    name = models.CharField(max_length=200)
    how = models.CharField(max_length=20)
    signed_at = models.DateTimeField()
    address = models.CharField(max_length=64, blank=True)
    device = models.CharField(max_length=300, blank=True)
    document = InnerForeignKey(Document, models.PROTECT)
    copy = InnerForeignKey(StoredFile, models.PROTECT, null=True)

    class Meta:
        db_table = "change_signature"
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="change_signature_has_a_name"),
            models.CheckConstraint(
                condition=Q(how__in=["link", "in_person", "paper", "law"]),
                name="change_signature_how_is_known",
            ),
        ]


class LineChange(models.Model):
    """A line of the contract as a change order left it. The newest one counts; quantity 0 is removed."""

    business = models.ForeignKey(Business, models.PROTECT)
    change_order = InnerForeignKey(ChangeOrder, models.PROTECT, related_name="line_changes")
    line = InnerForeignKey(ContractLine, models.PROTECT, related_name="changes")
    description = models.TextField()
    quantity = ExactField()
    unit = models.CharField(max_length=40, blank=True)
    unit_price = ExactField()
    discount_percent = models.DecimalField(max_digits=20, decimal_places=16, default=0)
    taxes = models.JSONField(default=list)
    net_cents = CentsField()

    class Meta:
        db_table = "line_change"
        constraints = [
            models.UniqueConstraint(fields=["change_order", "line"], name="one_change_of_a_line_per_order")
        ]


class Cancellation(models.Model):
    """
    The job ended before its time: what was not billed is dropped, the unused deposit was kept or given
    back. Each has its own document: `kept` an invoice of nothing to pay, `returned` a credit note.
    """

    business = models.ForeignKey(Business, models.PROTECT)
    job = InnerOneToOneField(Job, models.PROTECT, related_name="cancellation")
    reason = models.TextField(blank=True)
    dropped_cents = CentsField()
    kept_cents = CentsField()
    returned_cents = CentsField()
    cancelled_at = models.DateTimeField()
    by_name = models.CharField(max_length=200)

    class Meta:
        db_table = "cancellation"
        constraints = [
            models.CheckConstraint(
                condition=Q(dropped_cents__gte=0, kept_cents__gte=0, returned_cents__gte=0),
                name="cancellation_is_not_negative",
            )
        ]


class KeyChange(models.Model):
    """So many cents more or less of a contract key: its value is what was signed and all of these."""

    business = models.ForeignKey(Business, models.PROTECT)
    job = InnerForeignKey(Job, models.PROTECT)
    key = InnerForeignKey(ContractKey, models.PROTECT, related_name="changes")
    change_order = InnerForeignKey(ChangeOrder, models.PROTECT, null=True, related_name="key_changes")
    credit_note = InnerForeignKey(
        CreditNote, models.PROTECT, null=True, related_name="key_changes", db_index=False
    )
    cancellation = InnerForeignKey(
        Cancellation, models.PROTECT, null=True, related_name="key_changes", db_index=False
    )
    delta_cents = CentsField()

    class Meta:
        db_table = "key_change"
        constraints = [models.CheckConstraint(condition=~Q(delta_cents=0), name="key_change_moves")]


class ContractSnapshot(models.Model):
    """
    A moment at which what is billed was set apart from what is shared out anew. Positions and
    invoices up to these ids were there; the newest snapshot of a job counts.
    """

    business = models.ForeignKey(Business, models.PROTECT)
    job = InnerForeignKey(Job, models.PROTECT, related_name="snapshots")
    change_order = InnerForeignKey(ChangeOrder, models.PROTECT, null=True, related_name="snapshots")
    credit_note = InnerForeignKey(
        CreditNote, models.PROTECT, null=True, related_name="snapshots", db_index=False
    )
    last_position = models.BigIntegerField(default=0)
    last_invoice = models.BigIntegerField(default=0)
    taken_at = models.DateTimeField()

    class Meta:
        db_table = "contract_snapshot"
