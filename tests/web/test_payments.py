"""The payment's page: each step says in words what it does, then does it."""

from milepost.actions.payments import record_payment
from milepost.queries.job_page import job_page
from tests.cast import kitchen
from tests.web.test_doors import signed_in


def test_a_payment_is_opened_from_the_list_and_bounces_in_one_step(cast):
    job = kitchen(cast)
    payment = record_payment(
        by=cast.bo, at=cast.at, job_id=job.job_id, amount_cents=10_000_00, method="check"
    )
    bo = signed_in(cast, "bo@example.com")
    assert f"/payments/{payment}/" in bo.get("/payments/").content.decode()
    page = bo.get(f"/payments/{payment}/").content.decode()
    assert "is open again, its receipt no longer counts" in page
    wrong = bo.post(f"/payments/{payment}/return/", {"fee": "abc", "reason": "R01"})
    assert wrong.status_code == 422
    assert "is not an amount" in wrong.content.decode() and "R01" in wrong.content.decode()
    assert bo.post(f"/payments/{payment}/return/", {"fee": "15", "reason": "R01"}).status_code == 302
    assert "Returned" in bo.get(f"/payments/{payment}/").content.decode()
    assert job_page(cast.business_id, job.job_id, at=cast.at).due_now.cents == 10_000_00


def test_credit_is_offered_where_something_is_open_and_refunded_from_its_payment(cast):
    job, other = kitchen(cast), kitchen(cast)
    payment = record_payment(by=cast.bo, at=cast.at, job_id=job.job_id, amount_cents=10_400_00, method="cash")
    bo = signed_in(cast, "bo@example.com")
    assert "The customer has 400.00 of credit" in bo.get(f"/jobs/{other.job_id}/").content.decode()
    refund = {"amount": "100.00", "method": "check", "reference": "9", "form_key": "r"}
    assert bo.post(f"/payments/{payment}/refunds/", refund).status_code == 302
    assert bo.post(f"/jobs/{other.job_id}/credit/").status_code == 302
    assert job_page(cast.business_id, other.job_id, at=cast.at).due_now.cents == 9_700_00
    page = bo.get(f"/payments/{payment}/").content.decode()
    assert "100.00" in page and "Left as customer credit" not in page
    again = bo.post(f"/jobs/{other.job_id}/credit/")
    assert again.status_code == 422 and "no credit to use" in again.content.decode()


def test_another_business_s_payment_answers_as_if_it_did_not_exist(cast):
    job = kitchen(cast)
    payment = record_payment(by=cast.bo, at=cast.at, job_id=job.job_id, amount_cents=1, method="cash")
    mallory = signed_in(cast, "mallory@example.com")
    for address in (f"/payments/{payment}/", "/payments/999999/"):
        assert mallory.get(address).status_code == 404
    for step in ("return", "refunds"):
        form = {"amount": "1", "method": "cash"}
        assert mallory.post(f"/payments/{payment}/{step}/", form).status_code == 404
    assert mallory.post(f"/jobs/{job.job_id}/credit/").status_code == 404
