"""A logo: drawn anew, shown to the customer, printed and sent; nobody else's, and never in the way."""

import base64
import io
import json

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from milepost.mailroom.documents import ensure_pdf
from milepost.mailroom.logos import with_logo
from milepost.queries.job_page import job_page
from milepost.queries.lists import choices
from milepost.queries.portal_people import portal_links
from milepost.queries.stored import document_facts
from tests.cast import kitchen
from tests.web.test_doors import signed_in


def picture(width: int = 1200, height: int = 500) -> SimpleUploadedFile:
    """A red sign on nothing, with a place in its metadata."""
    data, said = io.BytesIO(), PngInfo()
    said.add_text("Location", "41.88 N")
    drawn = Image.new("RGBA", (width, height), (0, 0, 0, 0))
    drawn.paste((200, 20, 20, 255), (100, 100, width - 100, height - 100))
    drawn.save(data, "PNG", pnginfo=said)
    return SimpleUploadedFile("sign.png", data.getvalue(), "image/png")


def test_a_logo_is_drawn_anew_and_stands_on_the_page_the_letter_and_the_documents(cast):
    alice = signed_in(cast, "alice@example.com")
    assert alice.post("/settings/logo/", {"logo": picture()}).status_code == 302
    kept = alice.get("/settings/logo.png").content
    shown = Image.open(io.BytesIO(kept))
    assert shown.format == "PNG" and shown.size == (600, 180) and b"Location" not in kept

    job = kitchen(cast)
    link = next(row.url for row in portal_links(cast.business_id) if row.pays)
    path = "/c/" + link.split("/c/")[1]
    assert f'<img src="{path}logo/" alt="Northside Kitchens">' in Client().get(path).content.decode()
    assert Client().get(f"{path}logo/").content == kept
    document = job_page(cast.business_id, job.job_id, at=cast.at).documents[0].id
    content = json.loads(document_facts(cast.business_id, document).content)
    assert content["sender"]["logo_sha256"] == choices(cast.business_id).business.logo_sha256
    assert base64.b64decode(with_logo(content)["sender"]["logo"]) == kept
    assert ensure_pdf(cast.business_id, document, at=cast.at).data.startswith(b"%PDF")


def test_what_is_no_picture_is_refused_at_its_field_and_the_rest_of_the_page_stands(cast):
    alice = signed_in(cast, "alice@example.com")
    no_picture = SimpleUploadedFile("sign.svg", b"<svg onload='alert(1)'/>", "image/svg+xml")
    for wrong, said in (({"logo": no_picture}, "is not a photo"), ({}, "Choose a picture first")):
        refused = alice.post("/settings/logo/", wrong)
        assert refused.status_code == 422
        assert said in refused.content.decode() and "Northside Kitchens" in refused.content.decode()
    assert alice.get("/settings/logo.png").status_code == 404


def test_only_the_owner_changes_it_and_it_comes_off_again(cast):
    alice, bo = signed_in(cast, "alice@example.com"), signed_in(cast, "bo@example.com")
    assert bo.post("/settings/logo/", {"logo": picture()}).status_code == 403
    assert choices(cast.business_id).business.logo_sha256 == ""
    alice.post("/settings/logo/", {"logo": picture()})
    assert signed_in(cast, "mallory@example.com").get("/settings/logo.png").status_code == 404
    alice.post("/settings/logo/", {"remove": "yes"})
    assert choices(cast.business_id).business.logo_sha256 == ""
