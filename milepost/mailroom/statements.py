"""A statement of account as a PDF, made now and not kept: tomorrow it says something else."""

from datetime import date, datetime

from django.utils.translation import gettext

from milepost.actions.steps.paper import job_facts
from milepost.mailroom.documents import StoredPdf
from milepost.mailroom.logos import with_logo
from milepost.mailroom.wiring import gateways
from milepost.queries.account import newest_job, read_account
from milepost.queries.documents_shape import TEMPLATE_VERSION
from milepost.queries.door import NotThere
from milepost.queries.paper.account import AccountFacts, account_content
from milepost.queries.wording import in_words_of
from milepost.records.customers import Contact
from milepost.records.jobs import Job
from milepost.records.scope import scoped


def account_pdf(
    business_id: int,
    *,
    since: date,
    until: date,
    at: datetime,
    customer_id: int | None = None,
    job_id: int | None = None,
) -> StoredPdf:
    """The account of a customer, or of one of their jobs. Refuses NotThere, also where nothing was billed."""
    with scoped(business_id, writing=False):
        account = read_account(customer_id=customer_id, job_id=job_id, since=since, until=until)
        filed = job_id if job_id is not None else newest_job(account.customer_id)
        jobs = Job.objects.select_related("business", "customer", "site").filter(signed_on__isnull=False)
        job = jobs.filter(id=filed).first()
        if job is None:
            raise NotThere
        contacts = list(
            Contact.objects.filter(customer_id=job.customer_id, archived_at=None).order_by("position", "id")
        )
        content = account_content(AccountFacts(job_facts(job, contacts, at=at), account))
    data = gateways().pdf.render("statement", TEMPLATE_VERSION, with_logo(content))
    with in_words_of(job.customer, job.business):
        name = gettext("Statement of account {day}").format(day=until.isoformat())
    return StoredPdf(data, f"{name}.pdf")
