"""Bank statements: what a file of the bank says, line by line. OFX in both of its spellings, and tables."""

import csv
import hashlib
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from html import unescape

from milepost.core.money import currency_digits
from milepost.core.msgids import gettext_noop
from milepost.core.refusals import Refusal

MOST_LINES = 20_000
FIELDS = ("date", "amount", "name", "memo", "reference")
GUESSES: Mapping[str, tuple[str, ...]] = {
    "date": ("date", "booking date", "posted", "transaction date", "buchungstag", "datum", "fecha"),
    "amount": ("amount", "betrag", "value", "importe", "montant", "credit"),
    "name": ("name", "payee", "counterparty", "sender", "payer", "from", "beneficiary", "auftraggeber"),
    "memo": ("memo", "description", "details", "purpose", "narrative", "verwendungszweck"),
    "reference": ("reference", "ref", "check number", "cheque number", "number", "check"),
}
DAY_FORMATS = ("%Y-%m-%d", "%m/%d/%Y", "%d.%m.%Y", "%d/%m/%Y", "%Y/%m/%d", "%d-%m-%Y", "%Y%m%d", "%m/%d/%y")


class NotAStatement(Refusal):
    code = "not_a_statement"
    message = gettext_noop(
        "This is no statement that can be read: an OFX file or a table (CSV) from your bank."
    )


class ColumnsUnclear(Refusal):
    """The table's columns have to be told once; `headers` are those that it has."""

    code = "columns_unclear"
    message = gettext_noop("Say once which column is which. It is remembered for the next file.")

    def __init__(self, headers: Sequence[str], *, field: str) -> None:
        self.headers = list(headers)
        super().__init__(field=field)


class LineUnclear(Refusal):
    code = "line_unclear"
    message = gettext_noop("Line {line} cannot be read: “{text}” is no {what}.")


@dataclass(frozen=True)
class StatementLine:
    """
    One movement of a bank account; money that came in is above zero. `fingerprint` is the same whenever
    the same movement is read again, from this file or from one that overlaps it.
    """

    fingerprint: str
    on: date
    cents: int
    name: str
    memo: str
    reference: str

    @property
    def text(self) -> str:
        """Everything that the bank says beside day and amount."""
        return " ".join(part for part in (self.name, self.memo, self.reference) if part)


def read_statement(
    text: str, currency: str, *, mapping: Mapping[str, str] | None = None
) -> tuple[list[StatementLine], dict[str, str]]:
    """
    The lines of a statement, and the columns by which a table was read (none for OFX).

    `mapping` names columns by field (date, amount, name, memo, reference); without it they are guessed
    from their headers. Refuses NotAStatement, ColumnsUnclear, LineUnclear.
    """
    if "<OFX>" in text.upper():
        return _ofx(text, currency), {}
    return _table(text, currency, mapping or {})


def _ofx(text: str, currency: str) -> list[StatementLine]:
    """OFX 1 leaves closing tags out, OFX 2 is XML: a value ends where the next tag begins in both."""
    account = _value(text, "ACCTID")
    lines = []
    for number, block in enumerate(
        re.findall(r"<STMTTRN>(.*?)(?=<STMTTRN>|</BANKTRANLIST>|\Z)", text, re.S | re.I), 1
    ):
        posted, amount = _value(block, "DTPOSTED")[:8], _value(block, "TRNAMT")
        said = (
            _value(block, "NAME"),
            _value(block, "MEMO"),
            _value(block, "CHECKNUM") or _value(block, "REFNUM"),
        )
        identity = _value(block, "FITID") or f"{posted}{amount}{said}{number}"
        lines.append(
            StatementLine(
                _fingerprint("ofx", account, identity),
                _day(posted, number, "%Y%m%d"),
                _cents(amount, currency, number),
                *said,
            )
        )
    if not lines:
        raise NotAStatement(field="file")
    return lines[:MOST_LINES]


