"""A story's quote until it is a contract: looked at, written anew, declined, signed."""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from milepost.actions.quotes import decline_quote, note_viewed, save_quote, send_quote
from milepost.actions.rewriting import rewrite_signed
from milepost.actions.signing import sign_quote
from milepost.actions.work import Assigned, move_event
from milepost.core.refusals import InputRefused
from milepost.queries.quote_draft import quote_draft
from milepost.stories.events import Event
from milepost.stories.offer import Quote, QuoteChanged
from milepost.stories.offering import quote_input, rewritten
from milepost.stories.source import Path_

if TYPE_CHECKING:
    from milepost.stories.deeds import Scene


def view(scene: "Scene", _event: Event, at: datetime) -> None:
    """The customer opens the quote."""
    note_viewed(by=scene.approver, at=at, job_id=scene.job_id)


def sign(scene: "Scene", event: Event, at: datetime) -> None:
    """By the customer, with the options that are ticked; on the business's own device where it says so."""
    by = scene.approver if event.how == "link" else scene.stage.owner
    sign_quote(
        by=by,
        at=at,
        job_id=scene.job_id,
        version=scene.job.version,
        name=event.sign or "",
        how=event.how,
        chosen=[_position(scene.quote, name) for name in event.options],
    )
    rows = scene.quote.schedule.milestones if scene.quote and scene.quote.schedule else []
    for row in rows:
        after = row.after or row.before
        if after and after.technician:
            _assign(scene, after.event, after.technician, at)


def decline(scene: "Scene", event: Event, at: datetime) -> None:
    """The customer does not want it."""
    decline_quote(by=scene.approver, at=at, job_id=scene.job_id, reason=event.reason)


def change(scene: "Scene", event: Event, at: datetime) -> None:
    """Write the quote anew, and send it unless the story keeps it back."""
    _write(scene, event.change_quote, at)


def correct(scene: "Scene", event: Event, at: datetime) -> None:
    """The next version of a signed quote with a mistake in it: a job that takes its place once it is signed."""
    scene.job_id = rewrite_signed(by=scene.stage.owner, at=at, job_id=scene.job_id)
    _write(scene, event.correct_quote, at)


def _write(scene: "Scene", wanted: QuoteChanged | None, at: datetime) -> None:
    if wanted is None or scene.quote is None:
        raise InputRefused(field="change_quote", problem="There is no quote to change.")
    quote = rewritten(scene.quote, wanted)
    written = quote_input(scene.stage, scene.story, quote, at=at)
    stamp = quote_draft(scene.stage.business_id, scene.job_id).stamp
    save_quote(by=scene.stage.owner, at=at, job_id=scene.job_id, quote=written, based_on=stamp)
    scene.quote = quote
    if wanted.send:
        send_quote(by=scene.stage.owner, at=at, job_id=scene.job_id)


def send(scene: "Scene", _event: Event, at: datetime) -> None:
    """The quote goes out, or goes out again."""
    send_quote(by=scene.stage.owner, at=at, job_id=scene.job_id)


def move(scene: "Scene", event: Event, at: datetime) -> None:
    """An event of the schedule gets another day."""
    wanted = event.move
    if wanted is not None:
        known = scene.job.events
        if wanted.event not in known:
            raise InputRefused(field="move", problem=f"There is no event called “{wanted.event}” yet.")
        event_id, _ = known[wanted.event]
        move_event(by=scene.stage.owner, at=at, job_id=scene.job_id, event_id=event_id, on=wanted.on)


def _assign(scene: "Scene", name: str, technician: str, at: datetime) -> None:
    event_id, on = scene.job.events[name]
    user_id = scene.stage.worker(technician).user_id
    move_event(
        by=scene.stage.owner, at=at, job_id=scene.job_id, event_id=event_id, on=on,
        assigned=Assigned(user_id),
    )  # fmt: skip


def _position(quote: Quote | None, name: str) -> int:
    places = {line.id: place for place, line in enumerate(quote.lines, start=1)} if quote else {}
    if name not in places:
        raise InputRefused(field="options", problem=f"There is no line with the id “{name}”.")
    return places[name]


def versions(quote: Quote, events: list[Event]) -> Iterator[tuple[Path_, Quote]]:
    """Every version that a story writes, with where it stands."""
    yield ("quote",), quote
    for place, event in enumerate(events):
        for deed in ("change_quote", "correct_quote"):
            if getattr(event, deed) is not None:
                quote = rewritten(quote, getattr(event, deed))
                yield ("events", place, deed), quote
