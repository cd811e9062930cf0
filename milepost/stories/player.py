"""Play a story through the real actions, and say what every document and balance said."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import yaml

from milepost.core.refusals import Refusal
from milepost.queries.story_output import Output, story_output
from milepost.stories.comparing import differences
from milepost.stories.deeds import DEEDS, Scene, own_rows
from milepost.stories.events import DEEDS as NAMES
from milepost.stories.events import Event
from milepost.stories.reading import read_story
from milepost.stories.schema import Story
from milepost.stories.source import Path_, Source
from milepost.stories.stage import Stage, set_stage

FIRST_HOUR = 9


@dataclass(frozen=True)
class Result:
    """What a story came to. `differences` are from what it expects; `as_told` means there are none."""

    business_id: int
    job_id: int
    output: Output
    differences: Sequence[str] = field(default_factory=list)

    @property
    def as_told(self) -> bool:
        return not self.differences

    def as_json(self) -> str:
        """The output, with the differences beside it, as JSON."""
        said = self.output | ({"differences": list(self.differences)} if self.differences else {})
        return json.dumps(said, indent=2, ensure_ascii=False)

    def as_text(self, *, journal: bool = False) -> str:
        """The output as a person reads it; the journal too when it is there and wanted."""
        said = {name: part for name, part in self.output.items() if name != "journal" or journal}
        text = yaml.safe_dump(said, sort_keys=False, allow_unicode=True, width=110)
        return text + "".join(f"\nNot as told: {difference}" for difference in self.differences)


def play(
    source: Path | str, *, journal: bool = False, explain: bool = False, stage: Stage | None = None
) -> Result:
    """
    Play one story: on a stage of its own, or in a business that is there (`stage`).

    The whole story is read and checked first. Refuses StoryRefused, with the line.
    """
    story, read = read_story(source)
    return play_story(story, read, journal=journal, explain=explain, stage=stage)


def play_story(
    story: Story, read: Source, *, journal: bool = False, explain: bool = False, stage: Stage | None = None
) -> Result:
    """As `play`, for a story that is read already."""
    clock = Clock(story)
    opening: Path_ = ("quote",) if story.quote else ("invoice",)
    with _at(read, ("business",)):
        stage = stage or set_stage(story.business, at=clock.now(_first_day(story)))
    with _at(read, ("customer",)):
        customer_id = stage.customer(story.customer, at=clock.now(_first_day(story)))
    with _at(read, opening):
        scene = Scene.open(stage, customer_id, story, at=clock.now(_first_day(story)))
    found = []
    for place, event in enumerate(story.events):
        with _at(read, ("events", place, _deed(event))):
            found += _happens(scene, event, place, clock)
    want_journal = journal or story.expect.journal is not None
    output = story_output(
        stage.business_id, scene.job_id, at=clock.last, with_journal=want_journal, with_reasons=explain
    )
    _settle_address(output, stage.address)
    expected = _renamed(story.expect.model_dump(exclude_none=True), own_rows(story.events))
    found += differences(expected, output)
    return Result(stage.business_id, scene.job_id, output, found)


def _settle_address(output: Output, made_up: str) -> None:
    """The office's made-up address is another one each time; what is printed is always the same."""
    messages = output["messages"]
    for message in messages if made_up and isinstance(messages, list) else ():
        if message["address"] == made_up:
            message["address"] = "office@story.example"


def _renamed(expected: Output, names: dict[str, str]) -> Output:
    """What is expected of a change order's own milestone, under the name of the milestone."""
    return {
        part: {names.get(name, name): want for name, want in said.items()}
        if part in ("schedule", "documents") and isinstance(said, dict)
        else said
        for part, said in expected.items()
    }


def _deed(event: Event) -> str:
    return next(
        name for name in NAMES if getattr(event, name) is not None and getattr(event, name) is not False
    )


def _happens(scene: Scene, event: Event, place: int, clock: "Clock") -> list[str]:
    """Play one event. What is different from what the story says of it: a refusal that did not come."""
    deed = _deed(event)
    try:
        DEEDS[deed](scene, event, clock.now(event.on))
    except Refusal as refusal:
        if not event.refused or event.refused not in str(refusal):
            raise
        return []
    if not event.refused:
        return []
    return [f"events › {place + 1} › {deed}: expected to be refused with “{event.refused}”, but it happened."]


def _first_day(story: Story) -> date:
    return (story.quote or story.invoice).on  # type: ignore[union-attr]


class Clock:
    """Moments on the story's days, in the business's own time, each later than the one before."""

    def __init__(self, story: Story) -> None:
        self.zone = ZoneInfo(story.business.timezone)
        self.last = datetime.min.replace(tzinfo=UTC)

    def now(self, day: date) -> datetime:
        """Nine in the morning of the day, or a minute after the moment before."""
        morning = datetime.combine(day, time(FIRST_HOUR), self.zone).astimezone(UTC)
        self.last = max(morning, self.last + timedelta(minutes=1)) if self.last.year > 1 else morning
        return self.last


class _at:
    """A refusal inside becomes a refusal of the story, with the line."""

    def __init__(self, read: Source, path: Path_) -> None:
        self.read, self.path = read, path

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: object, refused: BaseException | None, _trace: object) -> None:
        if isinstance(refused, Refusal):
            raise self.read.refuse(self._place(refused.field), str(refused)) from refused
        if isinstance(refused, (OverflowError, ValueError)):
            raise self.read.refuse(self.path, "This is outside what a story can play.") from refused

    def _place(self, field: str | None) -> Path_:
        """Where in the part the field stands that was refused; the part itself where nothing says it."""
        words = re.split(r"[-.]", field or "")
        steps = tuple(int(word) - 1 if word.isdecimal() else word for word in words)
        for within in (steps, ("schedule", *steps)):
            for length in range(len(within), 0, -1):
                if (*self.path, *within[:length]) in self.read.lines and within[:length] != ("schedule",):
                    return (*self.path, *within[:length])
        return self.path
