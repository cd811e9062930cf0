"""The cast that every test leans on is itself what it says."""

from milepost.queries.job_page import job_page
from tests.cast import Cast, kitchen


def test_the_kitchen_is_signed_and_its_deposit_is_billed(cast: Cast):
    made = kitchen(cast)
    page = job_page(cast.business_id, made.job_id, at=cast.at)
    assert [(stop.name, stop.amount.cents) for stop in page.stops] == [
        ("Deposit", 10_000_00),
        ("Rough-in complete", 10_000_00),
        ("Cabinets installed", 12_000_00),
        ("Final walkthrough", 8_000_00),
    ]
    assert (page.state, page.signed_by, page.due_now.cents) == ("open", "Carol Reyes", 10_000_00)
