"""Every screen, wide and narrow, light and dark, roomy and dense: nothing serious for axe, nothing off the side."""

import pytest
from django.utils import timezone

from milepost.queries.job_page import job_page
from tests.browser.walking import DESK, PHONE, faults, sign_in
from tests.cast import kitchen, sent_quote
from tests.web.addresses import a_change

pytestmark = pytest.mark.browser
WAYS = [
    ("desk-light", DESK, "light", "comfortable"),
    ("phone-dark", PHONE, "dark", "comfortable"),
    ("desk-dark-dense", DESK, "dark", "compact"),
    ("phone-light", PHONE, "light", "comfortable"),
]


@pytest.mark.parametrize(("way", "size", "theme", "density"), WAYS, ids=[way[0] for way in WAYS])
def test_no_screen_shuts_anybody_out(site, cast, browser, photograph, way, size, theme, density):  # type: ignore[no-untyped-def]
    job, quote = kitchen(cast), sent_quote(cast)
    change = a_change(cast, job.job_id, is_sent=True)
    site.work()
    office = context(browser, site, size, theme, density)
    sign_in(office, site, "alice@example.com", cast.password)
    wrong = {}
    for name, address in office_screens(job.job_id, quote, cast.customer_id, change).items():
        wrong |= looked_at(office, f"{site.url}{address}", f"screens/{way}/{name}", photograph, size)
    people = job_page(cast.business_id, job.job_id, at=timezone.now()).people
    offered = job_page(cast.business_id, quote, at=timezone.now()).people
    portal = context(browser, site, size, theme, density)
    wrong |= looked_at(portal, people[0].url, f"screens/{way}/portal-job", photograph, size)
    wrong |= looked_at(
        portal, f"{people[0].url}changes/{change}/", f"screens/{way}/portal-change", photograph, size
    )
    wrong |= looked_at(portal, offered[0].url, f"screens/{way}/portal-offer", photograph, size)
    sign_in(portal, site, "tess@example.com", cast.password)
    wrong |= looked_at(portal, f"{site.url}/field/", f"screens/{way}/field-today", photograph, size)
    wrong |= looked_at(
        portal, f"{site.url}/field/jobs/{job.job_id}/", f"screens/{way}/field-job", photograph, size
    )
    in_the_field = {"change-new": "changes/new/", "change": f"changes/{change}/"}
    for name, address in in_the_field.items():
        there = f"{site.url}/field/jobs/{job.job_id}/{address}"
        wrong |= looked_at(portal, there, f"screens/{way}/field-{name}", photograph, size)
    assert wrong == {}


def office_screens(job: int, quote: int, customer: int, change: int) -> dict[str, str]:
    return {
        "needs-you": "/",
        "jobs": "/jobs/",
        "job": f"/jobs/{job}/",
        "change-form": f"/jobs/{job}/changes/new/",
        "change": f"/jobs/{job}/changes/{change}/",
        "quotes": "/quotes/",
        "quote": f"/quotes/{quote}/",
        "quote-form": f"/quotes/{quote}/edit/",
        "new-quote": "/quotes/new/",
        "new-invoice": "/invoices/new/",
        "customers": "/customers/",
        "new-customer": "/customers/new/",
        "customer": f"/customers/{customer}/",
        "invoices": "/invoices/",
        "payments": "/payments/",
        "messages": "/messages/",
        "books": "/books/",
        "books-account": "/books/receivables/",
        "books-journal": "/books/journal/",
        "search": "/search/?q=kitchen",
        "settings": "/settings/",
        "settings-terms": "/settings/terms/",
        "settings-taxes": "/settings/taxes/",
        "settings-people": "/settings/people/",
    }


def context(browser, site, size, theme: str, density: str):  # type: ignore[no-untyped-def]
    """A reader with their own habits."""
    made = browser.new_context(viewport=size, color_scheme=theme, reduced_motion="reduce")
    made.add_cookies([{"name": "density", "value": density, "url": site.url}])
    return made.new_page()


def looked_at(page, address: str, name: str, photograph, size) -> dict[str, object]:  # type: ignore[no-untyped-def]
    """What is wrong with one page, if anything; its picture is kept."""
    answer = page.goto(address)
    photograph(page, name)
    wide = page.evaluate("document.documentElement.scrollWidth")
    said = faults(page)
    said += [f"{answer.status}"] if answer.status != 200 else []
    said += [f"{wide} pixels wide"] if wide > size["width"] else []
    return {name: said} if said else {}


def test_what_is_wrong_is_found(browser):  # type: ignore[no-untyped-def]
    page = browser.new_page()
    page.set_content("<html lang=en><title>x</title><main><h1>x</h1><img src=wall.jpg></main>")
    assert any(said.startswith("image-alt") for said in faults(page))
