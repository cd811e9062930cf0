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


def called(person: Contact, people: Sequence[Contact]) -> str:
    """What tells a person from the customer's others: the name, or the email address where two share it."""
    alike = [other for other in people if key_of(other.name) == key_of(person.name)]
    return person.name if len(alike) < 2 or not person.email else person.email
