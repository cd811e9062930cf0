"""Uploads: photos drawn anew, PDFs for download only, hostile files refused in words."""

import io
import struct
import zlib

import pytest
from PIL import Image

from milepost.mailroom import documents, intake
from milepost.queries.door import NotThere


def jpeg(size=(640, 480), exif=None, color="navy", kind="JPEG", mode="RGB") -> bytes:
    out = io.BytesIO()
    options = {"exif": exif} if exif else {}
    Image.new(mode, size, color).save(out, kind, **options)
    return out.getvalue()


def take(cast, data: bytes, name="photo.jpg"):
    file_id = intake.take_photo(by=cast.tess, at=cast.at, upload=io.BytesIO(data), name=name)
    return documents.fetch_file(cast.business_id, file_id)


def test_a_photo_loses_its_place_and_is_turned_upright(cast, outside):
    exif = Image.Exif()
    exif[0x0112] = 6  # turned a quarter
    exif[0x010F] = "SecretPhone"
    exif[0x8825] = {1: "N", 2: (41.0, 52.0, 0.0)}
    served = take(cast, jpeg((640, 480), exif.tobytes()), name="../../IMG 1.JPG")

    picture = Image.open(io.BytesIO(served.data))
    assert picture.size == (480, 640)
    assert not picture.getexif() and b"SecretPhone" not in served.data
    assert (served.mime, served.name, served.inline) == ("image/jpeg", "IMG 1.jpg", True)


def test_a_large_photo_is_made_smaller(cast, outside):
    assert Image.open(io.BytesIO(take(cast, jpeg((5200, 1300))).data)).size == (2560, 640)


@pytest.mark.parametrize(
    ("kind", "mode"), [("PNG", "RGBA"), ("PNG", "L"), ("PNG", "P"), ("WEBP", "RGB"), ("JPEG", "CMYK")]
)
def test_other_pictures_become_jpegs(cast, outside, kind, mode):
    color = 0 if mode in ("L", "P") else "white" if mode == "RGB" else (0, 0, 0, 0)
    served = take(cast, jpeg(kind=kind, mode=mode, color=color), name="picture")

    assert served.data.startswith(b"\xff\xd8\xff")


def png_that_claims(width: int, height: int) -> bytes:
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack("!I", len(data)) + name + data + struct.pack("!I", zlib.crc32(name + data))

    header = struct.pack("!IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b""))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("data", "refusal"),
    [
        (png_that_claims(50_000, 50_000), intake.PhotoHasTooManyPixels),
        (png_that_claims(12_000, 12_000), intake.PhotoHasTooManyPixels),
        (png_that_claims(100, 100), intake.NotAPhoto),
        (b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', intake.NotAPhoto),
        (b"<html><script>alert(1)</script></html>", intake.NotAPhoto),
        (b"%PDF-1.7 a document", intake.NotAPhoto),
        (b"MZ\x90\x00 a program", intake.NotAPhoto),
        (b"GIF89a" + bytes(40), intake.NotAPhoto),
        (b"", intake.NotAPhoto),
        (jpeg()[:300], intake.NotAPhoto),
        (b"\x00\x00\x00\x18ftypheic" + bytes(64), intake.HeicNotRead),
    ],
)
def test_what_is_no_photo_is_refused_at_its_field_whatever_it_is_called(cast, outside, data, refusal):
    with pytest.raises(refusal) as refused:
        take(cast, data, name="C:\\pictures\\kitchen.jpg")

    assert refused.value.field == "photo"
    assert "kitchen.jpg" in str(refused.value) and "pictures" not in str(refused.value)
    assert not outside.files.kept


def test_a_file_beyond_the_limit_is_not_read_to_its_end(cast, outside, monkeypatch):
    monkeypatch.setattr(intake, "MOST_PHOTO_BYTES", 1024)
    endless = io.BytesIO(bytes(10_000))

    with pytest.raises(intake.FileTooLarge):
        intake.take_photo(by=cast.tess, at=cast.at, upload=endless, name="long.jpg")
    assert endless.tell() == 1025


def test_script_behind_a_photo_does_not_come_in(cast, outside):
    assert b"<script>" not in take(cast, jpeg() + b"<script>alert(1)</script>").data


def test_a_signed_copy_is_kept_as_it_is_and_only_downloaded(cast, outside):
    file_id = intake.take_signed_copy(
        by=cast.alice, at=cast.at, upload=io.BytesIO(b"%PDF-1.4 signed"), name="signed.pdf"
    )
    served = documents.fetch_file(cast.business_id, file_id)

    assert (served.data, served.mime, served.inline) == (b"%PDF-1.4 signed", "application/pdf", False)


def test_a_signed_copy_may_be_a_photo_but_not_anything_else(cast, outside):
    photo = intake.take_signed_copy(by=cast.alice, at=cast.at, upload=io.BytesIO(jpeg()), name="copy.jpg")
    assert documents.fetch_file(cast.business_id, photo).mime == "image/jpeg"

    with pytest.raises(intake.NotAPdf):
        intake.take_signed_copy(by=cast.alice, at=cast.at, upload=io.BytesIO(b"<html>"), name="signed.PDF")


def test_a_file_is_not_there_for_another_business_or_another_job(cast, outside):
    file_id = intake.take_photo(by=cast.tess, at=cast.at, upload=io.BytesIO(jpeg()))

    with pytest.raises(NotThere):
        documents.fetch_file(cast.mallory.business_id, file_id)
    with pytest.raises(NotThere):
        documents.fetch_file(cast.business_id, file_id, job_id=1)
