"""Where a portal link leads, asked before any business is in scope."""

from dataclasses import dataclass, replace
from decimal import Decimal

from django.db import connection

from milepost.core.colors import is_color
from milepost.queries.door import NotThere, question
from milepost.records.businesses import Business
from milepost.records.customers import Contact
from milepost.records.jobs import Job
from milepost.records.links import hash_of, pay_token_of


@dataclass(frozen=True)
class Guest:
    """A customer's person at the portal's door, and the job that their link is for."""

    business_id: int
    business_name: str
    bank_from_cents: int
    transfer_details: str
    cheque_details: str
    brand_color: str
    timezone: str
    job_id: int
    contact_id: int
    name: str
    approves: bool
    pays: bool
    token: str
    logo_sha256: str = ""
    language: str = ""
    only_pays: bool = False
    parts_from_cents: int | None = None
    surcharge_percent: Decimal = Decimal(0)
    currency: str = ""

    @property
    def called(self) -> str:
        """How they are called; nothing where only their email address or phone number is known."""
        is_reach = "@" in self.name or (self.name.startswith("+") and self.name[1:].isdecimal())
        return "" if is_reach else self.name

    @property
    def pay_token(self) -> str:
        """The token of the link to pass on to somebody who only pays."""
        return self.token if self.only_pays else pay_token_of(self.token)

    @property
    def brand(self) -> str:
        """The business's colour as its stylesheet is called: six digits, without the hash."""
        return self.brand_color.removeprefix("#").lower() if is_color(self.brand_color) else ""


def guest_of(token: str) -> Guest:
    """
    The person whom a link was given to, or anybody to whom they passed on its other half, which only
    pays. Refuses NotThere for a link that nobody was given.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT business_id, job_id, contact_id FROM mp_resolve_link(%s)", [hash_of(token)])
        found = cursor.fetchone()
        only_pays = found is None
        if only_pays:
            cursor.execute("SELECT business_id, job_id, contact_id FROM mp_resolve_pay_link(%s)", [token])
            found = cursor.fetchone()
    if found is None:
        raise NotThere
    business_id, job_id, contact_id = found
    guest: Guest = _guest(business_id, job_id, contact_id, token)
    return replace(guest, only_pays=True, approves=False, name="") if only_pays else guest


@question
def _guest(job_id: int, contact_id: int, token: str) -> Guest:
    contact = Contact.objects.select_related("customer").get(id=contact_id)
    business = Business.objects.get()
    return Guest(
        business.id,
        business.name,
        business.bank_from_cents,
        business.transfer_details,
        business.cheque_details,
        business.brand_color,
        business.timezone,
        job_id,
        contact.id,
        contact.name,
        contact.approves,
        contact.pays,
        token,
        business.logo_sha256,
        contact.customer.language or business.locale,
        parts_from_cents=business.parts_from_cents,
        surcharge_percent=business.surcharge_percent,
        currency=Job.objects.values_list("currency", flat=True).get(id=job_id),
    )
