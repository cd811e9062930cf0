"""A customer's page: what is known of them, their people and places, and their duplicates."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from milepost.queries.door import NotThere, question
from milepost.records.customers import Customer


@dataclass(frozen=True)
class PersonRow:
    """Somebody who acts for the customer, and their part."""

    id: int
    name: str
    email: str
    phone: str
    approves: bool
    pays: bool
    copies: bool

    @property
    def key(self) -> str:
        """What this person's form is called on the page."""
        return f"contact-{self.id}"


@dataclass(frozen=True)
class CustomerCard:
    """
    A customer with their people and places. `merged` are duplicates by id and name; `merged_into` is
    the customer of whom this one is a duplicate. `all_ids` own the history that is shown here.
    """

    id: int
    name: str
    kind: str
    address: str
    language: str
    notes: str
    tax_exempt: bool
    exemption_number: str
    exemption_reason: str
    exempted_on: date | None
    registration: str
    is_archived: bool
    people: Sequence[PersonRow]
    sites: Sequence[tuple[int, str]]
    merged: Sequence[tuple[int, str]]
    merged_into: tuple[int, str] | None
    namesakes: Sequence[tuple[int, str]]

    @property
    def all_ids(self) -> tuple[int, ...]:
        return (self.id, *(id for id, _name in self.merged))


@question
def customer_card(customer_id: int) -> CustomerCard:
    """One customer. Refuses NotThere."""
    found = Customer.objects.select_related("merged_into").filter(id=customer_id).first()
    if found is None:
        raise NotThere
    into = found.merged_into
    others = Customer.objects.filter(archived_at=None, merged_into=None).exclude(id=found.id)
    return CustomerCard(
        found.id,
        found.name,
        found.kind,
        found.address,
        found.language,
        found.notes,
        found.tax_exempt,
        found.exemption_number,
        found.exemption_reason,
        found.exempted_on,
        found.registration,
        found.archived_at is not None,
        _people(found),
        list(found.sites.order_by("id").values_list("id", "address")),
        list(found.merged.order_by("id").values_list("id", "name")),
        (into.id, into.name) if into else None,
        list(others.order_by("name", "id").values_list("id", "name")[:500]),
    )


def _people(customer: Customer) -> list[PersonRow]:
    present = customer.contacts.filter(archived_at=None).order_by("position", "id")
    return [PersonRow(c.id, c.name, c.email, c.phone, c.approves, c.pays, c.copies) for c in present]
