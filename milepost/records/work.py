"""What was done, shown and accepted."""

from django.db import models

from milepost.records.businesses import Business
from milepost.records.customers import Contact
from milepost.records.fields import InnerForeignKey, InnerOneToOneField
from milepost.records.files import StoredFile
from milepost.records.jobs import Job, ScheduleRow
from milepost.records.people import User


class Completion(models.Model):
    """Somebody said that a milestone is done. Undone by `withdrawn_at`, while nothing is billed."""

    business = models.ForeignKey(Business, models.PROTECT)
    job = InnerForeignKey(Job, models.PROTECT)
    row = InnerForeignKey(ScheduleRow, models.PROTECT, related_name="completions")
    by_name = models.CharField(max_length=200)
    by_user = models.ForeignKey(User, models.PROTECT, null=True)
    note = models.TextField(blank=True)
    done_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_reason = models.TextField(blank=True)

    class Meta:
        db_table = "completion"
        constraints = [
            models.UniqueConstraint(
                fields=["row"],
                condition=models.Q(withdrawn_at__isnull=True),
                name="one_standing_completion_per_row",
            )
        ]


class Evidence(models.Model):
    """A photo, an inspection report, a note: what shows that the work was done."""

    business = models.ForeignKey(Business, models.PROTECT)
    job = InnerForeignKey(Job, models.PROTECT)
    completion = InnerForeignKey(Completion, models.PROTECT, related_name="evidence")
    kind = models.CharField(max_length=30, default="photo")
    file = InnerForeignKey(StoredFile, models.PROTECT, null=True)
    note = models.CharField(max_length=300, blank=True)
    added_at = models.DateTimeField()

    class Meta:
        db_table = "evidence"


class Acceptance(models.Model):
    """The customer accepted a milestone."""

    business = models.ForeignKey(Business, models.PROTECT)
    job = InnerForeignKey(Job, models.PROTECT)
    row = InnerForeignKey(ScheduleRow, models.PROTECT, related_name="acceptances")
    completion = InnerOneToOneField(Completion, models.PROTECT)
    contact = InnerForeignKey(Contact, models.PROTECT, null=True)
    by_name = models.CharField(max_length=200)
    how = models.CharField(max_length=20, default="link")
    accepted_at = models.DateTimeField()

    class Meta:
        db_table = "acceptance"
