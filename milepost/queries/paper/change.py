"""A signed change order in words: what changes, what the contract is now, every payment before and after."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from milepost.core.money import Money
from milepost.queries.change_difference import Difference, LineDiff, RowDiff
from milepost.queries.documents_shape import (
    Amount,
    Clause,
    ContractContent,
    Fact,
    Row,
    Signature,
    Table,
    Total,
)
from milepost.queries.paper.facts import JobFacts
from milepost.queries.paper.parts import customer_party, fact, head, project, total
from milepost.queries.paper.reader import Reader, reading
from milepost.queries.paper.work import line


@dataclass(frozen=True)
class ChangeFacts:
    """A change order as it was signed. `job` knows the contract total after it."""

    job: JobFacts
    name: str
    reason: str
    days: int
    shown: Difference
    signed_by: str
    signed_at: datetime
    how: str


def change_content(facts: ChangeFacts) -> ContractContent:
    """The change order that was signed, in the reader's language, on the contract's own template."""
    job, shown = facts.job, facts.shown
    with reading(job) as reader:
        return ContractContent(
            **head(
                job,
                reader,
                title=_("Change of tax") if facts.how == "law" else _("Change order"),
                number=f"{facts.name} · {job.number}",
                subject=job.title,
                facts=_about(facts, reader),
                parties=[customer_party(job)],
                project=project(job),
                clauses=_clauses(facts),
            ),
            amount=Amount(
                label=_("This change"),
                value=_signed(shown.difference, reader),
                note=_("new contract total: {total}").format(total=reader.coded(shown.contract_after.cents)),
            ),
            table=_work(shown.lines, reader),
            totals=_totals(shown, reader),
            schedule=_schedule(shown.rows, reader),
            signatures=_signatures(facts, reader),
        )


def _signed(difference: Money, reader: Reader) -> str:
    return ("+" if difference.cents > 0 else "") + reader.money(difference.cents)


def _about(facts: ChangeFacts, reader: Reader) -> list[Fact]:
    known = []
    if facts.job.signed_on:
        known.append(fact(_("Contract of"), reader.day(facts.job.signed_on)))
    if facts.days:
        days = ngettext("{days} day", "{days} days", abs(facts.days)).format(days=facts.days)
        known.append(fact(_("Time added"), days))
    return known


def _clauses(facts: ChangeFacts) -> list[Clause]:
    unchanged = _(
        "Everything else in the contract stays as it was signed. What is billed stays as it was billed."
    )
    return [
        Clause(heading=_("What changes and why"), text=facts.reason),
        Clause(heading=_("The rest"), text=unchanged),
    ]


def _work(lines: Sequence[LineDiff], reader: Reader) -> Table:
    return Table(
        heading=_("The work"),
        text=_("Description"),
        figures=[_("Before"), _("After"), _("Difference")],
        rows=[_work_line(one, reader) for one in lines],
    )


def _work_line(one: LineDiff, reader: Reader) -> Row:
    name, _newline, scope = one.description.strip().partition("\n")
    detail = " · ".join(
        text for text in (" ".join(scope.split()), _measures(one, reader), ", ".join(one.taxes)) if text
    )
    before = reader.money(one.before.cents) if one.before else ""
    return line(name, before, reader.money(one.after.cents), _signed(one.difference, reader), detail=detail)


def _measures(one: LineDiff, reader: Reader) -> str:
    def times(quantity: object, price: object) -> str:
        count = f"{reader.quantity(quantity)} {one.unit}".strip()  # type: ignore[arg-type]
        return f"{count} × {reader.price(price)}"  # type: ignore[arg-type]

    if one.is_removed:
        return _("removed")
    now = times(one.quantity, one.unit_price)
    if one.quantity_before is None:
        return now
    before = times(one.quantity_before, one.price_before)
    return now if before == now else _("{before}, now {now}").format(before=before, now=now)


def _totals(shown: Difference, reader: Reader) -> list[Total]:
    rows = [total(_("Contract total before"), reader.money(shown.contract_before.cents))]
    if shown.taxes:
        rows.append(total(_("Net"), _signed(_less(shown.net_after, shown.net_before), reader)))
        rows += [
            total(
                _("{tax}, {rate}").format(tax=tax.name, rate=reader.percent(tax.percent)),
                _signed(_less(tax.after, tax.before), reader),
            )
            for tax in shown.taxes
            if tax.after != tax.before
        ]
    rows.append(total(_("This change"), _signed(shown.difference, reader)))
    rows.append(total(_("New contract total"), reader.coded(shown.contract_after.cents), strong=True))
    return rows


def _less(after: Money, before: Money) -> Money:
    return Money(after.cents - before.cents, after.currency)


def _schedule(rows: Sequence[RowDiff], reader: Reader) -> Table:
    return Table(
        heading=_("The payment schedule"),
        text=_("Payment"),
        figures=[_("Before"), _("Now")],
        rows=[_schedule_row(row, reader) for row in rows],
    )


def _schedule_row(row: RowDiff, reader: Reader) -> Row:
    notes = []
    if row.billed:
        notes.append(_("Billed, so it stands."))
    elif row.before is None:
        notes.append(_("New."))
    if row.deliverable:
        notes.append(_("Deliverable: {text}").format(text=row.deliverable))
    if row.planned_on:
        notes.append(_("Planned for {day}.").format(day=reader.day(row.planned_on)))
    before = reader.money(row.before.cents) if row.before else ""
    return line(row.name, before, reader.money(row.after.cents), detail=" ".join(notes))


def _signatures(facts: ChangeFacts, reader: Reader) -> list[Signature]:
    moment = reader.moment(facts.signed_at)
    if facts.how == "law":
        said = _("{moment}: the law changes the tax, so nobody needs to sign").format(moment=moment)
        sender = facts.job.business.name
        return [Signature(label=_("For {business}").format(business=sender), name=sender, signed=said)]
    how = {
        "link": _("{moment}, by their own link"),
        "in_person": _("{moment}, in person, on our device"),
        "paper": _("on paper; recorded {moment}"),
    }.get(facts.how, "{moment}")
    return [
        Signature(
            label=_("For {business}").format(business=facts.job.business.name),
            name=facts.job.business.name,
            signed=_("by offering {change} to be signed").format(change=facts.name),
        ),
        Signature(label=_("For the customer"), name=facts.signed_by, signed=how.format(moment=moment)),
    ]
