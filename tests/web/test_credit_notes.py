"""Fix this invoice, money off, take it back: what each page says before one confirms, and what it does."""

import pytest

from milepost.actions.invoices import send_invoice
from milepost.actions.payments import record_payment
from milepost.queries.doctor import examine
from milepost.queries.job_page import job_page
from tests.cast import kitchen
from tests.web.addresses import client_of


@pytest.fixture
def job(cast):
    """The kitchen with its deposit paid and its first milestone billed."""
    job = kitchen(cast)
    pay(cast, job, 10_000_00)
    send_invoice(
        by=cast.bo, at=cast.at, job_id=job.job_id, row_ids=[job.rows["Rough-in complete"]], by_hand=True
    )
    return job


def pay(cast, job, cents: int) -> None:
    record_payment(by=cast.bo, at=cast.at, job_id=job.job_id, amount_cents=cents, method="check")


def page(cast, job):
    return job_page(cast.business_id, job.job_id, at=cast.at)


def stop(cast, job):
    return next(stop for stop in page(cast, job).stops if stop.name == "Rough-in complete")


def words(response) -> str:
    return " ".join(response.content.decode().split())


def test_fixing_an_invoice_says_first_what_happens_to_schedule_deposit_and_balance(cast, job):
    client = client_of(cast, "bookkeeper")
    invoice = stop(cast, job).invoice
    assert f"/invoices/{invoice.id}/fix/" in words(client.get(f"/jobs/{job.job_id}/"))
    said = words(client.get(f"/invoices/{invoice.id}/fix/"))
    assert (
        "Nothing of invoice 1002 is paid, so it is voided: a credit note over 10,000.00 goes to Pat" in said
    )
    assert "6,666.67 of it was left, then 10,000.00" in said
    assert "the new invoice asks for the same 10,000.00" in said
    answer = client.post(
        f"/invoices/{invoice.id}/fix/", {"reason": "Wrong address", "again": "on"}, follow=True
    )
    assert "The credit note and the new invoice are sent." in words(answer)
    assert "Voided invoice 1002 of $10,000.00 with credit note C-1. “Wrong address”" in words(answer)
    assert stop(cast, job).invoice.number == "1003"
    # Sent twice by a nervous thumb, it is done once
    again = client.post(f"/invoices/{invoice.id}/fix/", {"reason": "Wrong address", "again": "on"})
    assert again.status_code == 302
    assert len(page(cast, job).stops[1].credits) == 1
    assert examine() == []


def test_a_paid_invoice_is_taken_back_without_sending_it_again_and_can_be_sent_later(cast, job):
    pay(cast, job, 10_000_00)
    client = client_of(cast, "bookkeeper")
    invoice = stop(cast, job).invoice.id
    said = words(client.get(f"/invoices/{invoice}/fix/"))
    assert "10,000.00 that was paid becomes the customer’s credit" in said
    after = words(client.post(f"/invoices/{invoice}/fix/", {"reason": ""}, follow=True))
    assert "Send the invoice again" in after
    assert "The customer has 10,000.00 of credit" not in after  # nothing is open that it could pay
    after = words(client.post(f"/invoices/{invoice}/again/", follow=True))
    assert "The customer has 10,000.00 of credit" in after
    refused = client.post(f"/invoices/{invoice}/again/")
    assert refused.status_code == 422
    assert "is billed again already" in words(refused)


def test_money_off_is_shown_before_it_is_given_and_taken_back_on_the_same_page(cast, job):
    client = client_of(cast, "owner")
    invoice = stop(cast, job).invoice.id
    assert "At most 10,000.00" in words(client.get(f"/invoices/{invoice}/money-off/"))
    said = words(client.get(f"/invoices/{invoice}/money-off/", {"amount": "500", "reason": "A scratch"}))
    assert "The contract goes from 40,000.00 to 39,500.00" in said
    assert "Take 500.00 off" in said
    assert stop(cast, job).invoice.balance.cents == 10_000_00
    too_much = client.get(f"/invoices/{invoice}/money-off/", {"amount": "10000.01", "reason": "A scratch"})
    assert too_much.status_code == 422
    assert "A scratch" in words(too_much)
    client.post(f"/invoices/{invoice}/money-off/", {"amount": "500", "reason": "A scratch"})
    credit = stop(cast, job).credits[0]
    assert (stop(cast, job).invoice.balance.cents, credit.may_take_back) == (9_500_00, True)
    said = words(client.get(f"/credit-notes/{credit.id}/take-back/"))
    assert "The contract goes from 39,500.00 to 40,000.00" in said
    client.post(f"/credit-notes/{credit.id}/take-back/")
    assert page(cast, job).due_now.cents == 10_000_00
    refused = client.post(f"/credit-notes/{credit.id}/take-back/")
    assert "is taken back already" in words(refused)
    assert examine() == []


