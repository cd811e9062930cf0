"""What every walk through a browser does."""

import io

from PIL import Image

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1440, "height": 900}


def photo() -> dict[str, object]:
    """A picture as a phone would take it."""
    data = io.BytesIO()
    Image.new("RGB", (640, 480), (90, 120, 100)).save(data, "JPEG")
    return {"name": "wall.jpg", "mimeType": "image/jpeg", "buffer": data.getvalue()}


def sign_in(page, site, email: str, password: str) -> None:  # type: ignore[no-untyped-def]
    page.goto(f"{site.url}/accounts/login/")
    page.fill("input[name=login]", email)
    page.fill("input[name=password]", password)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda url: "/accounts/login" not in url)


def pay_at_the_gateway(page) -> None:  # type: ignore[no-untyped-def]
    """The hosted page of the practice gateway: one press."""
    page.locator("button", has_text="Pay $").click()
    page.wait_for_url("**/paid/**")
