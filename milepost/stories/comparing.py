"""Hold an output against what a story expects: only what is written is compared."""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal

HEADLINE = {
    "schedule": "amount",
    "documents": "due",
    "lines": "amount",
    "payments": "amount",
    "refunds": "amount",
}
"""`Rough-in: "8395.00"` under schedule means its amount, under documents what is due."""
ACCOUNTS = {
    "AR": "Accounts receivable",
    "CD": "Customer deposits",
    "RR": "Retainage receivable",
    "TP": "Tax payable",
    "DT": "Deferred tax",
    "CC": "Customer credit",
    "RP": "Refunds payable",
}
"""The accounts by the letters that the rules of the journal call them by."""
_PLAIN = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?")


def differences(expected: object, got: object, path: tuple[str, ...] = ()) -> Iterator[str]:
    """A sentence for each difference, in the order of the expectation, both sides in it."""
    if expected is None and len(path) == 1:
        return
    if isinstance(expected, dict):
        yield from _map(expected, got, path)
    elif isinstance(expected, list) and isinstance(got, list):
        if len(expected) != len(got):
            yield f"{_where(path)}: expected {len(expected)} of them, got {len(got)}."
        for place, (want, have) in enumerate(zip(expected, got, strict=False), start=1):
            yield from differences(want, have, (*path, str(place)))
    else:
        yield from _leaf(expected, got, path)


def _map(expected: dict[str, object], got: object, path: tuple[str, ...]) -> Iterator[str]:
    named = _by_name(got) if isinstance(got, list) else got
    if not isinstance(named, dict):
        yield f"{_where(path)}: expected {expected}, got {got}."
        return
    for name, want in expected.items():
        found = _found(name, named, path)
        if found is not None:
            yield from differences(want, found, (*path, name))
        elif want != {} and not (path == ("ledger",) and _is_nothing(want)):
            yield f"{_where((*path, name))}: expected {want}, but there is no such thing."


def _by_name(rows: list[object]) -> dict[str, object]:
    """Documents and payments by number, by what they bill, lines by their words; all by their place from 1."""
    named: dict[str, object] = {}
    for place, row in enumerate(rows, start=1):
        named.setdefault(str(place), row)
        if isinstance(row, dict):
            names = [*row.get("for", []), *(["Deposit"] if row.get("kind") == "deposit" else [])]
            names += [str(row[key]) for key in ("number", "description") if key in row]
            named |= dict.fromkeys(names, row)
    return named


def _found(name: str, named: Mapping[str, object], path: tuple[str, ...]) -> object | None:
    """What is called so: by its own name, or in the short way of its place."""
    name = str(name)
    if name in named:
        return named[name]
    if path == ("ledger",):
        called = ACCOUNTS.get(name, name).casefold()
        return next((balance for account, balance in named.items() if account.casefold() == called), None)
    if path == ("contract",):
        changes = named.get("changes")
        return changes.get(name) if isinstance(changes, dict) else None
    if path == ("schedule",) and name == "Deposit":
        rows = (row for row in named.values() if isinstance(row, dict))
        return next((row for row in rows if row.get("kind") == "deposit"), None)
    if path[-1:] == ("tax",):
        rates = [amount for tax, amount in named.items() if tax.rpartition(" ")[0] == name]
        return rates[0] if len(rates) == 1 else None
    return None


def _is_nothing(want: object) -> bool:
    """An account that nothing was booked on stands at nothing: 0, 0.00."""
    return isinstance(want, str) and want.strip("0.") == "" and want != ""


def _leaf(expected: object, got: object, path: tuple[str, ...]) -> Iterator[str]:
    headline = next((HEADLINE[part] for part in reversed(path) if part in HEADLINE), None)
    if isinstance(got, dict) and headline:
        got = got.get(headline)
    if isinstance(expected, date):
        expected = expected.isoformat()
    if expected != got and not _same_amount(expected, got):
        yield f"{_where(path)}: expected {expected}, got {got}."


def _same_amount(expected: object, got: object) -> bool:
    """`"12000"` is 12000.00."""
    texts = str(expected), str(got)
    return all(_PLAIN.fullmatch(text) for text in texts) and Decimal(texts[0]) == Decimal(texts[1])


def _where(path: tuple[str, ...]) -> str:
    return " › ".join(path) or "the output"
