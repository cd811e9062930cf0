"""Where a business's online payments arrive: its own account at the provider."""

from django.db import models
from django.db.models import Q

from milepost.records.businesses import Business

ACCOUNT_KINDS = ["keys", "connected"]


class PaymentAccount(models.Model):
    """
    A business's own account at the provider: by keys of its own, or connected to this installation's.

    What the keys are is sealed by the mailroom and never read here. A row outlives its use: what was
    paid into an account is asked about there.
    """

    business = models.ForeignKey(Business, models.PROTECT)
    kind = models.CharField(max_length=10)
    provider_ref = models.CharField(max_length=200)
    name = models.CharField(max_length=200, blank=True)
    is_live = models.BooleanField()
    sealed_key = models.TextField(blank=True)
    sealed_webhook_secret = models.TextField(blank=True)
    key_ends = models.CharField(max_length=4, blank=True)
    takes_card = models.BooleanField(default=False)
    takes_bank = models.BooleanField(default=False)
    connected_at = models.DateTimeField()
    connected_by = models.CharField(max_length=200)
    heard_at = models.DateTimeField(null=True)
    retired_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "payment_account"
        constraints = [
            models.UniqueConstraint(
                fields=["business"],
                condition=Q(retired_at__isnull=True),
                name="one_payment_account_at_a_time",
            ),
            models.UniqueConstraint(
                fields=["business", "provider_ref", "is_live", "kind"], name="payment_account_is_stored_once"
            ),
            # Connected accounts answer to one key: whoever holds it may not pay into another's.
            models.UniqueConstraint(
                fields=["provider_ref"],
                condition=Q(kind="connected"),
                name="connected_account_is_of_one_business",
            ),
            models.CheckConstraint(
                condition=Q(kind="keys", sealed_key__gt="") | Q(kind="connected", sealed_key=""),
                name="payment_account_has_its_key",
            ),
        ]
