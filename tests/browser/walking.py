"""What every walk through a browser does: presses that are counted, pages that are looked at."""

import io
import re

from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from pypdf import PdfReader

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


def preview(page) -> None:  # type: ignore[no-untyped-def]
    """Press Preview in the form of a quote, and be on the page of the quote."""
    page.get_by_role("button", name="Preview").click()
    page.wait_for_url(re.compile(r"/quotes/\d+/$"))


def pay_at_the_gateway(page) -> None:  # type: ignore[no-untyped-def]
    """The hosted page of the practice gateway: one press."""
    page.locator("button", has_text="Pay $").click()
    page.wait_for_url("**/paid/**")


class Hand:
    """A hand whose every press, choice and filled field counts one."""

    def __init__(self, page) -> None:  # type: ignore[no-untyped-def]
        self.page = page
        self.count = 0

    def press(self, target) -> None:  # type: ignore[no-untyped-def]
        self.count += 1
        target.click()

    def choose(self, name: str, value: str) -> None:
        """A chip or a card of a choice."""
        self.count += 1
        self.page.locator(f"input[name={name}][value={value}]").check(force=True)

    def select(self, name: str, label: str) -> None:
        self.count += 1
        self.page.select_option(f"select[name={name}]", label=label)

    def fill(self, name: str, text: str) -> None:
        self.count += 1
        self.page.fill(f"[name={name}]", text)

    def photograph(self, name: str) -> None:
        """The camera: one press, the picture is there."""
        self.count += 1
        self.page.set_input_files(f"input[name={name}]", photo())


def faults(page) -> list[str]:  # type: ignore[no-untyped-def]
    """What axe calls serious or critical on the page as it stands, each in a line."""
    found = Axe().run(page).response["violations"]
    return [
        f"{rule['id']}: {rule['help']}: {node['html'][:160]}"
        for rule in found
        if rule["impact"] in ("serious", "critical")
        for node in rule["nodes"][:3]
    ]


def words_of(page, href: str) -> str:  # type: ignore[no-untyped-def]
    """The text of a PDF that a link on the page leads to, in one line."""
    answer = page.request.get(page.evaluate("href => new URL(href, location.href).href", href))
    assert answer.ok and answer.headers["content-type"] == "application/pdf", (href, answer.status)
    pages = PdfReader(io.BytesIO(answer.body())).pages
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in pages))
