"""The pictures of a document, each as an SVG that we wrote: nothing in them can name a file or an address."""

import base64
import binascii
import io
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any

import segno
from PIL import Image

from milepost.gateways.pdf.errors import PdfContentWrong

MOST_LOGO_PIXELS = 4_000_000
MOST_POINTS = 20_000


def pictures(template: str, content: Mapping[str, Any]) -> dict[str, str]:
    """The SVGs of a content by name: "qr", "logo", and "signature-0" onwards for those that were drawn."""
    found = {}
    pay = content.get("pay")
    if pay and pay["url"]:
        found["qr"] = qr_svg(pay["url"])
    if content["sender"].get("logo"):
        found["logo"] = logo_svg(template, content["sender"]["logo"])
    for i, signature in enumerate(content.get("signatures", ())):
        if signature.get("strokes"):
            found[f"signature-{i}"] = strokes_svg(signature["strokes"])
    return found


def qr_svg(url: str) -> str:
    """A QR code that survives a coffee stain: error correction M or better, at the smallest size."""
    out = io.BytesIO()
    segno.make(url, error="m", micro=False).save(out, kind="svg", border=0, xmldecl=False, svgns=True)
    return out.getvalue().decode()


def logo_svg(template: str, logo: str) -> str:
    """The logo, read and written anew as PNG, so that only its pixels reach the document."""
    try:
        with Image.open(io.BytesIO(base64.b64decode(logo, validate=True)), formats=("PNG", "JPEG")) as image:
            width, height = image.size
            if width * height > MOST_LOGO_PIXELS:
                raise PdfContentWrong(template=template, problem="the logo has more than 4 million pixels")
            out = io.BytesIO()
            image.convert("RGBA").save(out, "PNG")
    except (binascii.Error, OSError) as wrong:
        raise PdfContentWrong(template=template, problem="the logo is not a PNG or JPEG picture") from wrong
    data = base64.b64encode(out.getvalue()).decode()
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}">'
        f'<image width="{width}" height="{height}" href="data:image/png;base64,{data}"/></svg>'
    )


def strokes_svg(strokes: Sequence[Sequence[Sequence[int]]]) -> str:
    """A drawn signature in a box of 1000 by 300; points beyond the first 20,000 are left out."""
    points = islice(((i, int(x), int(y)) for i, stroke in enumerate(strokes) for x, y in stroke), MOST_POINTS)
    path, before = [], -1
    for i, x, y in points:
        # The second L makes a stroke of one point a dot.
        path.append(f"L{x} {y}" if i == before else f"M{x} {y}L{x} {y}")
        before = i
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1000 300" width="1000" height="300">'
        f'<path d="{"".join(path)}" fill="none" stroke="#1b1f1d" stroke-width="7" '
        'stroke-linecap="round" stroke-linejoin="round"/></svg>'
    )
