"""
The timeline's chain: every event carries the hash of the one before, so that none can be changed, left
out or slipped in unseen. A record of it can be checked by anybody, without Milepost and without trust in it.

    hash = sha256(2 ⏎ previous hash ⏎ number ⏎ microseconds since 1970 UTC ⏎ kind ⏎ who ⏎ whom it is for ⏎ facts)

in hexadecimal, of UTF-8 text, ⏎ a line feed; whom it is for is `customer` or `office`; the facts are
canonical JSON, taken byte for byte; before the first event the previous hash is empty. The first version of
the chain had neither the 2 nor whom it is for; its events keep their hashes, and none follows one of now.
An event that is not for the reader's eyes stands in their record by its hashes alone.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from milepost.core.msgids import gettext_noop
from milepost.core.refusals import Refusal

FORMAT = "milepost-timeline-2"
READABLE = ("milepost-timeline-1", FORMAT)
_SHOWN = {"customer": True, "office": False}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class RecordUnreadable(Refusal):
    """What should be a record of a timeline is none."""

    code = "record_unreadable"
    message = gettext_noop("This is not a record of a timeline: {problem}.")


@dataclass(frozen=True)
class Content:
    """
    What an event says. `at_us` are microseconds since 1970 UTC; `facts` is JSON text, byte for byte.
    `for_customer` None: an event of the first version, whose hash does not say whom it is for.
    """

    at_us: int
    kind: str
    who: str
    facts: str
    for_customer: bool | None = None


@dataclass(frozen=True)
class Link:
    """One event of a chain. Without content it is withheld: only its place is shown."""

    number: int
    previous_hash: str
    hash: str
    content: Content | None


@dataclass(frozen=True)
class Break:
    """Where a chain does not hold, and what is wrong there."""

    number: int
    problem: str


def microseconds(at: datetime) -> int:
    """
    A moment as the chain counts it.

    >>> microseconds(datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC))
    1000000
    """
    return (at - _EPOCH) // timedelta(microseconds=1)


def event_hash(number: int, previous_hash: str, content: Content) -> str:
    """
    The hash of an event at its place.

    >>> event_hash(1, "", Content(1_772_463_600_000_000, "quote_sent", "Alice", "{}"))[:16]
    '409b8abd6be1ec39'
    >>> event_hash(1, "", Content(1_772_463_600_000_000, "quote_sent", "Alice", "{}", for_customer=True))[:16]
    '4e6c87b48130ab0e'
    """
    said = [previous_hash, str(number), str(content.at_us), content.kind, content.who, content.facts]
    if content.for_customer is not None:
        said = ["2", *said[:-1], "customer" if content.for_customer else "office", content.facts]
    return hashlib.sha256("\n".join(said).encode("utf-8", "surrogatepass")).hexdigest()


def breaks(chain: Iterable[Link]) -> list[Break]:
    """
    Where a chain does not hold, from its first event on; nothing when it holds.

    >>> first = Content(0, "signed", "Carol", "{}")
    >>> chain = [Link(1, "", event_hash(1, "", first), first)]
    >>> breaks(chain)
    []
    >>> breaks([Link(1, "", chain[0].hash, Content(0, "signed", "Mallory", "{}"))])
    [Break(number=1, problem='it was changed')]
    """
    found, number, previous, is_new = [], 0, "", False
    for link in chain:
        if link.number != number + 1:
            found.append(Break(link.number, f"it follows number {number}"))
        elif link.previous_hash != previous:
            found.append(Break(link.number, "it does not carry the hash of the one before"))
        if (
            link.content is not None
            and event_hash(link.number, link.previous_hash, link.content) != link.hash
        ):
            found.append(Break(link.number, "it was changed"))
        if link.content is not None and link.content.for_customer is not None:
            is_new = True
        elif link.content is not None and is_new:
            found.append(Break(link.number, "it does not say whom it is for, as the one before does"))
        number, previous = link.number, link.hash
    return found


def record(about: Mapping[str, str], chain: Sequence[Link]) -> str:
    """A chain as a file: JSON text with what it is about."""
    events = [_written(link) for link in chain]
    return json.dumps({"format": FORMAT, **about, "events": events}, ensure_ascii=False, indent=1) + "\n"


def _written(link: Link) -> dict[str, object]:
    place = {"number": link.number, "previous_hash": link.previous_hash, "hash": link.hash}
    if link.content is None:
        return place | {"withheld": True}
    at = (_EPOCH + timedelta(microseconds=link.content.at_us)).isoformat()
    said = link.content
    shown = {} if said.for_customer is None else {"for": "customer" if said.for_customer else "office"}
    told = {"at": at, "at_us": said.at_us, "kind": said.kind, "who": said.who}
    return place | told | shown | {"facts": said.facts}


def read_record(text: str) -> list[Link]:
    """The chain of a record. Refuses RecordUnreadable."""
    try:
        told = json.loads(text)
        if told["format"] not in READABLE:
            raise RecordUnreadable(problem=f"its format is {told['format']}")
        return [_read(event) for event in told["events"]]
    except (ValueError, KeyError, TypeError, RecursionError) as problem:
        raise RecordUnreadable(problem=str(problem) or type(problem).__name__) from None


def _read(event: Mapping[str, object]) -> Link:
    content = None
    if not event.get("withheld"):
        content = Content(
            int(str(event["at_us"])),
            str(event["kind"]),
            str(event["who"]),
            str(event["facts"]),
            _SHOWN[str(event["for"])] if "for" in event else None,
        )
    return Link(int(str(event["number"])), str(event["previous_hash"]), str(event["hash"]), content)
