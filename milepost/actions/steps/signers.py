"""Who of the customer's people may put their name under an offer, or decline it."""

from collections.abc import Sequence

from milepost.actions.actor import Actor
from milepost.core.msgids import gettext_noop
from milepost.core.refusals import Refusal
from milepost.records.customers import Contact
from milepost.records.jobs import Job


class NotTheirsToSign(Refusal):
    """Whoever pays or has a copy reads the offer; whoever approves answers it."""

    code = "not_theirs_to_sign"
    message = gettext_noop("{name} answers this for the customer. You can read and pay here, but not sign.")


def check_signer(people: Sequence[Contact], by: Actor) -> None:
    """
    Refuse NotTheirsToSign to one of the customer's people who does not approve while another does.
    `people` are all of the customer's. Whoever signs in the office or on its device is not asked.
    """
    may = [person for person in people if person.approves and person.archived_at is None]
    if by.role == "customer" and may and all(person.id != by.contact_id for person in may):
        raise NotTheirsToSign(name=", ".join(person.name for person in may))


def check_answer(job: Job, by: Actor) -> None:
    """As `check_signer`, where the people are not at hand."""
    if by.role == "customer":
        check_signer(list(Contact.objects.filter(customer_id=job.customer_id).order_by("position", "id")), by)
