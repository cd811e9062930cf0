"""A business, its taxes and its number series."""

from django.db import models
from django.db.models import Q

from milepost.records.fields import RateField


class Business(models.Model):
    """A contractor, trade, agency or freelancer: the tenant that every other row belongs to."""

    name = models.CharField(max_length=200)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=20, blank=True)
    address = models.TextField(blank=True)
    country = models.CharField(max_length=2, default="US")
    currency = models.CharField(max_length=3, default="USD")
    timezone = models.CharField(max_length=64, default="America/Chicago")
    locale = models.CharField(max_length=10, default="en-US")
    holidays = models.CharField(max_length=10, default="US", blank=True)
    brand_color = models.CharField(max_length=7, default="#14593b")
    logo_sha256 = models.CharField(max_length=64, blank=True)
    registration = models.CharField(max_length=100, blank=True)
    licence = models.CharField(max_length=100, blank=True)

    deposit_tax = models.CharField(max_length=20, default="on_application")
    tax_at = models.CharField(max_length=10, default="contract")
    tax_per = models.CharField(max_length=10, default="code")
    tax_rounding = models.CharField(max_length=10, default="half_up")
    prices_include_tax = models.BooleanField(default=False)
    recovery = models.CharField(max_length=20, default="off_the_top")

    approval_days = models.PositiveSmallIntegerField(default=3)
    net_days = models.PositiveSmallIntegerField(default=7)
    late_fee_monthly = RateField(default=0)
    grace_days = models.PositiveSmallIntegerField(default=5)
    pause_after_days = models.PositiveSmallIntegerField(default=14)

    technician_sends = models.BooleanField(default=True)
    field_change_cents = models.BigIntegerField(default=50_000)
    change_days = models.PositiveSmallIntegerField(default=14)
    bank_from_cents = models.BigIntegerField(default=300_000)
    parts_from_cents = models.BigIntegerField(null=True)
    surcharge_percent = RateField(default=0, db_default=0)
    small_difference_cents = models.BigIntegerField(default=5)
    returned_fee_cents = models.BigIntegerField(default=0, db_default=0)
    early_percent = RateField(default=0)
    early_days = models.PositiveSmallIntegerField(default=0)
    statement_columns = models.JSONField(default=dict, db_default={})
    transfer_details = models.TextField(blank=True)
    cheque_details = models.TextField(blank=True)
    is_practice = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "business"
        constraints = [
            models.CheckConstraint(
                condition=Q(deposit_tax__in=["on_application", "at_deposit", "at_payment"]),
                name="business_deposit_tax_is_known",
            ),
            models.CheckConstraint(
                condition=Q(recovery__in=["off_the_top", "first", "final"]), name="business_recovery_is_known"
            ),
            models.CheckConstraint(
                condition=Q(tax_at__in=["contract", "document"]), name="business_tax_at_is_known"
            ),
            models.CheckConstraint(
                condition=Q(tax_per__in=["code", "line"]), name="business_tax_per_is_known"
            ),
            models.CheckConstraint(
                condition=Q(surcharge_percent__gte=0, surcharge_percent__lte=3),
                name="business_surcharge_is_capped",
            ),
            models.CheckConstraint(
                condition=Q(returned_fee_cents__gte=0), name="business_returned_fee_is_positive"
            ),
            models.CheckConstraint(
                condition=Q(parts_from_cents__isnull=True) | Q(parts_from_cents__gt=0),
                name="business_parts_are_positive",
            ),
            models.CheckConstraint(
                condition=Q(tax_rounding__in=["half_up", "down"]), name="business_tax_rounding_is_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name


TAX_KINDS = ["rate", "reverse_charge"]


class TaxCode(models.Model):
    """
    A tax by name and rate. A new rate is a new row; old documents keep theirs.

    Under `reverse_charge` the customer owes the tax: its rate is 0, and documents say so in the words of
    `note`, or in ours where it is empty.
    """

    business = models.ForeignKey(Business, models.PROTECT)
    name = models.CharField(max_length=100)
    percent = RateField()
    kind = models.CharField(max_length=20, default="rate")
    note = models.CharField(max_length=500, blank=True)
    is_default = models.BooleanField(default=False)
    retired_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "tax_code"
        constraints = [
            models.UniqueConstraint(fields=["business", "name", "percent"], name="tax_code_is_unique"),
            models.CheckConstraint(
                condition=Q(percent__gte=-100, percent__lte=100), name="tax_percent_is_sane"
            ),
            models.CheckConstraint(condition=Q(kind__in=TAX_KINDS), name="tax_kind_is_known"),
            models.CheckConstraint(
                condition=Q(kind="rate") | Q(percent=0), name="tax_that_the_customer_owes_is_zero"
            ),
        ]


class Series(models.Model):
    """The next number of a kind of document. Its row is the lock under which numbers are given."""

    business = models.ForeignKey(Business, models.PROTECT)
    kind = models.CharField(max_length=20)
    prefix = models.CharField(max_length=20, blank=True)
    next_number = models.BigIntegerField(default=1001)

    class Meta:
        db_table = "series"
        constraints = [models.UniqueConstraint(fields=["business", "kind"], name="one_series_per_kind")]
