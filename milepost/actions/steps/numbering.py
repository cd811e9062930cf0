"""Numbers: given at issue, under the lock of their series, without a gap."""

from dataclasses import dataclass

from milepost.records.businesses import Series


@dataclass(frozen=True)
class Number:
    """A number and what it follows; `text` is how it is printed."""

    series_id: int
    number: int
    previous: int | None
    text: str


FIRST = {"quote": ("Q-", 1001), "invoice": ("", 1001), "receipt": ("R-", 1)}


def next_number(kind: str) -> Number:
    """Take the next number of a series. The series' row stays locked until the transaction ends."""
    series = Series.objects.select_for_update(no_key=True).get(kind=kind)
    number = series.next_number
    series.next_number = number + 1
    series.save(update_fields=["next_number"])
    first = FIRST[kind][1]
    return Number(series.id, number, number - 1 if number > first else None, f"{series.prefix}{number}")
