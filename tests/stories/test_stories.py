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
