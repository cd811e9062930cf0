"""A story's change orders: written as in the office, signed as by the link."""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from milepost.actions.change_signing import sign_change
from milepost.actions.changes import decline_change, draft_change, send_change, withdraw_change
from milepost.core.change_input import ChangeInput, LineEdit, RowEdit
from milepost.core.refusals import InputRefused
from milepost.queries.change_page import change_page
from milepost.stories.events import ChangeOrdered, Event, LineChanged
from milepost.stories.schema import Story
from milepost.stories.source import Path_

if TYPE_CHECKING:
    from milepost.stories.deeds import Scene


def order_change(scene: "Scene", event: Event, at: datetime) -> None:
    """Write the change order and send it."""
    wanted = event.change_order
    if wanted is None:
        return
    made = draft_change(by=scene.stage.owner, at=at, job_id=scene.job_id, change=_input(scene, wanted, at))
    scene.changes[wanted.number] = made
    send_change(by=scene.stage.owner, at=at, job_id=scene.job_id, change_id=made)


def approve(scene: "Scene", event: Event, at: datetime) -> None:
    """The customer signs what the page shows them at that moment."""
    change_id = _named(scene, event.approve)
    page = change_page(scene.stage.business_id, scene.job_id, change_id, at=at)
    sign_change(
        by=scene.approver,
        at=at,
        job_id=scene.job_id,
        change_id=change_id,
        name=event.by or scene.approver.name,
        stamp=page.difference.stamp if page.difference else "",
    )


def decline(scene: "Scene", event: Event, at: datetime) -> None:
    """The customer says no."""
    decline_change(
        by=scene.approver,
        at=at,
        job_id=scene.job_id,
        change_id=_named(scene, event.decline_change),
        reason=event.reason,
    )


def withdraw(scene: "Scene", event: Event, at: datetime) -> None:
    """The office takes it back."""
    change_id = _named(scene, event.withdraw_change)
    withdraw_change(
        by=scene.stage.owner, at=at, job_id=scene.job_id, change_id=change_id, reason=event.reason
    )


def _named(scene: "Scene", name: str | None) -> int:
    if name not in scene.changes:
        raise InputRefused(field="change_order", problem=f"There is no change order called “{name}” yet.")
    return scene.changes[name]


def _input(scene: "Scene", wanted: ChangeOrdered, at: datetime) -> ChangeInput:
    job = scene.job
    rows = []
    for edit in wanted.milestones:
        if edit.edit not in job.rows:
            raise InputRefused(field="milestones", problem=f"There is no milestone called “{edit.edit}”.")
        rows.append(RowEdit(job.rows[edit.edit], edit.deliverable, edit.on, edit.move or 0))
    return ChangeInput(
        wanted.reason,
        tuple(_edit(scene, line, job.lines, at) for line in wanted.lines),
        tuple(rows),
        wanted.spread,
        wanted.own or "",
        wanted.days,
    )


def _edit(scene: "Scene", line: LineChanged, ids: dict[str, int], at: datetime) -> LineEdit:
    if line.add is not None:
        new = line.add
        taxes = tuple(scene.stage.tax(name, percent, at=at) for name, percent in new.tax.items())
        return LineEdit(
            "add",
            None,
            new.description,
            new.quantity,
            new.unit,
            new.unit_price,
            taxes,
            new.discount,
            new.section,
            new.id or "",
        )
    name = line.edit or line.remove or ""
    if name not in ids:
        raise InputRefused(field="lines", problem=f"There is no line with the id “{name}”.")
    if line.remove:
        return LineEdit("remove", ids[name])
    codes = None
    if line.tax is not None:
        codes = tuple(scene.stage.tax(name, percent, at=at) for name, percent in line.tax.items())
    return LineEdit(
        "edit", ids[name], line.description, line.quantity, line.unit, line.unit_price, codes, line.discount
    )


def problems(story: Story, lines: set[str], milestones: set[str]) -> Iterator[tuple[Path_, str]]:
    """What is wrong with the change orders before anything is played. Adds the rows and lines that they bring."""
    orders: set[str] = set()
    for place, event in enumerate(story.events):
        path: Path_ = ("events", place)
        if event.change_order:
            yield from _order_problems(event.change_order, (*path, "change_order"), lines, orders)
            if event.change_order.own_row:
                milestones |= {event.change_order.own_row, event.change_order.number}
        for deed in ("approve", "decline_change", "withdraw_change"):
            name = getattr(event, deed)
            if name is not None and name not in orders:
                yield ((*path, deed), f"There is no change order called “{name}” before this day.")


def _order_problems(
    order: ChangeOrdered, path: Path_, lines: set[str], orders: set[str]
) -> Iterator[tuple[Path_, str]]:
    if order.number in orders:
        yield ((*path, "number"), f"“{order.number}” is the name of two change orders.")
    orders.add(order.number)
    for place, line in enumerate(order.lines):
        at = (*path, "lines", place)
        if sum(given is not None for given in (line.edit, line.remove, line.add)) != 1:
            yield (at, "A line of a change order is exactly one of edit, remove and add.")
        name = line.edit or line.remove
        if name and name not in lines:
            yield (at, f"There is no line with the id “{name}”.")
        if line.add and line.add.optional:
            yield (
                (*at, "add", "optional"),
                "A line of a change order is not optional; it is signed as a whole.",
            )
        if line.add and line.add.id:
            if line.add.id in lines:
                yield (at, f"“{line.add.id}” is the name of two lines.")
            lines.add(line.add.id)
