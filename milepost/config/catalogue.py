"""Everything that can be translated, read from the source; and a language's catalogue, kept beside it."""

import io
import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
LOCALES = ROOT / "web" / "locale"
DEVELOPERS_OWN = {"stories", "config"}
"""Rooms whose words are read at a command line, in English."""
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    **dict.fromkeys(("gettext", "gettext_lazy", "gettext_noop", "_", "_l"), None),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), ((1, "c"), 2, 3)),
}


STRING = r"""u?(?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')"""
CALL = re.compile(rf"(?:\bn?p?gettext|(?<!\w)_)\((?:{STRING}|[^()\"'])*\)")


def translatable() -> Catalog:
    """Every text that is marked in the source and the templates, with the files where it stands."""
    found = Catalog(project="Milepost", fuzzy=False)
    for path in sources():
        place = str(path.relative_to(ROOT.parent))
        for _line, msgid, comments, context in extract("python", _python(path), KEYWORDS):
            found.add(msgid, locations=[(place, None)], auto_comments=comments, context=context)  # type: ignore[list-item]
    return found


def sources() -> Iterator[Path]:
    """The files that may hold such a text."""
    for room in sorted(ROOT.iterdir()):
        if room.is_dir() and room.name not in DEVELOPERS_OWN:
            yield from sorted(p for p in room.rglob("*.*") if p.suffix in {".py", ".html", ".txt"})


def _python(path: Path) -> io.BytesIO:
    """The file as Python; of a template, what Django's own extractor makes of it."""
    text = path.read_text()
    if path.suffix != ".py":  # between the calls it leaves letters of its own, which are no Python
        text = "\n".join(call.group().strip() for call in CALL.finditer(templatize(text, origin=str(path))))
    return io.BytesIO(text.encode())


def catalogue_path(language: str, suffix: str = "po") -> Path:
    """Where a language's catalogue lies."""
    return LOCALES / language / "LC_MESSAGES" / f"django.{suffix}"


def read_catalogue(language: str) -> Catalog:
    """What is translated already; empty for a new language."""
    path = catalogue_path(language)
    if not path.exists():
        return Catalog(
            locale=language, project="Milepost", version=" ", fuzzy=False, header_comment="# Milepost",
            msgid_bugs_address=" ", last_translator=" ", language_team=" ",
        )  # fmt: skip
    with path.open("rb") as file:
        return read_po(file, locale=language)


def write_catalogue(language: str) -> Catalog:
    """
    Bring a language's catalogue up to the source: new texts empty, old ones marked as gone, and the
    compiled one beside it. Returns it.
    """
    known = read_catalogue(language)
    known.update(translatable(), no_fuzzy_matching=True, update_creation_date=False)
    path = catalogue_path(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, known, width=110, sort_output=True, omit_header=False)
    with catalogue_path(language, "mo").open("wb") as file:
        write_mo(file, known)
    return known


def missing(known: Catalog) -> list[Message]:
    """The texts that a catalogue does not translate yet."""
    return [message for message in known if message.id and not _is_full(message)]


def _is_full(message: Message) -> bool:
    told = message.string if isinstance(message.string, list | tuple) else (message.string,)
    return all(told)
