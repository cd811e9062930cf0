"""Customers and the people who act for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from milepost.actions.actor import Actor
from milepost.actions.businesses import Missing
from milepost.actions.door import action
from milepost.actions.steps.finding import find
from milepost.actions.steps.reach import email_address, phone_e164
from milepost.core.msgids import gettext_noop
from milepost.core.refusals import Refusal
from milepost.records.businesses import Business
from milepost.records.customers import Contact, Customer, Site
from milepost.records.post import PortalLink


class Unreachable(Refusal):
    """A customer whom no message can reach."""

    code = "unreachable"
    message = gettext_noop("Give an email address or a phone number, so that the quote can be sent.")


class LastContact(Refusal):
    code = "last_contact"
    message = gettext_noop("{name} is the last person of this customer. Add another one first.")


class NeedsAReason(Refusal):
    code = "needs_a_reason"
    message = gettext_noop("Say why no tax is charged: it is printed on every quote.")


@dataclass(frozen=True)
class ContactInput:
    """A person as typed: at least an email address or a phone number."""

    name: str
    email: str = ""
    phone: str = ""
    approves: bool = True
    pays: bool = True
    copies: bool = False


@dataclass(frozen=True)
class CustomerInput:
    """
    A customer's card as typed. `kind` is person or company; `registration` is their tax number;
    `exempted_on` the day of the certificate that exempts them.
    """

    name: str
    kind: str = "person"
    address: str = ""
    language: str = ""
    notes: str = ""
    registration: str = ""
    tax_exempt: bool = False
    exemption_number: str = ""
    exemption_reason: str = ""
    exempted_on: date | None = None


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
    Contact.objects.bulk_create([_contact(customer, p, place) for place, p in enumerate(people)])
    if site.strip():
        Site.objects.create(business_id=by.business_id, customer=customer, address=site.strip())
    return customer.id


@action("change_customer")
def change_customer(*, by: Actor, at: datetime, customer_id: int, card: CustomerInput) -> None:
    """
    Change what is known of a customer. What is issued or signed keeps what it says.

    Refuses Missing at `name`, NeedsAReason at `exemption_reason`, NotFound.
    """
    customer = _locked(customer_id)
    if not card.name.strip():
        raise Missing(field="name")
    if card.tax_exempt and not card.exemption_reason.strip():
        raise NeedsAReason(field="exemption_reason")
    customer.name, customer.kind = card.name.strip()[:200], card.kind
    customer.address, customer.language = card.address.strip(), card.language
    customer.notes, customer.tax_exempt = card.notes.strip(), card.tax_exempt
    customer.exemption_number = card.exemption_number.strip()
    customer.exemption_reason, customer.exempted_on = card.exemption_reason.strip(), card.exempted_on
    customer.registration = card.registration.strip()
    customer.save()


@action("change_customer")
def archive_customer(*, by: Actor, at: datetime, customer_id: int, archived: bool) -> None:
    """Take a customer off the lists, or put them back. Their jobs go on as they are. Refuses NotFound."""
    customer = _locked(customer_id)
    customer.archived_at = (customer.archived_at or at) if archived else None
    customer.save(update_fields=["archived_at"])


@action("change_customer")
def save_contact(
    *, by: Actor, at: datetime, customer_id: int, person: ContactInput, contact_id: int | None = None
) -> int:
    """
    Add a person to a customer, or change one. Returns the contact's id.

    Refuses Missing at `name`, Unreachable, BadEmail, BadPhone at their fields, NotFound.
    """
    customer = _locked(customer_id)
    checked = _checked(person, Business.objects.values_list("country", flat=True).get())
    if not checked.name.strip():
        raise Missing(field="name")
    if not (checked.email or checked.phone):
        raise Unreachable(field="email")
    if contact_id is None:
        contact = _contact(customer, checked, customer.contacts.count())
    else:
        contact = find(customer.contacts.filter(archived_at=None), id=contact_id)
        contact.name, contact.email, contact.phone = checked.name.strip()[:200], checked.email, checked.phone
        contact.approves, contact.pays, contact.copies = checked.approves, checked.pays, checked.copies
    contact.save()
    return contact.id


@action("change_customer")
def remove_contact(*, by: Actor, at: datetime, customer_id: int, contact_id: int) -> None:
    """
    A person no longer acts for the customer: no message reaches them and their links end. What they
    signed and paid stays theirs. Refuses LastContact and NotFound.
    """
    customer = _locked(customer_id)
    contact = find(customer.contacts.filter(archived_at=None), id=contact_id)
    if customer.contacts.filter(archived_at=None).count() == 1:
        raise LastContact(name=contact.name)
    contact.archived_at = at
    contact.save(update_fields=["archived_at"])
    PortalLink.objects.filter(contact=contact, revoked_at=None).update(revoked_at=at)


@action("change_customer")
def save_site(*, by: Actor, at: datetime, customer_id: int, address: str, site_id: int | None = None) -> None:
    """Add a place of work, or correct its address. Refuses Missing at `address` and NotFound."""
    customer = _locked(customer_id)
    if not address.strip():
        raise Missing(field="address")
    site = find(customer.sites.all(), id=site_id) if site_id else Site(customer=customer)
    site.business_id, site.address = customer.business_id, address.strip()
    site.save()


def _locked(customer_id: int) -> Customer:
    return find(Customer.objects.select_for_update(no_key=True), id=customer_id)


def _contact(customer: Customer, person: ContactInput, place: int) -> Contact:
    return Contact(
        business_id=customer.business_id,
        customer=customer,
        position=place,
        name=(person.name.strip() or customer.name)[:200],
        email=person.email,
        phone=person.phone,
        approves=person.approves,
        pays=person.pays,
        copies=person.copies,
    )


def _checked(person: ContactInput, country: str) -> ContactInput:
    return ContactInput(
        name=person.name,
        email=email_address(person.email),
        phone=phone_e164(person.phone, country=country),
        approves=person.approves,
        pays=person.pays,
        copies=person.copies,
    )
