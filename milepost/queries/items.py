"""The price book: its pages, its items as they fill a line, the whole of it as a table."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from milepost.core.item_input import key_of
from milepost.queries.door import NotThere, question
from milepost.records.businesses import TaxCode
from milepost.records.items import SavedItem

PAGE = 50
OFFERED = 8


@dataclass(frozen=True)
class ItemRow:
    """One item. `taxes` are (id, name, percent) of those that a new line may still carry."""

    id: int
    name: str
    description: str
    unit: str
    unit_price: Decimal
    section: str
    taxes: Sequence[tuple[int, str, Decimal]]
    is_archived: bool

    @property
    def words(self) -> str:
        """What stands on a line that is filled from it."""
        return self.description or self.name


@dataclass(frozen=True)
class ItemPage:
    """Some items by their names; `next` is the item after which the next page begins, or None."""

    rows: Sequence[ItemRow]
    next: int | None


@question
def items(*, after: int | None = None, search: str = "", archived: bool = False) -> ItemPage:
    """Items in use (or those archived) in the order of their names; `search` in every text of them."""
    found = _searched(SavedItem.objects.filter(archived_at__isnull=not archived), search)
    if after is not None:
        last = SavedItem.objects.filter(id=after).values_list("name_key", "id").first()
        if last is not None:
            found = found.filter(Q(name_key__gt=last[0]) | Q(name_key=last[0], id__gt=last[1]))
    rows = _rows(found.order_by("name_key", "id")[: PAGE + 1])
    return ItemPage(rows[:PAGE], rows[PAGE - 1].id if len(rows) > PAGE else None)


@question
def suggested_items(search: str) -> list[ItemRow]:
    """The few items that somebody may mean who has typed this: those that begin with it come first."""
    key = key_of(search)
    if not key:
        return []
    begins = Case(
        When(name_key__startswith=key, then=Value(0)), default=Value(1), output_field=IntegerField()
    )
    found = _searched(SavedItem.objects.filter(archived_at=None), key)
    return _rows(found.annotate(begins=begins).order_by("begins", "name_key", "id")[:OFFERED])


@question
def all_items() -> list[ItemRow]:
    """The whole price book in use, for a table."""
    return _rows(SavedItem.objects.filter(archived_at=None).order_by("name_key", "id"))


@question
def item_row(item_id: int) -> ItemRow:
    """One item, in use or archived. Refuses NotThere."""
    rows = _rows(SavedItem.objects.filter(id=item_id))
    if not rows:
        raise NotThere
    return rows[0]


def _searched(found: "QuerySet[SavedItem]", search: str) -> "QuerySet[SavedItem]":
    """Every word stands somewhere in the name, the description or the section."""
    for word in key_of(search).split()[:8]:
        found = found.filter(
            Q(name_key__contains=word) | Q(description__icontains=word) | Q(section__icontains=word)
        )
    return found


def _rows(found: "QuerySet[SavedItem]") -> list[ItemRow]:
    taxes = {tax.id: tax for tax in TaxCode.objects.filter(retired_at=None)}
    return [
        ItemRow(
            item.id,
            item.name,
            item.description,
            item.unit,
            item.unit_price,
            item.section,
            [(code, taxes[code].name, taxes[code].percent) for code in item.tax_codes if code in taxes],
            item.archived_at is not None,
        )
        for item in found
    ]
