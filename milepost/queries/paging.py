"""Pages of a list: sorted, and asked for by the last row of the page before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, TypeVar

from django.db.models import F, Model, Q, QuerySet
from django.db.models.functions import Lower

M = TypeVar("M", bound=Model)
PAGE = 50
MARK = "~"


@dataclass(frozen=True)
class Page:
    """Some rows; `next` is the key to ask for those behind them, or None."""

    rows: Sequence[Any]
    next: int | str | None


@dataclass(frozen=True)
class Sorting:
    """
    What a list is sorted by: a column (a name with `__` leads to another table) of this kind; text
    without regard to capitals. Rows with the same value stand with the newest first.
    """

    column: str
    kind: Literal["text", "day", "number"]
    descending: bool = False

    def page(self, found: "QuerySet[M]", before: str, most: int = PAGE) -> tuple[list[M], str | None]:
        """The rows behind the key `before`, and the key of the page behind them. No key: the first page."""
        found = found.annotate(sorted_by=Lower(self.column) if self.kind == "text" else F(self.column))
        newest, value = self._read(before)
        if newest is not None:
            beyond = Q(sorted_by__lt=value) if self.descending else Q(sorted_by__gt=value)
            found = found.filter(beyond | Q(sorted_by=value, id__lt=newest))
        rows = list(found.order_by("-sorted_by" if self.descending else "sorted_by", "-id")[: most + 1])
        return rows[:most], self._key(rows[most - 1]) if len(rows) > most else None

    def _key(self, row: Any) -> str:
        return f"{row.pk}{MARK}{row.sorted_by}"

    def _read(self, before: str) -> tuple[int | None, object]:
        newest, _, text = before.partition(MARK)
        read = {"text": str, "day": date.fromisoformat, "number": whole}[self.kind]
        try:
            return whole(newest), read(text)
        except ValueError:
            return None, None


@dataclass(frozen=True)
class Newest:
    """The newest first, in the order in which the rows came."""

    descending: bool = True

    def page(self, found: "QuerySet[M]", before: str, most: int = PAGE) -> tuple[list[M], str | None]:
        """As of Sorting; the key is the last row's id."""
        if last := row_before(before):
            found = found.filter(id__lt=last)
        rows = list(found.order_by("-id")[: most + 1])
        return rows[:most], str(rows[most - 1].pk) if len(rows) > most else None


NEWEST = Newest()


def row_before(key: str) -> int | None:
    """The id of the last row of the page before, from its key; None for the first page."""
    return int(key) if key.isdecimal() and len(key) < 18 else None


def whole(text: str) -> int:
    """A whole number that a database's column holds. Refuses others with ValueError."""
    if len(text) > 18:
        raise ValueError(text)
    return int(text)
