"""A signed quote with a mistake in it is written anew; the customer signs the new version in its place."""

from dataclasses import replace
from datetime import datetime

from milepost.actions.actor import Actor
from milepost.actions.door import action
from milepost.actions.steps.drafting import new_job, write_version
from milepost.actions.steps.finding import lock_payer
from milepost.actions.steps.timeline import tell
from milepost.queries.billing_state import load
from milepost.queries.quote_draft import as_typed
from milepost.queries.rewriting import check_not_begun
from milepost.records.jobs import Job
from milepost.records.quotes import Signature


@action("draft_quote")
def rewrite_signed(*, by: Actor, at: datetime, job_id: int) -> int:
    """
    A draft of the next version, with what was signed in it, as a job of its own that takes the signed
    one's place once it is signed. Until then what was signed stands. Asked twice, it is the same draft.

    Returns the new job's id. Refuses NotSignedYet, WorkIsBilled, WorkIsDone, WasChanged.
    """
    job = lock_payer(job_id)
    there = Job.objects.filter(replaces=job).first()
    if there is not None:
        return there.id
    check_not_begun(load(job))
    signed = Signature.objects.select_related("quote_version").get(job=job).quote_version
    quote = replace(as_typed(signed), expires_on=None)
    number = _next_number(job, signed.version + 1)
    made = new_job(job.business, job.customer, quote, at=at, number=number, replaces=job)
    write_version(job.business, made, signed.version + 1, quote, at)
    tell(job, "version_begun", by=by, at=at, for_customer=False, number=number)
    return made.id


def _next_number(job: Job, version: int) -> str:
    """Q-1042, then Q-1042-2: the number that people know, and the version behind it."""
    base = job.number.removesuffix(f"-{version - 1}") if job.replaces_id else job.number
    number = f"{base}-{version}"
    while Job.objects.filter(number=number).exists():
        version += 1
        number = f"{base}-{version}"
    return number
