"""What has to be used again and must not be read: sealed with a secret that stands outside the database."""

from base64 import urlsafe_b64encode

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


class CannotBeOpened(Exception):
    """It was sealed with another secret, for another business, or it is not whole."""


def seal(text: str, *, business_id: int) -> str:
    """Seal a text for one business: it cannot be opened for another, nor without the secret."""
    return _sealer(business_id).encrypt(text.encode()).decode()


def unseal(sealed: str, *, business_id: int) -> str:
    """The text again. Refuses CannotBeOpened."""
    try:
        return _sealer(business_id).decrypt(sealed.encode()).decode()
    except InvalidToken as wrong:
        raise CannotBeOpened from wrong


def _sealer(business_id: int) -> MultiFernet:
    """The newest secret seals; those behind it, parted by commas, still open."""
    secrets = [one.strip() for one in settings.SEALING_SECRET.split(",") if one.strip()]
    return MultiFernet([Fernet(_key(secret, business_id)) for secret in secrets])


def _key(secret: str, business_id: int) -> bytes:
    made = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"milepost sealing %d" % business_id)
    return urlsafe_b64encode(made.derive(secret.encode()))
