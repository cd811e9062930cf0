"""Which gateways this process has: built once from the settings, or lent by a test."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from django.conf import settings

from milepost.gateways.email import DjangoEmail, EmailGateway
from milepost.gateways.files import DirectoryFiles, FileStore
from milepost.gateways.payments import AccountMaker, PaymentGateway
from milepost.gateways.pdf import PdfGateway, Press
from milepost.gateways.sms import SmsGateway, TwilioSms
from milepost.gateways.stripe import StripeGateway, StripePlatform, is_live_key


@dataclass(frozen=True)
class Keys:
    """What opens an account: a key of its own, or the platform's and the account that is connected to it."""

    secret_key: str | None
    webhook_secret: str
    connected: str | None

    def __repr__(self) -> str:
        return "<Keys>"


@dataclass(frozen=True)
class Gateways:
    """
    The outside. Without `email` or `sms`, such messages are kept and shown, not sent. Payments that are
    only practised are not offered to a business that is not itself for practice. `own_payments` opens the
    account of one business; `platform` is where accounts are connected, if anywhere.
    """

    payments: PaymentGateway
    email: EmailGateway | None
    sms: SmsGateway | None
    pdf: PdfGateway
    files: FileStore
    own_payments: Callable[[Keys], PaymentGateway]
    platform: AccountMaker | None = None
    is_live: bool = False
    only_practice: bool = False


_lock = threading.Lock()
_built: list[Gateways] = []
_lent: list[Gateways] = []


def gateways() -> Gateways:
    """The gateways of this process; those lent by `use` first."""
    if _lent:
        return _lent[-1]
    with _lock:
        if not _built:
            _built.append(_from_settings())
        return _built[0]


@contextmanager
def use(**fakes: object) -> Iterator[Gateways]:
    """Put fakes in the place of some gateways, for the length of a test or a story."""
    if "payments" in fakes:
        fakes = {"only_practice": False, **fakes}
    lent = replace(gateways(), **fakes)  # type: ignore[arg-type]
    _lent.append(lent)
    try:
        yield lent
    finally:
        _lent.remove(lent)


def _from_settings() -> Gateways:
    return Gateways(
        payments=StripeGateway(
            secret_key=settings.STRIPE_SECRET_KEY,
            webhook_secret=settings.STRIPE_WEBHOOK_SECRET,
            api_base=settings.STRIPE_API_BASE,
        ),
        email=DjangoEmail(backend=settings.MAIL_BACKEND) if settings.MAIL_BACKEND else None,
        sms=_twilio(),
        pdf=Press(),
        files=DirectoryFiles(Path(settings.MILEPOST_FILES)),
        own_payments=_own_payments,
        platform=_platform(),
        is_live=is_live_key(settings.STRIPE_SECRET_KEY),
        only_practice=settings.PRACTICE_BUSINESSES_ONLY,
    )


def _own_payments(keys: Keys) -> PaymentGateway:
    return StripeGateway(
        secret_key=keys.secret_key or settings.STRIPE_SECRET_KEY,
        webhook_secret=keys.webhook_secret,
        api_base=settings.STRIPE_OWN_API_BASE if keys.secret_key else settings.STRIPE_API_BASE,
        connected=keys.connected,
    )


def _platform() -> AccountMaker | None:
    if not settings.STRIPE_CONNECT:
        return None
    return StripePlatform(secret_key=settings.STRIPE_SECRET_KEY, api_base=settings.STRIPE_API_BASE)


def _twilio() -> SmsGateway | None:
    account, token, sender = (
        settings.TWILIO_ACCOUNT_SID,
        settings.TWILIO_AUTH_TOKEN,
        settings.TWILIO_FROM,
    )
    if not (account and token and sender):
        return None
    return TwilioSms(account_sid=account, auth_token=token, sender=sender)
