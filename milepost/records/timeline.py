"""The timeline of a job: every event, each carrying the hash of the one before."""

from django.db import models

from milepost.records.businesses import Business
from milepost.records.fields import InnerForeignKey
from milepost.records.jobs import Job


class JobEvent(models.Model):
    """
    Something happened. `seq`, `prev_hash` and `hash` are set by the database under the job's
    lock; `text` is canonical JSON, and the hash covers it to the byte. From `version` 2 on the hash
    covers whom the event is for, too; the database sets it.
    """

    business = models.ForeignKey(Business, models.PROTECT)
    job = InnerForeignKey(Job, models.PROTECT, related_name="events")
    seq = models.PositiveIntegerField(default=0)
    at = models.DateTimeField()
    kind = models.CharField(max_length=40)
    actor_name = models.CharField(max_length=200)
    for_customer = models.BooleanField(default=True)
    text = models.TextField()
    version = models.PositiveSmallIntegerField(db_default=1)
    prev_hash = models.CharField(max_length=64, default="")
    hash = models.CharField(max_length=64, default="")

    class Meta:
        db_table = "job_event"
        constraints = [models.UniqueConstraint(fields=["job", "seq"], name="job_event_seq_is_unique")]
