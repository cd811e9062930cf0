"""The statement of account: made of the books, frozen, and sent to whoever pays."""

from datetime import date, datetime

from milepost.actions.actor import Actor
from milepost.actions.door import action
from milepost.actions.steps.documents import freeze
from milepost.actions.steps.finding import find, lock_job
from milepost.actions.steps.outbox import contacts_for, ensure_links, post_to
from milepost.actions.steps.paper import job_facts
from milepost.actions.steps.timeline import tell
from milepost.core.msgids import gettext_noop
from milepost.core.refusals import Refusal
from milepost.queries.account import newest_job, read_account
from milepost.queries.paper.account import AccountFacts, account_content
from milepost.records.customers import Customer


class NobodyToSendTo(Refusal):
    code = "nobody_to_send_to"
    message = gettext_noop("None of this customer's people has an email address. Add one first.")


class NothingOnAccount(Refusal):
    code = "nothing_on_account"
    message = gettext_noop("Nothing was ever billed to this customer, so there is no statement.")


@action("send_statement")
def send_statement(
    *,
    by: Actor,
    at: datetime,
    since: date,
    until: date,
    customer_id: int | None = None,
    job_id: int | None = None,
) -> int:
    """
    Send the account of a customer, or of one of their jobs, for a period. Returns the document's id.

    The whole account is filed with the customer's newest job, whose link its message carries.
    Refuses NothingOnAccount, NobodyToSendTo.
    """
    if job_id is None:
        customer = find(Customer.objects.all(), id=customer_id)
        job_id = newest_job(customer.id)
        account = read_account(customer_id=customer.id, since=since, until=until)
    else:
        account = None
    if job_id is None:
        raise NothingOnAccount
    job = lock_job(job_id)
    if job.signed_on is None:
        raise NothingOnAccount
    account = account or read_account(job_id=job.id, since=since, until=until)
    contacts = contacts_for(job, "payer")
    if not any(contact.email for contact in contacts):
        raise NobodyToSendTo
    ensure_links(job, contacts, at=at)
    content = account_content(AccountFacts(job_facts(job, contacts, at=at), account))
    name = gettext_noop("Statement of account {day}")
    document = freeze(job, "statement", name, content, at=at, day=until.isoformat())
    facts = {"amount_cents": account.closing.cents, "on": until.isoformat()}
    tell(job, "statement_sent", by=by, at=at, for_customer=True, document_id=document.id, **facts)
    post_to(
        job,
        [contact for contact in contacts if contact.email],
        "account_statement",
        cause=str(document.id),
        facts=facts,
        at=at,
        document_ids=[document.id],
    )
    return document.id
