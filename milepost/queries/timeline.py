"""A job's timeline as a record that somebody else can check."""

from collections.abc import Iterable
from datetime import UTC, datetime

from milepost.core.timeline import Content, Link, microseconds, record
from milepost.queries.door import NotThere, question
from milepost.records.jobs import Job
from milepost.records.timeline import JobEvent


def chain_of(events: Iterable[JobEvent], *, for_customer: bool = False) -> list[Link]:
    """The events as a chain; for the customer what is not for them keeps its place and withholds the rest."""
    return [
        Link(
            event.seq,
            event.prev_hash,
            event.hash,
            _content(event) if event.for_customer or not for_customer else None,
        )
        for event in events
    ]


def _content(event: JobEvent) -> Content:
    shown = event.for_customer if event.version > 1 else None
    return Content(microseconds(event.at), event.kind, event.actor_name, event.text, shown)


@question
def timeline_record(job_id: int, *, at: datetime, for_customer: bool = False) -> tuple[str, str]:
    """The name of the file and its text: see core/timeline.py. Refuses NotThere."""
    job = Job.objects.select_related("business").filter(id=job_id).first()
    if job is None:
        raise NotThere
    chain = chain_of(JobEvent.objects.filter(job=job).order_by("seq"), for_customer=for_customer)
    about = {
        "business": job.business.name,
        "job": job.number,
        "title": job.title,
        "taken_at": at.astimezone(UTC).isoformat(timespec="seconds"),
    }
    return f"{job.number} timeline.json", record(about, chain)


def strangers(chain: list[Link], *, using: str = "owner") -> list[int]:
    """
    The numbers of a record's events that this database does not know under their hash, asked as the
    owner: what was there when the record was taken, and is not there now.
    """
    hashes = [link.hash for link in chain]
    known = set(JobEvent.objects.using(using).filter(hash__in=hashes).values_list("seq", "hash"))
    return [link.number for link in chain if (link.number, link.hash) not in known]
