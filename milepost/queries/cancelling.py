"""What cancelling a job does, computed before anything is written."""

from collections.abc import Sequence
from dataclasses import dataclass

from milepost.core.billing import bill
from milepost.core.cancelling import Cancelled, cancel
from milepost.core.money import Money
from milepost.core.msgids import gettext_noop
from milepost.core.refusals import Refusal
from milepost.queries.billing_state import LoadedJob, load
from milepost.queries.door import NotThere, question
from milepost.records.jobs import Job, ScheduleRow
from milepost.records.work import Completion


class NotToCancel(Refusal):
    code = "not_to_cancel"
    message = gettext_noop("{number} is not an open job, so there is nothing to cancel.")


@dataclass(frozen=True)
class RowDropped:
    """A payment that will not be asked for."""

    name: str
    amount: Money


@dataclass(frozen=True)
class CancelPage:
    """What cancelling does: `done` is billed first, then the rest is dropped."""

    job_id: int
    job: str
    done: Sequence[str]
    done_total: Money
    dropped: Sequence[RowDropped]
    deposit: Money
    deposit_left: Money
    kept: Money
    returned: Money
    contract: Money
    contract_after: Money
    open: Money
    is_taxed: bool
    """The deposit carries tax: what is kept stays taxed, what goes back takes its tax with it."""


def done_rows(loaded: LoadedJob) -> list[ScheduleRow]:
    """The milestones that were reported as done and are not billed."""
    done = set(Completion.objects.filter(job=loaded.job, withdrawn_at=None).values_list("row_id", flat=True))
    return [row for row in loaded.rows if row.id in done and row.id not in loaded.billed_rows]


def checked_job(loaded: LoadedJob) -> None:
    """Refuses NotToCancel."""
    if loaded.job.state != "open":
        raise NotToCancel(number=loaded.job.number)


def plan_cancel(loaded: LoadedJob, keep_cents: int) -> Cancelled:
    """The cancellation of a job whose work is billed. Refuses as the core does."""
    billed = loaded.row_head_cents(loaded.deposit) if loaded.deposit else 0
    return cancel(loaded.state, deposit_billed_cents=billed, keep_cents=keep_cents)


@question
def cancel_page(job_id: int, *, keep_cents: int) -> CancelPage:
    """
    What happens when so much of the deposit is kept. Refuses NotThere, NotToCancel, KeptBelowZero,
    KeptTooMuch.
    """
    job = Job.objects.select_related("business", "customer", "site").filter(id=job_id).first()
    if job is None:
        raise NotThere
    loaded = load(job)
    checked_job(loaded)
    done = done_rows(loaded)
    state, asked = loaded.state, 0
    if done:
        made = bill(state, [row.id for row in done])
        state, asked = state.after(made), made.due_cents
    billed = loaded.row_head_cents(loaded.deposit) if loaded.deposit else 0
    left = billed - state.recovered_cents
    gone = cancel(state, deposit_billed_cents=billed, keep_cents=keep_cents)
    names = {row.id for row in done}

    def money(cents: int) -> Money:
        return Money(cents, job.currency)

    return CancelPage(
        job_id=job.id,
        job=job.title,
        done=[row.name for row in done],
        done_total=money(asked),
        dropped=[
            RowDropped(row.name, money(row.amount_cents))
            for row in loaded.rows
            if row.kind == "milestone" and row.id not in loaded.billed_rows | names and row.amount_cents
        ],
        deposit=money(billed),
        deposit_left=money(left),
        kept=money(gone.kept_cents),
        returned=money(gone.returned_cents),
        contract=money(job.contract_cents),
        contract_after=money(gone.contract_cents),
        open=money(sum(loaded.open_cents(invoice) for invoice in loaded.invoices) + asked),
        is_taxed=bool(loaded.deposit_put),
    )
