"""Every page of the three doors opens for whom it is meant, and shows the amounts of the kitchen."""

import pytest
from django.test import Client

from milepost.queries.job_page import job_page
from tests.cast import kitchen

OFFICE = ["/", "/jobs/", "/quotes/", "/quotes/new/", "/customers/", "/invoices/", "/invoices/new/", "/payments/",
          "/messages/", "/search/?q=kitchen", "/settings/", "/settings/paid/", "/settings/terms/",
          "/settings/place/", "/settings/accounting/", "/settings/taxes/", "/settings/people/"]  # fmt: skip


def signed_in(cast, email: str) -> Client:
    client = Client()
    assert client.login(email=email, password=cast.password) or client.login(
        username=email, password=cast.password
    )
    return client


@pytest.mark.parametrize("address", OFFICE)
def test_an_office_page_opens_for_the_owner_and_asks_a_stranger_to_sign_in(cast, address):
    kitchen(cast)
    assert signed_in(cast, "alice@example.com").get(address).status_code == 200
    stranger = Client().get(address)
    assert stranger.status_code == 302 or address == "/"


def test_the_job_page_shows_what_is_quoted_billed_and_due(cast):
    job = kitchen(cast)
    page = signed_in(cast, "alice@example.com").get(f"/jobs/{job.job_id}/").content.decode()
    for said in ("40,000.00", "10,000.00", "12,000.00", "8,000.00", "Rough-in complete", "late"):
        assert said in page


def test_another_business_sees_the_job_as_if_it_did_not_exist(cast):
    job = kitchen(cast)
    mallory = signed_in(cast, "mallory@example.com")
    assert mallory.get(f"/jobs/{job.job_id}/").status_code == 404
    assert mallory.get("/jobs/999999999/").status_code == 404


def test_a_payment_recorded_by_hand_pays_the_deposit(cast):
    job = kitchen(cast)
    alice = signed_in(cast, "alice@example.com")
    answer = alice.post(
        f"/jobs/{job.job_id}/payments/",
        {"amount": "10000.00", "method": "check", "reference": "77", "form_key": "a"},
    )
    assert answer.status_code == 302
    page = job_page(cast.business_id, job.job_id, at=cast.at)
    assert (page.bar.paid.cents, page.due_now.cents) == (10_000_00, 0)


@pytest.mark.parametrize("amount", ["", "abc", "-5", "NaN", "1e400", "9" * 40, "10.999", "\x00", "👋"])
def test_an_amount_that_is_none_is_refused_in_words_and_changes_nothing(cast, amount):
    job = kitchen(cast)
    alice = signed_in(cast, "alice@example.com")
    answer = alice.post(f"/jobs/{job.job_id}/payments/", {"amount": amount, "method": "check"})
    assert answer.status_code == 422
    assert job_page(cast.business_id, job.job_id, at=cast.at).bar.paid.cents == 0


def test_a_roofing_quote_takes_customer_template_description_price_preview_and_send(cast):
    alice = signed_in(cast, "alice@example.com")
    typed = {
        "customer": str(cast.customer_id),
        "template": "roofing",
        "line": "1",
        "line-1-description": "New roof",
        "line-1-price": "18,000.00",
    }
    preview = alice.post("/quotes/new/", typed, follow=True)
    page = preview.content.decode()
    for amount in ("5,400.00", "7,200.00", "18,000.00"):
        assert amount in page
    address = preview.redirect_chain[-1][0]
    sent = alice.post(f"{address}sending/", follow=True).content.decode()
    assert "Send again" in sent and "/c/" in sent


def test_the_technician_is_done_with_the_work_and_sends_it(cast):
    job = kitchen(cast)
    tess = signed_in(cast, "tess@example.com")
    assert "Kitchen remodel" in tess.get("/field/").content.decode()
    row = job.rows["Rough-in complete"]
    tess.post(f"/field/jobs/{job.job_id}/milestones/{row}/completion/", {"note": "all walls"})
    assert "Send 10,000.00 to Pat Reyes" in tess.get(f"/field/jobs/{job.job_id}/").content.decode()
    sent = tess.post(f"/field/jobs/{job.job_id}/milestones/{row}/invoice/", follow=True).content.decode()
    assert "10,000.00 sent" in sent
    assert tess.get("/jobs/").status_code == 302


def test_the_customer_reads_the_whole_job_behind_the_link_and_reading_changes_nothing(cast):
    job = kitchen(cast)
    before = job_page(cast.business_id, job.job_id, at=cast.at)
    link = next(p.url for p in before.people if p.pays)
    path = "/c/" + link.split("/c/")[1]
    page = Client().get(path).content.decode()
    for said in ("40,000.00", "Pay 10,000.00", "Rough-in complete", "12,000.00"):
        assert said in page
    assert len(job_page(cast.business_id, job.job_id, at=cast.at).history) == len(before.history)
    assert Client().get("/c/aaaaaaaaaaaaaaaaaaaaaaaaaa/").status_code == 404


def test_a_new_business_starts_with_three_fields(database):
    client = Client()
    refused = client.post(
        "/start/", {"name": "Bright Roofs", "email": "no", "password": "a roof in the spring"}
    )
    assert refused.status_code == 422 and "Bright Roofs" in refused.content.decode()
    started = client.post(
        "/start/",
        {"name": "Bright Roofs", "email": "zoe@example.com", "password": "a roof in the spring"},
        follow=True,
    )
    assert "Where you work" in started.content.decode()
    assert "All quiet" in client.get("/").content.decode()


def test_an_old_invoice_that_is_late_is_not_hidden_by_newer_ones_that_are_paid(cast):
    job = kitchen(cast)
    alice = signed_in(cast, "alice@example.com")
    assert "1001 Deposit" in alice.get("/").content.decode()
    assert alice.get("/needs/count/").content.decode().strip().startswith('<span class="count">1')
    alice.post(f"/jobs/{job.job_id}/payments/", {"amount": "10000", "method": "cash", "form_key": "b"})
    assert "All quiet" in alice.get("/").content.decode()
    assert alice.get("/needs/count/").content.decode().strip() == ""


def test_where_the_office_checks_first_the_technician_is_told_so_and_sends_nothing(cast):
    job = kitchen(cast)
    alice, tess = signed_in(cast, "alice@example.com"), signed_in(cast, "tess@example.com")
    paid = {
        "bank_from_cents": "3000",
        "small_difference_cents": "0.05",
        "transfer_details": "",
        "cheque_details": "",
    }
    alice.post("/settings/paid/", paid)
    row = job.rows["Rough-in complete"]
    tess.post(f"/field/jobs/{job.job_id}/milestones/{row}/completion/", {})
    page = tess.get(f"/field/jobs/{job.job_id}/").content.decode()
    assert "The office checks it first" in page and "Send 10,000.00" not in page
    refused = tess.post(f"/field/jobs/{job.job_id}/milestones/{row}/invoice/")
    assert refused.status_code == 422
    assert "Rough-in complete" in alice.get("/").content.decode()
