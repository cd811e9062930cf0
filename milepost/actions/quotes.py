"""Quotes: draft, change, send. Signing is in `signing`."""

from dataclasses import replace
from datetime import datetime

from milepost.actions.actor import Actor
from milepost.actions.door import action
from milepost.actions.steps.drafting import new_job, write_version
from milepost.actions.steps.finding import find, lock_job
from milepost.actions.steps.offer import (
    check_tax_numbers,
    site_of,
    title_of,
)
from milepost.actions.steps.once import first_result, remember
from milepost.actions.steps.outbox import contacts_for, ensure_links, parts_of, post_to, post_to_office
from milepost.actions.steps.signers import check_answer
from milepost.actions.steps.timeline import tell
from milepost.core.msgids import gettext_noop
from milepost.core.quote_input import QuoteInput
from milepost.core.refusals import Refusal
from milepost.queries.pricing import price_offer
from milepost.queries.quote_draft import as_typed
from milepost.records.businesses import Business
from milepost.records.customers import Customer
from milepost.records.jobs import Job
from milepost.records.quotes import QuoteLine, QuoteRow, QuoteVersion


class QuoteIsSigned(Refusal):
    code = "quote_is_signed"
    message = gettext_noop("{number} is signed. What changes now is a change order.")


class NothingToSign(Refusal):
    code = "nothing_to_sign"
    message = gettext_noop("Add at least one line with a price, so that there is something to sign.")


class QuoteSavedMeanwhile(Refusal):
    code = "quote_saved_meanwhile"
    message = gettext_noop(
        "Somebody saved {number} while you were writing. Nothing of yours is lost: look at what differs, then "
        "save yours over it, or open theirs."
    )


class NothingToDecline(Refusal):
    code = "nothing_to_decline"
    message = gettext_noop("{number} was never sent, so there is nothing to decline.")


@action("draft_quote")
def draft_quote(
    *,
    by: Actor,
    at: datetime,
    customer_id: int,
    quote: QuoteInput,
    number: str = "",
    form_key: str = "",
) -> int:
    """
    Start a quote for a customer. Returns the job's id; the same form sent twice makes one quote.

    Prices are checked when it is sent; a draft may be incomplete.
    """
    before = first_result(form_key, "draft_quote", at=at)
    if before:
        return before["job_id"]
    business = Business.objects.get()
    customer = find(Customer.objects.all(), id=customer_id)
    job = new_job(business, customer, quote, at=at, number=number)
    write_version(business, job, 1, quote, at)
    remember(form_key, job_id=job.id)
    return job.id


@action("draft_quote")
def save_quote(
    *, by: Actor, at: datetime, job_id: int, quote: QuoteInput, based_on: int | None = None
) -> None:
    """
    Replace a quote's content. One that was sent becomes the next version, and the customer's
    link keeps showing the last one sent until the new one is; one that was declined is a draft
    again. `based_on`: the stamp of the draft that was opened; if somebody has saved since, their
    work is not written over. Refuses QuoteIsSigned, QuoteSavedMeanwhile.
    """
    job = lock_job(job_id)
    if job.state not in ("draft", "sent", "declined"):
        raise QuoteIsSigned(number=job.number)
    latest = job.versions.latest("version")
    if based_on is not None and based_on != latest.id:
        raise QuoteSavedMeanwhile(number=job.number)
    version = latest.version
    if latest.sent_at is None:
        QuoteLine.objects.filter(quote_version=latest).delete()
        QuoteRow.objects.filter(quote_version=latest).delete()
        latest.delete()
    else:
        version += 1
    job.title = title_of(quote)
    job.site = site_of(job.customer, quote.site)
    job.recovery = quote.recovery or job.business.recovery
    job.state = "draft" if job.state == "declined" else job.state
    job.save(update_fields=["title", "site", "recovery", "state"])
    write_version(job.business, job, version, quote, at)


@action("send_quote")
def send_quote(*, by: Actor, at: datetime, job_id: int) -> None:
    """
    Freeze the newest version and send its link to everyone who approves.

    Refuses NothingToSign and whatever the contract or the schedule refuses.
    """
    job = lock_job(job_id)
    if job.state not in ("draft", "sent", "declined"):
        raise QuoteIsSigned(number=job.number)
    version = job.versions.latest("version")
    if version.sent_at is None:
        _freeze(job, version, at)
    everyone = contacts_for(job, "everyone")
    ensure_links(job, everyone, at=at)
    if job.state != "sent":
        job.state = "sent"
        job.save(update_fields=["state"])
    event = tell(job, "quote_sent", by=by, at=at, version=version.version, total_cents=version.total_cents)
    post_to(
        job,
        parts_of(everyone, "approver"),
        "quote_sent",
        cause=str(event.id),
        facts={"total_cents": version.total_cents, "version": version.version},
        at=at,
    )


@action("draft_quote")
def duplicate_quote(*, by: Actor, at: datetime, job_id: int) -> int:
    """A new draft with the content of another quote's newest version, for the same customer. Its job's id."""
    job = find(Job.objects.select_related("business", "customer", "site"), id=job_id)
    latest = job.versions.select_related("job__site").order_by("-version").first()
    if latest is None:
        raise NothingToSign(field="lines")
    copy = new_job(job.business, job.customer, as_typed(latest), at=at)
    write_version(job.business, copy, 1, replace(as_typed(latest), expires_on=None), at)
    return copy.id


@action("decline_quote")
def decline_quote(*, by: Actor, at: datetime, job_id: int, reason: str = "") -> None:
    """
    The customer does not want it: the quote can no longer be signed, unless it is changed and sent
    again. Told to the office when the customer did it. Declining twice changes nothing.
    Refuses QuoteIsSigned, a quote that was never sent (NothingToDecline), NotTheirsToSign.
    """
    job = lock_job(job_id)
    if job.state == "declined":
        return
    if job.state == "draft":
        raise NothingToDecline(number=job.number)
    if job.state != "sent":
        raise QuoteIsSigned(number=job.number)
    check_answer(job, by)
    job.state = "declined"
    job.save(update_fields=["state"])
    event = tell(job, "declined", by=by, at=at, name=by.name, reason=reason.strip())
    if by.role == "customer":
        said = {"name": by.name, "reason": reason.strip()}
        post_to_office(job, "declined_office", cause=str(event.id), facts=said, at=at)


@action("view_quote")
def note_viewed(*, by: Actor, at: datetime, job_id: int) -> None:
    """The customer opened the newest sent version: told once a version, by an explicit request."""
    job = lock_job(job_id)
    version = job.versions.filter(sent_at__isnull=False).order_by("-version").first()
    if version and job.state == "sent" and not job.events.filter(kind=f"viewed_v{version.version}").exists():
        tell(job, f"viewed_v{version.version}", by=by, at=at, for_customer=False)


def _freeze(job: Job, version: QuoteVersion, at: datetime) -> None:
    lines = list(version.lines.order_by("position"))
    rows = list(version.rows.order_by("position"))
    if not lines:
        raise NothingToSign(field="lines")
    check_tax_numbers(job.business, job.customer, lines)
    options = {line.position for line in lines if line.is_optional}
    price_offer(version, lines, rows, chosen=options)
    priced = price_offer(version, lines, rows)
    if priced.contract.total_cents <= 0:
        raise NothingToSign(field="lines")
    version.total_cents = priced.contract.total_cents
    version.sent_at = at
    version.save(update_fields=["total_cents", "sent_at"])
