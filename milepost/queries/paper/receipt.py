"""A receipt in words: what arrived, what it covers, what is left, what comes next."""

from itertools import groupby

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from milepost.queries.documents_shape import Amount, Fact, Project, ReceiptContent, Row, Table, Total
from milepost.queries.paper.facts import CoveredFacts, JobShare, ReceiptFacts
from milepost.queries.paper.parts import bill_to, fact, head, join, method_name, project, questions, total
from milepost.queries.paper.reader import Reader, reading
from milepost.queries.paper.road import bar, deposit_use, first_ahead, road, row_title, when
from milepost.queries.paper.work import line, section


def receipt_content(facts: ReceiptFacts) -> ReceiptContent:
    """One cleared payment, in the reader's language. Refuses nothing."""
    job = facts.job
    with reading(job) as reader:
        return ReceiptContent(
            **head(
                job,
                reader,
                title=_("Receipt"),
                number=facts.number,
                subject=_("Thank you. Your payment for {title} has arrived.").format(title=_titles(facts)),
                facts=_how(facts, reader),
                parties=bill_to(job, reader),
                project=_projects(facts),
                clauses=questions(job, _("Questions about this receipt? Write or call: {reach}.")),
            ),
            amount=Amount(
                label=_("Received"),
                value=reader.coded(facts.amount_cents + facts.surcharge_cents),
                note=_note(facts, reader),
            ),
            story=_story(facts, reader),
            table=_table(facts, reader),
            totals=_totals(facts, reader),
            bar=bar(job, reader, billed_cents=facts.billed_cents, paid_cents=facts.paid_cents)
            if job.signed_on and not _are_several(facts)
            else None,
            road=road(facts.rows, reader) if job.signed_on and not _are_several(facts) else None,
        )


def _are_several(facts: ReceiptFacts) -> bool:
    return len(facts.jobs) > 1


def _titles(facts: ReceiptFacts) -> str:
    return join([job.name for job in facts.jobs]) if _are_several(facts) else facts.job.title


def _projects(facts: ReceiptFacts) -> Project:
    """The one job with its place and contract; of several only their names."""
    if not _are_several(facts):
        return project(facts.job)
    return Project(label=_("Projects"), title=_titles(facts), lines=[])


def _how(facts: ReceiptFacts, reader: Reader) -> list[Fact]:
    known = [
        fact(_("Received on"), reader.day(facts.received_on)),
        fact(_("Method"), method_name(facts.method)),
    ]
    return [*known, fact(_("Reference"), facts.reference)] if facts.reference else known


def _note(facts: ReceiptFacts, reader: Reader) -> str:
    """What is left of the covered invoices, in one short line."""
    left = _left_cents(facts)
    if not facts.covered:
        return _("kept for your next invoice")
    numbers = join([covered.invoice_number for covered in facts.covered])
    count = len(facts.covered)
    if not left:
        return ngettext(
            "Invoice {numbers} is paid in full", "Invoices {numbers} are paid in full", count
        ).format(numbers=numbers)
    return ngettext(
        "{left} of invoice {numbers} is left to pay", "{left} of invoices {numbers} is left to pay", count
    ).format(left=reader.money(left), numbers=numbers)


def _left_cents(facts: ReceiptFacts) -> int:
    return sum(covered.balance_cents for covered in facts.covered)


def _story(facts: ReceiptFacts, reader: Reader) -> list[Fact]:
    story = []
    if facts.covers_deposit:
        whole = reader.money(facts.job.contract_cents)
        counts = _(
            "A deposit is paid before the work begins. It is no extra cost: it counts towards the contract "
            "total of {whole}."
        ).format(whole=whole)
        story.append(fact(_("Your deposit"), f"{counts} {deposit_use(facts.job.recovery)}"))
    jobs = _jobs(facts)
    open_cents = sum(job.billed_cents - job.paid_cents for job in jobs)
    if open_cents > 0:
        story.append(fact(_("Billed, not yet received"), reader.money(open_cents)))
    for job in jobs:
        label = _("Next on {job}").format(job=job.name) if _are_several(facts) else _("Next")
        story.append(fact(label, _next(job, reader)))
    return story


def _jobs(facts: ReceiptFacts) -> list[JobShare]:
    own = JobShare(facts.job.title, facts.billed_cents, facts.paid_cents, facts.rows)
    return list(facts.jobs) if _are_several(facts) else [own]


def _next(job: JobShare, reader: Reader) -> str:
    following = first_ahead(job.rows)
    if following:
        return _("{name}, {amount}, {when}").format(
            name=row_title(following),
            amount=reader.money(following.amount_cents),
            when=when(following, reader),
        )
    return (
        _("Nothing more will be billed.")
        if job.billed_cents > job.paid_cents
        else _("Nothing. Everything is billed and paid.")
    )


def _table(facts: ReceiptFacts, reader: Reader) -> Table:
    return Table(
        heading=_("What it covers"),
        text=_("Invoice"),
        figures=[_("Invoice total"), _("This payment"), _("Left to pay")],
        rows=_covered_rows(facts, reader),
    )


def _covered_rows(facts: ReceiptFacts, reader: Reader) -> list[Row]:
    """Invoice by invoice; where several jobs are covered, each under the name of its job."""
    rows = []
    for job, covered in groupby(facts.covered, key=lambda covered: covered.job):
        part = list(covered)
        if _are_several(facts):
            rows.append(section(job, "", reader.money(sum(item.settled_cents for item in part)), ""))
        rows += [_covered_row(item, reader) for item in part]
    return rows


def _covered_row(covered: CoveredFacts, reader: Reader) -> Row:
    name = " · ".join(text for text in (covered.invoice_number, covered.title) if text)
    cents = (covered.total_cents, covered.settled_cents, covered.balance_cents)
    return line(name, *(reader.money(amount) for amount in cents))


def _totals(facts: ReceiptFacts, reader: Reader) -> list[Total]:
    """What was received; of more than one thing, each of them first. A surcharge settles nothing."""
    received = total(_("Received"), reader.coded(facts.amount_cents + facts.surcharge_cents), strong=True)
    if not facts.credit_cents and not facts.surcharge_cents:
        return [received]
    parts = [
        (_("Paid on invoices"), facts.amount_cents - facts.credit_cents),
        (_("Kept as your credit"), facts.credit_cents),
        (_("Surcharge for paying by credit card"), facts.surcharge_cents),
    ]
    return [*(total(label, reader.money(cents)) for label, cents in parts if cents), received]
