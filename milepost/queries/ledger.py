"""The ledger: what stands on each account, and the journal that put it there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Sum

from milepost.core.money import Money
from milepost.queries.door import question
from milepost.records.businesses import Business
from milepost.records.journal import Account, JournalEntry, Transfer


@dataclass(frozen=True)
class AccountBalance:
    """An account and its balance on its own side: revenue of 100 is 100, not −100."""

    code: str
    number: str
    name: str
    balance: Money


@dataclass(frozen=True)
class TransferRow:
    """Debit one account, credit another."""

    debit: str
    credit: str
    amount: Money


@dataclass(frozen=True)
class EntryRow:
    """One event's transfers. `document` is its credit note's or invoice's number, or ""."""

    id: int
    on: date
    kind: str
    document: str
    transfers: Sequence[TransferRow]


@question
def account_balances() -> list[AccountBalance]:
    """Every account in the order of the chart, those without a balance too."""
    return read_balances(Business.objects.values_list("currency", flat=True).get())


@question
def journal(*, job_id: int | None = None) -> list[EntryRow]:
    """The journal, oldest first, of the business or of one job."""
    return read_journal(job_id)


def read_balances(currency: str, *, job_ids: Sequence[int] | None = None) -> list[AccountBalance]:
    """Three queries, inside an open scope; of the entries of these jobs when they are named."""
    found = Transfer.objects.all()
    transfers = found if job_ids is None else found.filter(entry__job_id__in=job_ids)
    debits = dict(transfers.values_list("debit_id").annotate(sum=Sum("cents")))
    credits = dict(transfers.values_list("credit_id").annotate(sum=Sum("cents")))
    return [
        AccountBalance(
            account.code,
            account.number,
            account.name,
            Money(
                (debits.get(account.id, 0) - credits.get(account.id, 0))
                * (1 if account.side == "debit" else -1),
                currency,
            ),
        )
        for account in Account.objects.order_by("number")
    ]


def read_journal(job_id: int | None = None) -> list[EntryRow]:
    """Inside an open scope."""
    entries = JournalEntry.objects.select_related("invoice", "credit_note").prefetch_related(
        "transfers__debit", "transfers__credit"
    )
    if job_id is not None:
        entries = entries.filter(job_id=job_id)
    return [
        EntryRow(
            entry.id,
            entry.on_date,
            entry.kind,
            _document(entry),
            [
                TransferRow(move.debit.name, move.credit.name, Money(move.cents, move.currency))
                for move in sorted(entry.transfers.all(), key=lambda move: move.id)
            ],
        )
        for entry in entries.order_by("id")
    ]


def _document(entry: JournalEntry) -> str:
    named = entry.credit_note or entry.invoice
    return named.number_text if named else ""
