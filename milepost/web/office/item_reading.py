"""Items of the price book as they are typed: on their form, on a quote's line, row by row in a table."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from milepost.core.item_input import ItemInput, key_of
from milepost.core.quote_input import LineInput
from milepost.core.refusals import InputRefused, Refusal
from milepost.queries.items import ItemRow
from milepost.web import typed
from milepost.web.session import words
from milepost.web.show import typed_number

MOST_ROWS = 5000
COLUMNS = {
    "name": gettext_lazy("Name"),
    "description": gettext_lazy("Description"),
    "unit": gettext_lazy("Unit"),
    "price": gettext_lazy("Price"),
    "taxes": gettext_lazy("Taxes"),
    "section": gettext_lazy("Section"),
}
Tax = tuple[int, str, Decimal]


@dataclass(frozen=True)
class Fault:
    """What is wrong in a table: the line of the file, the column, what it says, and what to do."""

    row: int
    column: str
    said: str
    problem: str


def item_of(data: QueryDict, *, taxes: Sequence[Tax]) -> ItemInput:
    """The item's form. Refuses InputRefused at the field that is wrong."""
    ticked = data.getlist("tax")
    texts = {name: data.get(name, "") for name in ("name", "description", "unit", "price", "section")}
    return _item(texts, tuple(code for code, _name, _percent in taxes if str(code) in ticked))


def item_of_line(line: LineInput) -> ItemInput:
    """A line as an item: its first words name it. Quantity and discount belong to the quote."""
    name = line.description.splitlines()[0].strip()[:120]
    whole = "" if line.description.strip() == name else line.description
    return ItemInput(name, line.unit_price, whole, line.unit, line.section, line.tax_codes)


def _item(texts: Mapping[str, str], taxes: tuple[int, ...]) -> ItemInput:
    if not typed.clean(texts["price"]):
        raise InputRefused(field="price", problem=_("Say what it costs."))
    return ItemInput(
        name=typed.checked_text(texts["name"], field="name", most=120, required=True),
        unit_price=typed.number(texts["price"], field="price", digits=13, places=4, negative=True),
        description=typed.checked_text(texts["description"], field="description", most=4000),
        unit=typed.checked_text(texts["unit"], field="unit", most=40),
        section=typed.checked_text(texts["section"], field="section", most=200),
        tax_codes=taxes,
    )


def table_of(
    rows: Sequence[tuple[int, list[str]]], *, taxes: Sequence[Tax]
) -> tuple[list[ItemInput], list[Fault]]:
    """
    The items of a table whose first row names its columns, and everything that is wrong with it, row by
    row. A column that is not known is left alone; name and price must be there.
    """
    if not rows:
        return [], [Fault(1, "", "", _("There is nothing in this file that can be read as a table."))]
    places, missing = _places(rows[0][1])
    if missing:
        names = ", ".join(str(COLUMNS[name]) for name in missing)
        return [], [
            Fault(rows[0][0], names, "", _("This column is missing. The first row names the columns."))
        ]
    if len(rows) > MOST_ROWS + 1:
        most = {"most": MOST_ROWS}
        return [], [Fault(rows[-1][0], "", "", _("At most %(most)d rows at a time. Part the file.") % most)]
    items: list[ItemInput] = []
    faults: list[Fault] = []
    seen: dict[str, int] = {}
    for number, cells in rows[1:]:
        texts = {name: cells[place] if place < len(cells) else "" for name, place in places.items()}
        try:
            item = _row(texts, _tax_finder(taxes))
            _once(item, number, seen)
        except Refusal as refusal:
            faults.append(_fault(number, texts, refusal))
        else:
            items.append(item)
    return items, faults


def _places(head: Sequence[str]) -> tuple[dict[str, int], list[str]]:
    """Where each column stands, by its English name or the reader's; and which are missing."""
    known = {key_of(name): name for name in COLUMNS} | {key_of(str(word)): n for n, word in COLUMNS.items()}
    places: dict[str, int] = {}
    for place, cell in enumerate(head):
        if key_of(cell) in known:
            places.setdefault(known[key_of(cell)], place)
    return places, [name for name in ("name", "price") if name not in places]


def _row(texts: Mapping[str, str], find_tax: Callable[[str], int | None]) -> ItemInput:
    codes: list[int] = []
    for name in texts.get("taxes", "").split("|"):
        if not name.strip():
            continue
        code = find_tax(name)
        if code is None:
            raise InputRefused(
                field="taxes",
                problem=_("“%(name)s” is none of your taxes. Add it under Settings, Taxes.")
                % {"name": name.strip()[:60]},
            )
        codes.append(code)
    return _item(dict.fromkeys(COLUMNS, "") | dict(texts), tuple(codes))


def _tax_finder(taxes: Sequence[Tax]) -> Callable[[str], int | None]:
    """A tax by its name and rate, or by its name alone where only one has it."""
    names = [key_of(name) for _code, name, _percent in taxes]
    alone = {key_of(name): code for code, name, _p in taxes if names.count(key_of(name)) == 1}
    whole = {key_of(tax_words(tax)): tax[0] for tax in taxes}
    return lambda text: (whole | alone).get(key_of(text))


def tax_words(tax: Tax) -> str:
    """A tax as a table names it: "Sales tax 8.25 %"."""
    return f"{tax[1]} {typed_number(tax[2])} %"


def _once(item: ItemInput, number: int, seen: dict[str, int]) -> None:
    first = seen.setdefault(key_of(item.name), number)
    if first != number:
        raise InputRefused(
            field="name", problem=_("This name stands in row %(row)d already.") % {"row": first}
        )


def _fault(number: int, texts: Mapping[str, str], refusal: Refusal) -> Fault:
    name = refusal.field or ""
    column = str(COLUMNS.get(name, ""))
    return Fault(number, column, texts.get(name, "")[:80], words(refusal))


def as_row(item: ItemRow) -> tuple[str, ...]:
    """An item as a row of the table; what comes out can go in again."""
    return (
        item.name,
        item.description,
        item.unit,
        typed_number(item.unit_price, places=2),
        " | ".join(tax_words(tax) for tax in item.taxes),
        item.section,
    )
