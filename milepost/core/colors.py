"""Colours as "#rrggbb": what is one, and what can be read on it."""

import re
from typing import Final

_COLOR: Final = re.compile(r"#[0-9a-fA-F]{6}")


def is_color(text: str) -> bool:
    """
    Whether the text is a colour.

    >>> is_color("#0a5c3c"), is_color("green"), is_color("#0a5")
    (True, False, False)
    """
    return _COLOR.fullmatch(text) is not None


def readable_on(color: str) -> str:
    """
    Black or white, whichever is read better on the colour; white on what is no colour.

    By the relative luminance of WCAG 2; one of the two always has a contrast of 4.5 or more.

    >>> readable_on("#0a5c3c"), readable_on("#f0ac1e")
    ('#ffffff', '#000000')
    """
    if not is_color(color):
        return "#ffffff"
    channels = [int(color[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return "#000000" if 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 else "#ffffff"
