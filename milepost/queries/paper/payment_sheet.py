"""A payment as it stands today: on its way, received, returned, refunded. The receipt itself never changes."""

from django.utils.translation import gettext as _

from milepost.queries.documents_shape import Amount, ReceiptContent, Table, Total
from milepost.queries.paper.facts import PaymentSheetFacts
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
from milepost.queries.paper.work import line


def payment_sheet_content(facts: PaymentSheetFacts) -> ReceiptContent:
    """One payment on the day that somebody asks, in the reader's language. Refuses nothing."""
    job = facts.job
    with reading(job) as reader:
        told = [
            fact(_("As of"), reader.day(local_date(job))),
            fact(_("Method"), method_name(facts.method)),
            *([fact(_("Reference"), facts.reference)] if facts.reference else []),
        ]
        return ReceiptContent(
            **head(
                job,
                reader,
                title=_titles()[facts.state],
                number=facts.receipt,
                subject=_subject(facts, reader),
                facts=told,
                parties=bill_to(job, reader),
                project=project(job),
                clauses=questions(job, _("Questions about this payment? Write or call: {reach}.")),
            ),
            amount=_amount(facts, reader),
            story=[],
            table=_table(facts, reader),
            totals=_totals(facts, reader),
            bar=None,
            road=None,
        )


def _titles() -> dict[str, str]:
    return {
        "on_its_way": _("Payment on its way"),
        "failed": _("Payment that did not arrive"),
        "received": _("Payment"),
        "disputed": _("Disputed payment"),
        "returned": _("Returned payment"),
        "refunded": _("Refund"),
        "refunded_in_part": _("Refund"),
    }


def _subject(facts: PaymentSheetFacts, reader: Reader) -> str:
    """What holds today, in one sentence, and whether the receipt still counts."""
    back = reader.money(facts.amount_cents - facts.stands_cents)
    sentences = {
        "on_its_way": _(
            "This is not a receipt: the money is not here yet. The receipt follows when it is. There is "
            "nothing more to do."
        ),
        "failed": _("Your bank did not pay. Nothing was taken, and what it was for is still open."),
        "received": _("The money is here. Receipt {number} counts as it was issued."),
        "disputed": _("Its bank decides about it. Until then receipt {number} counts."),
        "returned": _(
            "The bank took it back. Receipt {number} no longer counts, and what it paid is open again."
        ),
        "refunded": _("{back} went back to you: all of it. Receipt {number} no longer counts."),
        "refunded_in_part": _("{back} went back to you. Receipt {number} counts for the rest."),
    }
    return sentences[facts.state].format(number=facts.receipt, back=back)


def _amount(facts: PaymentSheetFacts, reader: Reader) -> Amount:
    if facts.state in ("on_its_way", "failed"):
        label = _("On its way") if facts.state == "on_its_way" else _("Did not arrive")
        return Amount(label=label, value=reader.coded(facts.amount_cents), note=_("not received"))
    whole = _("of {whole} received").format(whole=reader.money(facts.amount_cents))
    note = whole if facts.stands_cents != facts.amount_cents else ""
    return Amount(label=_("Stands today"), value=reader.coded(facts.stands_cents), note=note)


def _table(facts: PaymentSheetFacts, reader: Reader) -> Table:
    rows = [line(step.text, reader.money(step.cents), detail=reader.day(step.on)) for step in facts.steps]
    return Table(heading=_("What has become of it"), text=_("Event"), figures=[_("Amount")], rows=rows)


def _totals(facts: PaymentSheetFacts, reader: Reader) -> list[Total]:
    """What it settles today, invoice by invoice, and what of it is credit."""
    label = (
        _("On its way for invoice {number}") if facts.state == "on_its_way" else _("Paid on invoice {number}")
    )
    parts = [
        total(label.format(number=one.invoice_number), reader.money(one.settled_cents))
        for one in facts.covered
    ]
    if facts.credit_cents:
        parts.append(total(_("Your credit"), reader.money(facts.credit_cents)))
    return [*parts, total(_("Stands today"), reader.coded(facts.stands_cents), strong=True)]
