"""The stage of a story: a business, its people and its customer, through the real actions."""

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeVar

from milepost.actions.actor import Actor
from milepost.actions.businesses import add_tax_code, start_business
from milepost.actions.customers import ContactInput, CustomerInput, add_customer, change_customer
from milepost.stories.schema import Business, Contact, Customer, Person

Reached = TypeVar("Reached", Customer, Person, Contact)


@dataclass
class Stage:
    """
    A business to play in. `crew` are technicians by first name; others may be named all the same.
    `address` is the office's own where the stage made it up.
    """

    owner: Actor
    crew: dict[str, Actor] = field(default_factory=dict)
    taxes: dict[tuple[str, Decimal], int] = field(default_factory=dict)
    photograph: Callable[[Actor, datetime, str], int] | None = None
    address: str = ""

    @property
    def business_id(self) -> int:
        return self.owner.business_id

    def worker(self, name: str | None) -> Actor:
        """Who did the work: a technician of this name, or the owner when nobody is named."""
        if name is None:
            return self.owner
        known = self.crew.get(name) or self.crew.get(name.partition(" ")[0])
        return known or Actor(self.business_id, "technician", name)

    def tax(self, name: str, percent: Decimal, *, at: datetime) -> int:
        """The tax code of this name and rate, made when it is new."""
        if (name, percent) not in self.taxes:
            self.taxes[name, percent] = add_tax_code(by=self.owner, at=at, name=name, percent=percent)
        return self.taxes[name, percent]

    def customer(self, customer: Customer, *, at: datetime) -> int:
        """The customer with approver and payer; one person when they are the same."""
        customer = _reachable(customer)
        himself = Person(name=customer.name or "Customer", email=customer.email, phone=customer.phone)
        approver, payer = customer.approver or himself, customer.payer or customer.approver or himself
        people = [_contact(approver, approves=True, pays=_same(approver, payer))]
        if customer.contacts:
            people = [_with_parts(person) for person in customer.contacts]
        elif not _same(approver, payer):
            people.append(_contact(payer, approves=False, pays=True))
        elif not customer.name and not (customer.approver or customer.payer):
            people = [ContactInput("", email=customer.email, phone=customer.phone)]
        made = add_customer(
            by=self.owner,
            at=at,
            name=customer.name,
            contacts=people,
            address=customer.address,
            site=customer.site,
            language=customer.language,
        )
        if customer.registration or customer.exempt or customer.kind != "person":
            change_customer(by=self.owner, at=at, customer_id=made, card=_card(customer))
        return made


def set_stage(business: Business, *, at: datetime) -> Stage:
    """A new business as the story describes it; its owner cannot sign in until a password is set."""
    terms = business.terms.model_dump(exclude_none=True)
    if "returned_fee" in terms:
        terms["returned_fee_cents"] = terms.pop("returned_fee")
    address = f"office-{secrets.token_hex(6)}@story.example"
    started = start_business(
        name=business.name,
        owner_name="The office",
        email=address,
        # Nobody signs in with it. Longer than the address is, it is never too much like it by chance.
        password=secrets.token_urlsafe(64),
        at=at,
        country=business.country,
        currency=business.currency,
        timezone=business.timezone,
        holidays=business.holidays,
        deposit_tax=business.deposit_tax,
        recovery=business.recovery,
        prices_include_tax=business.prices_include_tax,
        registration=business.registration,
        tax_at=business.tax_at,
        tax_per=business.tax_per,
        tax_rounding=business.tax_rounding,
        approval_days=business.approval_days,
        parts_from_cents=business.parts_from or None,
        is_practice=True,
        **terms,
    )
    owner = Actor(started.business_id, "owner", business.name, user_id=started.user_id)
    stage = Stage(owner, address=address)
    for tax in business.taxes:
        made = add_tax_code(
            by=stage.owner, at=at, name=tax.name, percent=tax.percent, kind=tax.kind, note=tax.note
        )
        stage.taxes[tax.name, tax.percent] = made
    return stage


def _reachable(customer: Customer) -> Customer:
    """The customer and everybody who acts for them, with an address of their own where the story gives none."""
    people = {part: getattr(customer, part) for part in ("approver", "payer") if getattr(customer, part)}
    found: dict[str, Any] = {part: _with_address(person) for part, person in people.items()}
    found["contacts"] = [_with_address(person) for person in customer.contacts]
    if not people and not customer.contacts:
        return _with_address(customer)
    return customer.model_copy(update=found)


def _with_address(one: Reached) -> Reached:
    if one.email or one.phone:
        return one
    name = re.sub(r"[^a-z0-9]+", "-", one.name.casefold()).strip("-") or "customer"
    return one.model_copy(update={"email": f"{name[:60]}@story.example"})


def _card(customer: Customer) -> CustomerInput:
    exempt = customer.exempt
    return CustomerInput(
        customer.name or customer.email or customer.phone,
        kind=customer.kind,
        address=customer.address,
        language=customer.language,
        registration=customer.registration,
        tax_exempt=exempt is not None,
        exemption_reason=exempt.reason if exempt else "",
        exemption_number=exempt.number if exempt else "",
        exempted_on=exempt.on if exempt else None,
    )


def _contact(person: Person, *, approves: bool, pays: bool) -> ContactInput:
    return ContactInput(person.name, person.email, person.phone, approves=approves, pays=pays)


def _with_parts(person: Contact) -> ContactInput:
    return ContactInput(
        person.name,
        person.email,
        person.phone,
        approves="approver" in person.parts,
        pays="payer" in person.parts,
        copies="copy" in person.parts,
    )


def _same(one: Person, other: Person) -> bool:
    return (one.name, one.email) == (other.name, other.email)
