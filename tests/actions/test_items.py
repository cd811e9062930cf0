"""The price book: what is saved, what is refused, and what a table does to it."""

from dataclasses import replace
from decimal import Decimal

import psycopg
import pytest

from milepost.actions.businesses import Missing, add_tax_code
from milepost.actions.items import Imported, ItemExists, archive_item, import_items, save_item
from milepost.actions.rights import NotAllowed
from milepost.actions.steps.finding import NotFound
from milepost.actions.steps.offer import UnknownTax
from milepost.core.item_input import ItemInput
from milepost.queries.items import all_items, item_row, items, suggested_items

PULL = ItemInput("Brass pull", Decimal("12.3456"), "Brass pull, 128 mm", "pcs", "Hardware")


def book(cast) -> list[tuple[str, str]]:
    return [(item.name, f"{item.unit_price.normalize():f}") for item in all_items(cast.business_id)]


def test_an_item_keeps_its_four_decimals_its_unit_its_section_and_its_taxes(cast):
    tax = add_tax_code(by=cast.alice, at=cast.at, name="Sales tax", percent=Decimal("8.25"))
    item = save_item(by=cast.bo, at=cast.at, item=replace(PULL, tax_codes=(tax,)))
    found = item_row(cast.business_id, item)
    assert (found.words, found.unit, found.section) == ("Brass pull, 128 mm", "pcs", "Hardware")
    assert found.unit_price == Decimal("12.3456")
    assert [(name, percent) for _id, name, percent in found.taxes] == [("Sales tax", Decimal("8.25"))]


def test_one_name_is_one_item_until_it_is_archived(cast):
    first = save_item(by=cast.alice, at=cast.at, item=PULL)
    with pytest.raises(ItemExists) as refused:
        save_item(by=cast.alice, at=cast.at, item=replace(PULL, name=" BRASS  pull "))
    assert refused.value.field == "name" and "BRASS  pull" in str(refused.value)

    # When the first is archived its name is free; then the first cannot come back beside the second
    archive_item(by=cast.alice, at=cast.at, item_id=first, archived=True)
    second = save_item(by=cast.alice, at=cast.at, item=replace(PULL, unit_price=Decimal(15)))
    with pytest.raises(ItemExists):
        archive_item(by=cast.alice, at=cast.at, item_id=first, archived=False)
    assert book(cast) == [("Brass pull", "15")]
    archive_item(by=cast.alice, at=cast.at, item_id=second, archived=True)
    archive_item(by=cast.alice, at=cast.at, item_id=first, archived=False)
    assert book(cast) == [("Brass pull", "12.3456")]


def test_what_is_no_item_is_refused_and_the_crew_keeps_no_prices(cast):
    with pytest.raises(Missing):
        save_item(by=cast.alice, at=cast.at, item=replace(PULL, name="  "))
    with pytest.raises(UnknownTax):
        save_item(by=cast.alice, at=cast.at, item=replace(PULL, tax_codes=(999_999,)))
    with pytest.raises(NotAllowed):
        save_item(by=cast.tess, at=cast.at, item=PULL)
    assert book(cast) == []


def test_another_business_neither_sees_nor_changes_it(cast, app_cursor):
    item = save_item(by=cast.alice, at=cast.at, item=PULL)
    assert suggested_items(cast.mallory.business_id, "brass") == []
    with pytest.raises(NotFound):
        save_item(by=cast.mallory, at=cast.at, item=PULL, item_id=item)
    with app_cursor.scope(cast.mallory.business_id):
        assert app_cursor.execute("SELECT count(*) FROM saved_item").fetchone() == (0,)
        assert app_cursor.execute("UPDATE saved_item SET name = 'x'").rowcount == 0
    with pytest.raises(psycopg.errors.InsufficientPrivilege), app_cursor.scope(cast.mallory.business_id):
        app_cursor.execute(
            "INSERT INTO saved_item (business_id, name, name_key, description, unit, unit_price, tax_codes, section,"
            " created_at) VALUES (%s, 'x', 'x', '', '', 1, '[]', '', now())",
            [cast.business_id],
        )


def test_what_is_typed_finds_its_beginnings_first(cast):
    for name in ("Tap repair", "Kitchen tap", "Tape", "Hourly work"):
        save_item(by=cast.alice, at=cast.at, item=ItemInput(name, Decimal(1)))
    assert [item.name for item in suggested_items(cast.business_id, "TAP")] == [
        "Tap repair",
        "Tape",
        "Kitchen tap",
    ]
    assert [item.name for item in suggested_items(cast.business_id, "tap kit")] == ["Kitchen tap"]
    assert suggested_items(cast.business_id, "%") == []
    assert suggested_items(cast.business_id, "  ") == []


def test_a_table_adds_what_is_new_and_changes_what_is_there(cast):
    save_item(by=cast.alice, at=cast.at, item=PULL)
    save_item(by=cast.alice, at=cast.at, item=ItemInput("Hinge", Decimal("4.5")))
    made = import_items(
        by=cast.alice,
        at=cast.at,
        items=[
            replace(PULL, name="BRASS PULL", unit_price=Decimal(13)),
            ItemInput("Hinge", Decimal("4.50")),
            ItemInput("Oil", Decimal(9)),
        ],
    )
    assert made == Imported(added=1, changed=1, same=1)
    assert book(cast) == [("BRASS PULL", "13"), ("Hinge", "4.5"), ("Oil", "9")]


def test_a_table_is_taken_in_whole_or_not_at_all(cast):
    rows = [ItemInput("Good", Decimal(1)), ItemInput("Bad", Decimal(1), tax_codes=(999_999,))]
    with pytest.raises(UnknownTax):
        import_items(by=cast.alice, at=cast.at, items=rows)
    assert book(cast) == []


def test_the_book_is_read_by_pages_in_the_order_of_its_names(cast):
    import_items(
        by=cast.alice, at=cast.at, items=[ItemInput(f"Item {n:03}", Decimal(n)) for n in range(1, 121)]
    )
    names: list[str] = []
    after = None
    for _page in range(3):
        page = items(cast.business_id, after=after)
        names += [row.name for row in page.rows]
        after = page.next
    assert after is None
    assert names == [f"Item {n:03}" for n in range(1, 121)]
    assert [row.name for row in items(cast.business_id, search="12").rows] == [
        "Item 012",
        "Item 112",
        "Item 120",
    ]
