"""What a message to the outside is made of: who writes to whom, about which job, with which link."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Sum
from django.db.models.functions import Coalesce

from milepost.queries.door import NotThere, question
from milepost.queries.links import link_url
from milepost.records.businesses import Business
from milepost.records.concessions import Concession
from milepost.records.invoices import Invoice
from milepost.records.jobs import Job
from milepost.records.payments import Allocation, Payment
from milepost.records.post import Message, PortalLink


@dataclass(frozen=True)
class LetterFacts:
    """
    One message, before it is words.

    `facts` as they were posted (whole cents, ISO dates). `covers` and `left_cents` belong to
    payments: the invoices that were paid, and what was left of their contracts just after.
    `written` is (subject, text, html) once it was written out, and then it stays.
    """

    message_id: int
    identity: str
    kind: str
    channel: str
    to_name: str
    to_address: str
    facts: Mapping[str, object]
    document_ids: Sequence[int]
    state: str
    attempts: int
    written: tuple[str, str, str] | None
    business_name: str
    business_email: str
    business_phone: str
    business_color: str
    locale: str
    job_id: int | None
    job_number: str
    job_title: str
    customer_name: str
    currency: str
    url: str
    covers: Sequence[str]
    left_cents: int
    is_practice: bool = False
    has_logo: bool = False


@question
def letter_facts(message_id: int) -> LetterFacts:
    """One message. Refuses NotThere."""
    message = Message.objects.select_related("job__customer", "contact").filter(id=message_id).first()
    if message is None:
        raise NotThere
    business, job = Business.objects.get(), message.job
    covers, left_cents = _paid(message)
    language = job.customer.language if job and message.contact_id else ""
    return LetterFacts(
        message_id=message.id,
        identity=message.identity,
        kind=message.kind,
        channel=message.channel,
        to_name=message.to_name,
        to_address=message.to_address,
        facts=message.facts,
        document_ids=message.document_ids,
        state=message.state,
        attempts=message.attempts,
        written=(message.subject, message.body_text, message.body_html) if message.body_text else None,
        business_name=business.name,
        business_email=business.email,
        business_phone=business.phone,
        is_practice=business.is_practice,
        has_logo=bool(business.logo_sha256),
        business_color=business.brand_color,
        locale=language or business.locale,
        job_id=message.job_id,
        job_number=job.number if job else "",
        job_title=job.title if job else "",
        customer_name=job.customer.name if job else "",
        currency=job.currency if job else business.currency,
        url=_url(message),
        covers=covers,
        left_cents=left_cents,
    )


def _url(message: Message) -> str:
    """The customer's own link to the job; for the office, its page there."""
    if message.job_id is None:
        return ""
    if message.contact_id is None:
        return f"{settings.MILEPOST_URL.rstrip('/')}/jobs/{message.job_id}/"
    link = PortalLink.objects.filter(
        job_id=message.job_id, contact_id=message.contact_id, revoked_at=None
    ).first()
    return link_url(link) if link else ""


def _paid(message: Message) -> tuple[list[str], int]:
    payment = Payment.objects.filter(id=message.facts.get("payment_id") or 0).first()
    if payment is None or message.job is None:
        return [], 0
    invoices = Invoice.objects.filter(allocations__payment=payment).distinct().order_by("id")
    parts = list(invoices.values_list("title", "job_id"))
    covers = [title for title, _job in parts]
    jobs = {job for _title, job in parts} | {message.job_id}
    if payment.cleared_at is None:
        return covers, 0
    settled = Allocation.objects.filter(
        invoice__job_id__in=jobs, payment__state="cleared", payment__cleared_at__lte=payment.cleared_at
    ).aggregate(sum=Coalesce(Sum("amount_cents"), 0))["sum"]
    agreed = Job.objects.filter(id__in=jobs).aggregate(sum=Sum("contract_cents"))["sum"]
    conceded = (
        Concession.objects.filter(invoice__job_id__in=jobs).aggregate(sum=Sum("amount_cents"))["sum"] or 0
    )
    return covers, max(0, agreed - settled - conceded)
