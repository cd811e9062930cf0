"""What was offered, version by version, and what was signed."""

from django.db import models
from django.db.models import F, Q

from milepost.records.businesses import Business
from milepost.records.customers import Contact
from milepost.records.fields import ExactField, InnerForeignKey, InnerOneToOneField
from milepost.records.files import Document, StoredFile
from milepost.records.jobs import Job


class QuoteVersion(models.Model):
    """
    One version of a quote. Until it is sent it may change; from then on it is frozen, and a
    change becomes the next version.
    """

    business = models.ForeignKey(Business, models.PROTECT)
    job = InnerForeignKey(Job, models.PROTECT, related_name="versions")
    version = models.PositiveSmallIntegerField(default=1)
    template = models.CharField(max_length=40, blank=True)
    terms = models.JSONField(default=dict)
    clauses = models.JSONField(default=list)
    note = models.TextField(blank=True)
    discount_percent = ExactField(default=0)
    prices_include_tax = models.BooleanField(default=False)
    total_cents = models.BigIntegerField(default=0)
    created_at = models.DateTimeField()
    expires_on = models.DateField(null=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "quote_version"
        constraints = [
            models.UniqueConstraint(fields=["job", "version"], name="quote_version_is_unique"),
            models.CheckConstraint(
                condition=Q(discount_percent__gte=0, discount_percent__lte=100), name="quote_discount"
            ),
        ]


class QuoteLine(models.Model):
    """A line of an offer. `taxes` freezes each tax as {code, name, percent}."""

    business = models.ForeignKey(Business, models.PROTECT)
    quote_version = InnerForeignKey(QuoteVersion, models.PROTECT, related_name="lines")
    position = models.PositiveSmallIntegerField()
    ref = models.CharField(max_length=60, blank=True)
    section = models.CharField(max_length=200, blank=True)
    description = models.TextField()
    quantity = ExactField(default=1)
    unit = models.CharField(max_length=40, blank=True)
    unit_price = ExactField()
    taxes = models.JSONField(default=list)
    discount_percent = ExactField(default=0)
    is_optional = models.BooleanField(default=False)

    class Meta:
        db_table = "quote_line"
        constraints = [
            models.UniqueConstraint(fields=["quote_version", "position"], name="quote_line_position"),
            models.CheckConstraint(
                condition=Q(discount_percent__gte=0, discount_percent__lte=100), name="quote_line_discount"
            ),
        ]


class QuoteRow(models.Model):
    """
    A row of the offered payment schedule. `event_follows` says that its event comes after the payment;
    `net_days` are its own terms, None the quote's; `approver` is who accepts it, None whoever approves.
    """

    business = models.ForeignKey(Business, models.PROTECT)
    quote_version = InnerForeignKey(QuoteVersion, models.PROTECT, related_name="rows")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10)
    name = models.CharField(max_length=200)
    basis = models.CharField(max_length=10)
    value = ExactField(null=True)
    line_positions = models.JSONField(default=list)
    bill_on = models.CharField(max_length=12, default="completion")
    before_days = models.PositiveSmallIntegerField(default=0)
    event_name = models.CharField(max_length=200, blank=True)
    event_on = models.DateField(null=True)
    event_follows = models.BooleanField(default=False)
    planned_on = models.DateField(null=True)
    planned_until = models.DateField(null=True)
    deliverable = models.TextField(blank=True)
    acceptance = models.JSONField(default=list)
    evidence = models.JSONField(default=list)
    window_days = models.PositiveSmallIntegerField(null=True)
    net_days = models.PositiveSmallIntegerField(null=True)
    approver = InnerForeignKey(Contact, models.PROTECT, null=True)

    class Meta:
        db_table = "quote_row"
        constraints = [
            models.UniqueConstraint(fields=["quote_version", "position"], name="quote_row_position"),
            models.CheckConstraint(
                condition=Q(planned_until__isnull=True)
                | Q(planned_on__isnull=False, planned_until__gte=F("planned_on")),
                name="quote_row_ends_after_it_begins",
            ),
        ]


class Signature(models.Model):
    """
    Somebody put their name under one version: who, when, how, and what exactly they saw.
    `chosen` are the positions of the optional lines that they ticked.
    """

    business = models.ForeignKey(Business, models.PROTECT)
    job = InnerForeignKey(Job, models.PROTECT)
    quote_version = InnerOneToOneField(QuoteVersion, models.PROTECT)
    contact = InnerForeignKey(Contact, models.PROTECT, null=True)
    name = models.CharField(max_length=200)
    how = models.CharField(max_length=20)
    chosen = models.JSONField(default=list)
    signed_at = models.DateTimeField()
    address = models.CharField(max_length=64, blank=True)
    device = models.CharField(max_length=300, blank=True)
    document = InnerForeignKey(Document, models.PROTECT)
    copy = InnerForeignKey(StoredFile, models.PROTECT, null=True)

    class Meta:
        db_table = "signature"
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="signature_has_a_name"),
            models.CheckConstraint(
                condition=Q(how__in=["link", "in_person", "paper"]), name="signature_how_is_known"
            ),
        ]
