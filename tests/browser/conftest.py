"""A whole Milepost for a browser: web, practice gateway, and a worker that runs when it is asked to."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import expect

# What a page is expected to show comes within the time that an action has. A busy machine is slow, not wrong.
expect.set_options(timeout=30_000)
ARTEFACTS = Path(__file__).resolve().parents[2] / "artefacts" / "walk"


@dataclass
class Site:
    """Where it is, and a worker's pass on request."""

    url: str
    work: Callable[[], dict[str, int]]


@pytest.fixture
def site(database, live_server, settings, tmp_path) -> Iterator[Site]:  # type: ignore[no-untyped-def]
    """The served site with its practice gateway; both end with the test."""
    from milepost.gateways.practice import launch
    from milepost.gateways.stripe import StripeGateway
    from milepost.mailroom import wiring, worker

    secret = "whsec_browser"
    practice = launch.start(
        state=tmp_path / "practice.sqlite3",
        webhook_url=f"{live_server.url}/hooks/stripe/",
        webhook_secret=secret,
        port=0,
        bank_delay="0",
    )
    settings.MILEPOST_URL = live_server.url
    settings.STRIPE_WEBHOOK_SECRET = secret
    policy = {**settings.CONTENT_SECURITY_POLICY["DIRECTIVES"], "form-action": ["'self'", practice.url]}
    settings.CONTENT_SECURITY_POLICY = {"DIRECTIVES": policy}
    payments = StripeGateway(secret_key=launch.PRACTICE_KEY, webhook_secret=secret, api_base=practice.url)
    try:
        with wiring.use(payments=payments):
            yield Site(live_server.url, lambda: worker.run_once(timezone.now()))
    finally:
        practice.process.terminate()
        practice.process.wait(timeout=10)


@pytest.fixture(autouse=True)
def no_error_in_a_page(browser, monkeypatch) -> Iterator[None]:  # type: ignore[no-untyped-def]
    """What goes wrong in a page's own scripts fails the test, even where nothing on the page shows it."""
    wrong: list[str] = []
    new_context = browser.new_context

    def watched(**settings):  # type: ignore[no-untyped-def]
        context = new_context(**settings)
        context.on("weberror", lambda told: wrong.append(f"{told.page.url}: {told.error}"))
        return context

    monkeypatch.setattr(browser, "new_context", watched)
    yield
    assert wrong == []


@pytest.fixture
def photograph() -> Callable[[object, str], None]:
    """Keep a picture of a step beside the test run."""
    ARTEFACTS.mkdir(parents=True, exist_ok=True)

    def take(page: object, name: str) -> None:
        path = ARTEFACTS / f"{name}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=path, full_page=True)  # type: ignore[attr-defined]

    return take
