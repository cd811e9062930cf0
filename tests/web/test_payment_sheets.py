"""A payment as it stands today, on paper and on the customer's page; its receipt is never changed."""

import pytest
from django.test import Client

from milepost.actions.credit import refund_credit, return_payment
from milepost.actions.payments import record_payment
from milepost.gateways.payments.fake import FakePayments
from milepost.mailroom import checkout, reprint, wiring
from milepost.queries.job_page import job_page
from tests.cast import kitchen
from tests.web.addresses import client_of


@pytest.fixture
def job(cast):
    return kitchen(cast)


@pytest.fixture
def sheets(monkeypatch):
    """What each sheet says, as it is handed to the press."""
    said = []
    made = reprint.payment_sheet_content

    def read(facts):
        said.append(made(facts))
        return said[-1]

    monkeypatch.setattr(reprint, "payment_sheet_content", read)
    return said


def link(cast, job) -> str:
    people = job_page(cast.business_id, job.job_id, at=cast.at).people
    return "/c/" + next(p.url for p in people if p.name.startswith("Pat")).split("/c/")[1]


def sheet(cast, job, sheets) -> dict:
    """The customer opens the sheet of the newest payment from their page."""
    here, client = link(cast, job), Client()
    (*_, row) = job_page(cast.business_id, job.job_id, at=cast.at).payments
    assert f"{here}payments/{row.id}/sheet/" in client.get(here).content.decode()
    answer = client.get(f"{here}payments/{row.id}/sheet/")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert answer.content.startswith(b"%PDF")
    return sheets[-1]


def cheque(cast, job, cents: int = 10_000_00) -> int:
    return record_payment(by=cast.bo, at=cast.at, job_id=job.job_id, amount_cents=cents, method="check")


def test_on_its_way_it_says_that_it_is_no_receipt(cast, job, sheets):
    fakes = FakePayments()
    with wiring.use(payments=fakes):
        checkout.begin(
            by=cast.pat, at=cast.at, job_id=job.job_id, method="bank", success_url="http://h/{attempt}/",
            cancel_url="http://h/",
        )  # fmt: skip
        (session,) = fakes.sessions
        fakes.pay(session)
        checkout.settle_job(cast.business_id, job.job_id, at=cast.at)
        said = sheet(cast, job, sheets)
        assert (said["title"], said["number"]) == ("Payment on its way", "")
        assert said["subject"].startswith("This is not a receipt")
        fakes.fail(session)
        checkout.settle_job(cast.business_id, job.job_id, at=cast.at)
        assert sheet(cast, job, sheets)["title"] == "Payment that did not arrive"


def test_received_it_names_the_receipt_and_what_it_pays(cast, job, sheets):
    cheque(cast, job)
    said = sheet(cast, job, sheets)
    assert said["subject"] == f"The money is here. Receipt {said['number']} counts as it was issued."
    assert next((one["label"], one["value"]) for one in said["totals"]) == (
        "Paid on invoice 1001",
        "10,000.00",
    )


def test_returned_the_receipt_no_longer_counts(cast, job, sheets):
    return_payment(by=cast.bo, at=cast.at, payment_id=cheque(cast, job), reason="NSF")
    said = sheet(cast, job, sheets)
    assert said["title"] == "Returned payment"
    assert f"Receipt {said['number']} no longer counts" in said["subject"]
    assert [row["figures"] for row in said["table"]["rows"]] == [["10,000.00"], ["−10,000.00"]]


def test_refunded_in_part_and_whole(cast, job, sheets):
    payment = cheque(cast, job, 10_300_00)
    refund_credit(
        by=cast.bo, at=cast.at, payment_id=payment, amount_cents=300_00, method="check", reference="119"
    )
    said = sheet(cast, job, sheets)
    assert said["subject"] == f"300.00 went back to you. Receipt {said['number']} counts for the rest."
    assert "300.00 refunded" in Client().get(link(cast, job)).content.decode()
    refund_credit(
        by=cast.bo, at=cast.at, payment_id=payment, amount_cents=10_000_00, method="check", reopens=True,
        reference="120",
    )  # fmt: skip
    said = sheet(cast, job, sheets)
    assert said["subject"].startswith("10,300.00 went back to you: all of it.")


def test_another_job_s_payment_is_not_there(cast, job):
    other = kitchen(cast)
    payment = cheque(cast, other)
    assert Client().get(f"{link(cast, job)}payments/{payment}/sheet/").status_code == 404
    assert client_of(cast, "owner").get(f"/payments/{payment}/sheet/").status_code == 200
