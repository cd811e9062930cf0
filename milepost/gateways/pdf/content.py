"""What reaches the template: a checked copy of the content, its text made safe to set."""

import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from milepost.gateways.pdf.errors import PdfContentWrong, PdfTooLarge
from milepost.queries.documents_shape import CONTENTS

MOST_BYTES = 1_500_000
MOST_ROWS = 3_000

# Control characters, lone surrogates, noncharacters, the byte-order mark, and the bidirectional embeddings
# and overrides, which could make an amount read backwards.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\ufeff\ufffe\uffff\ud800-\udfff]")


def canonical(content: Mapping[str, Any]) -> bytes:
    """
    The content as canonical JSON text in UTF-8: keys sorted, no spaces, nothing escaped that need not be.

    >>> canonical({"b": "é", "a": 1})
    b'{"a":1,"b":"\\xc3\\xa9"}'
    """
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return text.encode("utf-8", errors="replace")


def checked(template: str, content: Mapping[str, Any]) -> bytes:
    """The canonical JSON of a content that has its template's shape and a printable size; else refused."""
    if template not in CONTENTS:
        raise PdfContentWrong(template=template, problem="there is no such template")
    missing = sorted(CONTENTS[template].__required_keys__ - content.keys())  # type: ignore[attr-defined]
    if missing:
        raise PdfContentWrong(template=template, problem="it lacks " + ", ".join(missing))
    rows = sum(len(table["rows"]) for table in _tables(content))
    if rows > MOST_ROWS:
        raise PdfTooLarge(size=f"{rows:,} lines", limit=f"{MOST_ROWS:,}")
    text = canonical(content)
    if len(text) > MOST_BYTES:
        raise PdfTooLarge(size=f"{len(text) // 1000:,} kB", limit=f"{MOST_BYTES // 1000:,} kB")
    return text


def _tables(content: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    single = [content[key] for key in ("table", "schedule") if content.get(key)]
    return single + list(content.get("tables", ()))


def created(template: str, content: Mapping[str, Any]) -> int:
    """The PDF's creation date, in seconds since 1970 UTC, from the content and never from a clock."""
    try:
        moment = datetime.fromisoformat(content["made_at"])
    except (TypeError, ValueError) as wrong:
        raise PdfContentWrong(template=template, problem="made_at is not an ISO 8601 moment") from wrong
    if moment.tzinfo is None:
        raise PdfContentWrong(template=template, problem="made_at lacks its offset")
    return int(moment.timestamp())


def settable(value: Any) -> Any:
    """
    The same JSON with every text fit to be set: nothing unprintable in it.

    >>> settable({"a": ["tab\\x00le", 1]})
    {'a': ['table', 1]}
    """
    if isinstance(value, str):
        return _UNPRINTABLE.sub("", value)
    if isinstance(value, Mapping):
        return {key: settable(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [settable(part) for part in value]
    return value