def test_cancelling_a_job_says_what_is_dropped_kept_and_returned_before_it_does(cast, job):
    client = client_of(cast, "owner")
    address = f"/jobs/{job.job_id}/cancel/"
    assert address in words(client.get(f"/jobs/{job.job_id}/"))
    said = words(client.get(address, {"keep": "1000", "reason": "They move"}))
    assert "“Cabinets installed”, 12,000.00, is dropped" in said
    assert "1,000.00 of the deposit is kept" in said
    assert "5,666.67 of the deposit is credited" in said
    assert "The contract goes from 40,000.00 to 14,333.33" in said
    refused = client.get(address, {"keep": "7000", "reason": "They move"})
    assert refused.status_code == 422
    assert "Only $6,666.67 of the deposit is left" in words(refused)
    assert "They move" in words(refused)
    client.post(address, {"keep": "1000", "reason": "They move"})
    assert page(cast, job).state == "open"  # not without the second button
    # Something else typed after the page had said what happens is told first, not lost and not done unseen
    changed = client.post(address, {"keep": "2000", "seen-keep": "1000", "reason": "They move", "sure": "1"})
    assert changed.status_code == 422 and "Look at what happens now, then press again." in words(changed)
    assert "2,000.00 of the deposit is kept" in words(changed) and page(cast, job).state == "open"
    after = words(client.post(address, {"keep": "1000", "reason": "They move", "sure": "1"}, follow=True))
    assert (
        "Cancelled the job. $14,333.33 of it is billed; $1,000.00 of the deposit is kept. “They move”"
        in after
    )
    assert (page(cast, job).state, page(cast, job).due_now.cents) == ("cancelled", 10_000_00)
    assert words(client.get("/jobs/")).count("Cancelled")
    assert client.get(address).status_code == 422
    assert examine() == []


def test_a_part_is_taken_back_after_its_page_has_said_what_that_does(cast, job):
    client = client_of(cast, "bookkeeper")
    invoice = stop(cast, job).invoice
    path = f"/invoices/{invoice.id}/part/"
    assert path in words(client.get(f"/jobs/{job.job_id}/"))
    assert "at most 10,000.00, or a share of the invoice like 25 %" in words(client.get(path))
    said = words(client.get(path, {"amount": "25 %", "reason": "One wall is open"}))
    assert "A credit note takes 2,500.00 of invoice 1002 back and goes to Pat Reyes." in said
    assert "6,666.67 of it was left, then 7,500.00" in said
    assert "Work for 2,500.00 is not billed any more: it is a payment of its own" in said
    assert "Rough-in complete, rest" in said
    answer = client.post(path, {"amount": "25 %", "reason": "One wall is open", "form_key": "k"}, follow=True)
    assert "Took $2,500.00 of invoice 1002 back with credit note C-1. “One wall is open”" in words(answer)
    assert "took 2,500.00 off invoice 1002." in words(answer)
    # Sent twice by a nervous thumb, it is done once
    client.post(path, {"amount": "25 %", "reason": "One wall is open", "form_key": "k"})
    assert stop(cast, job).invoice.balance.cents == 7_500_00
    assert examine() == []


@pytest.mark.parametrize(
    ("typed", "words_of_refusal"),
    [
        ("101 %", "A percentage goes from 0 to 100."),
        ("10000.01", "cannot come off it."),
        ("nothing", "is not an amount"),
        ("0 %", "A credit is more than nothing."),
    ],
)
def test_a_part_that_cannot_be_is_refused_and_what_was_typed_stays(cast, job, typed, words_of_refusal):
    answer = client_of(cast, "bookkeeper").get(
        f"/invoices/{stop(cast, job).invoice.id}/part/", {"amount": typed, "reason": "One wall is open"}
    )
    assert answer.status_code == 422
    assert words_of_refusal in words(answer)
    assert f'value="{typed}"' in words(answer)
    assert "One wall is open" in words(answer)


def test_a_part_of_a_deposit_says_that_the_open_payments_ask_for_it(cast, job):
    client = client_of(cast, "bookkeeper")
    path = f"/invoices/{job.deposit_invoice_id}/part/"
    assert "at most 6,666.67" in words(client.get(path))
    said = words(client.get(path, {"amount": "1000.00"}))
    assert "The deposit asks for that much less, the open payments for that much more." in said
    assert "1,000.00 that was paid becomes the customer’s credit" in said
    client.post(path, {"amount": "1000.00", "reason": "", "form_key": "d"})
    assert [stop.amount.cents for stop in page(cast, job).stops if stop.kind != "event"] == [
        9_000_00, 10_000_00, 12_000_00, 9_000_00,
    ]  # fmt: skip
    assert examine() == []
