"""Check the record of a timeline: by itself, or against the Milepost that wrote it."""

from collections.abc import Callable
from pathlib import Path

from milepost.core.timeline import Link, RecordUnreadable, breaks, read_record

MOST_BYTES = 64 * 1024 * 1024
Say = Callable[[str], object]


def read(path: Path) -> list[Link]:
    """The chain of a file. Refuses RecordUnreadable."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise RecordUnreadable(problem="it is too large")
        return read_record(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError:
        raise RecordUnreadable(problem="it is not text in UTF-8") from None
    except OSError as problem:
        raise RecordUnreadable(problem=f"{path} cannot be read: {problem.strerror}") from None


def by_itself(chain: list[Link], show: Say) -> int:
    """Whether the chain holds: how many things do not, each said."""
    found = breaks(chain)
    for problem in found:
        show(f"Event {problem.number}: {problem.problem}.")
    shown = sum(link.content is not None for link in chain)
    if not found and chain:
        show(f"{len(chain)} events, {shown} of them shown, none changed or left out. Last: {chain[-1].hash}")
    elif not chain:
        show("There are no events in it.")
    return len(found)


def against_records(chain: list[Link], show: Say) -> int:
    """Which of its events are no longer in the database as they were: how many, each said."""
    from milepost.queries.timeline import strangers

    gone = strangers(chain)
    for number in gone:
        show(f"Event {number}: this Milepost has no such event any more.")
    if not gone:
        show("This Milepost has every one of them, unchanged.")
    return len(gone)
