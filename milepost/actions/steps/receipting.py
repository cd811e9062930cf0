"""The receipt of a payment that is here: numbered, frozen, filed with the first job that it covers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from milepost.actions.steps.documents import freeze
from milepost.actions.steps.numbering import next_number
from milepost.actions.steps.paper import job_facts, row_facts
from milepost.core.msgids import gettext_noop
from milepost.queries.billing_state import LoadedJob
from milepost.queries.paper.facts import CoveredFacts, JobShare, ReceiptFacts
from milepost.queries.paper.receipt import receipt_content
from milepost.records.concessions import LET_OFF
from milepost.records.jobs import Job
from milepost.records.payments import Payment, Receipt


@dataclass(frozen=True)
class Share:
    """What a payment settles of one job: cents by invoice."""

    loaded: LoadedJob
    covers: Mapping[int, int]

    @property
    def cents(self) -> int:
        return sum(self.covers.values())


def issue_receipt(payment: Payment, shares: Sequence[Share], excess: int, at: datetime) -> Receipt:
    """Number and freeze the receipt of a cleared payment; `excess` cents of it are kept as credit."""
    loaded, number = shares[0].loaded, next_number("receipt")
    job, first = loaded.job, _job_share(loaded)
    facts = ReceiptFacts(
        job=job_facts(job, loaded.contacts, at=at, links=loaded.links),
        number=number.text,
        method=payment.method,
        reference=payment.reference,
        received_on=payment.received_on,
        amount_cents=payment.amount_cents,
        covered=[covered for share in shares for covered in _covered(share)],
        credit_cents=excess,
        billed_cents=first.billed_cents,
        paid_cents=first.paid_cents,
        covers_deposit=any(
            i.kind == "deposit" and i.id in share.covers for share in shares for i in share.loaded.invoices
        ),
        rows=first.rows,
        surcharge_cents=payment.surcharge_cents,
        jobs=[first, *(_job_share(share.loaded) for share in shares[1:])],
    )
    document = freeze(
        job, "receipt", gettext_noop("Receipt {number}"), receipt_content(facts), at=at, number=number.text
    )
    return Receipt.objects.create(
        business_id=job.business_id,
        payment=payment,
        series_id=number.series_id,
        number=number.number,
        number_text=number.text,
        issued_at=at,
        document=document,
    )


def _job_share(loaded: LoadedJob) -> JobShare:
    settled = loaded.settled_by_row()
    return JobShare(
        _name(loaded.job),
        loaded.billed_cents,
        sum(loaded.settled_by_row(conceded=LET_OFF).values()),
        row_facts(loaded, settled=settled, now={}, done={}),
    )


def _name(job: Job) -> str:
    return " · ".join(text for text in (job.number, job.title) if text)


def _covered(share: Share) -> list[CoveredFacts]:
    """What is left counts cleared money only: a receipt never calls paid what may still come back."""
    settled, conceded = share.loaded.settled_by_invoice(), share.loaded.conceded_by_invoice()
    return [
        CoveredFacts(
            invoice.number_text,
            invoice.title,
            invoice.stands_cents,
            share.covers[invoice.id],
            invoice.stands_cents - settled.get(invoice.id, 0) - conceded.get(invoice.id, 0),
            _name(share.loaded.job),
        )
        for invoice in share.loaded.invoices
        if invoice.id in share.covers
    ]
