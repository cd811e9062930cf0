"""The books: the trial balance, one account, the journal, as of any day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet, Sum
from django.utils.translation import gettext

from milepost.core.money import Money
from milepost.queries.door import NotThere, question
from milepost.queries.paging import PAGE, Page
from milepost.records.businesses import Business
from milepost.records.journal import Account, JournalEntry, Transfer


@dataclass(frozen=True)
class TrialRow:
    """An account with its balance in the column where it stands; the other is zero."""

    code: str
    number: str
    name: str
    debit: Money
    credit: Money


@dataclass(frozen=True)
class TrialBalance:
    """Every account that was ever moved, and both sums, which are equal."""

    on: date | None
    rows: Sequence[TrialRow]
    debit: Money
    credit: Money


@dataclass(frozen=True)
class AccountLine:
    """A transfer as one account sees it: debit or credit, the other account, the balance after it."""

    id: int
    on: date
    kind: str
    document: str
    job_id: int | None
    job: str
    other: str
    debit: Money | None
    credit: Money | None
    balance: Money


@dataclass(frozen=True)
class AccountPage:
    """One account, its newest transfers first. `balance` is on the account's own side."""

    code: str
    number: str
    name: str
    side: str
    on: date | None
    balance: Money
    page: Page


@dataclass(frozen=True)
class JournalRow:
    """A transfer of the journal with its entry."""

    id: int
    entry_id: int
    on: date
    kind: str
    document: str
    job_id: int | None
    job: str
    debit: str
    credit: str
    amount: Money


@question
def trial_balance(*, on: date | None = None) -> TrialBalance:
    """All accounts up to and with a day; all time without one."""
    currency = Business.objects.values_list("currency", flat=True).get()
    moves = _until(Transfer.objects.all(), on)
    debits = dict(moves.values_list("debit_id").annotate(sum=Sum("cents")))
    credits = dict(moves.values_list("credit_id").annotate(sum=Sum("cents")))
    rows = []
    for account in Account.objects.order_by("number", "id"):
        net = debits.get(account.id, 0) - credits.get(account.id, 0)
        if account.id in debits or account.id in credits:
            debit, credit = Money(max(net, 0), currency), Money(max(-net, 0), currency)
            rows.append(TrialRow(account.code, account.number, gettext(account.name), debit, credit))
    return TrialBalance(
        on,
        rows,
        Money(sum(row.debit.cents for row in rows), currency),
        Money(sum(row.credit.cents for row in rows), currency),
    )


@question
def account_page(
    code: str, *, on: date | None = None, before: int | None = None, most: int = PAGE
) -> AccountPage:
    """One account with its running balance, newest first, paged by transfer. Refuses NotThere."""
    account = Account.objects.filter(code=code).first()
    if account is None:
        raise NotThere
    currency = Business.objects.values_list("currency", flat=True).get()
    own = _until(Transfer.objects.filter(Q(debit=account) | Q(credit=account)), on)
    shown = own.filter(id__lt=before) if before is not None else own
    moves = list(_with_entry(shown).order_by("-id")[: most + 1])
    running = _balance(shown, account)
    lines = []
    for move in moves[:most]:
        is_debit = move.debit_id == account.id
        amount = Money(move.cents, move.currency)
        lines.append(
            AccountLine(
                move.id,
                move.entry.on_date,
                move.entry.kind,
                _document(move.entry),
                move.entry.job_id,
                move.entry.job.title if move.entry.job else "",
                gettext(move.credit.name if is_debit else move.debit.name),
                amount if is_debit else None,
                None if is_debit else amount,
                Money(running, currency),
            )
        )
        running -= move.cents if is_debit == (account.side == "debit") else -move.cents
    older = moves[most - 1].id if len(moves) > most else None
    balance = Money(_balance(own, account), currency)
    return AccountPage(
        account.code, account.number, gettext(account.name), account.side, on, balance, Page(lines, older)
    )


@question
def journal_page(
    *, since: date | None = None, until: date | None = None, before: int | None = None, most: int = PAGE
) -> Page:
    """The journal between two days, newest first, a row for each transfer."""
    moves = _until(Transfer.objects.all(), until)
    if since is not None:
        moves = moves.filter(entry__on_date__gte=since)
    if before is not None:
        moves = moves.filter(id__lt=before)
    found = list(_with_entry(moves).order_by("-id")[: most + 1])
    rows = [
        JournalRow(
            move.id,
            move.entry_id,
            move.entry.on_date,
            move.entry.kind,
            _document(move.entry),
            move.entry.job_id,
            move.entry.job.title if move.entry.job else "",
            _called(move.debit),
            _called(move.credit),
            Money(move.cents, move.currency),
        )
        for move in found[:most]
    ]
    return Page(rows, found[most - 1].id if len(found) > most else None)


def _until(moves: "QuerySet[Transfer]", on: date | None) -> "QuerySet[Transfer]":
    return moves if on is None else moves.filter(entry__on_date__lte=on)


def _with_entry(moves: "QuerySet[Transfer]") -> "QuerySet[Transfer]":
    return moves.select_related(
        "entry__invoice", "entry__credit_note", "entry__payment__receipt", "entry__job", "debit", "credit"
    )


def _document(entry: JournalEntry) -> str:
    """The number of what the entry is about: a credit note's, an invoice's, or a payment's receipt."""
    if entry.credit_note:
        return entry.credit_note.number_text
    if entry.invoice:
        return entry.invoice.number_text
    if entry.payment and hasattr(entry.payment, "receipt"):
        return entry.payment.receipt.number_text
    return ""


def _balance(moves: "QuerySet[Transfer]", account: Account) -> int:
    sums = moves.aggregate(
        debit=Sum("cents", filter=Q(debit=account)), credit=Sum("cents", filter=Q(credit=account))
    )
    net = (sums["debit"] or 0) - (sums["credit"] or 0)
    return net if account.side == "debit" else -net


def _called(account: Account) -> str:
    """Number and name; a name that the business has not changed is in the reader's language."""
    return f"{account.number} {gettext(account.name)}"
