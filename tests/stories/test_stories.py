"""Every story that comes with Milepost ends as it says, to the cent."""

from pathlib import Path

import pytest

import milepost.stories
from milepost.stories.player import play

LIBRARY = sorted((Path(milepost.stories.__file__).parent / "library").glob("*.yaml"))


@pytest.mark.parametrize("path", LIBRARY, ids=lambda path: path.stem)
def test_the_story_ends_as_told(database, path):
    result = play(path)
    assert result.as_told, "\n".join(result.differences)


def test_the_story_of_the_docs_ends_as_told(database):
    text = (Path(__file__).parents[2] / "docs" / "stories.md").read_text()
    story = text.partition("```yaml\n")[2].partition("```")[0]
    result = play(story)
    assert result.as_told, "\n".join(result.differences)
