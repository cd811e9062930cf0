"""Portal links as the office, the messages and the documents show them."""

from collections.abc import Sequence

from django.conf import settings

from milepost.records.customers import Contact
from milepost.records.links import token_for
from milepost.records.post import PortalLink


def link_path(link: PortalLink) -> str:
    """The path of a link, the same every time."""
    token = token_for(
        business_id=link.business_id, job_id=link.job_id, contact_id=link.contact_id, nonce=link.nonce
    )
    return f"/c/{token}/"


def link_url(link: PortalLink) -> str:
    """The link as a customer opens it."""
    return settings.MILEPOST_URL.rstrip("/") + link_path(link)


def pay_url(job_id: int, contacts: Sequence[Contact], known: Sequence[PortalLink] | None = None) -> str:
    """The link of whoever pays, or of anybody; "" when there is none yet. `known`: links at hand."""
    found = PortalLink.objects.filter(job_id=job_id) if known is None else known
    links = {link.contact_id: link for link in found if link.revoked_at is None}
    payers = [contact for contact in contacts if contact.pays] or list(contacts)
    for contact in payers:
        if contact.id in links:
            return link_url(links[contact.id])
    return ""
