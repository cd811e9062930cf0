"""Bank statements: what a file of the bank says, line by line. OFX in both of its spellings, and tables."""

import csv
import hashlib
import io
import re
from collections import Counter, defaultdict
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
DAY_FORMATS = (
    "%Y-%m-%d", "%m/%d/%Y", "%d.%m.%Y", "%d/%m/%Y", "%Y/%m/%d", "%d-%m-%Y", "%Y%m%d", "%Y.%m.%d",
    "%m/%d/%y", "%d.%m.%y", "%d/%m/%y", "%d %b %Y", "%d-%b-%Y", "%b %d, %Y",
)  # fmt: skip
MONTH_FIRST = frozenset({"USD"})
"""The currencies in whose country 03/04 is March the fourth; elsewhere it is the third of April."""
CLOCK = re.compile(r"[T ]\d{1,2}:\d\d.*$")
MINUSES = dict.fromkeys(map(ord, "\u2212\u2010\u2011\u2012\u2013\ufe63\uff0d"), "-")
OUT = frozenset({"debit", "dr", "db", "dbit", "d", "soll", "s", "lastschrift", "abgang", "withdrawal", "out"})
IN = frozenset({"credit", "cr", "crdt", "c", "haben", "h", "gutschrift", "zugang", "deposit", "in"})
"""What a bank writes beside an amount without a sign, or in a column of its own."""
SAID_OUT = re.compile(r"(?<![a-z])(?:debit|dr|dbit|soll)(?![a-z])|(?<![a-z])(?:db|d|s)\W*$", re.I)
MOST_PREAMBLE = 40

SEPARATORS = ",;\t|"
THOUSANDS = re.compile(r"\d{1,3}(,\d{3})+")
POINTED = re.compile(r"\d{1,3}(\.\d{3})+")
EXPONENT = re.compile(r"\d\s*[A-Za-z]+\s*\d")
# One movement of an OFX file, and one value. OFX 1 leaves closing tags out, OFX 2 is XML: a value ends
# where the next tag begins in both.
ACCOUNT = re.compile(r"<(?:CC|INV)?STMTRS>", re.I)
MOVEMENT = re.compile(r"<STMTTRN>(.*?)(?=<STMTTRN>|</BANKTRANLIST>|\Z)", re.S | re.I)
VALUE = re.compile(r"<([A-Z0-9.]+)>([^<\r\n]*)", re.I)


class StatementRefused(Refusal):
    """The file cannot be read as a bank's statement."""

    def __init__(self, **values: object) -> None:
        super().__init__(field="file", **values)


class NotAStatement(StatementRefused):
    code = "not_a_statement"
    message = gettext_noop(
        "This is no statement that can be read: an OFX file or a table (CSV) from your bank."
    )


class CutShort(StatementRefused):
    code = "cut_short"
    message = gettext_noop("This file ends in the middle. Download it from your bank once more.")


class TooManyLines(StatementRefused):
    code = "too_many_lines"
    message = gettext_noop("This file has more than {most} lines. Take a shorter time, and bring in several.")


class TooLarge(StatementRefused):
    code = "too_large"
    message = gettext_noop("A statement may have up to {most} MB. Take a shorter time, and bring in several.")


class OtherCurrency(StatementRefused):
    code = "other_currency"
    message = gettext_noop("This is the statement of an account in {currency}; yours is in {ours}.")


class ColumnsUnclear(StatementRefused):
    """The table's columns have to be told once; `headers` are those that it has."""

    code = "columns_unclear"
    message = gettext_noop("Say once which column is which. It is remembered for the next file.")

    def __init__(self, headers: Sequence[str]) -> None:
        self.headers = list(headers)
        super().__init__()


class LineUnclear(StatementRefused):
    """One line of the file, counted from 1, says something that is not what stands in its place."""

    code = "line_unclear"

    def __init__(self, line: int, text: str) -> None:
        super().__init__(line=line, text=text[:40])


class DayUnclear(LineUnclear):
    message = gettext_noop("Line {line} cannot be read: “{text}” is no date.")


