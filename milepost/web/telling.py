"""The timeline in sentences: what happened, as one tells it on the phone."""

from collections.abc import Callable
from datetime import date

from django.utils.translation import gettext as _

from milepost.core.money import Money
from milepost.core.msgids import gettext_noop
from milepost.queries.job_page import EventRow
from milepost.web import show

Facts = dict[str, object]


def sentence(event: EventRow, currency: str) -> str:
    """What one event says to the office, in the reader's language."""
    kind = "viewed" if event.kind.startswith("viewed") else event.kind
    tell = SENTENCES.get(kind)
    return tell(event.facts, currency) if tell else _("Something was noted.")


def _amount(facts: Facts, currency: str, *names: str) -> str:
    cents = next((facts[name] for name in names if facts.get(name) is not None), 0)
    return show.money_code(Money(int(str(cents)), currency))


def _day(value: object) -> str:
    return show.day(date.fromisoformat(str(value))) if value else _("no day yet")


def _quote_sent(facts: Facts, currency: str) -> str:
    return _("Sent version %(version)s of the quote over %(amount)s.") % {
        "version": facts.get("version", 1),
        "amount": _amount(facts, currency, "total_cents"),
    }


def _declined(facts: Facts, currency: str) -> str:
    if facts.get("reason"):
        return _("Declined the quote: “%(reason)s”") % {"reason": facts["reason"]}
    return _("Declined the quote.")


def _signed(facts: Facts, currency: str) -> str:
    ways = {"in_person": _("on our device"), "paper": _("on paper")}
    how = ways.get(str(facts.get("how")), _("by the link"))
    return _("%(name)s signed the contract over %(amount)s, %(how)s.") % {
        "name": facts.get("name", ""),
        "amount": _amount(facts, currency, "contract_cents"),
        "how": how,
    }


def _milestone(text: str) -> Callable[[Facts, str], str]:
    return lambda facts, currency: _(text) % {"milestone": facts.get("milestone", "")}


def _withdrawn(facts: Facts, currency: str) -> str:
    return _("“%(milestone)s” is not done after all. %(reason)s") % {
        "milestone": facts.get("milestone", ""),
        "reason": facts.get("reason", ""),
    }


def _accepted(facts: Facts, currency: str) -> str:
    return _("%(name)s accepted “%(milestone)s”.") % {
        "name": facts.get("name", ""),
        "milestone": facts.get("milestone", ""),
    }


def _moved(facts: Facts, currency: str) -> str:
    return _("Moved “%(event)s” from %(was)s to %(now)s.") % {
        "event": facts.get("name", ""),
        "was": _day(facts.get("was")),
        "now": _day(facts.get("now")),
    }


def _assigned(facts: Facts, currency: str) -> str:
    return _("“%(event)s” is done by %(technician)s.") % {
        "event": facts.get("name", ""),
        "technician": facts.get("technician") or _("nobody yet"),
    }


def _invoiced(facts: Facts, currency: str) -> str:
    return _("Sent invoice %(number)s over %(amount)s.") % {
        "number": facts.get("number", ""),
        "amount": _amount(facts, currency, "total_cents"),
    }


def _signed_amount(facts: Facts, currency: str) -> str:
    cents = int(str(facts.get("difference_cents", 0)))
    return ("+" if cents > 0 else "") + show.money_code(Money(cents, currency))


def _change(text: str, with_reason: str = "") -> Callable[[Facts, str], str]:
    """A sentence about a change order; another one where a reason was given."""
    return lambda facts, currency: (
        _(with_reason if with_reason and facts.get("reason") else text)
        % {
            "change": facts.get("change", ""),
            "reason": facts.get("reason", ""),
            "name": facts.get("name", ""),
            "amount": _signed_amount(facts, currency),
        }
    )


def _paid(text: str) -> Callable[[Facts, str], str]:
    return lambda facts, currency: (
        _(text) % {"amount": _amount(facts, currency, "amount_cents", "paid_cents", "total_cents")}
    )


