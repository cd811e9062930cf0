"""Money that came in, and what it settles."""

from django.db import models
from django.db.models import Q

from milepost.records.businesses import Business, Series
from milepost.records.customers import Contact, Customer
from milepost.records.fields import CentsField, InnerForeignKey, InnerOneToOneField
from milepost.records.files import Document
from milepost.records.invoices import Invoice
from milepost.records.jobs import Job
from milepost.records.payment_accounts import PaymentAccount

PAYMENT_STATES = ["pending", "cleared", "failed", "returned"]
ATTEMPT_STATES = ["created", "open", "processing", "succeeded", "failed", "expired"]
REFUND_STATES = ["asked", "done", "refused"]
DISPUTE_STATES = ["open", "won", "lost"]
PAYOUT_STATES = ["on_its_way", "paid", "failed"]
PAYOUT_KINDS = ["payment", "refund", "dispute", "came_back", "other"]
TILLS = ["cash", "clearing"]
METHODS = ["card", "bank", "check", "cash", "transfer", "other"]


class Attempt(models.Model):
    """
    The intention to charge, committed before the gateway is called, so that no answer that is
    lost on the way can be forgotten. `account` is where it was begun; empty, at this installation's own.
    """

    business = models.ForeignKey(Business, models.PROTECT)
    job = InnerForeignKey(Job, models.PROTECT)
    contact = InnerForeignKey(Contact, models.PROTECT, null=True)
    account = InnerForeignKey(PaymentAccount, models.PROTECT, null=True, related_name="attempts")
    method = models.CharField(max_length=10)
    amount_cents = CentsField()
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=12, default="created")
    session_id = models.CharField(max_length=200, blank=True)
    payment_ref = models.CharField(max_length=200, blank=True, default="", db_default="")
    surcharge_cents = CentsField(default=0, db_default=0)
    url = models.TextField(blank=True)
    failure = models.TextField(blank=True)
    created_at = models.DateTimeField()
    checked_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "attempt"
        constraints = [
            models.CheckConstraint(condition=Q(amount_cents__gt=0), name="attempt_is_positive"),
            models.CheckConstraint(condition=Q(state__in=ATTEMPT_STATES), name="attempt_state_is_known"),
            models.UniqueConstraint(
                fields=["session_id"], condition=~Q(session_id=""), name="attempt_session_is_unique"
            ),
        ]


class AttemptInvoice(models.Model):
    """What an attempt would pay. While it is live no other attempt may ask for the same invoice."""

    business = models.ForeignKey(Business, models.PROTECT)
    attempt = InnerForeignKey(Attempt, models.PROTECT, related_name="invoices")
    invoice = InnerForeignKey(Invoice, models.PROTECT)
    amount_cents = CentsField()
    live = models.BooleanField(default=True)

    class Meta:
        db_table = "attempt_invoice"
        constraints = [
            models.UniqueConstraint(
                fields=["invoice"], condition=Q(live=True), name="one_live_attempt_per_invoice"
            ),
            models.CheckConstraint(condition=Q(amount_cents__gt=0), name="attempt_invoice_is_positive"),
        ]


class Payment(models.Model):
    """
    Money from a customer: pending, then cleared; failed, or returned later.

    `till` is the account where it arrives: the bank's, or the processor's until it is paid out.
    `surcharge_cents` came on top of the amount; `fee_cents` is what the processor kept.
    """

    business = models.ForeignKey(Business, models.PROTECT)
    customer = InnerForeignKey(Customer, models.PROTECT)
    job = InnerForeignKey(Job, models.PROTECT, null=True, related_name="payments")
    attempt = InnerOneToOneField(Attempt, models.PROTECT, null=True)
    method = models.CharField(max_length=10)
    reference = models.CharField(max_length=100, blank=True)
    currency = models.CharField(max_length=3)
    amount_cents = CentsField()
    state = models.CharField(max_length=10)
    received_on = models.DateField()
    recorded_at = models.DateTimeField()
    cleared_at = models.DateTimeField(null=True)
    recorded_by = models.CharField(max_length=200)
    till = models.CharField(max_length=10, default="cash", db_default="cash")
    surcharge_cents = CentsField(default=0, db_default=0)
    fee_cents = CentsField(default=0, db_default=0)

    class Meta:
        db_table = "payment"
        constraints = [
            models.CheckConstraint(condition=Q(till__in=TILLS), name="payment_till_is_known"),
            models.CheckConstraint(condition=Q(surcharge_cents__gte=0), name="payment_surcharge_is_positive"),
            models.CheckConstraint(condition=Q(amount_cents__gt=0), name="payment_is_positive"),
            models.CheckConstraint(condition=Q(state__in=PAYMENT_STATES), name="payment_state_is_known"),
            models.CheckConstraint(condition=Q(method__in=METHODS), name="payment_method_is_known"),
        ]
        indexes = [models.Index(fields=["business", "-id"], name="payment_newest")]


