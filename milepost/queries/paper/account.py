"""The statement of account in words: opening balance, every event, closing balance, what is open and how late."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from milepost.queries.account import Account, AccountLine
from milepost.queries.documents_shape import Amount, Clause, Project, Row, StatementContent, Table, Total
from milepost.queries.paper.facts import JobFacts
from milepost.queries.paper.parts import bill_to, fact, head, local_date, pay, project, questions, total
from milepost.queries.paper.reader import Reader, reading
from milepost.queries.paper.work import line


@dataclass(frozen=True)
class AccountFacts:
    """An account, and the job in whose name it is sent: of a customer's whole account their newest."""

    job: JobFacts
    account: Account


def account_content(facts: AccountFacts) -> StatementContent:
    """The statement in the customer's language. Refuses nothing."""
    job, account = facts.job, facts.account
    with reading(job) as reader:
        return StatementContent(
            **head(
                job,
                reader,
                title=_("Statement of account"),
                number="",
                subject=_("From {since} to {until}").format(
                    since=reader.day(account.since), until=reader.day(account.until)
                ),
                facts=[
                    fact(_("Date"), reader.day(local_date(job))),
                    fact(_("As of"), reader.day(account.until)),
                ],
                parties=bill_to(job, reader),
                project=project(job) if account.job_id else Project(label="", title="", lines=[]),
                clauses=[
                    *_how_to_pay(job, account),
                    *questions(job, _("Questions about this statement? Write or call: {reach}.")),
                ],
            ),
            amount=Amount(
                label=_("Balance"), value=reader.coded(account.closing.cents), note=_note(account, reader)
            ),
            bar=None,
            tables=[
                _events(account, reader),
                *([_open(account, reader), _ageing(account, reader)] if account.open else []),
            ],
            totals=_totals(account, reader),
            road=None,
        )


def _note(account: Account, reader: Reader) -> str:
    if account.closing.cents < 0:
        return _("in your favour")
    if not account.closing.cents:
        return _("Everything is paid")
    late = sum(part.cents for part in account.ageing[1:])
    return _("{amount} of it is late").format(amount=reader.money(late)) if late else _("Not due yet")


def _how_to_pay(job: JobFacts, account: Account) -> list[Clause]:
    """The link and the other ways, while something is open."""
    ways = pay(job, number=", ".join(item.number for item in account.open)) if account.open else None
    if ways is None:
        return []
    link = [f"{ways['url_label']}: {ways['url']}"] if ways["url"] else []
    others = [f"{way['label']}: {way['value']}" for way in ways["ways"]]
    return [Clause(heading=ways["heading"], text="\n".join([*link, *others]))]


def _events(account: Account, reader: Reader) -> Table:
    opening = line(
        _("Opening balance"), "", "", reader.money(account.opening.cents), detail=reader.day(account.since)
    )
    return Table(
        heading=_("What happened"),
        text=_("Date and document"),
        figures=[_("Charged"), _("Paid or taken off"), _("Balance")],
        rows=[opening, *(_event(event, reader) for event in account.lines)],
    )


def _event(event: AccountLine, reader: Reader) -> Row:
    cents = event.amount.cents
    charged, paid = (reader.money(cents), "") if cents > 0 else ("", reader.money(-cents))
    return line(
        line_words(event), charged, paid, reader.money(event.balance.cents), detail=reader.day(event.on)
    )


def line_words(event: AccountLine) -> str:
    """What a line is, as the customer reads it: "Invoice 1043 · Rough-in complete"."""
    what = _kinds().get(event.kind) or (
        _("Charge") if event.amount.cents > 0 else pgettext("on an account", "Credit")
    )
    named = f"{what} {event.number}" if event.number and event.kind not in _BY_PAYMENT else what
    receipt = _("Receipt {number}").format(number=event.number) if event.number else ""
    rest = [receipt, event.title] if event.kind in _BY_PAYMENT else [event.title]
    return " · ".join(text for text in (named, *rest) if text)


_BY_PAYMENT = {
    "payment_cleared", "payment_returned", "dispute_lost", "dispute_won", "refund_asked", "refund_refused",
}  # fmt: skip


def _kinds() -> dict[str, str]:
    invoice, note = _("Invoice"), _("Credit note")
    return {
        "deposit_invoice": invoice,
        "progress_invoice": invoice,
        "simple_invoice": invoice,
        "fee_invoice": _("Fee, invoice"),
        "void": note,
        "reversal": note,
        "allowance": note,
        "payment_cleared": _("Payment"),
        "payment_returned": _("Payment returned by the bank"),
        "dispute_lost": _("Payment taken back by the bank"),
        "dispute_won": _("Payment given back by the bank"),
        "refund_asked": _("Refund"),
        "refund_refused": _("Refund that did not arrive"),
        "write_off": _("Adjustment of invoice"),
        "write_off_undone": _("Adjustment taken back, invoice"),
        "small_difference": _("Small difference, invoice"),
        "small_difference_undone": _("Small difference taken back, invoice"),
        "early_discount": _("Early-payment discount, invoice"),
        "early_discount_undone": _("Early-payment discount taken back, invoice"),
    }


def _open(account: Account, reader: Reader) -> Table:
    return Table(
        heading=_("Open invoices"),
        text=_("Invoice"),
        figures=[_("Due"), _("Invoice total"), _("Left to pay")],
        rows=[
            line(
                " · ".join(text for text in (item.number, item.title) if text),
                reader.day(item.due_on),
                reader.money(item.total.cents),
                reader.money(item.balance.cents),
                detail="" if account.job_id else item.job,
            )
            for item in account.open
        ],
    )


def bucket_words() -> Sequence[str]:
    """The names of the five buckets of ageing, in their order."""
    return (
        _("Not due yet"),
        _("1 to 30 days late"),
        _("31 to 60 days late"),
        _("61 to 90 days late"),
        _("More than 90 days late"),
    )


def _ageing(account: Account, reader: Reader) -> Table:
    rows = [
        line(words, reader.money(part.cents))
        for words, part in zip(bucket_words(), account.ageing, strict=True)
    ]
    return Table(heading=_("How late it is"), text=_("Age"), figures=[_("Left to pay")], rows=rows)


def _totals(account: Account, reader: Reader) -> list[Total]:
    sums = [total(_("Open invoices"), reader.money(account.open_total.cents))]
    if account.credit.cents:
        sums.append(total(_("Less your credit"), reader.money(-account.credit.cents)))
    if account.on_its_way.cents:
        sums.append(total(_("Of it on its way to us"), reader.money(account.on_its_way.cents)))
    return [*sums, total(_("Balance"), reader.coded(account.closing.cents), strong=True)]
