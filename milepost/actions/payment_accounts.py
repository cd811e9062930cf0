"""Where online payments arrive: an account is taken into use, checked again, left."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from milepost.actions.actor import Actor
from milepost.actions.door import action
from milepost.actions.steps.finding import find
from milepost.core.msgids import gettext_noop
from milepost.core.refusals import Refusal
from milepost.records.businesses import Business
from milepost.records.payment_accounts import PaymentAccount

MOVING = [
    "name", "takes_card", "takes_bank", "sealed_key", "key_ends", "sealed_webhook_secret", "connected_at",
    "connected_by", "retired_at",
]  # fmt: skip


class NoAccountInUse(Refusal):
    code = "no_account_in_use"
    message = gettext_noop("No account is in use. Connect one first.")


@dataclass(frozen=True)
class AccountTold:
    """An account as the provider tells it."""

    provider_ref: str
    name: str
    is_live: bool
    takes_card: bool
    takes_bank: bool


@action("connect_payments")
def use_account(
    *,
    by: Actor,
    at: datetime,
    kind: Literal["keys", "connected"],
    told: AccountTold,
    sealed_key: str = "",
    sealed_webhook_secret: str = "",
    key_ends: str = "",
) -> int:
    """
    Let online payments arrive in this account from now on; what was begun at another ends there.

    The same account again takes the new key; without a new webhook secret it keeps the one that it has.
    Returns its id.
    """
    Business.objects.select_for_update(no_key=True).get()
    _leave(at, but=(kind, told))
    row, _is_new = PaymentAccount.objects.get_or_create(
        kind=kind,
        provider_ref=told.provider_ref,
        is_live=told.is_live,
        defaults={
            "business_id": by.business_id,
            "sealed_key": sealed_key,
            "connected_at": at,
            "connected_by": by.name,
        },
    )
    row.name, row.takes_card, row.takes_bank = told.name[:200], told.takes_card, told.takes_bank
    row.sealed_key, row.key_ends = sealed_key, key_ends
    row.sealed_webhook_secret = sealed_webhook_secret or row.sealed_webhook_secret
    row.connected_at, row.connected_by, row.retired_at = at, by.name, None
    row.save(update_fields=MOVING)
    return row.id


@action("connect_payments")
def keep_webhook_secret(*, by: Actor, at: datetime, sealed_webhook_secret: str) -> None:
    """What the provider signs its reports with. Refuses NoAccountInUse."""
    row = _in_use()
    row.sealed_webhook_secret, row.heard_at = sealed_webhook_secret, None
    row.save(update_fields=["sealed_webhook_secret", "heard_at"])


@action("connect_payments")
def note_account(*, by: Actor, at: datetime, told: AccountTold) -> None:
    """What the provider says today about the account in use. Refuses NoAccountInUse."""
    row = _in_use()
    row.name, row.takes_card, row.takes_bank = told.name[:200], told.takes_card, told.takes_bank
    row.save(update_fields=["name", "takes_card", "takes_bank"])


@action("connect_payments")
def leave_account(*, by: Actor, at: datetime) -> None:
    """Nothing more is paid in there. What was, is followed to its end. Refuses NoAccountInUse."""
    _in_use()
    _leave(at)


@action("settle_payment")
def note_heard(*, by: Actor, at: datetime, account_id: int) -> None:
    """The provider reported something about this account, signed with its secret."""
    row = find(PaymentAccount.objects.all(), id=account_id)
    if row.heard_at is None or row.heard_at.date() < at.date():
        row.heard_at = at
        row.save(update_fields=["heard_at"])


def _in_use() -> PaymentAccount:
    row = PaymentAccount.objects.select_for_update(no_key=True).filter(retired_at=None).first()
    if row is None:
        raise NoAccountInUse
    return row


def _leave(at: datetime, *, but: tuple[str, AccountTold] | None = None) -> None:
    used = PaymentAccount.objects.filter(retired_at=None)
    if but is not None:
        kind, told = but
        used = used.exclude(kind=kind, provider_ref=told.provider_ref, is_live=told.is_live)
    used.update(retired_at=at)