class Allocation(models.Model):
    """
    So much of one payment settles so much of one invoice; a negative one names what it undoes.
    `settled_on` is the day of its entry in the journal; where it is not known, the day of the payment or,
    if that is later, of the invoice.
    """

    business = models.ForeignKey(Business, models.PROTECT)
    payment = InnerForeignKey(Payment, models.PROTECT, related_name="allocations")
    invoice = InnerForeignKey(Invoice, models.PROTECT, related_name="allocations")
    amount_cents = CentsField()
    reverses = InnerOneToOneField("self", models.PROTECT, null=True)
    settled_on = models.DateField(null=True)

    class Meta:
        db_table = "allocation"
        constraints = [
            models.CheckConstraint(
                condition=Q(amount_cents__gt=0, reverses__isnull=True)
                | Q(amount_cents__lt=0, reverses__isnull=False),
                name="allocation_falls_only_by_reversal",
            )
        ]


class Refund(models.Model):
    """
    Money given back out of what a payment has left unallocated: asked for at the provider's, then done
    or refused; by hand it is done at once. What was done can still be refused, days later.
    """

    business = models.ForeignKey(Business, models.PROTECT)
    payment = InnerForeignKey(Payment, models.PROTECT, related_name="refunds")
    amount_cents = CentsField()
    method = models.CharField(max_length=10)
    reference = models.CharField(max_length=100, blank=True)
    refunded_on = models.DateField()
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=200)
    state = models.CharField(max_length=10, default="done", db_default="done")
    provider_ref = models.CharField(max_length=200, blank=True, default="", db_default="")
    surcharge_cents = CentsField(default=0, db_default=0)
    failure = models.CharField(max_length=300, blank=True, default="", db_default="")
    settled_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "refund"
        constraints = [
            models.CheckConstraint(condition=Q(state__in=REFUND_STATES), name="refund_state_is_known"),
            models.UniqueConstraint(
                fields=["provider_ref"],
                condition=~Q(provider_ref=""),
                name="refund_is_of_one_provider_refund",
            ),
            models.CheckConstraint(
                condition=Q(amount_cents__gte=0, surcharge_cents__gte=0)
                & (Q(amount_cents__gt=0) | Q(surcharge_cents__gt=0)),
                name="refund_is_positive",
            ),
            models.CheckConstraint(condition=Q(method__in=METHODS), name="refund_method_is_known"),
        ]


class Dispute(models.Model):
    """
    A payment that was taken back by its payer or the payer's bank: open, then won or lost. A returned
    bank payment is lost at once. `taken_cents` of the payment is gone for good, and `surcharge_cents` of what
    came on top; `fee_cents` is its cost. What is lost beyond both had been given back before.
    """

    business = models.ForeignKey(Business, models.PROTECT)
    payment = InnerForeignKey(Payment, models.PROTECT, related_name="disputes")
    provider_ref = models.CharField(max_length=200)
    state = models.CharField(max_length=10)
    amount_cents = CentsField()
    taken_cents = CentsField(default=0, db_default=0)
    surcharge_cents = CentsField(default=0, db_default=0)
    fee_cents = CentsField(default=0, db_default=0)
    reason = models.CharField(max_length=300, blank=True)
    code = models.CharField(max_length=20, blank=True)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "dispute"
        constraints = [
            models.UniqueConstraint(fields=["business", "provider_ref"], name="dispute_is_stored_once"),
            models.CheckConstraint(condition=Q(amount_cents__gt=0), name="dispute_is_positive"),
            models.CheckConstraint(
                condition=Q(taken_cents=0) | Q(state="lost", taken_cents__gt=0),
                name="dispute_takes_when_lost",
            ),
            models.CheckConstraint(
                condition=Q(taken_cents__lte=models.F("amount_cents")), name="dispute_takes_what_it_says"
            ),
            models.CheckConstraint(
                condition=Q(surcharge_cents=0)
                | Q(
                    state="lost",
                    surcharge_cents__gt=0,
                    surcharge_cents__lte=models.F("amount_cents") - models.F("taken_cents"),
                ),
                name="dispute_takes_a_surcharge_when_lost",
            ),
            models.CheckConstraint(condition=Q(state__in=DISPUTE_STATES), name="dispute_state_is_known"),
        ]