class AmountUnclear(LineUnclear):
    message = gettext_noop("Line {line} cannot be read: “{text}” is no amount.")


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
    from their headers. Refuses NotAStatement, CutShort, TooManyLines, OtherCurrency, ColumnsUnclear,
    LineUnclear.
    """
    if "<OFX>" in text.upper():
        return _ofx(text, currency), {}
    return _table(text, currency, mapping or {})


def _ofx(text: str, currency: str) -> list[StatementLine]:
    parts = ACCOUNT.split(text)
    lines: list[StatementLine] = []
    for part in parts[1:] or parts:
        account = _values(part)
        if account["CURDEF"] not in ("", currency):
            raise OtherCurrency(currency=account["CURDEF"], ours=currency)
        lines += _movements(part, account["ACCTID"], currency, len(lines))
    if not lines:
        raise NotAStatement
    if "</OFX>" not in text.upper():
        raise CutShort
    return _not_too_many(lines)


def _movements(text: str, account: str, currency: str, before: int) -> list[StatementLine]:
    """The movements of one account; one whose number stands for another one already is told by what it says."""
    seen: Counter[str] = Counter()
    numbers: dict[str, str] = {}
    lines = []
    for number, block in enumerate(MOVEMENT.findall(text), before + 1):
        told = _values(block)
        posted, amount = told["DTPOSTED"][:8], told["TRNAMT"]
        said = (told["NAME"], told["MEMO"], told["CHECKNUM"] or told["REFNUM"])
        exact = f"{posted}{amount}{said}"
        seen[exact] += 1
        identity = told["FITID"] or f"{exact}{seen[exact]}"
        if numbers.setdefault(identity, exact) != exact:
            identity = f"{identity}{exact}"
        on, cents = _day(posted, number, "%Y%m%d"), _cents(amount, currency, number)
        lines.append(StatementLine(_fingerprint("ofx", account, identity), on, cents, *said))
    return lines


def _not_too_many(lines: list[StatementLine]) -> list[StatementLine]:
    if len(lines) > MOST_LINES:
        raise TooManyLines(most=f"{MOST_LINES:,}")
    return lines


def _values(block: str) -> defaultdict[str, str]:
    """The values of an OFX block by their tags, in capitals; the first of several, and empty where there is none."""
    found = {tag.upper(): unescape(value).strip() for tag, value in reversed(VALUE.findall(block))}
    return defaultdict(str, found)


def _table(
    text: str, currency: str, mapping: Mapping[str, str]
) -> tuple[list[StatementLine], dict[str, str]]:
    first, headers, rows = _rows(text.removeprefix("\ufeff"), mapping)
    named = {field: mapping[field] for field in FIELDS if mapping.get(field) in headers}
    columns = named or _guessed(headers)
    if not {"date", "amount"} <= set(columns):
        raise ColumnsUnclear(headers)
    signs = _signs(rows, [header for header in headers if header not in columns.values()], columns["amount"])
    told = [(number, row, _said(row, columns)) for number, row in enumerate(rows, first)]
    told = [(number, row, said) for number, row, said in told if said["amount"]]
    if not told:
        raise NotAStatement
    known = _day_format([said["date"] for _, _, said in told], currency)
    seen: Counter[str] = Counter()
    lines = []
    for number, row, said in told:
        exact = "|".join(said.values())
        seen[exact] += 1
        fingerprint = _fingerprint("table", exact, str(seen[exact]))
        on, cents = _day(said["date"], number, known), _cents(said["amount"], currency, number)
        cents = -cents if signs and row[signs].strip().lower() in OUT else cents
        lines.append(StatementLine(fingerprint, on, cents, said["name"], said["memo"], said["reference"]))
    return _not_too_many(lines), columns


def _rows(text: str, mapping: Mapping[str, str]) -> tuple[int, list[str], list[dict[str, str]]]:
    """The line of a table's first row, its headers and rows; its separator is what its head has most of."""
    above, head = _head(text, mapping)
    separator = max(SEPARATORS, key=head.count)
    if separator not in head:
        raise NotAStatement
    below = "".join(text.splitlines(keepends=True)[above:])
    reader = csv.DictReader(io.StringIO(below, newline=None), delimiter=separator)
    try:
        headers, rows = [name for name in reader.fieldnames or () if name], list(reader)
    except csv.Error:
        raise NotAStatement from None
    short = [None in row.values() for row in rows]
    if len(rows) > 1 and short[-1] and not any(short[:-1]) and not text.endswith(("\n", "\r")):
        raise CutShort
    return above + 2, headers, [{name: cell or "" for name, cell in row.items() if name} for row in rows]


