"""A schedule of one's own: kept on a job's page, found under Settings, tapped on the next quote."""

import pytest
from playwright.sync_api import expect

from milepost.queries.own_templates import own_templates
from tests.browser.walking import DESK, PHONE, faults, sign_in
from tests.cast import kitchen

pytestmark = pytest.mark.browser


def test_a_job_s_schedule_is_kept_and_chosen_for_the_next_quote(site, cast, browser, photograph):  # type: ignore[no-untyped-def]
    job = kitchen(cast)
    office = browser.new_context(viewport=DESK).new_page()
    sign_in(office, site, "alice@example.com", cast.password)
    office.goto(f"{site.url}/jobs/{job.job_id}/")
    office.get_by_text("Save the schedule as a template").click()
    office.get_by_role("button", name="Keep it").click()
    expect(office.get_by_role("alert")).to_be_visible()
    office.get_by_label("What is it called?").fill("Our kitchens")
    photograph(office, "schedule-keep")
    assert faults(office) == []
    office.get_by_role("button", name="Keep it").click()
    office.get_by_text("Kept. It stands beside the other schedules").wait_for()
    assert [template.name for template in own_templates(cast.business_id)] == ["Our kitchens"]

    # Tapped on a new quote, its rows come with their amounts
    office.goto(f"{site.url}/quotes/new/")
    office.fill("[name=line-1-description]", "Bath")
    office.fill("[name=line-1-price]", "20000")
    office.locator("input[name=template]").first.check(force=True)
    expect(office.locator("#row-3-amount")).to_have_text("6,000.00")
    assert office.input_value("[name=row-3-value]") == "30"
    photograph(office, "schedule-chosen")
    assert faults(office) == []

    # Under Settings it gets another name, and can rest
    phone = browser.new_context(viewport=PHONE).new_page()
    sign_in(phone, site, "alice@example.com", cast.password)
    phone.goto(f"{site.url}/settings/schedules/")
    phone.locator("summary", has_text="Our kitchens").click()
    phone.get_by_label("Name").fill("Kitchens")
    photograph(phone, "schedules-phone")
    assert faults(phone) == []
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    phone.get_by_role("button", name="Save Our kitchens").click()
    phone.locator("summary", has_text="Kitchens").click()
    phone.get_by_role("button", name="Archive Kitchens").click()
    expect(phone.get_by_text("No schedules of your own yet")).to_be_visible()
    assert own_templates(cast.business_id) == []
