"""Why every amount of a job is what it is today: its schedule, contract, deposit and balance."""

from collections.abc import Sequence
from dataclasses import dataclass

from milepost.core.explaining_rows import explain_rows
from milepost.queries.billing_state import LoadedJob, load
from milepost.queries.documents_shape import Explained
from milepost.queries.door import NotThere, question
from milepost.queries.paper.explained_job import contract, deposit, open_now, row_told
from milepost.queries.paper.reader import Reader
from milepost.records.changes import KeyChange
from milepost.records.credit_notes import CreditNote
from milepost.records.jobs import Job


@dataclass(frozen=True)
class Told:
    """One amount with its reasons; `anchor` is where a page links to it."""

    anchor: str
    label: str
    value: str
    sentences: Sequence[str]


@dataclass(frozen=True)
class ExplainedJob:
    """A job's amounts as they stand, each with its derivation in the reader's language."""

    job_id: int
    title: str
    number: str
    schedule: Sequence[Told]
    others: Sequence[Told]


@question
def explained_job(job_id: int, *, locale: str = "en") -> ExplainedJob:
    """
    Every row of the schedule, the contract and its taxes, the deposit, what is open; in a number of
    queries that does not depend on the job's size. Refuses NotThere, also before it is signed.
    """
    return explain_job(job_id, locale)


def explain_job(job_id: int, locale: str) -> ExplainedJob:
    """The same inside an open scope."""
    job = Job.objects.select_related("business", "customer", "site").filter(id=job_id).first()
    if job is None or job.signed_on is None:
        raise NotThere
    loaded, reader = load(job), Reader(locale, job.currency, job.business.timezone)
    return ExplainedJob(job.id, job.title, job.number, _schedule(loaded, reader), _others(loaded, reader))


def _schedule(loaded: LoadedJob, reader: Reader) -> list[Told]:
    story = explain_rows(loaded.state)
    by_id = {row.row: row for row in story.rows}
    return [
        Told(
            f"row-{row.id}",
            row.name,
            reader.money(row.amount_cents),
            row_told(row, by_id[row.id], story, loaded, reader),
        )
        for row in loaded.rows
    ]


def _others(loaded: LoadedJob, reader: Reader) -> list[Told]:
    notes = list(CreditNote.objects.filter(job=loaded.job).order_by("id"))
    changes = list(
        KeyChange.objects.filter(job=loaded.job)
        .select_related("change_order", "credit_note", "cancellation")
        .order_by("id")
    )
    found = [_told("contract", contract(loaded, changes, reader))]
    if loaded.deposit is not None:
        found.append(_told("deposit", deposit(loaded, notes, reader)))
    return [*found, _told("open", open_now(loaded, notes, reader))]


def _told(anchor: str, one: Explained) -> Told:
    return Told(anchor, one["label"], one["value"], one["sentences"])