def _head(text: str, mapping: Mapping[str, str]) -> tuple[int, str]:
    """How many lines stand above a table's headers, and those: banks write about the account there first."""
    lines = text.splitlines() or [""]
    for above, line in enumerate(lines[:MOST_PREAMBLE]):
        cells = [cell.strip().strip('"') for cell in line.split(max(SEPARATORS, key=line.count))]
        known = {*_guessed(cells), *(field for field in FIELDS if mapping.get(field) in cells)}
        if {"date", "amount"} <= known:
            return above, line
    return 0, lines[0]


def _signs(rows: Sequence[Mapping[str, str]], others: Sequence[str], amount: str) -> str:
    """The column that says which of the amounts, none of which has a sign, went out; "" where none does."""
    if any(re.search(r"[-(]", row[amount].translate(MINUSES)) for row in rows):
        return ""
    for header in others:
        said = {row[header].strip().lower() for row in rows if row[amount].strip()}
        if said & OUT and said <= OUT | IN:
            return header
    return ""


def _said(row: Mapping[str, str], columns: Mapping[str, str]) -> dict[str, str]:
    """What a row says in each field, in their order; a field without a column says nothing."""
    return {field: row[columns[field]].strip() if field in columns else "" for field in FIELDS}


def _guessed(headers: Sequence[str]) -> dict[str, str]:
    plain = {header.strip().lower(): header for header in headers}
    # The first guess that fits is the last to be written.
    return {
        field: plain[guess]
        for field, guesses in GUESSES.items()
        for guess in reversed(guesses)
        if guess in plain
    }


def _day_format(days: Sequence[str], currency: str) -> str:
    """
    The first way of writing days that fits all of them: where dollars are paid with, 03/04 is March the
    fourth until one says otherwise.
    """
    ways = sorted(DAY_FORMATS, key=lambda way: way.startswith("%m/") and currency not in MONTH_FIRST)
    for known in ways:
        if all(_fits(day, known) for day in days if day):
            return known
    return DAY_FORMATS[0]


def _fits(text: str, known: str) -> bool:
    try:
        datetime.strptime(CLOCK.sub("", text), known)  # noqa: DTZ007 - a day without a clock
    except ValueError:
        return False
    return True


def _day(text: str, number: int, known: str) -> date:
    if not _fits(text, known):
        raise DayUnclear(number, text)
    return datetime.strptime(CLOCK.sub("", text), known).date()  # noqa: DTZ007 - a day without a clock


def _cents(text: str, currency: str, number: int) -> int:
    """An amount as banks write it: signs in front or behind, in brackets, points or commas for decimals."""
    bare, digits = re.sub(r"[^0-9.,()+-]", "", text.translate(MINUSES)), currency_digits(currency)
    negative = bare.startswith(("-", "(")) or bare.endswith("-") or SAID_OUT.search(text) is not None
    bare = bare.strip("+-()")
    if "," in bare and "." in bare:
        bare = bare.replace("," if bare.rindex(".") > bare.rindex(",") else ".", "")
    elif THOUSANDS.fullmatch(bare):
        bare = bare.replace(",", "")
    elif POINTED.fullmatch(bare) and (not digits or bare.count(".") > 1):
        bare = bare.replace(".", "")  # 10.000 pesos are not ten of them
    try:
        exact = Decimal(bare.replace(",", ".")).scaleb(digits)
    except InvalidOperation:
        raise AmountUnclear(number, text) from None
    if EXPONENT.search(text) or exact != exact.to_integral_value() or abs(exact) >= 10**15:
        raise AmountUnclear(number, text)
    return -int(exact) if negative else int(exact)


def _fingerprint(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()
