"""Numbers: given at issue, under the lock of their series, without a gap."""

from dataclasses import dataclass

from django.db import connection


@dataclass(frozen=True)
class Number:
    """A number and what it follows; `text` is how it is printed."""

    series_id: int
    number: int
    previous: int | None
    text: str


_NEXT = """
UPDATE series SET next_number = next_number + 1 WHERE kind = %s RETURNING id, prefix, next_number - 1
"""
FIRST = {"quote": ("Q-", 1001), "invoice": ("", 1001), "receipt": ("R-", 1), "credit_note": ("C-", 1)}


def next_number(kind: str) -> Number:
    """Take the next number of a series. The series' row stays locked until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(_NEXT, [kind])
        series_id, prefix, number = cursor.fetchone()
    return Number(series_id, number, number - 1 if number > FIRST[kind][1] else None, f"{prefix}{number}")
