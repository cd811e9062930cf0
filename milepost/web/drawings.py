"""Drawings made of numbers: the money bar and the QR code. SVG attributes only, never `style=`."""

import segno
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from milepost.web.show import Amount

BAR_WIDTH = 1000


def bar(
    *,
    total: Amount,
    solid: Amount,
    half: Amount,
    original: Amount = None,
) -> SafeString:
    """
    One bar, `total` wide: solid up to `solid`, half-tone from there up to `half`, empty after.

    Units: Money or whole cents, all of one currency, cumulative. Positions are floored to a thousandth of
    the bar and kept within it. `original` marks where the contract ended before it was changed.
    Screen readers skip it: the figures beneath say the same in words.
    """
    full = cents(total)
    solid_end = _position(cents(solid), full)
    half_end = max(solid_end, _position(cents(half), full))
    post = _post(_position(cents(original), full)) if cents(original) and cents(original) < full else ""
    return format_html(
        '<svg class="bar" viewBox="0 0 {width} 16" width="100%" height="16" preserveAspectRatio="none"'
        ' aria-hidden="true" focusable="false">'
        '<rect class="bar-left" x="0" y="0" width="{width}" height="16"/>'
        '<rect class="bar-half" x="{solid}" y="0" width="{half_wide}" height="16"/>'
        '<rect class="bar-solid" x="0" y="0" width="{solid}" height="16"/>{post}</svg>',
        width=BAR_WIDTH,
        solid=solid_end,
        half_wide=half_end - solid_end,
        post=post,
    )


def _post(at: int) -> SafeString:
    return format_html('<rect class="bar-post" x="{}" y="0" width="3" height="16"/>', at)


def cents(amount: Amount) -> int:
    """Whole cents of Money, a (cents, currency) pair or a bare integer; nothing is 0."""
    if amount is None or amount == "":
        return 0
    return amount if isinstance(amount, int) else amount[0]


def _position(part: int, full: int) -> int:
    return min(BAR_WIDTH, max(0, part * BAR_WIDTH // full)) if full > 0 else 0


def qr(text: str) -> SafeString:
    """The QR code of `text`, black on white in both themes so that every camera reads it."""
    code = segno.make(text, error="m", micro=False)
    svg = code.svg_inline(
        border=3, omitsize=True, svgclass="qr-code", lineclass=None, dark="#000", light="#fff"
    )
    hidden = svg.replace("<svg ", '<svg aria-hidden="true" focusable="false" ', 1)
    return mark_safe(hidden)  # noqa: S308 - segno writes modules, never the text
