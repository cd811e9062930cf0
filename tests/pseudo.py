"""
Languages that are easy to prove: each translates every text letter by letter into a script of its own.

A page read in one of them shows its reader's letters alone. Latin letters are data of the cast, or a text
that nobody marked for translation; letters of another of these scripts are a text that was put into words
in somebody else's language. Days and amounts are babel's, in the real language whose name each borrows.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser

from django.utils import translation
from django.utils.translation import get_language

from milepost.core.countries import COUNTRIES

LATIN = "abcdefghijklmnopqrstuvwxyz"
LETTERS = {
    "el": "αβψδεφγηιξκλμνοπχρστθωςζυϊ",
    "hy": "աբգդեզէըթժիլխծկհձղճմյնշոչպ",
    "ru": "абцдефгхиыклмнопярстувшжзщ",
}
"""Of letters alone that have no accent to lose: as long as the original, whatever is done to the text."""
SCRIPTS = {"el": "GREEK", "hy": "ARMENIAN", "ru": "CYRILLIC"}
MAPS = {
    language: str.maketrans(LATIN + LATIN.upper(), letters + letters.upper())
    for language, letters in LETTERS.items()
}

# What a translator leaves as it is: places for values, tags, entities.
KEPT = re.compile(r"(%\(\w+\)[#0 +-]*[\d.]*[a-zA-Z]|%[sd]|\{[^{}]*\}|<[^<>]*>|&#?\w+;)")


def in_letters(text: str) -> str:
    """The text in the active language's letters; as it is where that is none of these."""
    letters = MAPS.get((get_language() or "").partition("-")[0])
    if letters is None:
        return text
    parts = KEPT.split(text)
    return "".join(part if place % 2 else part.translate(letters) for place, part in enumerate(parts))


@contextmanager
def translated() -> Iterator[dict[str, set[str]]]:
    """
    While it lasts every text that is marked, Django's and allauth's too, is translated. Gives the texts
    that were asked for in each language.
    """
    trans, kept, met = translation._trans, {}, defaultdict(set)

    def pseudo(text: str) -> str:
        met[(get_language() or "").partition("-")[0]].add(text)
        return in_letters(text)

    trans.gettext("")  # the real functions are put there at the first use
    replaced = {
        "gettext": pseudo,
        "ngettext": lambda one, many, number: pseudo(one if number == 1 else many),
        "pgettext": lambda context, message: pseudo(message),
        "npgettext": lambda context, one, many, number: pseudo(one if number == 1 else many),
    }
    for name, function in replaced.items():
        getattr(trans, name)
        kept[name] = trans.__dict__[name]
        setattr(trans, name, function)
    try:
        yield met
    finally:
        for name, function in kept.items():
            setattr(trans, name, function)


@dataclass(frozen=True)
class Stray:
    """A text with letters that are not its reader's: where it stands, whole, and the letters."""

    place: str
    text: str
    letters: str

    def __str__(self) -> str:
        return f"{self.place}: “{self.letters}” in “{self.text[:200]}”"


@dataclass
class Proof:
    """Reads texts, and keeps what is neither in the reader's letters nor known data."""

    data: Collection[str]
    strays: dict[tuple[str, str], Stray] = field(default_factory=dict)

    def __post_init__(self) -> None:
        longest = sorted((re.escape(one) for one in self.data if one), key=len, reverse=True)
        self._known = re.compile(
            "|".join([*PATTERNS, *(rf"(?<![^\W\d_]){one}(?![^\W\d_])" for one in longest)])
        )

    def read(self, place: str, text: str, *languages: str) -> None:
        """One text, for a reader of this language (or of one of several)."""
        plain = " ".join(text.split())
        rest = self._known.sub(" ", plain)
        scripts = tuple(SCRIPTS[language] for language in languages)
        wrong = "".join(sign if _is_stray(sign, scripts) else " " for sign in rest)
        if found := " ".join(wrong.split()):
            route = place.partition(" ")[0]
            self.strays.setdefault((route if len(found) < 4 else "", found), Stray(place, plain, found))

    def read_page(self, place: str, page: str, *languages: str) -> None:
        """Everything on a page that a person sees or hears."""
        reader = Seen()
        reader.feed(page)
        reader.close()
        for where, text in reader.found:
            self.read(f"{place} {where}", text, *languages)

    def report(self) -> str:
        """Each stray text once, with the first place where it stands."""
        return "\n".join(sorted(map(str, self.strays.values())))


# What is data wherever it stands: addresses, keys, numbers of documents, zones and codes of the world.
PATTERNS = (
    r"https?://\S+",
    r"[\w.+-]+@[\w.-]+\w",
    r"\b[0-9a-f]{12,}\b",
    r"\b(?:Q|R|C|CO)-\d+\b",
    r"\b[A-Z][A-Za-z]+(?:/[A-Za-z_ +-]+)+(?:\d+)?",
    rf"\b(?:{'|'.join(sorted({country.currency for country in COUNTRIES.values()}))})\b",
    r"\b(?:C[SD]T|UTC)\b",
    r"\b[a-z_]+(?:\.[a-z_]+)*\.\*",  # names of a provider's events
    r"\{count\}|__key__",
)


def _is_stray(sign: str, scripts: tuple[str, ...]) -> bool:
    return sign.isalpha() and not unicodedata.name(sign, "").startswith(scripts)


SPOKEN = {
    "title", "alt", "aria-label", "aria-description", "aria-valuetext", "aria-roledescription", "placeholder",
    "label", "hx-confirm", "hx-prompt",
}  # fmt: skip
BUTTONS = {"submit", "button", "reset"}


class Seen(HTMLParser):
    """The texts of a page: what stands between its tags, and the attributes that are shown or read out."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[str, str]] = []
        self._tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        for name, value in given.items():
            if name in SPOKEN or (name.startswith("data-") and name in WORDS):
                self.found.append((f"<{tag} {name}>", value))
        if tag == "input" and given.get("type") in BUTTONS:
            self.found.append(("<input value>", given.get("value", "")))
        if tag == "meta" and given.get("name") == "description":
            self.found.append(("<meta description>", given.get("content", "")))
        if tag not in VOID:
            self._tags.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while self._tags and tag in self._tags and self._tags.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if data.strip() and not {"script", "style"} & set(self._tags):
            self.found.append((f"<{self._tags[-1] if self._tags else ''}>", data))


VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
WORDS = {"data-label", "data-words", "data-busy", "data-copied", "data-sorry", "data-undo", "data-row",
         "data-leaving", "data-no-passkey"}  # fmt: skip
