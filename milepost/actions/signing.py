"""Sign a quote: the offer becomes a contract, its schedule stands, its deposit is billed."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from milepost.actions.actor import Actor
from milepost.actions.businesses import Missing
from milepost.actions.door import action
from milepost.actions.quotes import NothingToSign, QuoteIsSigned
from milepost.actions.steps.documents import freeze
from milepost.actions.steps.issuing import deposit_increment, issue
from milepost.actions.steps.opening import open_job
from milepost.actions.steps.outbox import post_to
from milepost.actions.steps.paper import job_facts, line_facts, local_day, row_facts, tax_facts
from milepost.actions.steps.replacing import end_replaced, lock_to_sign, settle_deposit
from milepost.actions.steps.signers import check_signer
from milepost.actions.steps.timeline import tell
from milepost.core.contract import Key
from milepost.core.money import Money
from milepost.core.msgids import gettext_noop
from milepost.core.refusals import Refusal
from milepost.queries.billing_state import LoadedJob
from milepost.queries.paper.contract import contract_content
from milepost.queries.paper.facts import ContractFacts
from milepost.queries.pricing import price_offer
from milepost.records.files import Document
from milepost.records.invoices import Invoice
from milepost.records.jobs import Job
from milepost.records.quotes import QuoteLine, QuoteVersion, Signature


class NewerVersion(Refusal):
    code = "newer_version"
    message = gettext_noop(
        "This quote was changed in the meantime. Please look at the new version, then sign."
    )


class NotSentYet(Refusal):
    code = "not_sent_yet"
    message = gettext_noop("{number} is still a draft. Send it first, then it can be signed.")


class QuoteExpired(Refusal):
    code = "quote_expired"
    message = gettext_noop("This quote expired on {day}. Ask for a new one.")


class QuoteIsDeclined(Refusal):
    code = "quote_is_declined"
    message = gettext_noop("{number} was declined. Ask for it to be sent again, then it can be signed.")


class TotalChanged(Refusal):
    code = "total_changed"
    message = gettext_noop(
        "With the options as they are ticked, the total is {total}. Please look, then sign."
    )


class UnknownOption(Refusal):
    code = "unknown_option"
    message = gettext_noop("One of the options that you ticked is not in this quote. Please tick again.")


@dataclass(frozen=True)
class Signed:
    """A signed job; its deposit's invoice if it has one."""

    job_id: int
    deposit_invoice_id: int | None


@action("sign_quote")
def sign_quote(
    *,
    by: Actor,
    at: datetime,
    job_id: int,
    version: int,
    name: str,
    how: str = "link",
    address: str = "",
    device: str = "",
    copy_file_id: int | None = None,
    chosen: Collection[int] = (),
    total_cents: int | None = None,
) -> Signed:
    """
    Put a name under one sent version. Signing the same version again changes nothing.

    `how` is "link", "in_person" (on the contractor's device) or "paper" (with the uploaded copy).
    Where it takes the place of a signed job, that one ends and what was paid of its deposit settles the
    new one. `chosen` are the positions of the optional lines that are ticked, `total_cents` the total that
    was on the screen with them. Refuses Missing (the name), NotSentYet, NewerVersion, QuoteExpired,
    QuoteIsDeclined, QuoteIsSigned, UnknownOption, TotalChanged, NotTheirsToSign, and of the job whose place it takes,
    what has begun (WorkIsBilled, WorkIsDone, WasChanged).
    """
    job = lock_to_sign(job_id, version)
    if not name.strip():
        raise Missing(field="name")
    if job.signed_on:
        return _signed_before(job, version)
    offered = _offered(job, version, local_day(job.business, at))
    lines, rows = list(offered.lines.order_by("position")), list(offered.rows.order_by("position"))
    ticked = _ticked(lines, chosen)
    priced = price_offer(offered, lines, rows, chosen=ticked)
    if priced.contract.total_cents <= 0:
        raise NothingToSign(field="lines")
    if total_cents is not None and total_cents != priced.contract.total_cents:
        raise TotalChanged(total=Money(priced.contract.total_cents, job.currency), field="option")
    paid, ended = end_replaced(job, by=by, at=at)
    loaded = open_job(job, offered, priced, on=local_day(job.business, at))
    document = _sign(
        loaded, offered, by, at, name=name.strip()[:200], how=how, chosen=ticked, address=address[:64],
        device=device[:300], copy_id=copy_file_id,
    )  # fmt: skip
    _tell(loaded, version, document, ended, by=by, at=at, name=name.strip(), how=how)
    deposit = _bill_deposit(loaded, by, at)
    settle_deposit(job, deposit, paid, at=at)
    return Signed(job.id, deposit.id if deposit else None)


