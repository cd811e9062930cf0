"""A story's text as plain values, each with the line it stands on. Nothing in it is trusted."""

import re
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import yaml

from milepost.core.msgids import gettext_noop
from milepost.core.refusals import Refusal

LARGEST_BYTES = 256 * 1024
DEEPEST = 12
Path_ = tuple[str | int, ...]
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_HIDDEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


class StoryRefused(Refusal):
    """The story cannot be played: where, and why."""

    code = "story_refused"
    message = gettext_noop("Line {line}: {problem}")


@dataclass
class Source:
    """Plain values (maps, lists, texts, dates, whole numbers, true and false) and their lines from 1."""

    values: object
    lines: dict[Path_, int] = field(default_factory=dict)

    def line(self, path: Path_) -> int:
        """The line of what `path` names, or of the nearest thing around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def refuse(self, path: Path_, problem: str) -> StoryRefused:
        """The refusal to raise about what `path` names."""
        return StoryRefused(line=self.line(path), problem=problem, field=".".join(map(str, path)) or None)


def read_text(source: Path | str) -> str:
    """The text of a file, or the text itself. Refuses what is not UTF-8 and what is too large."""
    if isinstance(source, str):
        text = source
    else:
        try:
            with source.open("rb") as file:
                text = file.read(LARGEST_BYTES + 1).decode()
        except OSError as problem:
            raise StoryRefused(line=1, problem=f"{source} cannot be read: {problem.strerror}.") from None
        except UnicodeDecodeError:
            raise StoryRefused(line=1, problem="This is not text in UTF-8.") from None
    if len(text) > LARGEST_BYTES:
        raise StoryRefused(line=1, problem=f"A story has at most {LARGEST_BYTES // 1024} KB.")
    return text


def parse(text: str) -> Source:
    """The values of a YAML text. Refuses anchors, tags, double keys, fractions without quotes."""
    try:
        _check_events(text)
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as problem:
        mark = problem.problem_mark or problem.context_mark
        raise StoryRefused(
            line=mark.line + 1 if mark else 1, problem=f"This is not YAML: {problem.problem}."
        ) from None
    except (yaml.YAMLError, ValueError, OverflowError):
        raise StoryRefused(line=1, problem="There are characters here that no text has.") from None
    if root is None:
        raise StoryRefused(line=1, problem="The story is empty.")
    read = Source(None)
    read.values = _value(root, (), read)
    return read


def _check_events(text: str) -> None:
    depth = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        line = event.start_mark.line + 1
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise StoryRefused(line=line, problem="Anchors and aliases are not for stories; write it out.")
        if getattr(event, "tag", None):
            raise StoryRefused(line=line, problem="Tags are not for stories.")
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            raise StoryRefused(line=line, problem="This is nested deeper than any story.")


def _value(node: yaml.Node, path: Path_, read: Source) -> object:
    read.lines.setdefault(path, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, path, read)
    if isinstance(node, yaml.SequenceNode):
        return [_value(child, (*path, place), read) for place, child in enumerate(node.value)]
    return _scalar(node, path, read)


def _mapping(node: yaml.MappingNode, path: Path_, read: Source) -> dict[str, object]:
    values: dict[str, object] = {}
    for key, child in node.value:
        line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode) or _HIDDEN.search(key.value):
            raise StoryRefused(line=line, problem="A key is a plain text.")
        if key.value in values:
            raise StoryRefused(line=line, problem=f"“{_short(key.value)}” stands here twice.")
        read.lines[(*path, key.value)] = line
        values[key.value] = _value(child, (*path, key.value), read)
    return values


def _scalar(node: yaml.Node, path: Path_, read: Source) -> object:
    text, kind = str(node.value), node.tag.rpartition(":")[2]
    if _HIDDEN.search(text):
        raise read.refuse(path, "There are characters here that no text has.")
    if kind == "null":
        return None
    if kind == "bool":
        return text.lower() in ("true", "yes", "on")
    if kind == "timestamp":
        return _day(text, path, read)
    if kind == "int" and re.fullmatch(r"0|-?[1-9]\d{0,8}", text):
        return int(text)
    if kind in ("int", "float"):
        raise read.refuse(path, f'Put numbers in quotes: "{_short(text)}".')
    return text


def _day(text: str, path: Path_, read: Source) -> date:
    try:
        if _DATE.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise read.refuse(path, f"“{_short(text)}” is not a day. Write it like 2026-03-02.")


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:39] + "…"