def _credited(text: str, part: str = "") -> Callable[[Facts, str], str]:
    """A credit note: what it does, and why; `part` where it is for a share of its invoice."""

    def tell(facts: Facts, currency: str) -> str:
        said = _(part if part and facts.get("is_part") else text) % {
            "number": facts.get("number", ""),
            "note": facts.get("credit_note", ""),
            "amount": _amount(facts, currency, "total_cents"),
        }
        if facts.get("credit_cents"):
            credit = _amount(facts, currency, "credit_cents")
            said += " " + _("%(credit)s of what was paid is the customer’s credit.") % {"credit": credit}
        return f"{said} “{facts['reason']}”" if facts.get("reason") else said

    return tell


def _of_invoice(text: str) -> Callable[[Facts, str], str]:
    return lambda facts, currency: (
        _(text)
        % {
            "amount": _amount(facts, currency, "amount_cents"),
            "number": facts.get("number", ""),
            "reason": facts.get("reason", ""),
        }
    )


def _cancelled(facts: Facts, currency: str) -> str:
    if facts.get("replaced_by"):
        return _("Ended: the corrected version %(number)s is signed in its place.") % {
            "number": facts["replaced_by"]
        }
    said = _("Cancelled the job. %(contract)s of it is billed; %(kept)s of the deposit is kept.") % {
        "contract": _amount(facts, currency, "contract_cents"),
        "kept": _amount(facts, currency, "kept_cents"),
    }
    return f"{said} “{facts['reason']}”" if facts.get("reason") else said


SENTENCES: dict[str, Callable[[Facts, str], str]] = {
    "quote_sent": _quote_sent,
    "viewed": lambda facts, currency: _("Looked at the quote."),
    "declined": _declined,
    "signed": _signed,
    "change_asked": _change(gettext_noop("Asked the office about %(change)s, %(amount)s: %(reason)s")),
    "change_sent": _change(gettext_noop("Sent change order %(change)s, %(amount)s: %(reason)s")),
    "taxes_changed": _change(gettext_noop("Changed the taxes (%(change)s), %(amount)s: %(reason)s")),
    "change_approved": _change(
        gettext_noop("%(name)s signed change order %(change)s, %(amount)s: %(reason)s")
    ),
    "change_declined": _change(
        gettext_noop("%(name)s declined change order %(change)s."),
        gettext_noop("%(name)s declined change order %(change)s: “%(reason)s”"),
    ),
    "change_withdrawn": _change(
        gettext_noop("Took change order %(change)s back."),
        gettext_noop("Took change order %(change)s back: %(reason)s"),
    ),
    "completed": _milestone(gettext_noop("Reported “%(milestone)s” as done.")),
    "completion_withdrawn": _withdrawn,
    "accepted": _accepted,
    "event_moved": _moved,
    "event_assigned": _assigned,
    "invoice_voided": _credited(
        gettext_noop("Voided invoice %(number)s of %(amount)s with credit note %(note)s.")
    ),
    "invoice_reversed": _credited(
        gettext_noop("Took invoice %(number)s back: %(amount)s credited with credit note %(note)s."),
        part=gettext_noop("Took %(amount)s of invoice %(number)s back with credit note %(note)s."),
    ),
    "deposit_credited": _credited(
        gettext_noop("Credited %(amount)s of the deposit, invoice %(number)s, with credit note %(note)s.")
    ),
    "cancelled": _cancelled,
    "version_begun": lambda facts, currency: (
        _("Began a corrected version, %(number)s. Until it is signed, this one stands.")
        % {"number": facts["number"]}
    ),
    "takes_the_place": lambda facts, currency: (
        _("Takes the place of %(number)s, which was signed before.") % {"number": facts["number"]}
    ),
    "money_off_taken_back": _credited(
        gettext_noop("Took the %(amount)s off invoice %(number)s back; they are invoiced again.")
    ),
    "money_off": _credited(gettext_noop("Gave %(amount)s off invoice %(number)s with credit note %(note)s.")),
    "ready_before_event": _milestone(gettext_noop("“%(milestone)s” may be billed: its event is near.")),
    "invoice_sent": _invoiced,
    "payment_pending": _paid(gettext_noop("A bank payment of %(amount)s is on its way.")),
    "payment_failed": _paid(gettext_noop("The payment of %(amount)s did not go through.")),
    "payment_received": _paid(gettext_noop("%(amount)s is paid.")),
    "payment_returned": _paid(gettext_noop("The bank returned the payment of %(amount)s. It is open again.")),
    "fee_charged": _of_invoice(
        gettext_noop("A fee of %(amount)s for the returned payment was charged with invoice %(number)s.")
    ),
    "credit_used": _paid(gettext_noop("Credit of %(amount)s was used.")),
    "refunded": _paid(gettext_noop("%(amount)s was refunded.")),
    "refund_asked": _paid(gettext_noop("A refund of %(amount)s is on its way.")),
    "refund_refused": _paid(
        gettext_noop("The bank sent back the refund of %(amount)s. It is kept as credit.")
    ),
    "dispute_opened": _paid(gettext_noop("The payment of %(amount)s is disputed. The bank decides.")),
    "dispute_won": _paid(gettext_noop("The dispute about %(amount)s is won.")),
    "statement_sent": _paid(gettext_noop("Sent a statement of account with a balance of %(amount)s.")),
    "written_off": _of_invoice(gettext_noop("Wrote off %(amount)s of invoice %(number)s. %(reason)s")),
    "written_off_undone": _of_invoice(
        gettext_noop("%(amount)s of invoice %(number)s is no longer written off.")
    ),
    "difference_settled": _paid(gettext_noop("A difference of %(amount)s was let be.")),
    "difference_settled_undone": _paid(gettext_noop("A difference of %(amount)s counts again.")),
    "discount_taken": _of_invoice(
        gettext_noop("An early-payment discount of %(amount)s was granted on invoice %(number)s.")
    ),
    "discount_taken_undone": _of_invoice(
        gettext_noop("The discount of %(amount)s on invoice %(number)s no longer counts.")
    ),
    "closed_unpaid": _paid(
        gettext_noop("Nothing is left to bill or to ask for. %(amount)s was written off.")
    ),
    "closed": lambda facts, currency: _("Everything is billed and paid. The job is closed."),
}


