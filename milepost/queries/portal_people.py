"""Everybody who has a link to a job, as a list to choose from."""

from dataclasses import dataclass

from milepost.queries.door import question
from milepost.queries.links import link_url
from milepost.records.post import PortalLink


@dataclass(frozen=True)
class LinkRow:
    """One person's way into one job."""

    job_number: str
    job_title: str
    job_state: str
    name: str
    approves: bool
    pays: bool
    url: str


@question
def portal_links() -> list[LinkRow]:
    """The links of the whole business, oldest job first. One query."""
    links = (
        PortalLink.objects.filter(revoked_at=None).select_related("job", "contact").order_by("job_id", "id")
    )
    return [
        LinkRow(
            link.job.number,
            link.job.title,
            link.job.state,
            link.contact.name,
            link.contact.approves,
            link.contact.pays,
            link_url(link),
        )
        for link in links
    ]
