"""Whose account a payment goes through: the business's own, or this installation's."""

import logging
import threading
from collections import OrderedDict
from collections.abc import Iterator
from datetime import datetime
from typing import Literal

from milepost.actions.actor import Actor
from milepost.actions.payment_accounts import (
    AccountTold,
    NoAccountInUse,
    keep_webhook_secret,
    note_account,
    use_account,
)
from milepost.actions.rights import check_right
from milepost.core.msgids import gettext_noop
from milepost.core.refusals import Refusal
from milepost.gateways.payments import (
    AccountTruth,
    GatewayError,
    GatewayUnavailable,
    KeyRefused,
    PaymentGateway,
)
from milepost.mailroom.sealing import CannotBeOpened, seal, unseal
from milepost.mailroom.wiring import Keys, gateways
from milepost.queries.payment_accounts import AccountFacts, PayingFacts, account_facts, accounts_page, paying

logger = logging.getLogger(__name__)

SECRET_KEYS = ("sk_test_", "sk_live_", "rk_test_", "rk_live_")
WEBHOOK_SECRET = "whsec_"  # noqa: S105 - how each of them begins
BANK_CURRENCY = "USD"
"""Stripe debits bank accounts for us in this currency alone (us_bank_account)."""
MOST_KEPT = 256
Way = Literal["bank", "card"]

_lock = threading.Lock()
_built: OrderedDict[tuple[object, ...], PaymentGateway] = OrderedDict()


class NotASecretKey(Refusal):
    code = "not_a_secret_key"
    message = gettext_noop(
        "A secret key begins with sk_ or rk_. In Stripe it stands under Developers, API keys."
    )


class PublishableKey(Refusal):
    code = "publishable_key"
    message = gettext_noop(
        "This is the publishable key (pk_), which may only show things. Milepost needs the secret key beside it."
    )


class NotAWebhookSecret(Refusal):
    code = "not_a_webhook_secret"
    message = gettext_noop("A webhook’s signing secret begins with whsec_. Stripe shows it at the endpoint.")


class KeyIsNotGood(Refusal):
    code = "key_is_not_good"
    message = gettext_noop("Stripe does not take this key: {problem}")


class StripeIsAway(Refusal):
    code = "stripe_is_away"
    message = gettext_noop(
        "Stripe does not answer at the moment, so the key could not be checked. Nothing was saved."
    )


class NoPlatform(Refusal):
    code = "no_platform"
    message = gettext_noop("This Milepost has no platform to connect to. Enter your own keys.")


def gateway_of(business_id: int, account_id: int | None) -> PaymentGateway:
    """
    Where an attempt is asked about: the account that it was begun at. KeyRefused when its key cannot be
    opened here, as after a restore without its secret.
    """
    if account_id is None:
        return gateways().payments
    return _gateway(business_id, account_facts(business_id, account_id))


def is_on(business_id: int) -> bool:
    """Whether this business's customers can pay online."""
    return bool(ways(business_id))


def ways(business_id: int) -> tuple[Way, ...]:
    """
    How customers can pay online: what the business's own account takes. Without one it is this
    installation's: practice money only for practice, and none of a platform, which is nobody's till.
    """
    return _ways(paying(business_id))


def _ways(facts: PayingFacts) -> tuple[Way, ...]:
    outside, account = gateways(), facts.account
    if account is not None:
        banks = account.takes_bank and facts.currency == BANK_CURRENCY
        taken: list[tuple[Way, bool]] = [("bank", banks), ("card", account.takes_card)]
        return tuple(way for way, is_taken in taken if is_taken)
    if outside.only_practice:
        return ("bank", "card") if facts.is_practice else ()
    return () if outside.platform is not None else ("bank", "card")


def is_platform() -> bool:
    """Whether businesses can have an account that is connected to this installation's."""
    return gateways().platform is not None


