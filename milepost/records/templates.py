"""Payment schedules that a business keeps for its next quotes."""

from django.db import models
from django.db.models import Q

from milepost.records.businesses import Business


class OwnTemplate(models.Model):
    """
    A payment schedule under a name. `rows` are its payments as `core.own_templates` writes them;
    `name_key` is the name as it is compared. One that is archived is offered no more.
    """

    business = models.ForeignKey(Business, models.PROTECT)
    name = models.CharField(max_length=120)
    name_key = models.TextField()
    recovery = models.CharField(max_length=20, default="off_the_top")
    rows = models.JSONField(default=list)
    created_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "own_template"
        constraints = [
            models.UniqueConstraint(
                fields=["business", "name_key"],
                condition=Q(archived_at__isnull=True),
                name="own_template_name_is_unique",
            ),
            models.CheckConstraint(condition=~Q(name=""), name="own_template_has_a_name"),
            models.CheckConstraint(
                condition=Q(recovery__in=["off_the_top", "first", "final"]),
                name="own_template_recovery_is_known",
            ),
        ]
