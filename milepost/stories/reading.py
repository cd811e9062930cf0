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
from milepost.stories import changes, credits, paying, quoting, unpaid
from milepost.stories.events import DEEDS, Event
from milepost.stories.offer import Milestone, Quote
from milepost.stories.schema import SimpleInvoice, Story
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
    """The problem that stands first in the file; what is not built yet before what its place would need."""
    problems = [
        ((e["type"] != "not_built", read.line(tuple(e["loc"]))), e)
        for e in error.errors(include_url=False, include_input=False)
    ]
    _, problem = min(problems, key=lambda pair: pair[0])
    path: Path_ = tuple(problem["loc"])
    key = next((str(part) for part in reversed(path) if isinstance(part, str) and part != "[key]"), "story")
    said = _SAID.get(problem["type"], "“{key}”: {msg}.")
    return read.refuse(path, said.format(key=key[:60], msg=problem["msg"].rstrip(".")).rstrip(".") + ".")


def _problems(story: Story) -> Iterator[tuple[Path_, str]]:
    yield from _business(story)
    if (story.quote is None) == (story.invoice is None):
        yield ((), "A story has a quote, or an invoice without one.")
    if story.customer.contacts and (story.customer.approver or story.customer.payer):
        yield (("customer", "contacts"), "Name the people under contacts, or approver and payer; not both.")
    for path, offer in _offers(story):
        names = [line.id for line in offer.lines if line.id]
        for place, line in enumerate(offer.lines):
            if line.id and names.count(line.id) > 1:
                yield ((*path, "lines", place, "id"), f"“{line.id}” is the name of two lines.")
        if isinstance(offer, Quote):
            yield from _schedule(offer, path, names)
    yield from _events(story)


def _offers(story: Story) -> Iterator[tuple[Path_, Quote | SimpleInvoice]]:
    """The simple invoice, or every version of the quote, with where it stands."""
    if story.invoice:
        yield ("invoice",), story.invoice
    if story.quote:
        yield from quoting.versions(story.quote, story.events)


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


def _schedule(quote: Quote, home: Path_, line_names: list[str]) -> Iterator[tuple[Path_, str]]:
    if quote.schedule is None:
        codes = [template.code for template in SCHEDULE_TEMPLATES]
        if quote.template not in codes:
            yield ((*home, "template"), f"Give a schedule, or a template of these: {', '.join(codes)}.")
        return
    home = (*home, "schedule")
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
    """The names of the deposits and of the milestones, in every version of the quote."""
    deposits, milestones = [], []
    for _path, offer in _offers(story):
        for kind, name in _rows_of(offer):
            (deposits if kind == "deposit" else milestones).append(name)
    return deposits, milestones


def _rows_of(offer: Quote | SimpleInvoice) -> Iterator[tuple[str, str]]:
    if isinstance(offer, SimpleInvoice):
        yield "milestone", offer.title or offer.lines[0].description
    elif offer.schedule is None:
        yield from ((row.kind, row.name) for row in schedule_template(str(offer.template)).rows)
    else:
        deposit = offer.schedule.deposit
        yield from [("deposit", deposit.name)] if deposit else []
        yield from (("milestone", row.name) for row in offer.schedule.milestones)


def _events(story: Story) -> Iterator[tuple[Path_, str]]:
    deposits, milestones = row_names(story)
    lines = {line.id for _path, offer in _offers(story) for line in offer.lines if line.id}
    known = set(milestones)
    yield from changes.problems(story, lines, known)
    known |= set(credits.rests(story.events, known))
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
        yield from _names(event, path, set(milestones), payable, lines)


def _names(
    event: Event, path: Path_, milestones: set[str], payable: set[str], lines: set[str]
) -> Iterator[tuple[Path_, str]]:
    for name in event.options:
        if name not in lines:
            yield ((*path, "options"), f"There is no line with the id “{name}”.")
    one = ((deed, getattr(event, deed)) for deed in ("complete", "request_changes", "accept", "send"))
    for deed, name in [*one, *(("bill", name) for name in event.bill or [])]:
        if name is not None and name not in milestones:
            yield ((*path, deed), f"There is no milestone called “{name}”.")
    for deed, name in [*credits.named(event), *unpaid.named(event), *paying.named(event)]:
        if name not in payable and not _NUMBERED.fullmatch(name):
            yield ((*path, deed), f"There is no invoice called “{name}”.")
    if event.pay and event.pay.invoice and event.pay.invoices:
        yield ((*path, "pay"), "A payment names one invoice or several; not both.")
