"""The closing statement in words: what was agreed, what was billed and paid, and nothing left."""

from django.utils.translation import gettext as _

from milepost.queries.documents_shape import Amount, Fact, Row, StatementContent, Table, Total
from milepost.queries.paper.facts import MoneyEvent, StatementFacts
from milepost.queries.paper.parts import (
    bill_to,
    fact,
    head,
    local_date,
    method_name,
    project,
    questions,
    total,
)
from milepost.queries.paper.reader import Reader, reading
from milepost.queries.paper.road import bar
from milepost.queries.paper.work import amounts_rows, line, section, tax_label, used
from milepost.records.concessions import LET_OFF


def statement_content(facts: StatementFacts) -> StatementContent:
    """Everything that was billed and paid on a job, in the reader's language. Refuses nothing."""
    job, left = facts.job, facts.billed_cents - facts.paid_cents
    with reading(job) as reader:
        return StatementContent(
            **head(
                job,
                reader,
                title=_("Closing statement"),
                number=job.number,
                subject=_("The work is finished and everything is paid. Thank you.")
                if not left
                else job.title,
                facts=_dates(facts, reader),
                parties=bill_to(job, reader),
                project=project(job),
                clauses=questions(job, _("Questions about this statement? Write or call: {reach}.")),
            ),
            amount=Amount(
                label=_("Left to pay"),
                value=reader.coded(left),
                note="" if left else _("Paid in full"),
            ),
            bar=bar(job, reader, billed_cents=facts.billed_cents, paid_cents=facts.paid_cents),
            tables=[_contract(facts, reader), _account(facts, reader)],
            totals=_totals(facts, reader, left),
            road=None,
        )


def _dates(facts: StatementFacts, reader: Reader) -> list[Fact]:
    closed = fact(_("Closed"), reader.day(local_date(facts.job)))
    signed = facts.job.signed_on
    return [fact(_("Signed"), reader.day(signed)), closed] if signed else [closed]


def _contract(facts: StatementFacts, reader: Reader) -> Table:
    taxes = [line(tax_label(tax, reader), reader.money(tax.tax_cents)) for tax in used(facts.taxes)]
    whole = section(_("Contract total"), reader.money(facts.job.contract_cents))
    return Table(
        heading=_("What was agreed"),
        text=_("Description"),
        figures=[_("Amount")],
        rows=[*amounts_rows(facts.lines, reader), *taxes, whole],
    )


def _account(facts: StatementFacts, reader: Reader) -> Table:
    """Invoices and payments in order, each with what was left to pay after it."""
    rows, balance = [], 0
    for event in facts.events:
        balance += event.invoiced_cents - event.paid_cents
        rows.append(_event_row(event, balance, reader))
    return Table(
        heading=_("What was billed and paid"),
        text=_("Date and document"),
        figures=[_("Billed"), _("Paid"), _("Balance")],
        rows=rows,
    )


def _event_row(event: MoneyEvent, balance: int, reader: Reader) -> Row:
    if event.paid_cents:
        billed, paid = "", reader.money(event.paid_cents)
    else:
        billed, paid = reader.money(event.invoiced_cents), ""
    return line(event_text(event), billed, paid, reader.money(balance), detail=reader.day(event.on))


def event_text(event: MoneyEvent) -> str:
    """An invoice or credit note by number and title, a payment by its method and receipt, what was let off."""
    if event.text in LET_OFF:
        what = _("Early-payment discount") if event.text == "discount" else _("Small difference let be")
        return _("{what} · Invoice {number}").format(what=what, number=event.number)
    if event.invoiced_cents < 0:
        credit = _("Credit note {number}").format(number=event.number)
        return " · ".join(text for text in (credit, event.text) if text)
    if not event.paid_cents:
        invoice = _("Invoice {number}").format(number=event.number)
        return " · ".join(text for text in (invoice, event.text) if text)
    how = " ".join(text for text in (method_name(event.text), event.reference) if text)
    if not event.number:
        return _("Payment: {how}").format(how=how)
    return _("Payment: {how} · Receipt {number}").format(how=how, number=event.number)


def _totals(facts: StatementFacts, reader: Reader, left: int) -> list[Total]:
    received = sum(event.paid_cents for event in facts.events)
    sums = [
        total(_("Billed"), reader.money(facts.billed_cents)),
        total(_("Paid"), reader.money(facts.paid_cents)),
    ]
    if received > facts.paid_cents:
        sums.append(total(_("Kept as your credit"), reader.money(received - facts.paid_cents)))
    return [*sums, total(_("Left to pay"), reader.coded(left), strong=True)]
