"""A story may call things whatever it likes: the player tells it back byte for byte, or says why not."""

import json

import pytest
import yaml

from milepost.records.jobs import ContractLine, Job
from milepost.stories.player import play
from milepost.stories.reading import read_story
from milepost.stories.source import StoryRefused
from tests.naughty import NAMES, NAUGHTY


def story(lines: list[str], name: str) -> str:
    """A fence in so many lines of 1.00, sold to somebody of this name."""
    told = {
        "title": name,
        "customer": {"name": name, "email": "carol@example.com"},
        "quote": {
            "on": "2026-03-02",
            "lines": [
                {"id": f"l{number}", "description": line, "unit_price": "1.00"}
                for number, line in enumerate(lines)
            ],
            "schedule": {"milestones": [{"name": name, "remainder": True}]},
        },
        "events": [{"on": "2026-03-02", "sign": name}, {"on": "2026-03-03", "complete": name}],
    }
    return yaml.safe_dump(told, allow_unicode=True).replace("'2026-03-02'", "2026-03-02").replace(
        "'2026-03-03'", "2026-03-03"
    )  # fmt: skip


def hidden(text: str) -> bool:
    """What nobody can see and no story needs: control characters."""
    return any((ord(sign) < 32 and sign not in "\t\n") or sign == "\x7f" for sign in text)


def test_a_story_of_naughty_lines_is_told_back_as_it_was_written(database):
    lines = [text for text in NAUGHTY if not hidden(text)]
    result = play(story(lines, "田中さん </script> O'Brien"))
    assert result.as_told
    stored = ContractLine.objects.using("owner").order_by("position").values_list("description", flat=True)
    assert list(stored) == lines
    assert Job.objects.using("owner").get().title == "田中さん </script> O'Brien"
    assert "田中さん </script> O'Brien" in str(json.loads(result.as_json()))


@pytest.mark.parametrize("name", [name for name in NAMES[::10] if not hidden(name)])
def test_every_name_is_read_from_a_story_as_it_was_written(name):
    read, _source = read_story(story(["Posts"], name))
    assert (read.title, read.customer.name) == (name, name)


@pytest.mark.parametrize("name", [name for name in NAMES if hidden(name)] + ["a\x00b", "half \ud83d"])
def test_what_cannot_be_kept_or_seen_is_refused_with_its_line(name):
    told = story(["Posts"], "Fence").replace("title: Fence", f"title: {json.dumps(name)}")
    with pytest.raises(StoryRefused, match=r"Line \d+: .*(control|character|UTF)"):
        read_story(told)
