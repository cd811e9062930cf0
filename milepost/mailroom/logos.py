"""A business's logo: drawn anew when it comes in, shown on its pages, letters and documents."""

import base64
import io
import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any, BinaryIO

from PIL import Image, ImageOps

from milepost.actions.actor import Actor
from milepost.actions.businesses import change_business
from milepost.core.msgids import gettext_noop
from milepost.core.refusals import Refusal
from milepost.gateways.files import FileDamaged, FileMissing
from milepost.mailroom.intake import drawn_anew, label_of, read_upload, store
from milepost.mailroom.wiring import gateways

logger = logging.getLogger(__name__)
MOST_BYTES = 5 * 1024 * 1024
BOX = (600, 200)
"""Large enough for 60 by 14 mm in print, small enough for every message."""


class NoLogoChosen(Refusal):
    code = "no_logo_chosen"
    message = gettext_noop("Choose a picture first.")


def take_logo(*, by: Actor, at: datetime, upload: BinaryIO | None, name: str = "") -> None:
    """
    Make a picture the business's logo: a PNG of at most 600 by 200 pixels, without its metadata.

    Refuses, at `logo`: NoLogoChosen, FileTooLarge, HeicNotRead, NotAPhoto, PhotoHasTooManyPixels, NotAllowed.
    """
    if upload is None:
        raise NoLogoChosen(field="logo")
    label = label_of(name, "logo")
    data = read_upload(upload, MOST_BYTES, label, "logo")
    png = drawn_anew(data, label, "logo", _as_png)
    change_business(by=by, at=at)  # whoever may not change the business stores nothing
    store(by, at, png, "image/png", "logo.png")
    change_business(by=by, at=at, logo_sha256=gateways().files.put(png))


def logo_png(sha256: str) -> bytes | None:
    """The picture; None where there is none, or it is lost: then the business's name stands in its place."""
    if not sha256:
        return None
    try:
        return gateways().files.get(sha256)
    except (FileMissing, FileDamaged):
        logger.error("The logo %s is not in the file store; the name is shown instead.", sha256)
        return None


def with_logo(content: Mapping[str, Any]) -> dict[str, Any]:
    """A document's content with the bytes of the logo that its hash names."""
    png = logo_png(content["sender"].get("logo_sha256", ""))
    if png is None:
        return dict(content)
    return {**content, "sender": {**content["sender"], "logo": base64.b64encode(png).decode()}}


def _as_png(picture: Image.Image) -> bytes:
    upright = (ImageOps.exif_transpose(picture) or picture).convert("RGBA")
    edge = upright.getbbox(alpha_only=True)
    upright = upright.crop(edge) if edge else upright
    upright.thumbnail(BOX, Image.Resampling.LANCZOS)
    # A new picture of the pixels alone: what else the file carried stays behind.
    clean = Image.new("RGBA", upright.size)
    clean.paste(upright)
    out = io.BytesIO()
    clean.save(out, "PNG", optimize=True)
    return out.getvalue()
