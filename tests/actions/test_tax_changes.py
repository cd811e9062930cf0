"""A tax rate that changes on a day, a customer who turns out to be exempt: from now on, never backwards."""

from decimal import Decimal

import pytest

from milepost.actions.businesses import add_tax_code
from milepost.actions.credit_notes import fix_invoice
from milepost.actions.tax_changes import change_taxes
from milepost.actions.work import JobNotOpen
from milepost.core.refusals import InputRefused
from milepost.queries.doctor import examine
from milepost.queries.lists import messages
from milepost.queries.tax_changes import TaxesStayAsTheyAre, tax_change_page
from tests.actions.test_credit_notes import balances, bill, page, pay, stop, taxed_kitchen
from tests.web.addresses import client_of


@pytest.fixture
def job(cast):
    """24,000.00 at 8.25 % and 7,600.00 without; a third is billed, 8,000.00 of the taxed line with it."""
    job = taxed_kitchen(cast)
    pay(cast, job, 8_395_00)
    bill(cast, job, "Rough-in complete")
    return job


def tax_of(cast, job) -> int:
    return tax_change_page(cast.business_id, job.job_id).in_use[0].code


def change(cast, job, becomes: int | None, reason: str = "8.75 % from 1 July") -> int:
    taxes = {tax_of(cast, job): becomes}
    return change_taxes(by=cast.bo, at=cast.at, job_id=job.job_id, taxes=taxes, reason=reason)


def test_a_new_rate_taxes_what_is_not_billed_and_leaves_what_is(cast, job):
    new = add_tax_code(by=cast.alice, at=cast.at, name="State", percent=Decimal("8.75"))
    shown = tax_change_page(cast.business_id, job.job_id, taxes={tax_of(cast, job): new}).difference
    # 660.00 are billed; 16,000.00 at 8.75 % are 1,400.00 instead of 1,320.00
    assert (shown.difference.cents, shown.net_difference.cents) == (80_00, 0)
    change(cast, job, new)
    assert page(cast, job).bar.quoted.cents == 33_580_00 + 80_00
    assert stop(cast, job, "Rough-in complete").amount.cents == 8_395_00
    assert balances(cast)["tax_payable"] == 660_00
    assert examine() == []
    bill(cast, job, "Cabinets installed")
    bill(cast, job, "Final walkthrough")
    assert balances(cast)["tax_payable"] == 2_060_00
    assert page(cast, job).bar.left.cents == 0
    assert [m.kind for m in messages(cast.business_id).rows].count("taxes_changed")
    assert examine() == []


def test_a_customer_who_turns_out_to_be_exempt_pays_no_more_tax(cast, job):
    change(cast, job, None, "Exempt: school, E-77")
    assert page(cast, job).bar.quoted.cents == 33_580_00 - 1_320_00
    bill(cast, job, "Cabinets installed", "Final walkthrough")
    assert balances(cast)["tax_payable"] == 660_00
    assert examine() == []
    # An invoice from before says what it said when it is sent again, and the books stay right
    fix_invoice(
        by=cast.bo, at=cast.at, invoice_id=stop(cast, job, "Cabinets installed").invoice.id, reason="",
    )  # fmt: skip
    assert page(cast, job).bar.left.cents == 0
    assert examine() == []


def test_taxes_are_changed_for_a_reason_to_others_and_on_open_jobs_only(cast, job):
    with pytest.raises(InputRefused):
        change(cast, job, None, " ")
    with pytest.raises(TaxesStayAsTheyAre):
        change(cast, job, tax_of(cast, job))
    pay(cast, job, 8_395_00)
    bill(cast, job, "Cabinets installed", "Final walkthrough")
    pay(cast, job, 16_790_00)
    with pytest.raises(JobNotOpen):
        change(cast, job, None)


def test_the_page_shows_every_amount_before_the_taxes_change(cast, job):
    new = add_tax_code(by=cast.alice, at=cast.at, name="State", percent=Decimal("8.75"))
    client, tax = client_of(cast, "bookkeeper"), tax_of(cast, job)
    address, form = f"/jobs/{job.job_id}/taxes/", {f"tax-{tax}": str(new), "reason": "8.75 % from 1 July"}
    assert "What is billed keeps its tax" in client.get(address).content.decode()
    shown = client.get(address, form).content.decode()
    assert "33,660.00" in shown and "Change the taxes and tell the customer" in shown
    assert page(cast, job).bar.quoted.cents == 33_580_00
    assert client.post(address, {**form, "reason": ""}).status_code == 422
    assert client.post(address, {**form, f"tax-{tax}": "x"}).status_code == 422
    assert client.post(address, {"reason": "None"}).status_code == 422
    after = client.post(address, form, follow=True).content.decode()
    assert "Changed the taxes (CO-1), +$80.00: 8.75 % from 1 July" in after
    assert page(cast, job).bar.quoted.cents == 33_660_00
