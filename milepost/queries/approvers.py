"""The customer's people as they are chosen by name: who accepts a payment of the schedule."""

from collections.abc import Sequence

from milepost.core.item_input import key_of
from milepost.queries.door import question
from milepost.records.customers import Contact


@question
def people_by_name(customer_id: int) -> list[str]:
    """What to call each person who acts for a customer; nothing for a customer who is not there."""
    present = Contact.objects.filter(customer_id=customer_id, archived_at=None)
    people = list(present.order_by("position", "id"))
    return [called(person, people) for person in people]


@question
def signers_of(job_id: int) -> list[tuple[int, str]]:
    """Who of the customer's people answers offers: whoever approves, or everybody where nobody does."""
    people = Contact.objects.filter(customer__job__id=job_id, archived_at=None).order_by("position", "id")
    everyone = [(person.id, person.name, person.approves) for person in people]
    may = [person for person in everyone if person[2]] or everyone
    return [(contact_id, name) for contact_id, name, _ in may]


def called(person: Contact, people: Sequence[Contact]) -> str:
    """What tells a person from the customer's others: the name, or the email address where two share it."""
    alike = [other for other in people if key_of(other.name) == key_of(person.name)]
    return person.name if len(alike) < 2 or not person.email else person.email