ENTRIES = {
    "deposit_invoice": gettext_noop("Deposit invoiced"),
    "progress_invoice": gettext_noop("Work invoiced"),
    "simple_invoice": gettext_noop("Work invoiced"),
    "fee_invoice": gettext_noop("Fee charged"),
    "cancellation_invoice": gettext_noop("Kept at cancellation"),
    "void": gettext_noop("Invoice voided"),
    "reversal": gettext_noop("Invoice taken back"),
    "allowance": gettext_noop("Money off"),
    "cancellation": gettext_noop("Job cancelled"),
    "reduction": gettext_noop("Deposit lowered"),
    "payment_cleared": gettext_noop("Payment received"),
    "deposit_taxed": gettext_noop("Tax of a paid deposit"),
    "payment_returned": gettext_noop("Payment returned"),
    "credit_applied": gettext_noop("Credit used"),
    "refund_asked": gettext_noop("Refund asked for"),
    "refund_done": gettext_noop("Refund paid"),
    "refund_refused": gettext_noop("Refund refused"),
    "refund_undone": gettext_noop("Refund came back"),
    "dispute_opened": gettext_noop("Payment disputed"),
    "dispute_won": gettext_noop("Dispute won"),
    "dispute_lost": gettext_noop("Dispute lost"),
    "dispute_cost": gettext_noop("Cost of a dispute or return"),
    "processing_cost": gettext_noop("Cost of a payment"),
    "paid_out": gettext_noop("Paid out by the payment provider"),
    "payout_failed": gettext_noop("Payout came back"),
    "write_off": gettext_noop("Written off"),
    "write_off_undone": gettext_noop("Write-off taken back"),
    "small_difference": gettext_noop("Small difference"),
    "small_difference_undone": gettext_noop("Small difference taken back"),
    "early_discount": gettext_noop("Early-payment discount"),
    "early_discount_undone": gettext_noop("Early-payment discount taken back"),
}


def entry_words(kind: str) -> str:
    """What a journal entry is about, in the reader's language."""
    return _(ENTRIES.get(kind, gettext_noop("Other entry")))
