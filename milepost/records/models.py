"""Every model, where Django looks for them."""

from milepost.records.businesses import Business, Series, TaxCode
from milepost.records.changes import ChangeSignature, ContractSnapshot, KeyChange, LineChange
from milepost.records.concessions import Concession
from milepost.records.credit_notes import CreditLine, CreditNote, CreditRow, CreditTax
from milepost.records.customers import Contact, Customer, Site
from milepost.records.files import Document, Rendering, StoredFile
from milepost.records.invoices import DepositPart, Invoice, InvoiceLine, InvoiceRow, InvoiceTax, Position
from milepost.records.items import SavedItem
from milepost.records.jobs import ChangeOrder, ContractKey, ContractLine, Job, ScheduledEvent, ScheduleRow
from milepost.records.journal import Account, JournalEntry, Transfer
from milepost.records.payment_accounts import PaymentAccount
from milepost.records.payments import (
    Allocation,
    Attempt,
    AttemptInvoice,
    BankLine,
    Dispute,
    Payment,
    Payout,
    PayoutLine,
    Receipt,
    Refund,
)
from milepost.records.people import Invitation, Membership, User
from milepost.records.post import IdempotencyKey, Message, PortalLink, WebhookEvent
from milepost.records.quotes import QuoteLine, QuoteRow, QuoteVersion, Signature
from milepost.records.templates import OwnTemplate
from milepost.records.timeline import JobEvent
from milepost.records.work import Acceptance, Completion, Evidence

__all__ = [
    "Acceptance",
    "Account",
    "Allocation",
    "Attempt",
    "AttemptInvoice",
    "BankLine",
    "Business",
    "ChangeOrder",
    "ChangeSignature",
    "Completion",
    "Concession",
    "Contact",
    "ContractKey",
    "ContractLine",
    "ContractSnapshot",
    "CreditLine",
    "CreditNote",
    "CreditRow",
    "CreditTax",
    "Customer",
    "DepositPart",
    "Dispute",
    "Document",
    "Evidence",
    "IdempotencyKey",
    "Invitation",
    "Invoice",
    "InvoiceLine",
    "InvoiceRow",
    "InvoiceTax",
    "Job",
    "JobEvent",
    "JournalEntry",
    "KeyChange",
    "LineChange",
    "Membership",
    "Message",
    "OwnTemplate",
    "Payment",
    "PaymentAccount",
    "Payout",
    "PayoutLine",
    "PortalLink",
    "Position",
    "QuoteLine",
    "QuoteRow",
    "QuoteVersion",
    "Receipt",
    "Refund",
    "Rendering",
    "SavedItem",
    "ScheduleRow",
    "ScheduledEvent",
    "Series",
    "Signature",
    "Site",
    "StoredFile",
    "TaxCode",
    "Transfer",
    "User",
    "WebhookEvent",
]
