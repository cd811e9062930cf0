"""A credit note in words: which invoice, how much, why, and what becomes of work, deposit and money."""

from decimal import Decimal

from django.utils.translation import gettext as _

from milepost.queries.documents_shape import Amount, CreditNoteContent, Fact, Math, Table, Total
from milepost.queries.paper.facts import CreditFacts
from milepost.queries.paper.parts import bill_to, fact, head, project, questions, total
from milepost.queries.paper.reader import Reader, reading
from milepost.queries.paper.road import road, row_title
from milepost.queries.paper.work import deposit_totals, line, tax_clauses, tax_totals


def credit_note_content(facts: CreditFacts) -> CreditNoteContent:
    """A void, a reversal or money off, in the reader's language. Refuses nothing."""
    with reading(facts.job) as reader:
        return CreditNoteContent(
            **head(
                facts.job,
                reader,
                title=_("Credit note"),
                number=facts.number,
                subject=_("For invoice {number} of {day}").format(
                    number=facts.invoice_number, day=reader.day(facts.invoice_issued_on)
                ),
                facts=[
                    fact(_("Issued"), reader.day(facts.issued_on)),
                    fact(_("Invoice"), facts.invoice_number),
                ],
                parties=bill_to(facts.job, reader),
                project=project(facts.job),
                clauses=[
                    *tax_clauses(facts.taxes),
                    *questions(facts.job, _("Questions about this credit note? Write or call: {reach}.")),
                ],
            ),
            amount=Amount(
                label=_("Credited"), value=reader.coded(facts.total_cents), note=_note(facts, reader)
            ),
            story=_story(facts, reader),
            table=_table(facts, reader),
            totals=_totals(facts, reader),
            math=_math(facts, reader),
            road=road(facts.rows, reader, here_note=_("this credit note")) if facts.job.signed_on else None,
        )


def _left_cents(facts: CreditFacts) -> int:
    """What is left to pay of the invoice."""
    return facts.stands_cents - (facts.paid_cents - facts.excess_cents)


def _note(facts: CreditFacts, reader: Reader) -> str:
    left = _left_cents(facts)
    if left:
        return _("{left} of invoice {number} is left to pay").format(
            left=reader.money(left), number=facts.invoice_number
        )
    return _("nothing is left to pay of invoice {number}").format(number=facts.invoice_number)


def _story(facts: CreditFacts, reader: Reader) -> list[Fact]:
    story = [fact(_("Reason"), facts.reason)] if facts.reason else []
    story.append(fact(_("What it means"), _meaning(facts)))
    if facts.recovered_cents:
        text = _("{amount} of it had come off this invoice. It is there again for the next one.")
        story.append(fact(_("Your deposit"), text.format(amount=reader.money(facts.recovered_cents))))
    if facts.excess_cents:
        text = _("{amount} is now your credit. It pays what comes next, or is refunded, as you like.")
        story.append(fact(_("What you had paid"), text.format(amount=reader.money(facts.excess_cents))))
    return story


def _meaning(facts: CreditFacts) -> str:
    if facts.kind == "allowance":
        return _("The price comes down by this amount. Everything else stays as it was agreed.")
    if facts.kind == "cancellation":
        return _("The job is cancelled. This part of the deposit was not used and goes back to you.")
    if facts.kind == "reduction":
        return _(
            "The contract came down, so this part of the deposit is not needed. The rest stays your deposit."
        )
    if facts.share is not None and facts.invoice_kind == "deposit":
        return _("This part of the deposit goes back. The payments that follow ask for that much more.")
    if facts.share is not None:
        return _("This part of the invoice no longer counts. Its work is billed again when it is due.")
    if facts.invoice_kind == "deposit":
        return _("The invoice for the deposit no longer counts.")
    return _("The invoice no longer counts. The work is billed again by another invoice.")


def _table(facts: CreditFacts, reader: Reader) -> Table:
    rows = [
        line(item.description.strip().partition("\n")[0].strip(), reader.money(item.now_cents))
        for item in facts.lines
        if item.now_cents
    ]
    if not rows:
        rows = [
            line(row_title(row), reader.money(row.due_now_cents)) for row in facts.rows if row.due_now_cents
        ]
    return Table(heading="", text=_("Description"), figures=[_("Credited")], rows=rows)


def _totals(facts: CreditFacts, reader: Reader) -> list[Total]:
    due = total(_("Total credited"), reader.coded(facts.total_cents), strong=True)
    taxes = tax_totals(facts.taxes, reader)
    if not (taxes or facts.recovered_cents):
        return [due]
    again = deposit_totals(
        facts.recovered_cents,
        facts.recovered_taxes,
        reader,
        whole=_("Deposit to be used again"),
        net=_("Deposit to be used again, net"),
    )
    return [total(_("Subtotal"), reader.money(facts.net_cents)), *taxes, *again, due]


def _math(facts: CreditFacts, reader: Reader) -> Math:
    rows = [
        fact(_("Invoice {number}").format(number=facts.invoice_number), reader.money(facts.invoice_cents))
    ]
    if facts.credited_before_cents:
        rows.append(fact(_("Credited before"), reader.money(-facts.credited_before_cents)))
    rows.append(fact(_("This credit note"), reader.money(-facts.total_cents)))
    if facts.paid_cents:
        rows.append(fact(_("Paid"), reader.money(-facts.paid_cents)))
    if facts.excess_cents:
        rows.append(fact(_("Your credit from it"), reader.money(facts.excess_cents)))
    rows.append(fact(_("Left to pay of it"), reader.money(_left_cents(facts))))
    rows += [
        fact(_("Contract total"), reader.money(facts.job.contract_cents)),
        fact(_("Billed of it now"), reader.money(facts.billed_cents)),
    ]
    return Math(heading=_("How this adds up"), sentences=_sentences(facts, reader), rows=rows)


def _sentences(facts: CreditFacts, reader: Reader) -> list[str]:
    """Of a share: how much of the invoice it is, and how the deposit that it had used goes with it."""
    if facts.share is None or facts.invoice_kind == "deposit":
        return []
    values = {
        "share": reader.percent(Decimal(round(facts.share * 1_000_000)) / 10_000),
        "number": facts.invoice_number,
        "work": reader.money(facts.total_cents + facts.recovered_cents),
        "deposit": reader.money(facts.recovered_cents),
        "due": reader.money(facts.total_cents),
    }
    if not facts.recovered_cents:
        return [_("{share} of invoice {number}, each line and tax in that share: {due}.").format(**values)]
    return [
        _(
            "{share} of invoice {number}: {work} of work, less {deposit} of the deposit that it had used, is {due}."
        ).format(**values)
    ]
