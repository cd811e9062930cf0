"""Customers and the people who act for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from milepost.actions.actor import Actor
from milepost.actions.businesses import Missing
from milepost.actions.door import action
from milepost.actions.steps.reach import email_address, phone_e164
from milepost.core.msgids import gettext_noop
from milepost.core.refusals import Refusal
from milepost.records.businesses import Business
from milepost.records.customers import Contact, Customer, Site


class Unreachable(Refusal):
    """A customer whom no message can reach."""

    code = "unreachable"
    message = gettext_noop("Give an email address or a phone number, so that the quote can be sent.")


@dataclass(frozen=True)
class ContactInput:
    """A person as typed: at least an email address or a phone number."""

    name: str
    email: str = ""
    phone: str = ""
    approves: bool = True
    pays: bool = True


@action("add_customer")
def add_customer(
    *,
    by: Actor,
    at: datetime,
    name: str = "",
    contacts: Sequence[ContactInput],
    address: str = "",
    site: str = "",
    language: str = "",
) -> int:
    """
    A new customer. A customer who is only a phone number is called by it.

    Returns the customer's id. Refuses Unreachable, BadEmail, BadPhone at their fields.
    """
    country = Business.objects.values_list("country", flat=True).get()
    people = [_checked(person, country) for person in contacts]
    if not people or not any(p.email or p.phone for p in people):
        raise Unreachable(field="email")
    called = name.strip() or people[0].name or people[0].email or people[0].phone
    if not called:
        raise Missing(field="name")
    customer = Customer.objects.create(
        business_id=by.business_id,
        name=called[:200],
        address=address.strip(),
        language=language,
        created_at=at,
    )
    Contact.objects.bulk_create(
        [
            Contact(
                business_id=by.business_id,
                customer=customer,
                position=place,
                name=(p.name.strip() or called)[:200],
                email=p.email,
                phone=p.phone,
                approves=p.approves,
                pays=p.pays,
            )
            for place, p in enumerate(people)
        ]
    )
    if site.strip():
        Site.objects.create(business_id=by.business_id, customer=customer, address=site.strip())
    return customer.id


def _checked(person: ContactInput, country: str) -> ContactInput:
    return ContactInput(
        name=person.name,
        email=email_address(person.email),
        phone=phone_e164(person.phone, country=country),
        approves=person.approves,
        pays=person.pays,
    )
