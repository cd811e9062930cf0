"""Money that arrives online, as it is clicked: keys, a pay page on a phone, several jobs at once, payouts, the bank."""

import pytest
import stripe
from django.utils import timezone

from milepost.actions.businesses import change_business
from milepost.gateways.practice import launch
from milepost.gateways.stripe import StripeGateway
from milepost.mailroom import payouts, wiring
from milepost.queries.clearing import clearing_page
from milepost.queries.job_page import job_page
from tests.browser.walking import DESK, PHONE, faults, pay_at_the_gateway, sign_in
from tests.cast import kitchen

pytestmark = pytest.mark.browser

STATEMENT = """Wann;Wieviel;Wer;Wozu;Nr
2026-03-05;10000.00;REYES CAROL;kitchen;A1
2026-03-06;-80.00;LUMBER YARD;planks;A2
"""


def link(cast, job, name: str = "Pat") -> str:
    people = job_page(cast.business_id, job.job_id, at=cast.at).people
    return "/c/" + next(p.url for p in people if p.name.startswith(name)).split("/c/")[1]


def looked_at(page, photograph, name: str) -> None:
    """A picture in the light and in the dark, and nothing that shuts anybody out."""
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        photograph(page, f"online/{name}-{scheme}")
        assert faults(page) == [], (name, scheme)
    page.emulate_media(color_scheme="light")


def test_the_owner_enters_a_key_that_is_checked_and_customers_can_pay(site, cast, browser, photograph):  # type: ignore[no-untyped-def]
    payments = wiring.gateways().payments
    practice = payments._client._requestor._options.base_addresses["api"]

    def own(keys: wiring.Keys) -> StripeGateway:
        return StripeGateway(
            secret_key=keys.secret_key or "", webhook_secret=keys.webhook_secret, api_base=practice
        )

    job = kitchen(cast)
    with wiring.use(own_payments=own, only_practice=True):
        page = browser.new_context(viewport=DESK).new_page()
        sign_in(page, site, "alice@example.com", cast.password)
        page.goto(f"{site.url}/settings/online-payments/")
        looked_at(page, photograph, "keys-none")
        page.get_by_label("Secret key").fill("sk_test_wrong")
        page.get_by_role("button", name="Check and save").click()
        page.get_by_text("Stripe does not take this key").first.wait_for()
        looked_at(page, photograph, "keys-wrong")
        page.get_by_label("Secret key").fill(launch.PRACTICE_KEY)
        page.get_by_label("Signing secret").fill("whsec_of_the_business")
        page.get_by_role("button", name="Check and save").click()
        page.get_by_text("Test mode: no money moves").wait_for()
        assert launch.PRACTICE_KEY not in page.content()
        looked_at(page, photograph, "keys-kept")
        phone = browser.new_context(viewport=PHONE).new_page()
        phone.goto(f"{site.url}{link(cast, job)}")
        phone.get_by_role("button", name="Pay 10,000.00").click()
        pay_at_the_gateway(phone)
        phone.get_by_text("Thank you").first.wait_for()
    assert job_page(cast.business_id, job.job_id, at=cast.at).due_now.cents in (0, 10_000_00)


def test_a_payer_pays_two_jobs_from_the_statement_on_a_phone(site, cast, browser, photograph):  # type: ignore[no-untyped-def]
    change_business(by=cast.alice, at=cast.at, parts_from_cents=500_00, bank_from_cents=3_000_00)
    first, second = kitchen(cast), kitchen(cast)
    phone = browser.new_context(viewport=PHONE).new_page()
    phone.goto(f"{site.url}{link(cast, first)}")
    looked_at(phone, photograph, "pay-page")
    assert phone.locator("input[name=method][value=bank]").is_checked()
    phone.get_by_role("link", name="Pay everything at once").click()
    phone.get_by_text("Pay what is open").wait_for()
    looked_at(phone, photograph, "pay-several")
    phone.locator("input[name=method][value=card]").check(force=True)
    phone.get_by_role("button", name="Go on to pay").click()
    photograph(phone, "online/gateway")
    pay_at_the_gateway(phone)
    phone.get_by_text("Thank you, it is paid").first.wait_for()
    phone.get_by_text("20,000.00").first.wait_for()
    looked_at(phone, photograph, "paid")
    for job in (first, second):
        assert job_page(cast.business_id, job.job_id, at=cast.at).due_now.cents == 0
    phone.goto(f"{site.url}{link(cast, first)}")
    looked_at(phone, photograph, "after-paying")


