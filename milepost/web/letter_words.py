"""What a letter is about, for the list of those that are not put into words yet."""

from django.utils.translation import gettext

from milepost.core.msgids import gettext_noop as _

KINDS = {
    "quote_sent": _("Quote to look at"),
    "signed": _("Signed contract"),
    "please_accept": _("Finished work to accept"),
    "invoice_sent": _("Invoice"),
    "payment_on_its_way": _("Payment on its way"),
    "payment_failed": _("Payment that failed"),
    "receipt": _("Receipt"),
    "event_moved": _("New day"),
    "payment_returned": _("Returned payment"),
    "refunded": _("Refund"),
    "refund_refused": _("Refund that came back"),
    "credit_note": _("Credit note"),
    "credit_used": _("Credit that was used"),
    "taxes_changed": _("Change of tax"),
    "cancelled": _("Cancelled job"),
    "closed": _("Everything is paid"),
    "account_statement": _("Statement of account"),
    "change_sent": _("Change order to look at"),
    "change_approved": _("Signed change order"),
    "signed_office": _("For us: signed"),
    "declined_office": _("For us: declined"),
    "accepted_office": _("For us: accepted"),
    "ready_office": _("For us: ready to bill"),
    "payment_office": _("For us: payment"),
    "payment_failed_office": _("For us: payment that failed"),
    "payment_returned_office": _("For us: returned payment"),
    "refund_refused_office": _("For us: refund that came back"),
    "dispute_opened_office": _("For us: disputed payment"),
    "dispute_won_office": _("For us: dispute won"),
    "change_approved_office": _("For us: signed change order"),
    "change_asked_office": _("For us: question about a change"),
    "change_declined_office": _("For us: declined change order"),
}


def letter_words(kind: str) -> str:
    """The kind of a message in the reader's language."""
    return gettext(KINDS.get(kind, _("Message")))
