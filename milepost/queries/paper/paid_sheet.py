"""The sheet that a reprint adds: what was paid since, the balance, the next amount."""

from django.utils.translation import gettext as _

from milepost.queries.documents_shape import Amount, Fact, PaidSheetContent, Row, Table, Total
from milepost.queries.paper.facts import PaidSheetFacts
from milepost.queries.paper.parts import bill_to, fact, head, local_date, pay, project, questions, total
from milepost.queries.paper.reader import Reader, reading
from milepost.queries.paper.road import bar, first_ahead, road, when
from milepost.queries.paper.statement import event_text
from milepost.queries.paper.work import line


def paid_sheet_content(facts: PaidSheetFacts) -> PaidSheetContent:
    """How an invoice stands on the day of its reprint, in the reader's language. Refuses nothing."""
    job = facts.job
    with reading(job) as reader:
        return PaidSheetContent(
            **head(
                job,
                reader,
                title=_("Payments on invoice"),
                number=facts.number,
                subject=_("As of {day}. The invoice itself is unchanged.").format(
                    day=reader.day(local_date(job))
                ),
                facts=_dates(facts, reader),
                parties=bill_to(job, reader),
                project=project(job),
                clauses=questions(job, _("Questions about this invoice? Write or call: {reach}.")),
            ),
            amount=_balance(facts, reader),
            table=_table(facts, reader),
            totals=_totals(facts, reader),
            next_amount=_next(facts, reader),
            bar=None
            if facts.billed_cents is None or facts.paid_cents is None or not job.signed_on
            else bar(job, reader, billed_cents=facts.billed_cents, paid_cents=facts.paid_cents),
            road=road(facts.rows, reader) if job.signed_on else None,
            pay=pay(job, number=facts.number) if facts.balance_cents > 0 else None,
        )


def _dates(facts: PaidSheetFacts, reader: Reader) -> list[Fact]:
    dates = [fact(_("Invoice issued"), reader.day(facts.issued_on))]
    return [*dates, fact(_("Due"), reader.day(facts.due_on))] if facts.due_on else dates


def _balance(facts: PaidSheetFacts, reader: Reader) -> Amount:
    note, job = "", facts.job
    if not facts.balance_cents:
        credited = not any(event.paid_cents for event in facts.payments)
        note = _("Nothing left to pay") if credited else _("Paid in full")
    elif facts.due_on:
        late = facts.due_on < local_date(job)
        note = (_("was due {day}") if late else _("by {day}")).format(day=reader.day(facts.due_on))
    return Amount(label=_("Balance of this invoice"), value=reader.coded(facts.balance_cents), note=note)


def _table(facts: PaidSheetFacts, reader: Reader) -> Table:
    rows: list[Row] = []
    balance = facts.total_cents
    for event in facts.payments:
        off = event.paid_cents - event.invoiced_cents
        balance -= off
        amounts = (reader.money(off), reader.money(balance))
        rows.append(line(event_text(event), *amounts, detail=reader.day(event.on)))
    if not rows:
        rows = [line(_("No payment has arrived yet"), "", reader.money(balance))]
    return Table(
        heading=_("Paid since the invoice was issued"),
        text=_("Payment"),
        figures=[_("Amount"), _("Balance")],
        rows=rows,
    )


def _totals(facts: PaidSheetFacts, reader: Reader) -> list[Total]:
    paid = sum(event.paid_cents for event in facts.payments)
    credited = facts.total_cents - facts.balance_cents - paid
    return [
        total(_("Invoice total"), reader.money(facts.total_cents)),
        *([total(_("Credited since"), reader.money(-credited))] if credited else []),
        total(_("Paid since"), reader.money(-paid)),
        total(_("Balance"), reader.coded(facts.balance_cents), strong=True),
    ]


def _next(facts: PaidSheetFacts, reader: Reader) -> Amount | None:
    """The next row of the schedule, by the name that the facts give it."""
    if not facts.next_name:
        return None
    row = first_ahead(facts.rows)
    note = facts.next_name
    if row and row.name == facts.next_name:
        note = _("{name}, {when}").format(name=row.name, when=when(row, reader))
    return Amount(label=_("Next"), value=reader.coded(facts.next_cents), note=note)
