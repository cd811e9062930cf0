"""An invoice in words: what for, how much, why so much, where it stands in the whole, how to pay."""

from collections.abc import Sequence
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from milepost.core.early_payment import payment_for_cents
from milepost.queries.concessions import early_terms
from milepost.queries.documents_shape import Amount, Clause, Fact, InvoiceContent, Table, Total
from milepost.queries.paper.explained import explained
from milepost.queries.paper.facts import AT_ONCE, InvoiceFacts, JobFacts, RowFacts
from milepost.queries.paper.math import invoice_math
from milepost.queries.paper.parts import (
    bill_to,
    fact,
    head,
    join,
    net_terms,
    pay,
    project,
    questions,
    total,
)
from milepost.queries.paper.reader import Reader, reading
from milepost.queries.paper.road import ahead_of_event, deposit_use, road, row_title
from milepost.queries.paper.work import (
    deposit_totals,
    line,
    priced_table,
    progress_table,
    tax_clauses,
    tax_totals,
)


def invoice_content(facts: InvoiceFacts) -> InvoiceContent:
    """A deposit, progress or simple invoice, in the reader's language. Refuses nothing."""
    with reading(facts.job) as reader:
        return InvoiceContent(
            **head(
                facts.job,
                reader,
                title=_("Deposit invoice") if facts.kind == "deposit" else _("Invoice"),
                number=facts.number,
                subject=_subject(facts, reader),
                facts=_dates(facts, reader),
                parties=bill_to(facts.job, reader),
                project=project(facts.job),
                clauses=_clauses(facts, reader),
            ),
            amount=_amount(facts, reader),
            story=_story(facts, reader),
            table=_table(facts, reader),
            totals=_totals(facts, reader),
            math=invoice_math(facts, reader),
            road=road(facts.rows, reader) if facts.kind not in AT_ONCE else None,
            pay=pay(facts.job, number=facts.number) if facts.total_cents else None,
            explained=explained(facts, reader),
        )


def _billed(facts: InvoiceFacts) -> list[RowFacts]:
    return [row for row in facts.rows if row.state == "now"]


def _subject(facts: InvoiceFacts, reader: Reader) -> str:
    job = facts.job
    if facts.kind in AT_ONCE:
        return job.title
    what = _rows_title(_billed(facts))
    if job.signed_on is None:
        return what
    return _("{what}, per contract of {day}").format(what=what, day=reader.day(job.signed_on))


def _rows_title(rows: Sequence[RowFacts]) -> str:
    if len(rows) == 1:
        return row_title(rows[0])
    return _("Milestones {numbers}: {names}").format(
        numbers=join([str(row.number) for row in rows]), names=join([row.name for row in rows])
    )


def _dates(facts: InvoiceFacts, reader: Reader) -> list[Fact]:
    days = (facts.due_on - facts.issued_on).days
    signing = facts.kind == "deposit" and days <= 0
    return [
        fact(_("Issued"), reader.day(facts.issued_on)),
        fact(_("Due"), reader.day(facts.due_on)),
        fact(_("Terms"), _("Due on signing") if signing else net_terms(days)),
        *_early(facts, reader),
    ]


def _early(facts: InvoiceFacts, reader: Reader) -> list[Fact]:
    """By when less is enough, and how much; never of a deposit."""
    terms = early_terms(facts.job.terms)
    if terms is None or facts.kind == "deposit" or not facts.total_cents:
        return []
    enough = payment_for_cents(facts.total_cents, terms.percent)
    label = _("If it is here by {day}").format(day=reader.day(terms.until(facts.issued_on)))
    return [fact(label, reader.money(enough))]


def _amount(facts: InvoiceFacts, reader: Reader) -> Amount:
    note = _("by {day}").format(day=reader.day(facts.due_on)) if facts.total_cents else _("Nothing to pay")
    return Amount(label=_("Total due"), value=reader.coded(facts.total_cents), note=note)


def _story(facts: InvoiceFacts, reader: Reader) -> list[Fact]:
    if facts.kind == "deposit":
        return _deposit_story(facts, reader)
    billed = _billed(facts)
    story: list[Fact] = []
    for row in billed:
        if len(billed) > 1:
            story.append(fact(_("Milestone {number}").format(number=row.number), row.name))
        story += _row_story(row, reader)
    return story


