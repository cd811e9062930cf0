"""Hold an output against what a story expects: only what is written is compared."""

from collections.abc import Iterator
from datetime import date

HEADLINE = {"schedule": "amount", "documents": "due"}
"""`Rough-in: "8395.00"` under schedule means its amount, under documents what is due."""


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
        if name in named:
            yield from differences(want, named[name], (*path, name))
        elif want != {}:
            yield f"{_where((*path, name))}: expected {want}, but there is no such thing."


def _by_name(rows: list[object]) -> dict[str, object]:
    """Documents and payments by number, by what they bill, and by their place from 1."""
    named: dict[str, object] = {}
    for place, row in enumerate(rows, start=1):
        named.setdefault(str(place), row)
        if isinstance(row, dict):
            names = [*row.get("for", []), *(["Deposit"] if row.get("kind") == "deposit" else [])]
            named |= dict.fromkeys([str(row.get("number", "")), *names], row)
    return named


def _leaf(expected: object, got: object, path: tuple[str, ...]) -> Iterator[str]:
    if isinstance(got, dict) and path and path[0] in HEADLINE:
        got = got.get(HEADLINE[path[0]])
    if isinstance(expected, date):
        expected = expected.isoformat()
    if expected != got:
        yield f"{_where(path)}: expected {expected}, got {got}."


def _where(path: tuple[str, ...]) -> str:
    return " › ".join(path) or "the output"
