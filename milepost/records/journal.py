"""The journal: transfers between accounts. Append-only, and balanced by its shape."""

from django.db import models
from django.db.models import F, Q

from milepost.records.businesses import Business, TaxCode
from milepost.records.credit_notes import CreditNote
from milepost.records.fields import CentsField, InnerForeignKey
from milepost.records.invoices import Invoice
from milepost.records.jobs import Job
from milepost.records.payments import Payment


class Account(models.Model):
    """An account of the business, under the name that MONEY gives it and the number they use."""

    business = models.ForeignKey(Business, models.PROTECT)
    code = models.CharField(max_length=30)
    number = models.CharField(max_length=20)
    name = models.CharField(max_length=100)
    side = models.CharField(max_length=6)

    class Meta:
        db_table = "account"
        constraints = [
            models.UniqueConstraint(fields=["business", "code"], name="account_code_is_unique"),
            models.UniqueConstraint(fields=["business", "number"], name="account_number_is_unique"),
            models.CheckConstraint(condition=Q(side__in=["debit", "credit"]), name="account_side_is_known"),
        ]


class JournalEntry(models.Model):
    """One event's transfers."""

    business = models.ForeignKey(Business, models.PROTECT)
    job = InnerForeignKey(Job, models.PROTECT, null=True)
    invoice = InnerForeignKey(Invoice, models.PROTECT, null=True)
    payment = InnerForeignKey(Payment, models.PROTECT, null=True)
    credit_note = InnerForeignKey(CreditNote, models.PROTECT, null=True, db_index=False)
    kind = models.CharField(max_length=40)
    on_date = models.DateField()
    at = models.DateTimeField()

    class Meta:
        db_table = "journal_entry"
        indexes = [models.Index(fields=["business", "on_date", "id"], name="journal_by_date")]


class Transfer(models.Model):
    """Debit one account, credit another, one amount above zero: it cannot be unbalanced."""

    business = models.ForeignKey(Business, models.PROTECT)
    entry = InnerForeignKey(JournalEntry, models.PROTECT, related_name="transfers")
    debit = InnerForeignKey(Account, models.PROTECT, related_name="debits")
    credit = InnerForeignKey(Account, models.PROTECT, related_name="credits")
    cents = CentsField()
    currency = models.CharField(max_length=3)
    tax_code = InnerForeignKey(TaxCode, models.PROTECT, null=True)

    class Meta:
        db_table = "transfer"
        constraints = [
            models.CheckConstraint(condition=Q(cents__gt=0), name="transfer_is_positive"),
            models.CheckConstraint(condition=~Q(debit=F("credit")), name="transfer_has_two_accounts"),
        ]