def connect_keys(*, by: Actor, at: datetime, secret_key: str, webhook_secret: str) -> AccountTruth | None:
    """
    Take the business's own keys into use, once the provider has said whose they are. Without a secret
    key only the webhook's secret is kept, and nothing is said about the account.

    Refuses NotAllowed, PublishableKey, NotASecretKey, KeyIsNotGood and StripeIsAway at `secret_key`,
    NotAWebhookSecret at `webhook_secret`, NoAccountInUse.
    """
    check_right(by, "connect_payments")
    secret_key, webhook_secret = secret_key.strip(), webhook_secret.strip()
    if webhook_secret and not webhook_secret.startswith(WEBHOOK_SECRET):
        raise NotAWebhookSecret(field="webhook_secret")
    sealed = seal(webhook_secret, business_id=by.business_id) if webhook_secret else ""
    if not secret_key and sealed:
        keep_webhook_secret(by=by, at=at, sealed_webhook_secret=sealed)
        return None
    truth = _checked(secret_key)
    use_account(
        by=by,
        at=at,
        kind="keys",
        told=_told(truth),
        sealed_key=seal(secret_key, business_id=by.business_id),
        sealed_webhook_secret=sealed,
        key_ends=secret_key[-4:],
    )
    return truth


def open_connected(*, by: Actor, at: datetime, back_url: str, again_url: str) -> str:
    """
    Open an account at the provider for this business, or go on with the one begun. Returns where its
    owner fills it in. Refuses NotAllowed, NoPlatform, StripeIsAway.
    """
    check_right(by, "connect_payments")
    platform = gateways().platform
    if platform is None:
        raise NoPlatform
    facts, page = paying(by.business_id), accounts_page(by.business_id)
    try:
        if facts.account is not None and facts.account.kind == "connected":
            ref = facts.account.provider_ref
        else:
            named = {"milepost_business": str(by.business_id)}
            ref = platform.open_account(
                name=page.business, email=page.email, country=page.country, metadata=named
            )
            told = AccountTold(ref, page.business, gateways().is_live, takes_card=False, takes_bank=False)
            use_account(by=by, at=at, kind="connected", told=told)
        return platform.onboarding_url(ref, back_url=back_url, again_url=again_url)
    except GatewayError as away:
        logger.error("An account could not be connected: %s", away)
        raise StripeIsAway from away


def look_again(*, by: Actor, at: datetime) -> None:
    """Ask the provider what the account in use may take today. Refuses NoAccountInUse, KeyIsNotGood, StripeIsAway."""
    check_right(by, "connect_payments")
    account = paying(by.business_id).account
    if account is None:
        raise NoAccountInUse
    try:
        truth = _gateway(by.business_id, account).account()
    except KeyRefused as wrong:
        raise KeyIsNotGood(problem=str(wrong)) from wrong
    except GatewayError as away:
        raise StripeIsAway from away
    note_account(by=by, at=at, told=_told(truth))


def gateways_of(
    business_id: int, accounts: list[AccountFacts]
) -> Iterator[tuple[AccountFacts, PaymentGateway]]:
    """Each account with its gateway; those whose keys cannot be opened here are left out."""
    for account in accounts:
        try:
            yield account, _gateway(business_id, account)
        except KeyRefused:
            continue


def _checked(secret_key: str) -> AccountTruth:
    if secret_key.startswith("pk_"):
        raise PublishableKey(field="secret_key")
    if not secret_key.startswith(SECRET_KEYS) or not secret_key.isascii() or len(secret_key) > 300:
        raise NotASecretKey(field="secret_key")
    try:
        return gateways().own_payments(Keys(secret_key, "", None)).account()
    except GatewayUnavailable as away:
        raise StripeIsAway(field="secret_key") from away
    except GatewayError as wrong:
        raise KeyIsNotGood(field="secret_key", problem=str(wrong)) from wrong


def _told(truth: AccountTruth) -> AccountTold:
    return AccountTold(truth.account_ref, truth.name, truth.is_live, truth.takes_card, truth.takes_bank)


def _gateway(business_id: int, account: AccountFacts) -> PaymentGateway:
    """Built once for each key, so that connections to the provider are kept."""
    outside = gateways()
    named = (outside.own_payments, business_id, account)
    with _lock:
        if named in _built:
            _built.move_to_end(named)
            return _built[named]
    made = outside.own_payments(_keys(business_id, account))
    with _lock:
        _built[named] = made
        while len(_built) > MOST_KEPT:
            _built.popitem(last=False)
    return made


def _keys(business_id: int, account: AccountFacts) -> Keys:
    if account.kind == "connected":
        return Keys(None, "", account.provider_ref)
    try:
        secret = unseal(account.sealed_key, business_id=business_id)
        sealed = account.sealed_webhook_secret
        return Keys(secret, unseal(sealed, business_id=business_id) if sealed else "", None)
    except CannotBeOpened as wrong:
        logger.error("The keys of business %s cannot be opened with this SEALING_SECRET.", business_id)
        raise KeyRefused("The stored key cannot be opened here.") from wrong
