"""An offer as the customer reads it before signing: the work, the whole schedule, the clauses."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from milepost.core.money import Money
from milepost.core.refusals import Refusal
from milepost.queries.door import NotThere, question
from milepost.queries.pricing import price_quote
from milepost.records.jobs import Job
from milepost.records.quotes import QuoteLine, QuoteRow, QuoteVersion


@dataclass(frozen=True)
class OfferLine:
    """A line of the offered work, net."""

    section: str
    description: str
    quantity: object
    unit: str
    unit_price: object
    taxes: str
    net: Money


@dataclass(frozen=True)
class OfferRow:
    """A row of the offered schedule with its amount, tax included."""

    kind: str
    name: str
    amount: Money
    bill_on: str
    before_days: int
    deliverable: str
    acceptance: Sequence[str]
    event: str
    event_on: date | None


@dataclass(frozen=True)
class OfferPage:
    """One version in cents. `problem` says why it cannot be priced yet, if so."""

    job_id: int
    number: str
    title: str
    state: str
    business_name: str
    customer_name: str
    site: str
    version: int
    sent_at: datetime | None
    expires_on: date | None
    note: str
    template: str
    lines: Sequence[OfferLine]
    rows: Sequence[OfferRow]
    clauses: Sequence[dict[str, str]]
    net: Money
    tax: Money
    total: Money
    deposit: Money
    bank_first: bool
    problem: Refusal | None = None


@question
def offer_page(job_id: int, *, sent_only: bool) -> OfferPage:
    """The newest version (the newest one sent, for the customer), priced. Refuses NotThere."""
    job = Job.objects.select_related("business", "customer", "site").filter(id=job_id).first()
    versions = QuoteVersion.objects.filter(job_id=job_id).order_by("-version")
    version = (versions.filter(sent_at__isnull=False) if sent_only else versions).first()
    if job is None or version is None:
        raise NotThere
    lines, rows = list(version.lines.order_by("position")), list(version.rows.order_by("position"))
    return _priced(job, version, lines, rows)


def _priced(job: Job, version: QuoteVersion, lines: list[QuoteLine], rows: list[QuoteRow]) -> OfferPage:
    problem: Refusal | None = None
    nets: dict[int, int] = {}
    amounts: dict[int, int] = {}
    net = total = 0
    try:
        priced = price_quote(job.business, lines, rows, currency=job.currency, recovery=job.recovery)
        nets = {int(str(k)): v for k, v in priced.contract.net_cents_by_line.items()}
        amounts, net, total = priced.amounts, priced.contract.net_cents, priced.contract.total_cents
    except Refusal as refusal:
        problem = refusal

    def money(cents: int) -> Money:
        return Money(cents, job.currency)

    deposit = sum(amounts.get(row.position, 0) for row in rows if row.kind == "deposit")
    return OfferPage(
        job_id=job.id,
        number=job.number,
        title=job.title,
        state=job.state,
        business_name=job.business.name,
        customer_name=job.customer.name,
        site=job.site.address if job.site else "",
        version=version.version,
        sent_at=version.sent_at,
        expires_on=version.expires_on,
        note=version.note,
        template=version.template,
        lines=[_line(line, money(nets.get(line.position, 0))) for line in lines],
        rows=[_row(row, money(amounts.get(row.position, 0))) for row in rows],
        clauses=version.clauses,
        net=money(net),
        tax=money(total - net),
        total=money(total),
        deposit=money(deposit),
        bank_first=deposit >= job.business.bank_from_cents,
        problem=problem,
    )


def _line(line: QuoteLine, net: Money) -> OfferLine:
    taxes = ", ".join(tax["name"] for tax in line.taxes)
    return OfferLine(line.section, line.description, line.quantity, line.unit, line.unit_price, taxes, net)


def _row(row: QuoteRow, amount: Money) -> OfferRow:
    return OfferRow(
        row.kind,
        row.name,
        amount,
        row.bill_on,
        row.before_days,
        row.deliverable,
        row.acceptance,
        row.event_name,
        row.event_on,
    )