def _value(block: str, tag: str) -> str:
    found = re.search(rf"<{tag}>([^<\r\n]*)", block, re.I)
    return unescape(found[1]).strip() if found else ""


def _table(
    text: str, currency: str, mapping: Mapping[str, str]
) -> tuple[list[StatementLine], dict[str, str]]:
    try:
        dialect: type[csv.Dialect] | csv.Dialect = csv.Sniffer().sniff(text[:5000], delimiters=",;\t|")
    except csv.Error:
        raise NotAStatement(field="file") from None
    rows = list(csv.DictReader(io.StringIO(text.lstrip("\ufeff")), dialect=dialect))
    headers = [name for name in (rows[0] if rows else {}) if name]
    columns = {field: mapping[field] for field in FIELDS if mapping.get(field) in headers} or _guessed(
        headers
    )
    if not {"date", "amount"} <= set(columns):
        raise ColumnsUnclear(headers, field="file")
    known = _day_format([row[columns["date"]] or "" for row in rows])
    seen: dict[str, int] = {}
    lines = []
    for number, row in enumerate(rows[:MOST_LINES], 2):
        said = {field: (row.get(column) or "").strip() for field, column in columns.items()}
        if not said["amount"]:
            continue
        exact = "|".join(said.get(field, "") for field in FIELDS)
        seen[exact] = seen.get(exact, 0) + 1  # twice the same on one day are two, told apart by their place
        lines.append(
            StatementLine(
                _fingerprint("table", exact, str(seen[exact])),
                _day(said["date"], number, known),
                _cents(said["amount"], currency, number),
                said.get("name", ""),
                said.get("memo", ""),
                said.get("reference", ""),
            )
        )
    if not lines:
        raise NotAStatement(field="file")
    return lines, dict(columns)


def _guessed(headers: Sequence[str]) -> dict[str, str]:
    plain = {header.strip().lower(): header for header in headers}
    found = {
        field: next((plain[guess] for guess in guesses if guess in plain), "")
        for field, guesses in GUESSES.items()
    }
    return {field: header for field, header in found.items() if header}


def _day_format(days: Sequence[str]) -> str:
    """The first way of writing days that fits all of them: 03/04 is March the fourth until one says otherwise."""
    for known in DAY_FORMATS:
        if all(_fits(day.strip(), known) for day in days if day.strip()):
            return known
    return DAY_FORMATS[0]


def _fits(text: str, known: str) -> bool:
    try:
        datetime.strptime(text, known)  # noqa: DTZ007 - a day without a clock
    except ValueError:
        return False
    return True


def _day(text: str, number: int, known: str) -> date:
    if not _fits(text, known):
        raise LineUnclear(field="file", line=number, text=text[:40], what="date")
    return datetime.strptime(text, known).date()  # noqa: DTZ007 - a day without a clock


def _cents(text: str, currency: str, number: int) -> int:
    """An amount as banks write it: signs in front or behind, in brackets, points or commas for decimals."""
    bare = re.sub(r"[^0-9.,()+-]", "", text)
    negative = bare.startswith(("-", "(")) or bare.endswith("-")
    bare = bare.strip("+-()")
    if "," in bare and "." in bare:
        bare = bare.replace("," if bare.rindex(".") > bare.rindex(",") else ".", "")
    elif re.fullmatch(r"\d{1,3}(,\d{3})+", bare):
        bare = bare.replace(",", "")
    digits = currency_digits(currency)
    if re.search(r"\d\s*[A-Za-z]+\s*\d", text):
        raise LineUnclear(field="file", line=number, text=text[:40], what="amount")
    try:
        exact = Decimal(bare.replace(",", ".")).scaleb(digits)
    except InvalidOperation:
        raise LineUnclear(field="file", line=number, text=text[:40], what="amount") from None
    if exact != exact.to_integral_value() or abs(exact) >= 10**15:
        raise LineUnclear(field="file", line=number, text=text[:40], what="amount")
    return -int(exact) if negative else int(exact)


def _fingerprint(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()
