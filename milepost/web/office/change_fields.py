"""What stands in a change order's form: texts as they were typed, line by line and milestone by milestone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from django.http import QueryDict

from milepost.core.change_input import ChangeInput, LineEdit, RowEdit
from milepost.core.money import plain
from milepost.queries.change_form import ChangeForm, FormLine, FormRow
from milepost.web.office.quote_fields import LineFields, posted_lines
from milepost.web.show import typed_number
from milepost.web.typed import clean


@dataclass(frozen=True)
class OldFields:
    """A line of the contract; as it stands until something else is typed."""

    id: int
    description: str
    quantity: str
    unit: str
    price: str
    taxes: tuple[str, ...]
    removed: bool = False


@dataclass(frozen=True)
class MilestoneFields:
    """An open milestone: what is delivered, when, and what is moved onto it (below zero: off it)."""

    id: int
    deliverable: str
    on: str
    move: str = ""


@dataclass(frozen=True)
class ChangeFields:
    """The whole form."""

    lines: tuple[LineFields, ...] = ()
    olds: tuple[OldFields, ...] = ()
    milestones: tuple[MilestoneFields, ...] = ()
    reason: str = ""
    placement: str = "spread"
    own_name: str = ""
    days: str = ""
    expires_on: str = ""
    replace_unpaid: bool = False

    @property
    def is_simple(self) -> bool:
        """One line more, on the next payment: what needs no table to be understood."""
        filled = [line for line in self.lines if not line.is_blank]
        return self.placement == "next" and len(filled) <= 1


def posted(data: QueryDict, form: ChangeForm) -> ChangeFields:
    """The form as it was sent; nothing is judged here. What a short form leaves out stands as it is."""
    return ChangeFields(
        posted_lines(data),
        tuple(_posted_old(data, old_of(line)) for line in form.lines),
        tuple(_posted_milestone(data, milestone_of(row)) for row in form.rows),
        **{name: clean(data.get(name, "")) for name in ("reason", "own_name", "days", "expires_on")},
        placement=clean(data.get("placement", "spread")),
        replace_unpaid="replace_unpaid" in data,
    )


def _posted_old(data: QueryDict, stands: OldFields) -> OldFields:
    at = f"old-{stands.id}-"
    if at + "quantity" not in data:
        return replace(stands, removed=at + "removed" in data)
    names = ("description", "quantity", "unit", "price")
    texts = {name: clean(data.get(at + name, "")) for name in names}
    taxes = tuple(clean(tax) for tax in data.getlist(at + "tax"))
    return OldFields(stands.id, **texts, taxes=taxes, removed=at + "removed" in data)


def _posted_milestone(data: QueryDict, stands: MilestoneFields) -> MilestoneFields:
    at = f"milestone-{stands.id}-"
    if at + "move" not in data:
        return stands
    return MilestoneFields(stands.id, *(clean(data.get(at + n, "")) for n in ("deliverable", "on", "move")))


def old_of(line: FormLine) -> OldFields:
    """A line of the contract as it would have been typed."""
    return OldFields(
        line.id,
        clean(line.description),
        typed_number(line.quantity),
        line.unit,
        typed_number(line.unit_price, places=2),
        tuple(str(code) for code, _name, _percent in line.taxes),
    )


def milestone_of(row: FormRow) -> MilestoneFields:
    return MilestoneFields(
        row.id, clean(row.deliverable), row.planned_on.isoformat() if row.planned_on else ""
    )


def drafted(form: ChangeForm) -> ChangeFields:
    """The form of a draft as it would have been filled; of none, an empty one."""
    change = form.change or ChangeInput("")
    olds = {edit.line: edit for edit in change.lines if edit.op != "add"}
    moved = {edit.row: edit for edit in change.rows}
    added = [edit for edit in change.lines if edit.op == "add"]
    return ChangeFields(
        tuple(_saved_line(str(key), edit) for key, edit in enumerate(added, start=1)),
        tuple(_with_edit(old_of(line), olds.get(line.id)) for line in form.lines),
        tuple(_with_move(milestone_of(row), moved.get(row.id), form.currency) for row in form.rows),
        change.reason,
        change.placement,
        change.own_name if change.placement == "own" else "",
        str(change.days) if change.days else "",
        change.expires_on.isoformat() if change.expires_on else "",
        change.replace_unpaid,
    )


def _saved_line(key: str, edit: LineEdit) -> LineFields:
    return LineFields(
        key,
        edit.description or "",
        typed_number(edit.quantity),
        edit.unit or "",
        typed_number(edit.unit_price, places=2),
        edit.section,
        typed_number(edit.discount_percent) if edit.discount_percent else "",
        tuple(str(code) for code in edit.tax_codes or ()),
    )


def _with_edit(old: OldFields, edit: LineEdit | None) -> OldFields:
    if edit is None:
        return old
    if edit.op == "remove":
        return replace(old, removed=True)
    changed: Mapping[str, object] = {
        "description": edit.description,
        "quantity": None if edit.quantity is None else typed_number(edit.quantity),
        "unit": edit.unit,
        "price": None if edit.unit_price is None else typed_number(edit.unit_price, places=2),
        "taxes": None if edit.tax_codes is None else tuple(str(code) for code in edit.tax_codes),
    }
    return replace(old, **{name: value for name, value in changed.items() if value is not None})  # type: ignore[arg-type]


def _with_move(fields: MilestoneFields, edit: RowEdit | None, currency: str) -> MilestoneFields:
    if edit is None:
        return fields
    return MilestoneFields(
        fields.id,
        fields.deliverable if edit.deliverable is None else edit.deliverable,
        edit.planned_on.isoformat() if edit.planned_on else fields.on,
        typed_number(Decimal(plain(edit.move_cents, currency)), places=2) if edit.move_cents else "",
    )


def with_blank(fields: ChangeFields, taxes: Sequence[str]) -> ChangeFields:
    """At least one line to type into, with the taxes that a new line has."""
    if fields.lines:
        return fields
    return replace(fields, lines=(LineFields("1", taxes=tuple(taxes)),))