def test_a_link_that_was_passed_on_pays_and_does_nothing_else(site, cast, browser, photograph):  # type: ignore[no-untyped-def]
    job = kitchen(cast)
    phone = browser.new_context(viewport=PHONE).new_page()
    phone.goto(f"{site.url}{link(cast, job)}")
    phone.get_by_text("Does somebody else pay?").click()
    address = phone.locator("code.address").first.inner_text()
    phone.goto(site.url + "/c/" + address.split("/c/")[1])
    looked_at(phone, photograph, "passed-on")
    assert phone.get_by_role("button", name="Accept").count() == 0
    phone.get_by_role("button", name="Pay 10,000.00").click()
    pay_at_the_gateway(phone)
    phone.get_by_text("Thank you").first.wait_for()


def test_the_office_sees_where_each_cent_is_before_and_after_the_payout(site, cast, browser, photograph):  # type: ignore[no-untyped-def]
    job = kitchen(cast)
    phone = browser.new_context(viewport=PHONE).new_page()
    phone.goto(f"{site.url}{link(cast, job)}")
    phone.locator("input[name=method][value=card]").check(force=True)
    phone.get_by_role("button", name="Pay 10,000.00").click()
    pay_at_the_gateway(phone)
    site.work()
    page = browser.new_context(viewport=DESK).new_page()
    sign_in(page, site, "bo@example.com", cast.password)
    page.goto(f"{site.url}/payments/")
    page.get_by_role("link", name="Where the money is").first.click()
    looked_at(page, photograph, "clearing-before")
    assert clearing_page(cast.business_id).held.cents > 0
    payments = wiring.gateways().payments
    practice = payments._client._requestor._options.base_addresses["api"]
    sdk = stripe.StripeClient(launch.PRACTICE_KEY, base_addresses={"api": practice})
    sdk.raw_request("post", "/practice/payouts")
    payouts.sync(timezone.now())
    page.reload()
    page.get_by_text("Still with the provider").wait_for()
    page.locator("main details summary").first.click()
    looked_at(page, photograph, "clearing-after")
    assert (
        clearing_page(cast.business_id).held.cents,
        clearing_page(cast.business_id).unexplained.cents,
    ) == (
        0,
        0,
    )


def test_a_statement_with_columns_of_its_own_is_asked_about_once(site, cast, browser, photograph):  # type: ignore[no-untyped-def]
    job = kitchen(cast)
    page = browser.new_context(viewport=DESK).new_page()
    sign_in(page, site, "bo@example.com", cast.password)
    page.goto(f"{site.url}/payments/")
    page.get_by_role("link", name="From the bank").first.click()
    file = {"name": "bank.csv", "mimeType": "text/csv", "buffer": STATEMENT.encode()}
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="Bring it in").click()
    page.locator("select[name=column-date]").wait_for()
    looked_at(page, photograph, "bank-columns")
    for field, column in (
        ("date", "Wann"),
        ("amount", "Wieviel"),
        ("name", "Wer"),
        ("memo", "Wozu"),
    ):
        page.select_option(f"select[name=column-{field}]", label=column)
    page.get_by_role("button", name="Bring it in").click()
    page.get_by_text("2 new lines are here").first.wait_for()
    looked_at(page, photograph, "bank-lines")
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="Bring it in").click()
    page.get_by_text("Every line of this file is here already").first.wait_for()
    page.get_by_role("button", name="Confirm the one that is sure").click()
    page.get_by_text("1 line is matched").first.wait_for()
    assert job_page(cast.business_id, job.job_id, at=cast.at).due_now.cents == 0
    looked_at(page, photograph, "bank-after")