def _deposit_story(facts: InvoiceFacts, reader: Reader) -> list[Fact]:
    whole = reader.money(facts.job.contract_cents)
    return [
        fact(
            _("What it is"),
            _(
                "A deposit is paid before the work begins. It is a part of the contract total of {whole}, "
                "not an extra charge."
            ).format(whole=whole),
        ),
        fact(_("How it is used"), deposit_use(facts.job.recovery) + _deposit_tax(facts)),
    ]


def _deposit_tax(facts: InvoiceFacts) -> str:
    """Nothing where the work bears no tax."""
    if facts.tax_cents:
        return " " + _(
            "It carries its part of the tax: each invoice for work taxes the whole of that work, and takes "
            "the deposit off again with the tax in it."
        )
    if any(tax.percent for tax in facts.taxes):
        return " " + _("It carries no tax: each invoice for work taxes the whole of that work.")
    return ""


def _row_story(row: RowFacts, reader: Reader) -> list[Fact]:
    story = []
    if row.deliverable:
        story.append(fact(_("Deliverable"), row.deliverable))
    if row.completed_on:
        story.append(fact(_("Completed"), _completed(row, reader.day(row.completed_on))))
    elif row.bill_on == "before":
        story.append(fact(_("Billed"), ahead_of_event(row, reader)))
    if row.accepted_on:
        story.append(fact(_("Accepted"), _by(reader.day(row.accepted_on), row.accepted_by)))
    return story


def _completed(row: RowFacts, day: str) -> str:
    text = _by(day, row.completed_by)
    if not row.photos:
        return text
    photos = ngettext("{count} photo", "{count} photos", row.photos).format(count=row.photos)
    return _("{done}, with {photos}").format(done=text, photos=photos)


def _by(day: str, name: str) -> str:
    return _("{day} by {name}").format(day=day, name=name) if name else day


def _table(facts: InvoiceFacts, reader: Reader) -> Table:
    if facts.kind in AT_ONCE:
        return priced_table(facts.lines, reader, heading="", with_tax=facts.job.prices_include_tax)
    if facts.kind in ("progress", "cancellation"):
        return progress_table(facts.lines, reader)
    return Table(
        heading="",
        text=_("Description"),
        figures=[_("Contract total"), _("This invoice")],
        rows=[
            line(
                _rows_title(_billed(facts)),
                reader.money(facts.job.contract_cents),
                reader.money(facts.total_cents),
                detail=facts.job.title,
            )
        ],
    )


def _totals(facts: InvoiceFacts, reader: Reader) -> list[Total]:
    due = total(_("Total due"), reader.coded(facts.total_cents), strong=True)
    taxes = tax_totals(facts.taxes, reader)
    if not (taxes or facts.recovered_cents):
        return [due]
    recovered = deposit_totals(
        facts.recovered_cents,
        facts.recovered_taxes,
        reader,
        whole=_("Deposit recovered"),
        net=_("Deposit recovered, net"),
    )
    return [total(_("Subtotal"), reader.money(facts.net_cents)), *taxes, *recovered, due]


def _clauses(facts: InvoiceFacts, reader: Reader) -> list[Clause]:
    return [
        *tax_clauses(facts.taxes),
        *_late_fee(facts.job, reader),
        *questions(facts.job, _("Questions about this invoice? Write or call: {reach}.")),
    ]


def _late_fee(job: JobFacts, reader: Reader) -> list[Clause]:
    """Nothing is said of a fee that no signed contract has."""
    monthly = Decimal(str(job.terms.get("late_fee_monthly") or 0))
    if job.signed_on is None or not monthly:
        return []
    days = int(str(job.terms.get("grace_days") or 0))
    text = ngettext(
        "As the contract says, an amount still unpaid {days} day after its due date bears a late fee of "
        "{rate} a month.",
        "As the contract says, an amount still unpaid {days} days after its due date bears a late fee of "
        "{rate} a month.",
        days,
    )
    return [Clause(heading=_("Late payment"), text=text.format(days=days, rate=reader.percent(monthly)))]
