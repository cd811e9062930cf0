"""The price book: items are saved, changed, archived, and taken in from a table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from milepost.actions.actor import Actor
from milepost.actions.businesses import Missing
from milepost.actions.door import action
from milepost.actions.steps.finding import find
from milepost.actions.steps.offer import UnknownTax
from milepost.core.item_input import ItemInput, key_of
from milepost.core.msgids import gettext_noop
from milepost.core.refusals import Refusal
from milepost.records.businesses import TaxCode
from milepost.records.items import SavedItem

COLUMNS = ("name", "name_key", "description", "unit", "unit_price", "tax_codes", "section")


class ItemExists(Refusal):
    """Two items of one name could not be told apart on a quote."""

    code = "item_exists"
    message = gettext_noop(
        "There is an item called “{name}” already. Change that one, or call this one otherwise."
    )


@dataclass(frozen=True)
class Imported:
    """What a table did to the price book, in items."""

    added: int
    changed: int
    same: int


@action("change_items")
def save_item(*, by: Actor, at: datetime, item: ItemInput, item_id: int | None = None) -> int:
    """
    A new item, or another content for one. Quotes that were filled from it keep what they say.

    Returns its id. Refuses Missing and ItemExists at `name`, UnknownTax at `tax`, NotFound.
    """
    _lock_book(by.business_id)
    values = _values(item, _known_taxes())
    if item_id is None:
        _check_free(values)
        return SavedItem.objects.create(business_id=by.business_id, created_at=at, **values).id
    saved = find(SavedItem.objects.all(), id=item_id)
    if saved.archived_at is None:
        _check_free(values, but=saved.id)
    for name, value in values.items():
        setattr(saved, name, value)
    saved.save(update_fields=COLUMNS)
    return saved.id


@action("change_items")
def archive_item(*, by: Actor, at: datetime, item_id: int, archived: bool) -> None:
    """Take an item off the price book, or put it back. Refuses ItemExists where its name was taken since, NotFound."""
    _lock_book(by.business_id)
    saved = find(SavedItem.objects.all(), id=item_id)
    if not archived and saved.archived_at is not None:
        _check_free({"name": saved.name, "name_key": saved.name_key})
    saved.archived_at = (saved.archived_at or at) if archived else None
    saved.save(update_fields=["archived_at"])


@action("change_items")
def import_items(*, by: Actor, at: datetime, items: Sequence[ItemInput]) -> Imported:
    """
    Take a whole table in: an item whose name is there already (capitals or not) is changed, the others
    are added; all of them or none. Of two rows with one name the later one counts.

    Refuses Missing, UnknownTax.
    """
    _lock_book(by.business_id)
    known = _known_taxes()
    there = {item.name_key: item for item in SavedItem.objects.filter(archived_at=None)}
    wanted = {values["name_key"]: values for values in (_values(item, known) for item in items)}
    added = [values for key, values in wanted.items() if key not in there]
    changed = [there[key] for key, values in wanted.items() if key in there and _fill(there[key], values)]
    SavedItem.objects.bulk_create(
        [SavedItem(business_id=by.business_id, created_at=at, **values) for values in added], batch_size=500
    )
    SavedItem.objects.bulk_update(changed, COLUMNS, batch_size=500)
    return Imported(len(added), len(changed), len(wanted) - len(added) - len(changed))


def _lock_book(business_id: int) -> None:
    """One writer at a time, so that a name is found taken before the database has to say so."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('saved_item'), %s::bigint::int)", [business_id])


def _known_taxes() -> frozenset[int]:
    return frozenset(TaxCode.objects.values_list("id", flat=True))


def _values(item: ItemInput, known: frozenset[int]) -> dict[str, Any]:
    name = item.name.strip()[:120]
    if not name:
        raise Missing(field="name")
    if set(item.tax_codes) - known:
        raise UnknownTax(field="tax")
    return {
        "name": name,
        "name_key": key_of(name),
        "description": item.description.strip(),
        "unit": item.unit.strip()[:40],
        "unit_price": item.unit_price,
        "tax_codes": sorted(set(item.tax_codes)),
        "section": item.section.strip()[:200],
    }


def _fill(saved: SavedItem, values: dict[str, Any]) -> bool:
    """Put the values into an item; whether any of them is another than before."""
    before = {name: getattr(saved, name) for name in values}
    for name, value in values.items():
        setattr(saved, name, value)
    return before != values


def _check_free(values: Mapping[str, Any], *, but: int | None = None) -> None:
    taken = SavedItem.objects.filter(archived_at=None, name_key=values["name_key"])
    if any(item_id != but for item_id in taken.values_list("id", flat=True)):
        raise ItemExists(field="name", name=values["name"])
