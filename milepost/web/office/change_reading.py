"""From what was typed to a change order, each refusal at its field."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from milepost.core.change_input import ChangeInput, LineEdit, RowEdit
from milepost.core.refusals import Refusal
from milepost.queries.change_form import ChangeForm, FormLine, FormRow
from milepost.web import typed
from milepost.web.office.change_fields import ChangeFields, MilestoneFields, OldFields, old_of
from milepost.web.office.quote_fields import LineFields
from milepost.web.office.quote_reading import line_of

LONGEST = 4000
MOST_DAYS = 999
PLACEMENTS = ("spread", "next", "equal", "final", "own")
Read = TypeVar("Read")


def change_of(fields: ChangeFields, form: ChangeForm, *, taxes: Sequence[int]) -> ChangeInput:
    """
    The change order to save. Blank lines, and what stands as it is, are left out; anything wrong
    refuses InputRefused at its field.
    """
    added = [added_of(line, taxes=taxes) for line in fields.lines if not line.is_blank]
    edits = [edit_of(old, line, taxes=taxes) for old, line in zip(fields.olds, form.lines, strict=True)]
    moves = [
        move_of(one, row, currency=form.currency)
        for one, row in zip(fields.milestones, form.rows, strict=True)
    ]
    return _change(fields, [*added, *(edit for edit in edits if edit)], [move for move in moves if move])


def unfinished(fields: ChangeFields, form: ChangeForm, *, taxes: Sequence[int]) -> ChangeInput:
    """What can be read already, for the figures that follow while someone types."""
    added = readable(fields.lines, taxes=taxes)
    edits = [
        _or_none(lambda old=old, line=line: edit_of(old, line, taxes=taxes))
        for old, line in zip(fields.olds, form.lines, strict=True)
    ]
    moves = [
        _or_none(lambda one=one, row=row: move_of(one, row, currency=form.currency))
        for one, row in zip(fields.milestones, form.rows, strict=True)
    ]
    lines, rows = [e for e in (*added, *edits) if e], [move for move in moves if move]
    found = _or_none(lambda: _change(fields, lines, rows))
    return found or ChangeInput(fields.reason[:LONGEST], tuple(lines), tuple(rows))


def readable(lines: Sequence[LineFields], *, taxes: Sequence[int]) -> list[LineEdit | None]:
    """Each line that is added, None where it cannot be read yet."""
    return [_or_none(lambda line=line: added_of(line, taxes=taxes)) for line in lines]


def _or_none(read: Callable[[], Read]) -> Read | None:
    try:
        return read()
    except Refusal:
        return None


def _change(fields: ChangeFields, lines: Sequence[LineEdit], rows: Sequence[RowEdit]) -> ChangeInput:
    return ChangeInput(
        reason=typed.checked_text(fields.reason, field="reason", most=2000),
        lines=tuple(lines),
        rows=tuple(rows),
        placement=typed.choice(fields.placement, PLACEMENTS, field="placement"),
        own_name=typed.checked_text(fields.own_name, field="own_name", most=200),
        days=_days(fields.days),
        expires_on=typed.day(fields.expires_on, field="expires_on") if fields.expires_on else None,
        replace_unpaid=fields.replace_unpaid,
    )


def _days(text: str) -> int:
    """Days more; fewer with a minus."""
    if text.startswith(("-", "−")):
        return -typed.whole_number(text[1:], field="days", most=MOST_DAYS)
    return typed.whole_number(text.removeprefix("+"), field="days", most=MOST_DAYS) if text else 0


def added_of(line: LineFields, *, taxes: Sequence[int]) -> LineEdit:
    """A line that is added; `taxes` are the ids of the business's own."""
    new = line_of(line, taxes=taxes)
    return LineEdit(
        "add",
        None,
        new.description,
        new.quantity,
        new.unit,
        new.unit_price,
        tuple(int(code) for code in new.tax_codes),
        new.discount_percent,
        new.section,
    )


def edit_of(old: OldFields, line: FormLine, *, taxes: Sequence[int]) -> LineEdit | None:
    """What differs from the contract's line; None where nothing does."""
    if old.removed:
        return LineEdit("remove", line.id)
    at, stands = f"old-{line.id}-", old_of(line)
    quantity = price = None
    if old.quantity != stands.quantity:
        quantity = typed.number(old.quantity, field=at + "quantity", digits=9, places=6)
    if old.price != stands.price:
        price = typed.number(old.price, field=at + "price", digits=13, places=4, negative=True)
    words = typed.checked_text(old.description, field=at + "description", most=LONGEST, required=True)
    unit = typed.checked_text(old.unit, field=at + "unit", most=40)
    edit = LineEdit(
        "edit",
        line.id,
        None if _same(words, line.description) else words,
        None if quantity == line.quantity else quantity,
        None if unit == line.unit else unit,
        None if price == line.unit_price else price,
        _taxes(old, line, taxes),
    )
    return None if edit == LineEdit("edit", line.id) else edit


def _taxes(old: OldFields, line: FormLine, taxes: Sequence[int]) -> tuple[int, ...] | None:
    """The ticked taxes, if they are others. A tax that is retired stays where it is ticked."""
    stands = [code for code, _name, _percent in line.taxes]
    ticked = tuple(code for code in dict.fromkeys((*stands, *taxes)) if str(code) in old.taxes)
    return None if set(ticked) == set(stands) else ticked


def _same(one: str, other: str) -> bool:
    return one.replace("\r\n", "\n") == typed.clean(other).replace("\r\n", "\n")


def move_of(one: MilestoneFields, row: FormRow, *, currency: str) -> RowEdit | None:
    """What changes of a milestone; None where nothing does."""
    at = f"milestone-{row.id}-"
    words = typed.checked_text(one.deliverable, field=at + "deliverable", most=LONGEST)
    on = typed.day(one.on, field=at + "on") if one.on else None
    cents = typed.money_cents(one.move, currency, field=at + "move", negative=True) if one.move else 0
    edit = RowEdit(
        row.id,
        None if _same(words, row.deliverable) else words,
        None if on == row.planned_on else on,
        cents,
    )
    return None if edit == RowEdit(row.id) else edit
