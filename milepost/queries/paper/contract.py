"""The signed version in words: the work, the whole schedule, the clauses, the signatures."""

from collections.abc import Sequence
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from milepost.queries.documents_shape import (
    Amount,
    Clause,
    ContractContent,
    Fact,
    Party,
    Row,
    Signature,
    Table,
    Total,
)
from milepost.queries.paper.facts import ContractFacts, JobFacts, LineFacts, RowFacts, TaxFacts
from milepost.queries.paper.parts import customer_party, fact, head, lines_of, net_terms, project, total
from milepost.queries.paper.reader import Reader, reading
from milepost.queries.paper.road import row_title, when
from milepost.queries.paper.work import line, net_cents, priced_table, tax_clauses, tax_totals, used


def contract_content(facts: ContractFacts) -> ContractContent:
    """The version that was signed, in the reader's language. Refuses nothing."""
    job = facts.job
    with reading(job) as reader:
        return ContractContent(
            **head(
                job,
                reader,
                title=_("Contract"),
                number=job.number,
                subject=job.title,
                facts=_about(facts, reader),
                parties=parties_of(job),
                project=project(job),
                clauses=discount_clause(facts.discount_percent, reader)
                + clauses_in_words(facts.note, facts.taxes, facts.clauses),
            ),
            amount=Amount(
                label=_("Contract total"),
                value=reader.coded(job.contract_cents),
                note=_("tax included") if used(facts.taxes) else "",
            ),
            table=priced_table(facts.lines, reader, heading=_("The work"), with_tax=job.prices_include_tax),
            totals=sums_of(job, facts.lines, facts.taxes, reader, label=_("Contract total")),
            schedule=schedule_table(facts.rows, reader),
            signatures=_signatures(facts, reader),
        )


def _about(facts: ContractFacts, reader: Reader) -> list[Fact]:
    known = [fact(_("Version"), str(facts.version))]
    if facts.job.signed_on:
        known.insert(0, fact(_("Signed"), reader.day(facts.job.signed_on)))
    if "net_days" in facts.job.terms:
        known.append(fact(_("Terms"), net_terms(int(str(facts.job.terms["net_days"])))))
    return known


def parties_of(job: JobFacts) -> list[Party]:
    """The customer; whoever approves for them, where that is somebody else."""
    customer = customer_party(job)
    approvers = [contact.name for contact in job.contacts if contact.approves and contact.name]
    others = [name for name in dict.fromkeys(approvers) if name != customer["name"]]
    if not others:
        return [customer]
    return [customer, Party(label=_("Approves for the customer"), name=others[0], lines=others[1:])]


def discount_clause(percent: Decimal, reader: Reader) -> list[Clause]:
    """What came off everything; each line says its own discount beneath it."""
    if not percent:
        return []
    text = _("Every amount of the work is after {percent} off.").format(percent=reader.percent(percent))
    return [Clause(heading=_("Discount"), text=text)]


def clauses_in_words(note: str, taxes: Sequence[TaxFacts], clauses: Sequence[dict[str, str]]) -> list[Clause]:
    """The note, what the taxes have to say, the clauses."""
    said = [Clause(heading=_("Note"), text="\n".join(lines_of(note)))] if note.strip() else []
    return (
        said
        + tax_clauses(taxes)
        + [Clause(heading=clause["title"], text=clause["text"]) for clause in clauses]
    )


def sums_of(
    job: JobFacts, lines: Sequence[LineFacts], taxes: Sequence[TaxFacts], reader: Reader, *, label: str
) -> list[Total]:
    """Net, each tax, and the whole under its label."""
    whole = total(label, reader.coded(job.contract_cents), strong=True)
    taxed = tax_totals(taxes, reader)
    return [total(_("Net"), reader.money(net_cents(lines))), *taxed, whole] if taxed else [whole]


def schedule_table(rows: Sequence[RowFacts], reader: Reader) -> Table:
    """Every payment: when it is billed and what it takes, its share, its amount."""
    return Table(
        heading=_("The payment schedule"),
        text=_("When"),
        figures=[_("Share"), _("Amount")],
        rows=[_schedule_row(row, rows, reader) for row in rows],
    )


def _schedule_row(row: RowFacts, rows: Sequence[RowFacts], reader: Reader) -> Row:
    moment = when(row, reader)
    sentences = [f"{moment[:1].upper()}{moment[1:]}."]
    if row.planned_until or (row.planned_on and row.planned_on != row.event_on):
        sentences.append(_planned(row, reader))
    if row.deliverable:
        sentences.append(_sentence(row.deliverable))
    if row.acceptance:
        sentences.append(_sentence(_("Done means: {criteria}").format(criteria="; ".join(row.acceptance))))
    if row.evidence:
        names = ", ".join(_evidence(code) for code in row.evidence)
        sentences.append(_sentence(_("Shown by: {evidence}").format(evidence=names)))
    if row.window_days and row.number:
        sentences.append(_window(row.window_days))
    if row.approver:
        sentences.append(_("Accepted by {name}.").format(name=row.approver))
    if row.net_days is not None:
        sentences.append(_own_terms(row.net_days))
    amount = reader.money(row.amount_cents)
    return line(row_title(row), _share(row, rows, reader), amount, detail=" ".join(sentences))


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _window(days: int) -> str:
    return ngettext(
        "Time to look at it: {days} business day.", "Time to look at it: {days} business days.", days
    ).format(days=days)


def _planned(row: RowFacts, reader: Reader) -> str:
    begins = reader.day(row.planned_on) if row.planned_on else ""
    if not row.planned_until or row.planned_until == row.planned_on:
        return _("Planned for {day}.").format(day=begins)
    return _("Planned from {begins} to {ends}.").format(begins=begins, ends=reader.day(row.planned_until))


def _own_terms(days: int) -> str:
    if not days:
        return _("Its own terms: due on receipt of its invoice.")
    return ngettext(
        "Its own terms: due within {days} day of its invoice.",
        "Its own terms: due within {days} days of its invoice.",
        days,
    ).format(days=days)


def _evidence(code: str) -> str:
    names = {"photo": _("photos"), "inspection": _("inspection"), "document": _("document")}
    return names.get(code, code)


def _share(row: RowFacts, rows: Sequence[RowFacts], reader: Reader) -> str:
    """How the row takes its part of the contract, in two or three words."""
    if row.basis == "percent" and row.value is not None:
        return reader.percent(row.value)
    if row.basis == "fixed":
        return _("fixed")
    if row.basis == "lines":
        return _("its lines")
    if row.basis == "remainder" or row.value is None:
        return _("the rest") if len(rows) > 1 else _("all")
    shares = sum((other.value or Decimal() for other in rows if other.basis == "share"), Decimal())
    if any(other.basis == "remainder" for other in rows):
        return _("a share")
    return _("{share} of {shares}").format(share=reader.quantity(row.value), shares=reader.quantity(shares))


def _signatures(facts: ContractFacts, reader: Reader) -> list[Signature]:
    signed = reader.moment(facts.signed_at)
    how = {
        "link": _("{moment}, by their own link"),
        "in_person": _("{moment}, in person, on our device"),
        "paper": _("on paper; recorded {moment}"),
    }.get(facts.how, "{moment}")
    return [
        Signature(
            label=_("For {business}").format(business=facts.job.business.name),
            name=facts.job.business.name,
            signed=_("by sending version {version} to be signed").format(version=facts.version),
        ),
        Signature(label=_("For the customer"), name=facts.signed_by, signed=how.format(moment=signed)),
    ]
