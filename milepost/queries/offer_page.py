"""An offer as the customer reads it before signing: the work, the whole schedule, the clauses."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby

from milepost.core.contract import PricedContract
from milepost.core.money import Money
from milepost.core.refusals import Refusal
from milepost.queries.clause_wording import reverse_charge_words
from milepost.queries.door import NotThere, question
from milepost.queries.pricing import core_line, price_offer
from milepost.records.quotes import QuoteLine, QuoteRow, QuoteVersion


@dataclass(frozen=True)
class OfferLine:
    """
    A line of the offered work with its amount after its discount: net, or with the taxes that the price
    includes. An optional one counts when it is `chosen`.
    """

    position: int
    section: str
    description: str
    quantity: object
    unit: str
    unit_price: object
    taxes: str
    net: Money
    discount_percent: Decimal = Decimal(0)
    is_optional: bool = False
    chosen: bool = False

    @property
    def measured(self) -> bool:
        """Whether quantity and price say more than the amount alone."""
        return bool(self.unit) or self.quantity != 1

    @property
    def counts(self) -> bool:
        """Whether it is part of the total as it stands."""
        return self.chosen or not self.is_optional

    @property
    def name(self) -> str:
        """The first line of the description."""
        return self.description.strip().partition("\n")[0]

    @property
    def scope(self) -> str:
        """What the description says beneath its first line."""
        return self.description.strip().partition("\n")[2].strip()


@dataclass(frozen=True)
class OfferSection:
    """Lines that stand under one name ("" for none), in their order, and what those that count come to."""

    name: str
    lines: Sequence[OfferLine]
    sum: Money


@dataclass(frozen=True)
class OfferRow:
    """
    A row of the offered schedule with its amount, tax included. `event_stands` before or after it, or ""
    where it has none, or another row has shown it.
    """

    kind: str
    name: str
    amount: Money
    bill_on: str
    before_days: int
    deliverable: str
    acceptance: Sequence[str]
    evidence: Sequence[str]
    window_days: int | None
    event: str
    event_on: date | None
    event_stands: str = ""
    planned_on: date | None = None
    planned_until: date | None = None
    net_days: int | None = None
    approver: str = ""


@dataclass(frozen=True)
class OfferPage:
    """
    One version in cents, with the optional lines that are ticked. `problem` says why it cannot be
    priced yet, if so; `expired` that it can no longer be signed.
    """

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
    recovery: str
    lines: Sequence[OfferLine]
    rows: Sequence[OfferRow]
    clauses: Sequence[dict[str, str]]
    discount_percent: Decimal
    net: Money
    taxes: Sequence[tuple[str, Decimal, Money]]
    total: Money
    deposit: Money
    prices_include_tax: bool = False
    tax_notes: Sequence[str] = ()
    problem: Refusal | None = None

    @property
    def sections(self) -> list[OfferSection]:
        """The lines by section; a section that comes again later stands again."""
        return [
            OfferSection(
                name, lines, Money(sum(line.net.cents for line in lines if line.counts), self.total.currency)
            )
            for name, found in groupby(self.lines, key=lambda line: line.section)
            for lines in [list(found)]
        ]


@question
def offer_page(job_id: int, *, sent_only: bool, chosen: Collection[int] = ()) -> OfferPage:
    """
    The newest version (the newest one sent, for the customer), priced with the optional lines
    `chosen` by position; others than the version's are ignored. Refuses NotThere.
    """
    versions = QuoteVersion.objects.select_related("job__business", "job__customer", "job__site")
    versions = versions.filter(job_id=job_id).order_by("-version")
    version = (versions.filter(sent_at__isnull=False) if sent_only else versions).first()
    if version is None:
        raise NotThere
    lines, rows = (
        list(version.lines.order_by("position")),
        list(version.rows.select_related("approver").order_by("position")),
    )
    ticked = frozenset(line.position for line in lines if line.is_optional and line.position in chosen)
    return _priced(version, lines, rows, ticked)


def _priced(
    version: QuoteVersion, lines: list[QuoteLine], rows: list[QuoteRow], ticked: frozenset[int]
) -> OfferPage:
    job = version.job
    problem: Refusal | None = None
    nets: dict[int, int] = {}
    amounts: dict[int, int] = {}
    net = total = 0
    taxes: list[tuple[str, Decimal, Money]] = []
    try:
        priced = price_offer(version, lines, rows, chosen=ticked)
        nets = _nets(version, lines)
        amounts, net, total = priced.amounts, priced.contract.net_cents, priced.contract.total_cents
        taxes = tax_lines(priced.contract)
    except Refusal as refusal:
        problem = refusal

    def money(cents: int) -> Money:
        return Money(cents, job.currency)

    there = [row for row in rows if problem or row.position in amounts]
    stands = _events_stand(there)
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
        recovery=job.recovery,
        lines=[_line(line, money(nets.get(line.position, 0)), ticked) for line in lines],
        rows=[_row(row, money(amounts.get(row.position, 0)), stands.get(row.position, "")) for row in there],
        clauses=version.clauses,
        discount_percent=version.discount_percent,
        net=money(net),
        taxes=taxes,
        total=money(total),
        deposit=money(deposit),
        prices_include_tax=version.prices_include_tax,
        tax_notes=_tax_notes(lines),
        problem=problem,
    )


def _nets(version: QuoteVersion, lines: list[QuoteLine]) -> dict[int, int]:
    """Every line's net by its position, those that are not ticked, too."""
    return {
        line.position: core_line(line, version.discount_percent).net_cents(version.job.currency)
        for line in lines
    }


def _tax_notes(lines: list[QuoteLine]) -> list[str]:
    """What is said of taxes that the customer owes, each once."""
    owed = [tax for line in lines for tax in line.taxes if tax.get("kind") == "reverse_charge"]
    return list(dict.fromkeys(tax["note"].strip() or reverse_charge_words() for tax in owed))


def tax_lines(contract: PricedContract) -> list[tuple[str, Decimal, Money]]:
    """Each tax of a contract: its name, its rate, what it comes to."""
    rates = contract.tax_rates
    return [
        (rates[code].name, rates[code].percent, Money(cents, contract.currency))
        for code, cents in contract.tax_by_code.items()
    ]


def _line(line: QuoteLine, net: Money, ticked: frozenset[int]) -> OfferLine:
    return OfferLine(
        line.position,
        line.section,
        line.description,
        line.quantity,
        line.unit,
        line.unit_price,
        ", ".join(tax["name"] for tax in line.taxes),
        net,
        line.discount_percent,
        line.is_optional,
        line.position in ticked,
    )


def _events_stand(rows: Sequence[QuoteRow]) -> dict[int, str]:
    """On which side of which row each event stands, by the row's position: at the first that names it."""
    first: dict[str, QuoteRow] = {}
    for row in rows:
        if row.event_name:
            first.setdefault(row.event_name, row)
    return {
        row.position: "after" if row.event_follows or row.bill_on == "before" else "before"
        for row in first.values()
    }


def _row(row: QuoteRow, amount: Money, stands: str) -> OfferRow:
    return OfferRow(
        row.kind,
        row.name,
        amount,
        row.bill_on,
        row.before_days,
        row.deliverable,
        row.acceptance,
        row.evidence,
        row.window_days,
        row.event_name,
        row.event_on,
        stands,
        row.planned_on,
        row.planned_until,
        row.net_days,
        row.approver.name if row.approver and row.approver.archived_at is None else "",
    )
