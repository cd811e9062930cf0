"""What can be read on a colour: black on light ones, white on dark ones, by each channel's own weight."""

import pytest

from milepost.core.colors import is_color, readable_on


@pytest.mark.parametrize(
    "color", ["#ffffff", "#f00000", "#00a000", "#767676", "#7f7f00", "#0080ff", "#e0508f"]
)
def test_black_is_read_on_a_light_colour(color: str) -> None:
    assert readable_on(color) == "#000000"


@pytest.mark.parametrize(
    "color", ["#000000", "#e60000", "#008800", "#757575", "#0000ff", "#6f6f00", "#d0208f"]
)
def test_white_is_read_on_a_dark_colour(color: str) -> None:
    assert readable_on(color) == "#ffffff"


def test_what_is_no_colour_is_taken_as_dark() -> None:
    assert readable_on("white") == "#ffffff"
    assert not is_color("#12345")
    assert not is_color("x#123456")
