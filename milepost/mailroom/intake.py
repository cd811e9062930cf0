"""
What people upload. A photo is drawn anew, so that nothing but the picture comes in; a PDF is kept as
it is and only ever handed out as a download.
"""

import io
import warnings
from collections.abc import Callable
from datetime import datetime
from typing import BinaryIO

from PIL import Image, ImageOps, UnidentifiedImageError

from milepost.actions.actor import Actor
from milepost.actions.files import store_file
from milepost.core.msgids import gettext_noop
from milepost.core.refusals import Refusal
from milepost.mailroom.wiring import gateways

MOST_PHOTO_BYTES = 30 * 1024 * 1024
MOST_PDF_BYTES = 20 * 1024 * 1024
MOST_PIXELS = 120_000_000
LONGEST_SIDE = 2560
QUALITY = 85
READ = ("JPEG", "PNG", "WEBP")
_HEIC_BRANDS = (b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1", b"avif")


class FileTooLarge(Refusal):
    code = "file_too_large"
    message = gettext_noop("“{name}” is too large. {most} MB is the most.")


class NotAPhoto(Refusal):
    code = "not_a_photo"
    message = gettext_noop("“{name}” is not a photo that can be read. Use a JPEG, PNG or WebP picture.")


class HeicNotRead(Refusal):
    code = "heic_not_read"
    message = gettext_noop(
        "“{name}” is in Apple’s HEIC format. Send it as a JPEG: in the phone’s settings, Camera, "
        "Formats, choose “Most Compatible”."
    )


class PhotoHasTooManyPixels(Refusal):
    code = "photo_has_too_many_pixels"
    message = gettext_noop("“{name}” has more pixels than any camera’s photo. Make it smaller, then send it.")


class NotAPdf(Refusal):
    code = "not_a_pdf"
    message = gettext_noop("“{name}” is not a PDF. Scan the signed copy as a PDF, or take a photo of it.")


def take_photo(*, by: Actor, at: datetime, upload: BinaryIO, name: str = "", field: str = "photo") -> int:
    """
    Store a photo as a JPEG of at most 2,560 pixels a side, upright, without its metadata.

    Returns the stored file's id. Refuses, at `field`: FileTooLarge, HeicNotRead, NotAPhoto,
    PhotoHasTooManyPixels.
    """
    label = label_of(name, "photo")
    data = read_upload(upload, MOST_PHOTO_BYTES, label, field)
    jpeg = drawn_anew(data, label, field, _as_jpeg)
    return store(by, at, jpeg, "image/jpeg", f"{label.rpartition('.')[0] or label}.jpg")


def take_signed_copy(
    *, by: Actor, at: datetime, upload: BinaryIO, name: str = "", field: str = "copy"
) -> int:
    """Store a signed copy: a PDF as it is, or a photo. Refuses as take_photo does, and NotAPdf."""
    label = label_of(name, "signed copy")
    data = read_upload(upload, MOST_PHOTO_BYTES, label, field)
    if not data.startswith(b"%PDF-"):
        if label.lower().endswith(".pdf"):
            raise NotAPdf(field=field, name=label)
        return take_photo(by=by, at=at, upload=io.BytesIO(data), name=name, field=field)
    if len(data) > MOST_PDF_BYTES:
        raise FileTooLarge(field=field, name=label, most=MOST_PDF_BYTES >> 20)
    return store(by, at, data, "application/pdf", label)


def drawn_anew(data: bytes, label: str, field: str, draw: Callable[[Image.Image], bytes]) -> bytes:
    """A picture's pixels as `draw` writes them. Refuses HeicNotRead, NotAPhoto, PhotoHasTooManyPixels."""
    if data[4:8] == b"ftyp" and data[8:12] in _HEIC_BRANDS:
        raise HeicNotRead(field=field, name=label)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=READ) as picture:
                if picture.width * picture.height > MOST_PIXELS:
                    raise PhotoHasTooManyPixels(field=field, name=label)
                picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
                return draw(picture)
    except Image.DecompressionBombError as bomb:
        raise PhotoHasTooManyPixels(field=field, name=label) from bomb
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, TypeError, EOFError) as wrong:
        raise NotAPhoto(field=field, name=label) from wrong


def _as_jpeg(picture: Image.Image) -> bytes:
    upright = ImageOps.exif_transpose(picture) or picture
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    if upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info:
        layered = upright.convert("RGBA")
        paper = Image.new("RGB", layered.size, "white")
        paper.paste(layered, mask=layered.getchannel("A"))
        upright = paper
    out = io.BytesIO()
    # A new picture of the pixels alone: what else the file carried (place, device, profile) stays behind.
    clean = Image.new("RGB", upright.size)
    clean.paste(upright.convert("RGB"))
    clean.save(out, "JPEG", quality=QUALITY, optimize=True, progressive=True)
    return out.getvalue()


def read_upload(upload: BinaryIO, most: int, label: str, field: str) -> bytes:
    """The bytes of an upload. Refuses FileTooLarge above `most` bytes."""
    data = upload.read(most + 1)
    if len(data) > most:
        raise FileTooLarge(field=field, name=label, most=most >> 20)
    return data


def label_of(name: str, default: str) -> str:
    """The last part of what the file was called, fit to be shown."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return "".join(letter for letter in last if letter.isprintable()).strip()[:80] or default


def store(by: Actor, at: datetime, data: bytes, mime: str, name: str) -> int:
    """Put bytes into the file store and name them. Returns the stored file's id."""
    sha256 = gateways().files.put(data)
    return store_file(by=by, at=at, sha256=sha256, mime=mime, name=name, bytes=len(data))
