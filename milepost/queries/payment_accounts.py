"""Where a business's online payments arrive, without a word of its keys."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from milepost.queries.attempts import LIVE
from milepost.queries.door import NotThere, question
from milepost.records.businesses import Business
from milepost.records.payment_accounts import PaymentAccount


@dataclass(frozen=True)
class AccountFacts:
    """An account as the mailroom uses it; the sealed texts open there and nowhere else."""

    id: int
    kind: str
    provider_ref: str
    is_live: bool
    takes_card: bool
    takes_bank: bool
    sealed_key: str
    sealed_webhook_secret: str


@dataclass(frozen=True)
class PayingFacts:
    """What decides whether and how a business's customers pay online."""

    is_practice: bool
    currency: str
    account: AccountFacts | None


@dataclass(frozen=True)
class AccountRow:
    """
    An account as its owner sees it. `key_ends` is all that is ever shown of a key; `followed` payments
    there have not ended.
    """

    id: int
    kind: str
    provider_ref: str
    name: str
    is_live: bool
    key_ends: str
    takes_card: bool
    takes_bank: bool
    has_webhook_secret: bool
    connected_at: datetime
    connected_by: str
    heard_at: datetime | None
    retired_at: datetime | None
    followed: int


@dataclass(frozen=True)
class AccountsPage:
    """The account in use, those that were left, and the business they are of."""

    business: str
    email: str
    country: str
    currency: str
    is_practice: bool
    has_details: bool
    current: AccountRow | None
    left: tuple[AccountRow, ...]


@question
def paying() -> PayingFacts:
    """The business's way of being paid online."""
    is_practice, currency = Business.objects.values_list("is_practice", "currency").get()
    found = PaymentAccount.objects.filter(retired_at=None).first()
    return PayingFacts(is_practice, currency, _facts(found) if found else None)


@question
def account_facts(account_id: int) -> AccountFacts:
    """One account, in use or left. Refuses NotThere."""
    found = PaymentAccount.objects.filter(id=account_id).first()
    if found is None:
        raise NotThere
    return _facts(found)


@question
def all_accounts() -> list[AccountFacts]:
    """Every account of the business, the newest first: any of them may still report something."""
    return [_facts(one) for one in PaymentAccount.objects.order_by("-id")]


@question
def accounts_page() -> AccountsPage:
    """Everything but the keys."""
    business = Business.objects.get()
    unended = Count("attempts", filter=Q(attempts__state__in=LIVE))
    rows = [_row(one) for one in PaymentAccount.objects.annotate(unended=unended).order_by("-connected_at")]
    return AccountsPage(
        business.name,
        business.email,
        business.country,
        business.currency,
        business.is_practice,
        bool(business.transfer_details or business.cheque_details),
        next((row for row in rows if row.retired_at is None), None),
        tuple(row for row in rows if row.retired_at is not None),
    )


def _facts(row: PaymentAccount) -> AccountFacts:
    return AccountFacts(
        row.id,
        row.kind,
        row.provider_ref,
        row.is_live,
        row.takes_card,
        row.takes_bank,
        row.sealed_key,
        row.sealed_webhook_secret,
    )


def _row(row: PaymentAccount) -> AccountRow:
    return AccountRow(
        row.id,
        row.kind,
        row.provider_ref,
        row.name,
        row.is_live,
        row.key_ends,
        row.takes_card,
        row.takes_bank,
        bool(row.sealed_webhook_secret),
        row.connected_at,
        row.connected_by,
        row.heard_at,
        row.retired_at,
        row.unended,  # type: ignore[attr-defined]
    )
