"""Two cards of one customer become one, and two again if that was wrong."""

from datetime import datetime

from django.db.models import Q

from milepost.actions.actor import Actor
from milepost.actions.door import action
from milepost.actions.steps.finding import find, lock_customers
from milepost.core.msgids import gettext_noop
from milepost.core.refusals import Refusal
from milepost.records.customers import Contact, Customer, Site
from milepost.records.payments import Allocation


class SameCustomer(Refusal):
    code = "same_customer"
    message = gettext_noop("Choose another customer: this one cannot be merged with itself.")


class IsMergedItself(Refusal):
    code = "is_merged_itself"
    message = gettext_noop("{name} is merged into another customer. Choose that one.")


class NotMerged(Refusal):
    code = "not_merged"
    message = gettext_noop("{name} is not merged.")


class PaidTogether(Refusal):
    code = "paid_together"
    message = gettext_noop(
        "A payment settled invoices of {name} and of the other together, so they stay one customer."
    )


@action("merge_customers")
def merge_customers(*, by: Actor, at: datetime, duplicate_id: int, into_id: int) -> None:
    """
    The duplicate leaves the lists and its history is shown with the other's.

    Nothing that is issued, paid or booked moves: jobs, invoices, payments and the journal keep their
    customer. People and places that the other lacks are copied to it, so that new work reaches them.
    Refuses SameCustomer, IsMergedItself and NotFound.
    """
    if duplicate_id == into_id:
        raise SameCustomer(field="into")
    duplicate, into = _both(duplicate_id, into_id)
    for one in (duplicate, into):
        if one.merged_into_id is not None:
            raise IsMergedItself(field="into", name=one.name)
    _copy_people(duplicate, into)
    _copy_places(duplicate, into)
    Customer.objects.filter(merged_into=duplicate).update(merged_into=into)
    duplicate.merged_into, duplicate.archived_at = into, duplicate.archived_at or at
    duplicate.save(update_fields=["merged_into", "archived_at"])


@action("merge_customers")
def part_customers(*, by: Actor, at: datetime, duplicate_id: int) -> None:
    """
    Undo a merge: the duplicate stands in the lists again with its own history. People and places that
    were copied stay with both. Refuses NotMerged, PaidTogether and NotFound.
    """
    lock_customers([duplicate_id])
    duplicate = find(Customer.objects.all(), id=duplicate_id)
    if duplicate.merged_into_id is None:
        raise NotMerged(name=duplicate.name)
    other = Q(payment__customer=duplicate) & ~Q(invoice__customer=duplicate)
    theirs = Q(invoice__customer=duplicate) & ~Q(payment__customer=duplicate)
    if Allocation.objects.filter(other | theirs).exists():
        raise PaidTogether(name=duplicate.name)
    duplicate.merged_into, duplicate.archived_at = None, None
    duplicate.save(update_fields=["merged_into", "archived_at"])


def _both(duplicate_id: int, into_id: int) -> tuple[Customer, Customer]:
    """Both customers, locked by id in the one order, with those that follow the duplicate."""
    rows = Customer.objects.select_for_update(no_key=True, of=("self",)).order_by("id")
    both = (duplicate_id, into_id)
    found = {row.id: row for row in rows.filter(Q(id__in=both) | Q(merged_into_id=duplicate_id))}
    for wanted in (duplicate_id, into_id):
        if wanted not in found:
            find(Customer.objects.none(), id=wanted)
    return found[duplicate_id], found[into_id]


def _copy_people(duplicate: Customer, into: Customer) -> None:
    known = list(into.contacts.filter(archived_at=None))
    reached = {address for c in known for address in (c.email.lower(), c.phone) if address}
    people = duplicate.contacts.filter(archived_at=None).order_by("position", "id")
    new = [c for c in people if not {c.email.lower(), c.phone} & reached]
    for place, contact in enumerate(new, start=into.contacts.count()):
        Contact.objects.create(
            business_id=into.business_id,
            customer=into,
            position=place,
            name=contact.name,
            email=contact.email,
            phone=contact.phone,
            approves=contact.approves,
            pays=contact.pays,
            copies=contact.copies,
        )


def _copy_places(duplicate: Customer, into: Customer) -> None:
    known = {address.casefold() for address in into.sites.values_list("address", flat=True)}
    places = [s.address for s in duplicate.sites.order_by("id") if s.address.casefold() not in known]
    Site.objects.bulk_create(
        [Site(business_id=into.business_id, customer=into, address=place) for place in places]
    )
