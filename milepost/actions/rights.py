"""Which role may do what: one declared table, checked at the door of every action."""

from typing import Final

from milepost.actions.actor import Actor
from milepost.core.msgids import gettext_noop
from milepost.core.refusals import Refusal

OFFICE: Final = frozenset({"owner", "bookkeeper"})
CREW: Final = frozenset({"owner", "bookkeeper", "technician"})
SYSTEM: Final = frozenset({"system"})

RIGHTS: Final[dict[str, frozenset[str]]] = {
    "change_business": frozenset({"owner"}),
    "connect_payments": frozenset({"owner"}),
    "change_account": OFFICE,
    "add_member": frozenset({"owner"}),
    "change_member": frozenset({"owner"}),
    "add_tax_code": OFFICE,
    "add_customer": OFFICE,
    "change_customer": OFFICE,
    "merge_customers": OFFICE,
    "change_items": OFFICE,
    "keep_templates": OFFICE,
    "draft_quote": OFFICE,
    "send_quote": OFFICE,
    "decline_quote": OFFICE | {"customer"},
    "sign_quote": OFFICE | {"customer"},
    "view_quote": frozenset({"customer"}),
    "draft_change": CREW,
    "send_change": CREW,
    "sign_change": CREW | {"customer"},
    "decline_change": OFFICE | {"customer"},
    "withdraw_change": CREW,
    "complete_milestone": CREW,
    "undo_completion": CREW,
    "accept_milestone": OFFICE | {"customer"},
    "move_event": CREW,
    "send_invoice": CREW,
    "bill_simple": OFFICE,
    "credit_invoice": OFFICE,
    "cancel_job": OFFICE,
    "change_taxes": OFFICE,
    "record_payment": OFFICE,
    "return_payment": OFFICE,
    "use_credit": OFFICE,
    "refund_credit": OFFICE,
    "send_statement": OFFICE,
    "write_off": OFFICE,
    "settle_difference": OFFICE,
    "begin_payment": OFFICE | {"customer"},
    "settle_payment": SYSTEM,
    "deliver": SYSTEM,
    "note_what_is_ready": SYSTEM,
    "store_file": CREW | {"customer"},
}


class NotAllowed(Refusal):
    """The role does not include this."""

    code = "not_allowed"
    message = gettext_noop("You may not do this. Ask the owner of the business.")


def check_right(by: Actor, right: str) -> None:
    """Refuse NotAllowed unless the actor's role has the right."""
    if by.role not in RIGHTS[right]:
        raise NotAllowed(right=right)
