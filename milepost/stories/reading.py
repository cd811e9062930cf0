"""Read a story whole before anything is played: its shape, its names, its days."""

import re
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from milepost.core.money import currency_digits
from milepost.core.refusals import Refusal
from milepost.core.schedule_templates import SCHEDULE_TEMPLATES, schedule_template
from milepost.queries.calendars import known_calendar
from milepost.stories import changes, credits, unpaid
from milepost.stories.schema import DEEDS, Event, Milestone, Quote, Story
from milepost.stories.source import Path_, Source, StoryRefused, parse, read_text

_NUMBERED = re.compile(r"[A-Za-z-]*\d+")
_BASES = ("percent", "fixed", "share", "lines", "remainder")
_SAID = {
    "extra_forbidden": "“{key}” is not a key of a story.",
    "missing": "“{key}” is missing.",
    "not_built": "“{key}” {msg}",
}


def read_story(source: Path | str) -> tuple[Story, Source]:
    """The story and where everything in it stands. Refuses StoryRefused."""
    read = parse(read_text(source))
    try:
        story = Story.model_validate(read.values, context={"currency": _currency(read.values)})
    except ValidationError as error:
        raise _first(error, read) from None
    for path, problem in _problems(story):
        raise read.refuse(path, problem)
    return story, read


def _currency(values: object) -> str:
    business = values.get("business") if isinstance(values, dict) else None
    currency = business.get("currency", "USD") if isinstance(business, dict) else "USD"
    try:
        currency_digits(currency if isinstance(currency, str) else "")
    except Refusal:
        return "USD"  # refused in its own place
    return str(currency)


def _first(error: ValidationError, read: Source) -> StoryRefused:
    """The problem that stands first in the file."""
    problems = [(read.line(tuple(e["loc"])), e) for e in error.errors(include_url=False, include_input=False)]
    _, problem = min(problems, key=lambda pair: pair[0])
    path: Path_ = tuple(problem["loc"])
    key = next((str(part) for part in reversed(path) if isinstance(part, str) and part != "[key]"), "story")
    said = _SAID.get(problem["type"], "“{key}”: {msg}.")
    return read.refuse(path, said.format(key=key[:60], msg=problem["msg"].rstrip(".")).rstrip(".") + ".")


def _problems(story: Story) -> Iterator[tuple[Path_, str]]:
    yield from _business(story)
    if (story.quote is None) == (story.invoice is None):
        yield ((), "A story has a quote, or an invoice without one.")
    lines = (story.quote or story.invoice).lines  # type: ignore[union-attr]
    home = "quote" if story.quote else "invoice"
    names = [line.id for line in lines if line.id]
    for place, line in enumerate(lines):
        if line.id and names.count(line.id) > 1:
            yield ((home, "lines", place, "id"), f"“{line.id}” is the name of two lines.")
    if story.quote:
        yield from _schedule(story.quote, names)
    yield from _events(story)


def _business(story: Story) -> Iterator[tuple[Path_, str]]:
    try:
        ZoneInfo(story.business.timezone)
    except Exception:
        yield (("business", "timezone"), f"“{story.business.timezone[:60]}” is not a time zone.")
    if not known_calendar(story.business.holidays):
        yield (
            ("business", "holidays"),
            f"There is no calendar of holidays called “{story.business.holidays}”.",
        )


def _schedule(quote: Quote, line_names: list[str]) -> Iterator[tuple[Path_, str]]:
    if quote.schedule is None:
        codes = [template.code for template in SCHEDULE_TEMPLATES]
        if quote.template not in codes:
            yield (("quote", "template"), f"Give a schedule, or a template of these: {', '.join(codes)}.")
        return
    home: Path_ = ("quote", "schedule")
    deposit = quote.schedule.deposit
    if deposit and (deposit.percent is None) == (deposit.fixed is None):
        yield ((*home, "deposit"), "A deposit is either a percentage or a fixed amount.")
    seen = {deposit.name} if deposit else set()
    for place, row in enumerate(quote.schedule.milestones):
        path = (*home, "milestones", place)
        if row.name in seen:
            yield ((*path, "name"), f"“{row.name}” is the name of two rows.")
        seen.add(row.name)
        yield from _milestone(row, path, line_names)