def _sign(loaded: LoadedJob, offered: QuoteVersion, by: Actor, at: datetime, **said: Any) -> Document:
    """The contract, and the name under it; `said` is who, how and with what."""
    job = loaded.job
    check_signer(loaded.contacts, by)
    facts = _contract_facts(loaded, offered, said["name"], said["how"], at)
    document = freeze(
        job, "contract", gettext_noop("Contract {number}"), contract_content(facts), at=at, number=job.number
    )
    Signature.objects.create(
        business_id=job.business_id,
        job=job,
        quote_version=offered,
        contact_id=by.contact_id,
        signed_at=at,
        document=document,
        **said,
    )
    return document


def _tell(
    loaded: LoadedJob, version: int, document: Document, ended: Sequence[int], *, by: Actor, at: datetime,
    name: str, how: str,
) -> None:  # fmt: skip
    """Everybody has the contract, and what ended with it."""
    job = loaded.job
    tell(
        job, "signed", by=by, at=at, name=name, how=how, version=version,
        contract_cents=job.contract_cents, document_id=document.id, sha256=document.sha256,
    )  # fmt: skip
    post_to(
        job,
        loaded.contacts,
        "signed",
        cause=str(job.id),
        facts={"name": name, "contract_cents": job.contract_cents},
        at=at,
        document_ids=[document.id, *ended],
        office="signed_office",
    )


def _ticked(lines: list[QuoteLine], chosen: Collection[int]) -> list[int]:
    options = {line.position for line in lines if line.is_optional}
    if set(chosen) - options:
        raise UnknownOption(field="option")
    return sorted(set(chosen))


def _signed_before(job: Job, version: int) -> Signed:
    signature = Signature.objects.select_related("quote_version").filter(job=job).first()
    if signature is None or signature.quote_version.version != version:
        raise QuoteIsSigned(number=job.number)
    deposit = Invoice.objects.filter(job=job, kind="deposit").first()
    return Signed(job.id, deposit.id if deposit else None)


def _offered(job: Job, version: int, today: date) -> QuoteVersion:
    if job.state == "declined":
        raise QuoteIsDeclined(number=job.number)
    if job.state == "draft":
        raise NotSentYet(number=job.number)  # declined and written anew: the old offer is off the table
    sent = job.versions.filter(sent_at__isnull=False).order_by("-version").first()
    if sent is None:
        raise NotSentYet(number=job.number)
    if sent.version != version:
        raise NewerVersion
    if sent.expires_on and today > sent.expires_on:
        raise QuoteExpired(day=sent.expires_on)
    return sent


def _contract_facts(
    loaded: LoadedJob, offered: QuoteVersion, name: str, how: str, at: datetime
) -> ContractFacts:
    whole = dict(loaded.state.priced.keys)
    nothing: dict[Key, int] = {}
    own = dict(offered.lines.values_list("position", "discount_percent"))
    return ContractFacts(
        job=job_facts(loaded.job, loaded.contacts, at=at, links=loaded.links),
        version=offered.version,
        lines=[
            replace(fact, discount_percent=own[line.position])
            for fact, line in zip(line_facts(loaded, whole, nothing), loaded.lines, strict=True)
        ],
        taxes=tax_facts(loaded, whole),
        rows=row_facts(loaded, settled={}, now={}, done={}),
        clauses=offered.clauses,
        note=offered.note,
        signed_by=name,
        signed_at=at,
        how=how,
        discount_percent=offered.discount_percent,
    )


def _bill_deposit(loaded: LoadedJob, by: Actor, at: datetime) -> Invoice | None:
    deposit = loaded.deposit
    if deposit is None or not deposit.amount_cents:
        return None
    return issue(loaded, deposit_increment(loaded, deposit), by=by, at=at)
