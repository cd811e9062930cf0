"""The outbox, the inbox, the links and the keys that make a repeat harmless."""

from django.db import models
from django.db.models import Q

from milepost.records.businesses import Business
from milepost.records.customers import Contact
from milepost.records.fields import InnerForeignKey
from milepost.records.jobs import Job

MESSAGE_STATES = ["queued", "sent", "failed", "kept"]


class Message(models.Model):
    """
    Something to say to the outside, committed with its cause and sent at least once.

    `facts` is what it says; the mailroom writes it out, stores exactly what it sent, and sends.
    `kept` means that no gateway is set up: the message is shown, not sent.
    """

    business = models.ForeignKey(Business, models.PROTECT)
    job = InnerForeignKey(Job, models.PROTECT, null=True, related_name="messages")
    contact = InnerForeignKey(Contact, models.PROTECT, null=True)
    identity = models.CharField(max_length=120)
    kind = models.CharField(max_length=40)
    channel = models.CharField(max_length=10)
    to_name = models.CharField(max_length=200, blank=True)
    to_address = models.CharField(max_length=254)
    facts = models.JSONField(default=dict)
    document_ids = models.JSONField(default=list)
    posted_at = models.DateTimeField()
    not_before = models.DateTimeField()
    state = models.CharField(max_length=10, default="queued")
    attempts = models.PositiveSmallIntegerField(default=0)
    claimed_until = models.DateTimeField(null=True)
    error = models.TextField(blank=True)
    subject = models.TextField(blank=True)
    body_text = models.TextField(blank=True)
    body_html = models.TextField(blank=True)
    provider_ref = models.CharField(max_length=200, blank=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "message"
        constraints = [
            models.UniqueConstraint(fields=["business", "identity"], name="message_identity_is_unique"),
            models.CheckConstraint(condition=Q(state__in=MESSAGE_STATES), name="message_state_is_known"),
        ]
        indexes = [
            models.Index(fields=["not_before"], condition=Q(state="queued"), name="message_waiting"),
            models.Index(fields=["business", "-id"], name="message_newest"),
        ]


class WebhookEvent(models.Model):
    """What a provider told us, verified and stored once, worked later. Belongs to no business yet."""

    provider = models.CharField(max_length=20)
    event_id = models.CharField(max_length=200)
    kind = models.CharField(max_length=100)
    session_id = models.CharField(max_length=200, blank=True)
    payload = models.TextField()
    received_at = models.DateTimeField()
    worked_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField()
    error = models.TextField(blank=True)

    class Meta:
        db_table = "webhook_event"
        constraints = [
            models.UniqueConstraint(fields=["provider", "event_id"], name="webhook_event_is_stored_once")
        ]
        indexes = [
            models.Index(fields=["not_before"], condition=Q(worked_at__isnull=True), name="webhook_waiting")
        ]


class PortalLink(models.Model):
    """A contact's way into one job. Only the hash of the token is stored."""

    business = models.ForeignKey(Business, models.PROTECT)
    job = InnerForeignKey(Job, models.PROTECT, related_name="links")
    contact = InnerForeignKey(Contact, models.PROTECT)
    nonce = models.CharField(max_length=40)
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "portal_link"
        constraints = [models.UniqueConstraint(fields=["job", "contact"], name="one_link_per_contact")]


class IdempotencyKey(models.Model):
    """A form or a device sent this once; the second time it is given the first one's result."""

    business = models.ForeignKey(Business, models.PROTECT)
    key = models.CharField(max_length=80)
    action = models.CharField(max_length=60)
    result = models.JSONField(default=dict)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "idempotency_key"
        constraints = [models.UniqueConstraint(fields=["business", "key"], name="idempotency_key_is_unique")]
