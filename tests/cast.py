"""
The cast of every test: Alice owns the business, Tess is the technician, Bo keeps the books, Carol
approves for the customer and Pat pays, Mallory belongs to nobody. All of them come in through the
real actions.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from milepost.actions.actor import Actor, Role
from milepost.actions.businesses import add_member, start_business
from milepost.actions.customers import ContactInput, add_customer
from milepost.actions.quotes import draft_quote, send_quote
from milepost.actions.signing import sign_quote
from milepost.core.quote_input import LineInput, QuoteInput, RowInput
from milepost.records.customers import Contact
from milepost.records.jobs import ScheduleRow
from milepost.records.scope import scoped

PASSWORD = "a kitchen in the spring"
AT = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)  # a Monday, nine in the morning in Chicago


@dataclass(frozen=True)
class Cast:
    """A business with its people and one customer. `at` is a Monday morning."""

    business_id: int
    customer_id: int
    alice: Actor
    tess: Actor
    bo: Actor
    carol: Actor
    pat: Actor
    mallory: Actor
    at: datetime = AT
    password: str = PASSWORD

    @property
    def system(self) -> Actor:
        """What happens by itself: the bank's answer, the calendar."""
        return Actor.system(self.business_id)


@dataclass(frozen=True)
class Kitchen:
    """The signed kitchen of 40,000.00: its job, its deposit's invoice, its rows by name."""

    job_id: int
    deposit_invoice_id: int
    rows: dict[str, int]


def make_cast() -> Cast:
    """Northside Kitchens of Chicago, and Mallory's business next door, which must see none of it."""
    alice = _owner("Northside Kitchens", "Alice Northside", "alice@example.com")
    mallory = _owner("Mallory and Sons", "Mallory", "mallory@example.com")
    tess = _member(alice, "Tess Tanaka", "tess@example.com", "technician")
    bo = _member(alice, "Bo Brandt", "bo@example.com", "bookkeeper")
    customer_id = add_customer(
        by=alice,
        at=AT,
        name="Carol Reyes",
        contacts=[
            ContactInput("Carol Reyes", email="carol@example.com", phone="+13125550142", pays=False),
            ContactInput("Pat Reyes", email="pat@example.com", approves=False),
        ],
        site="12 Elm Street, Chicago, IL 60614",
    )
    with scoped(alice.business_id, writing=False):
        carol, pat = Contact.objects.filter(customer_id=customer_id).order_by("position")
    return Cast(alice.business_id, customer_id, alice, tess, bo, _contact(carol), _contact(pat), mallory)


def _owner(business: str, name: str, email: str) -> Actor:
    started = start_business(name=business, owner_name=name, email=email, password=PASSWORD, at=AT)
    return Actor(started.business_id, "owner", name, user_id=started.user_id)


def _member(owner: Actor, name: str, email: str, role: Role) -> Actor:
    user_id = add_member(by=owner, at=AT, name=name, email=email, role=role, password=PASSWORD)
    return Actor(owner.business_id, role, name, user_id=user_id)


def _contact(contact: Contact) -> Actor:
    return Actor(contact.business_id, "customer", contact.name, contact_id=contact.id)


KITCHEN = QuoteInput(
    title="Kitchen remodel",
    lines=(LineInput("Kitchen remodel", Decimal("40000.00")),),
    rows=(
        RowInput("Deposit", "percent", kind="deposit", value=Decimal(25)),
        RowInput("Rough-in complete", "fixed", value=Decimal(10_000_00)),
        RowInput("Cabinets installed", "fixed", value=Decimal(12_000_00)),
        RowInput("Final walkthrough", "remainder"),
    ),
    template="kitchen_remodel",
)


def kitchen(cast: Cast, *, quote: QuoteInput = KITCHEN) -> Kitchen:
    """The kitchen of 40,000.00, sent and signed by Carol: 10,000 down, then 10,000, 12,000 and 8,000."""
    job_id = draft_quote(by=cast.alice, at=cast.at, customer_id=cast.customer_id, quote=quote)
    send_quote(by=cast.alice, at=cast.at, job_id=job_id)
    signed = sign_quote(by=cast.carol, at=cast.at, job_id=job_id, version=1, name="Carol Reyes")
    with scoped(cast.business_id, writing=False):
        rows = dict(ScheduleRow.objects.filter(job_id=job_id).values_list("name", "id"))
    return Kitchen(job_id, signed.deposit_invoice_id or 0, rows)


ROOF = QuoteInput(
    title="New roof",
    lines=(
        LineInput("Tear off and new shingles", Decimal("5.40"), Decimal(3000), "sq ft", "Roof"),
        LineInput("Gutter guards", Decimal("1180.00"), section="Extras", is_optional=True),
    ),
    rows=(
        RowInput("Deposit", "percent", kind="deposit", value=Decimal(30)),
        RowInput("Old roof off", "percent", value=Decimal(40), event="Materials delivered"),
        RowInput("Roof complete", "remainder", acceptance=("The yard is swept for nails",)),
    ),
    note="Price holds for 30 days.",
)


def sent_quote(cast: Cast, *, quote: QuoteInput = ROOF) -> int:
    """A roof that is offered and not signed; its job's id."""
    job_id = draft_quote(by=cast.alice, at=cast.at, customer_id=cast.customer_id, quote=quote)
    send_quote(by=cast.alice, at=cast.at, job_id=job_id)
    return job_id
