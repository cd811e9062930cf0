"""What a telephone counts: the GSM 7-bit alphabet (3GPP TS 23.038); a text stays under 160 of it."""

import re
import unicodedata
from typing import Final

MOST_SEPTETS: Final = 159

_BASIC: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED: Final = frozenset("^{}\\[~]|€")
_PLAIN: Final = {
    "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‘": "'", "’": "'", "–": "-", "—": "-", "−": "-",
    "…": "...", "·": "-", "\u00a0": " ", "\u202f": " ", "\u2009": " ", "×": "x",
}  # fmt: skip


def plain_characters(text: str) -> str:
    """
    The text in the telephone's alphabet as far as it can be: quotes and dashes typed plainly, accents
    that it lacks left away. What has no plain form (another script) stays.

    >>> plain_characters("“Küche” – Vłček’s 10\u00a0000 €")
    '"Küche" - Vłcek\\'s 10 000 €'
    """
    return "".join(_PLAIN.get(letter) or _without_accent(letter) for letter in text)


def septets(text: str) -> int:
    """
    How much of the 160 a text takes: signs of the extension table count twice. A text with other
    scripts in it travels as UTF-16; what counts then is its characters.

    >>> septets("Pay 10 €"), septets("Оплата")
    (9, 6)
    """
    return sum(2 if letter in _EXTENDED else 1 for letter in text)


def _without_accent(letter: str) -> str:
    if letter in _BASIC or letter in _EXTENDED:
        return letter
    bare = re.sub(r"[\u0300-\u036f]", "", unicodedata.normalize("NFD", letter))
    return bare if bare and all(part in _BASIC for part in bare) else letter
