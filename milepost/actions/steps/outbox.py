"""The outbox: a message is a row committed with its cause."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Literal

from milepost.records.customers import Contact
from milepost.records.jobs import Job, ScheduleRow
from milepost.records.links import hash_of, new_nonce, token_for
from milepost.records.post import Message, PortalLink

Part = Literal["approver", "payer", "everyone"]


def contacts_for(job: Job, part: Part) -> list[Contact]:
    """
    The customer's people who approve, who pay, or all of them; never nobody if there is anybody.
    Who is kept informed gets a copy of what the others get.
    """
    present = Contact.objects.filter(customer_id=job.customer_id, archived_at=None)
    return parts_of(list(present.order_by("position", "id")), part)


def parts_of(everyone: Sequence[Contact], part: Part) -> list[Contact]:
    """As `contacts_for`, of people who are at hand."""
    if part == "everyone":
        return list(everyone)
    chosen = [c for c in everyone if (c.approves if part == "approver" else c.pays)]
    return [c for c in everyone if c in chosen or c.copies] if chosen else list(everyone)


def approvers_of(job: Job, row: ScheduleRow) -> list[Contact]:
    """
    Who may accept a milestone: the person that it names, else whoever approves, else anybody of the
    customer's. A person who has left counts no more.
    """
    present = Contact.objects.filter(customer_id=job.customer_id, archived_at=None)
    everyone = list(present.order_by("position", "id"))
    named = [c for c in everyone if c.id == row.approver_id]
    return named or [c for c in everyone if c.approves] or everyone


def asked_to_accept(job: Job, row: ScheduleRow) -> list[Contact]:
    """Who may accept a milestone, and who is kept informed."""
    copied = Contact.objects.filter(customer_id=job.customer_id, archived_at=None, copies=True)
    asked = approvers_of(job, row)
    return [*asked, *(c for c in copied.order_by("position", "id") if c not in asked)]


def ensure_links(
    job: Job, contacts: Sequence[Contact], *, at: datetime, links: Sequence[PortalLink] | None = None
) -> list[PortalLink]:
    """
    Every contact has one link to this job; it stays the same from the quote to the last receipt.
    Returns those that are new. `links`, when they are at hand, are not asked for again.
    """
    known = PortalLink.objects.filter(job=job) if links is None else links
    have = {link.contact_id for link in known}
    missing = [_new_link(job, contact, at) for contact in contacts if contact.id not in have]
    return PortalLink.objects.bulk_create(missing) if missing else []


def _new_link(job: Job, contact: Contact, at: datetime) -> PortalLink:
    nonce = new_nonce()
    token = token_for(business_id=job.business_id, job_id=job.id, contact_id=contact.id, nonce=nonce)
    return PortalLink(
        business_id=job.business_id,
        job=job,
        contact=contact,
        nonce=nonce,
        token_hash=hash_of(token),
        created_at=at,
    )


def post_to(
    job: Job,
    contacts: Iterable[Contact],
    kind: str,
    *,
    cause: str,
    facts: Mapping[str, object],
    at: datetime,
    document_ids: Sequence[int] = (),
    office: str = "",
) -> None:
    """
    Post one message per contact and channel (email, text). `cause` makes each identity stable:
    the same cause posts once. `office` is the kind of what the business itself is told of it, if anything.
    """
    messages = [
        Message(
            business_id=job.business_id,
            job=job,
            contact=contact,
            identity=f"{kind}:{cause}:{channel}:{contact.id}",
            kind=kind,
            channel=channel,
            to_name=contact.name,
            to_address=address,
            facts=dict(facts),
            document_ids=list(document_ids) if channel == "email" else [],
            posted_at=at,
            not_before=at,
        )
        for contact in contacts
        for channel, address in (("email", contact.email), ("text", contact.phone))
        if address
    ]
    if office:
        messages += _to_office(job, office, cause=cause, facts=facts, at=at)
    Message.objects.bulk_create(messages)


def post_to_office(job: Job, kind: str, *, cause: str, facts: Mapping[str, object], at: datetime) -> None:
    """Tell the business itself, where it reads its mail."""
    Message.objects.bulk_create(_to_office(job, kind, cause=cause, facts=facts, at=at))


def _to_office(
    job: Job, kind: str, *, cause: str, facts: Mapping[str, object], at: datetime
) -> list[Message]:
    if not job.business.email:
        return []
    return [
        Message(
            business_id=job.business_id,
            job=job,
            identity=f"{kind}:{cause}:office",
            kind=kind,
            channel="email",
            to_name=job.business.name,
            to_address=job.business.email,
            facts=dict(facts),
            posted_at=at,
            not_before=at,
        )
    ]
