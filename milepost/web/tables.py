"""Tables to take along: UTF-8 with a mark, which spreadsheets read; and tables that come in."""

import csv
from collections.abc import Iterable, Sequence
from io import StringIO

from django.http import HttpResponse

from milepost.web.files import sent

FORMULA = ("=", "+", "@", "\t", "\r")


def csv_answer(name: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> HttpResponse:
    """A table as a download; a text that a spreadsheet would take for a formula is quoted."""
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow(head)
    writer.writerows([_harmless(cell) for cell in row] for row in rows)
    return sent(out.getvalue().encode("utf-8-sig"), mime="text/csv; charset=utf-8", name=f"{name}.csv")


def _harmless(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and _reads_as_formula(cell) else cell


def _reads_as_formula(cell: str) -> bool:
    """Whether it is one, or was quoted by hand: what we quote must come back as it was."""
    bare = cell.lstrip("'")
    return bool(bare) and bare[0] in FORMULA


def csv_rows(data: bytes, *, most: int) -> list[tuple[int, list[str]]]:
    """
    The rows of a table as spreadsheets save it, each with its line number: UTF-8, UTF-16 or Windows
    letters, parted by comma, semicolon or tab. Empty rows are left out; at most `most` are read.
    What is no text at all gives no rows.
    """
    text = text_of(data)
    reader = csv.reader(StringIO(text, newline=""), delimiter=_delimiter(text))
    found: list[tuple[int, list[str]]] = []
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                found.append((reader.line_num, [_bare(cell) for cell in cells]))
            if len(found) >= most:
                break
    except csv.Error:
        return []
    return found


def text_of(data: bytes) -> str:
    """What a table or a statement says, in whichever of the usual ways its letters were written down."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace").replace("\x00", "")
    try:
        return data.decode("utf-8-sig").replace("\x00", "")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace").replace("\x00", "")


def _delimiter(text: str) -> str:
    """The sign that parts the first line into the most cells."""
    first = text.lstrip().partition("\n")[0]
    return max((",", ";", "\t"), key=first.count)


def _bare(cell: str) -> str:
    """A cell without the quote that kept it from being a formula."""
    return cell[1:] if cell[:1] == "'" and _reads_as_formula(cell) else cell