class Payout(models.Model):
    """
    What the provider sent to the bank, this business's part of it: `amount_cents` is the sum of its
    lines, fees taken off. `whole_cents` is what reached the bank, with whatever was not Milepost's.
    """

    business = models.ForeignKey(Business, models.PROTECT)
    provider_ref = models.CharField(max_length=200)
    state = models.CharField(max_length=10)
    amount_cents = CentsField()
    whole_cents = CentsField()
    currency = models.CharField(max_length=3)
    arrives_on = models.DateField()
    told_at = models.DateTimeField()

    class Meta:
        db_table = "payout"
        constraints = [
            models.UniqueConstraint(fields=["business", "provider_ref"], name="payout_is_stored_once"),
            models.CheckConstraint(condition=Q(state__in=PAYOUT_STATES), name="payout_state_is_known"),
        ]


class PayoutLine(models.Model):
    """One thing that a payout is made of; money that left is negative, `fee_cents` is what it cost."""

    business = models.ForeignKey(Business, models.PROTECT)
    payout = InnerForeignKey(Payout, models.PROTECT, related_name="lines")
    payment = InnerForeignKey(Payment, models.PROTECT, null=True, related_name="payout_lines")
    provider_ref = models.CharField(max_length=200)
    kind = models.CharField(max_length=10)
    amount_cents = CentsField()
    fee_cents = CentsField()

    class Meta:
        db_table = "payout_line"
        constraints = [
            models.UniqueConstraint(
                fields=["business", "payout", "provider_ref"], name="payout_line_is_stored_once"
            ),
            models.CheckConstraint(condition=Q(kind__in=PAYOUT_KINDS), name="payout_line_kind_is_known"),
        ]


class BankLine(models.Model):
    """
    One movement of the bank account, from a statement that somebody brought in. It waits until it is
    matched, with the payment that it was recorded as or with a payout, or put aside.
    """

    business = models.ForeignKey(Business, models.PROTECT)
    fingerprint = models.CharField(max_length=64)
    on_date = models.DateField()
    amount_cents = CentsField()
    currency = models.CharField(max_length=3)
    name = models.CharField(max_length=200, blank=True)
    memo = models.CharField(max_length=500, blank=True)
    reference = models.CharField(max_length=100, blank=True)
    state = models.CharField(max_length=10, default="open")
    payment = InnerForeignKey(Payment, models.PROTECT, null=True, related_name="bank_lines")
    payout = InnerForeignKey(Payout, models.PROTECT, null=True, related_name="bank_lines")
    imported_at = models.DateTimeField()
    imported_by = models.CharField(max_length=200)

    class Meta:
        db_table = "bank_line"
        constraints = [
            models.UniqueConstraint(fields=["business", "fingerprint"], name="bank_line_is_stored_once"),
            models.CheckConstraint(
                condition=Q(state__in=["open", "aside"], payment__isnull=True, payout__isnull=True)
                | Q(state="matched", payment__isnull=False, payout__isnull=True)
                | Q(state="matched", payment__isnull=True, payout__isnull=False),
                name="bank_line_is_one_thing",
            ),
            models.UniqueConstraint(
                fields=["payout"], condition=Q(payout__isnull=False), name="payout_arrives_once"
            ),
        ]
        indexes = [models.Index(fields=["business", "-on_date", "-id"], name="bank_line_newest")]


class Receipt(models.Model):
    """What a cleared payment covered, in a numbered document."""

    business = models.ForeignKey(Business, models.PROTECT)
    payment = InnerOneToOneField(Payment, models.PROTECT)
    series = InnerForeignKey(Series, models.PROTECT)
    number = models.BigIntegerField()
    number_text = models.CharField(max_length=40)
    issued_at = models.DateTimeField()
    document = InnerOneToOneField(Document, models.PROTECT)

    class Meta:
        db_table = "receipt"
        constraints = [
            models.UniqueConstraint(fields=["business", "series", "number"], name="receipt_number_is_unique")
        ]