def _milestone(row: Milestone, path: Path_, line_names: list[str]) -> Iterator[tuple[Path_, str]]:
    given = [
        basis for basis in _BASES if getattr(row, basis) is not None and getattr(row, basis) is not False
    ]
    if len(given) != 1:
        yield (path, f"“{row.name}” needs exactly one of {', '.join(_BASES)}.")
    for name in row.lines or []:
        if name not in line_names:
            yield ((*path, "lines"), f"There is no line with the id “{name}”.")
    if row.before and (row.after or row.bill_on == "acceptance"):
        yield ((*path, "before"), "A milestone is billed before an event, or after its work; not both.")


def row_names(story: Story) -> tuple[list[str], list[str]]:
    """The names of the deposit (one or none) and of the milestones."""
    quote = story.quote
    if quote is None:
        return [], [story.invoice.title or story.invoice.lines[0].description] if story.invoice else []
    if quote.schedule is None:
        rows = schedule_template(str(quote.template)).rows
        deposits = [row.name for row in rows if row.kind == "deposit"]
        return deposits, [row.name for row in rows if row.kind == "milestone"]
    deposit = quote.schedule.deposit
    return [deposit.name] if deposit else [], [row.name for row in quote.schedule.milestones]


def _events(story: Story) -> Iterator[tuple[Path_, str]]:
    deposits, milestones = row_names(story)
    lines = {line.id for line in (story.quote or story.invoice).lines if line.id}  # type: ignore[union-attr]
    known = set(milestones)
    yield from changes.problems(story, lines, known)
    milestones = list(known)
    payable = {*deposits, *milestones, *(["Deposit"] if deposits else [])}
    before = (story.quote or story.invoice).on  # type: ignore[union-attr]
    for place, event in enumerate(story.events):
        path: Path_ = ("events", place)
        deeds = [
            deed for deed in DEEDS if getattr(event, deed) is not None and getattr(event, deed) is not False
        ]
        if len(deeds) != 1:
            yield (path, f"An event is exactly one of {', '.join(DEEDS)}.")
        if event.on < before:
            yield ((*path, "on"), f"{event.on} is before the day of what stands above it, {before}.")
        before = event.on
        yield from _names(event, path, set(milestones), payable)


def _names(event: Event, path: Path_, milestones: set[str], payable: set[str]) -> Iterator[tuple[Path_, str]]:
    for deed in ("complete", "request_changes", "accept", "send"):
        name = getattr(event, deed)
        if name is not None and name not in milestones:
            yield ((*path, deed), f"There is no milestone called “{name}”.")
    for name in event.bill or []:
        if name not in milestones:
            yield ((*path, "bill"), f"There is no milestone called “{name}”.")
    for deed, name in [*credits.named(event), *unpaid.named(event)]:
        if name not in payable and not _NUMBERED.fullmatch(name):
            yield ((*path, deed), f"There is no invoice called “{name}”.")
    used = event.apply_credit.invoice if event.apply_credit else None
    if used and used not in payable and not _NUMBERED.fullmatch(used):
        yield ((*path, "apply_credit"), f"There is no invoice called “{used}”.")
    if event.pay is None:
        return
    if event.pay.invoice and event.pay.invoices:
        yield ((*path, "pay"), "A payment names one invoice or several; not both.")
    for name in [event.pay.invoice] if event.pay.invoice else list(event.pay.invoices or {}):
        if name not in payable and not _NUMBERED.fullmatch(name):
            yield ((*path, "pay"), f"There is no invoice called “{name}”.")
