"""The price book: what is sold again and again."""

from django.db import models
from django.db.models import Q

from milepost.records.businesses import Business
from milepost.records.fields import ExactField


class SavedItem(models.Model):
    """
    What a line of a quote is filled from; the line keeps what it was filled with. `tax_codes` are ids
    of the business's taxes; `name_key` is the name as it is compared, without capitals. An item that is
    archived is offered no more, and its name is free again.
    """

    business = models.ForeignKey(Business, models.PROTECT)
    name = models.CharField(max_length=120)
    name_key = models.TextField()
    description = models.TextField(blank=True)
    unit = models.CharField(max_length=40, blank=True)
    unit_price = ExactField()
    tax_codes = models.JSONField(default=list)
    section = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "saved_item"
        constraints = [
            models.UniqueConstraint(
                fields=["business", "name_key"],
                condition=Q(archived_at__isnull=True),
                name="saved_item_name_is_unique",
            ),
            models.CheckConstraint(condition=~Q(name=""), name="saved_item_has_a_name"),
        ]
        indexes = [models.Index(fields=["business", "name_key", "id"], name="saved_item_by_name")]
