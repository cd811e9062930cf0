"""A signed quote with a mistake in it: whether a new version may take its place, and what that does."""

from dataclasses import dataclass

from milepost.core.money import Money
from milepost.core.msgids import gettext_noop
from milepost.core.refusals import Refusal
from milepost.queries.billing_state import LoadedJob, load
from milepost.queries.cancelling import done_rows
from milepost.queries.door import NotThere, question
from milepost.records.jobs import Job


class NotSignedYet(Refusal):
    code = "not_signed_yet"
    message = gettext_noop("{number} is not an open job. A quote that is not signed is simply edited.")


class WorkIsBilled(Refusal):
    code = "work_is_billed"
    message = gettext_noop(
        "Work of {number} is billed, so what was signed stands. Write a change order for what changes now."
    )


class WorkIsDone(Refusal):
    code = "work_is_done"
    message = gettext_noop(
        "“{milestone}” is reported as done, so what was signed stands. Write a change order for what changes now."
    )


class WasChanged(Refusal):
    code = "was_changed"
    message = gettext_noop(
        "{number} was changed since it was signed, so it stands. Write another change order for what changes now."
    )


def check_not_begun(loaded: LoadedJob) -> None:
    """Refuses NotSignedYet, WorkIsBilled, WorkIsDone, WasChanged: what has begun is changed by change orders."""
    job = loaded.job
    if job.state != "open" or job.origin != "quote":
        raise NotSignedYet(number=job.number)
    if any(invoice.kind != "deposit" for invoice in loaded.standing):
        raise WorkIsBilled(number=job.number)
    done = done_rows(loaded)
    if done:
        raise WorkIsDone(milestone=done[0].name)
    if job.change_orders.filter(state="approved").exists():
        raise WasChanged(number=job.number)


@dataclass(frozen=True)
class RewritePage:
    """What a new version does: the deposit that was asked for, and what of it is paid."""

    job_id: int
    job: str
    number: str
    signed_by: str
    deposit: Money
    deposit_paid: Money


@question
def rewrite_page(job_id: int) -> RewritePage:
    """Before a new version is written. Refuses NotThere, and as `check_not_begun` does."""
    job = Job.objects.select_related("business", "customer", "site").filter(id=job_id).first()
    if job is None:
        raise NotThere
    loaded = load(job)
    check_not_begun(loaded)
    settled = loaded.settled_by_invoice()
    signature = job.signature_set.order_by("-id").first()
    return RewritePage(
        job.id,
        job.title,
        job.number,
        signature.name if signature else "",
        Money(sum(invoice.stands_cents for invoice in loaded.standing), job.currency),
        Money(sum(settled.get(invoice.id, 0) for invoice in loaded.standing), job.currency),
    )
