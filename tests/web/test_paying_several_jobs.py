"""One online payment for invoices of several jobs: one attempt, one charge, one receipt."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client

from milepost.actions.attempts import NothingDue, OnItsWay
from milepost.actions.businesses import change_business
from milepost.actions.customers import ContactInput, add_customer
from milepost.actions.payments import record_payment
from milepost.actions.steps.finding import NotFound
from milepost.gateways.payments.fake import FakePayments
from milepost.mailroom import aftermath, checkout, wiring
from milepost.queries.customer_card import customer_card
from milepost.queries.doctor import examine
from milepost.queries.job_page import job_page
from milepost.queries.ledger import account_balances, journal
from milepost.queries.lists import messages
from milepost.queries.stored import document_facts
from tests.cast import kitchen


@pytest.fixture
def fakes():
    payments = FakePayments()
    with wiring.use(payments=payments):
        yield payments


@pytest.fixture
def jobs(cast):
    """Two kitchens of Carol's; the deposit of each, 10,000.00, is open."""
    return kitchen(cast), kitchen(cast)


def page(cast, job):
    return job_page(cast.business_id, job.job_id, at=cast.at)


def link(cast, job, name: str = "Pat") -> str:
    return "/c/" + next(p.url for p in page(cast, job).people if p.name.startswith(name)).split("/c/")[1]


def begin(cast, jobs, method="card", *, on=0, **more) -> str:
    return checkout.begin(
        by=cast.pat, at=cast.at, job_id=jobs[on].job_id, method=method, success_url="http://h/{attempt}/",
        cancel_url="http://h/", invoice_ids=[job.deposit_invoice_id for job in jobs], everywhere=True, **more,
    )  # fmt: skip


def settle(cast, job) -> list[str]:
    return checkout.settle_job(cast.business_id, job.job_id, at=cast.at)


def balances(cast) -> dict[str, int]:
    return {row.code: row.balance.cents for row in account_balances(cast.business_id) if row.balance.cents}


def test_the_payer_pays_both_jobs_from_the_statement_with_one_charge_and_one_receipt(cast, jobs, fakes):
    first, second = jobs
    client, here = Client(), link(cast, second)
    assert "10,000.00 is open on your other jobs, too" in client.get(here).content.decode()
    statement = client.get(f"{here}account/").content.decode()
    assert statement.count('name="invoice"') == 2
    form = {"invoice": [first.deposit_invoice_id, second.deposit_invoice_id], "method": "card"}
    answer = client.post(f"{here}account/payment/", form)
    (session,) = fakes.sessions
    assert (answer.status_code, answer["Location"]) == (302, f"https://pay.invalid/{session}")
    assert fakes.sessions[session].asked["amount"].cents == 20_000_00
    fakes.pay(session, fee_cents=5_00)
    back = fakes.sessions[session].asked["success_url"].replace("http://testserver", "")
    assert "Thank you, it is paid" in client.get(back).content.decode()

    assert [page(cast, job).due_now.cents for job in jobs] == [0, 0]
    assert balances(cast) == {
        "clearing": 20_000_00 - 5_00, "deposits": 20_000_00, "processing_fees": 5_00,
    }  # fmt: skip
    cleared = [(e.kind, [t.amount.cents for t in e.transfers]) for e in journal(cast.business_id)]
    assert cleared.count(("payment_cleared", [10_000_00])) == 2
    receipts = [m for m in messages(cast.business_id).rows if m.kind == "receipt"]
    assert len(receipts) == 1
    row = next(d for d in page(cast, first).documents if d.kind == "receipt")
    content = json.loads(document_facts(cast.business_id, row.id, first.job_id).content)
    assert content["amount"]["value"] == "$20,000.00 USD" or "20,000.00" in content["amount"]["value"]
    covered = " ".join(r["text"] for r in content["table"]["rows"])
    assert "1001" in covered and "1002" in covered
    assert examine() == []


def test_two_tabs_on_two_jobs_are_one_page_and_one_charge(cast, jobs, fakes):
    assert begin(cast, jobs) == begin(cast, jobs, on=1)
    assert len(fakes.sessions) == 1


def test_paying_one_of_them_by_itself_closes_the_page_for_both(cast, jobs, fakes, owner_cursor):
    begin(cast, jobs)
    checkout.begin(
        by=cast.pat, at=cast.at, job_id=jobs[1].job_id, method="card", success_url="http://h/{attempt}/",
        cancel_url="http://h/",
    )  # fmt: skip
    states = [session.truth.state for session in fakes.sessions.values()]
    assert states == ["expired", "open"]
    live = owner_cursor.execute("SELECT invoice_id FROM attempt_invoice WHERE live").fetchall()
    assert live == [(jobs[1].deposit_invoice_id,)]


def test_a_bank_payment_is_on_its_way_on_both_jobs_and_open_on_both_when_it_fails(cast, jobs, fakes):
    begin(cast, jobs, "bank")
    (session,) = fakes.sessions
    fakes.pay(session)
    # Either job's page finds it
    assert settle(cast, jobs[1]) == ["processing"]
    assert [page(cast, job).bar.pending.cents for job in jobs] == [10_000_00, 10_000_00]
    with pytest.raises(OnItsWay):
        begin(cast, jobs)
    fakes.fail(session)
    assert settle(cast, jobs[0]) == ["failed"]
    assert [page(cast, job).due_now.cents for job in jobs] == [10_000_00, 10_000_00]
    for job in jobs:
        told = [(e.kind, e.facts.get("amount_cents")) for e in page(cast, job).history]
        assert ("payment_pending", 10_000_00) in told and ("payment_failed", 10_000_00) in told
    assert [m.kind for m in messages(cast.business_id).rows].count("payment_failed") == 1
    assert examine() == []


def test_a_cheque_for_one_of_them_meanwhile_makes_that_part_customer_credit(cast, jobs, fakes):
    begin(cast, jobs)
    (session,) = fakes.sessions
    fakes.pay(session)
    record_payment(by=cast.bo, at=cast.at, job_id=jobs[0].job_id, amount_cents=10_000_00, method="check")
    assert settle(cast, jobs[1]) == ["succeeded"]
    assert balances(cast)["customer_credit"] == 10_000_00
    assert any(m.kind == "payment_office" for m in messages(cast.business_id).rows)
    assert [page(cast, job).due_now.cents for job in jobs] == [0, 0]
    assert examine() == []


def test_it_comes_back_from_both_jobs_when_the_bank_returns_it(cast, jobs, fakes):
    begin(cast, jobs, "bank")
    (session,) = fakes.sessions
    fakes.pay(session)
    fakes.settle(session)
    assert settle(cast, jobs[0]) == ["succeeded"]
    fakes.dispute(session, "lost", code="R01", fee_cents=0)
    attempt = int(str(fakes.sessions[session].asked["attempt_id"]).split("-")[1])
    aftermath.book(cast.business_id, attempt, fakes.fetch(session), at=cast.at)
    assert [page(cast, job).due_now.cents for job in jobs] == [10_000_00, 10_000_00]
    assert examine() == []


def test_a_part_pays_the_oldest_first_over_the_jobs(cast, jobs, fakes):
    change_business(by=cast.alice, at=cast.at, parts_from_cents=100_00)
    begin(cast, jobs, amount_cents=12_000_00)
    (session,) = fakes.sessions
    fakes.pay(session)
    settle(cast, jobs[0])
    assert [page(cast, job).due_now.cents for job in jobs] == [0, 8_000_00]


def test_nobody_pays_or_learns_of_what_is_anothers(cast, jobs, fakes):
    somebody = [ContactInput("Somebody", email="somebody@example.com")]
    other = add_customer(by=cast.alice, at=cast.at, name="Somebody else", contacts=somebody)
    person = customer_card(cast.business_id, other).people[0].id
    theirs = kitchen(replace(cast, customer_id=other, carol=replace(cast.carol, contact_id=person)))
    with pytest.raises(NotFound):
        begin(cast, (jobs[0], theirs))
    here = link(cast, jobs[0])
    answer = Client().post(
        f"{here}account/payment/", {"invoice": theirs.deposit_invoice_id, "method": "card"}
    )
    assert answer.status_code == 404
    # Without the right to pay everywhere the other job's invoice is not there
    with pytest.raises(NothingDue):
        checkout.begin(
            by=cast.pat, at=cast.at, job_id=jobs[0].job_id, method="card", success_url="http://h/{attempt}/",
            cancel_url="http://h/", invoice_ids=[jobs[1].deposit_invoice_id],
        )  # fmt: skip
    # Carol approves and does not pay; a link that was passed on pays its own job alone
    assert Client().post(f"{link(cast, jobs[0], 'Carol')}account/payment/", {"invoice": 1}).status_code == 404
    assert fakes.sessions == {}


def test_nothing_ticked_is_said(cast, jobs, fakes):
    answer = Client().post(f"{link(cast, jobs[0])}account/payment/", {"method": "card"})
    assert answer.status_code == 422
    assert "Tick what you would like to pay." in answer.content.decode()


def test_on_two_links_at_once_one_is_charged(cast, jobs, fakes):
    """Approver and payer, each from another job, one for both and one for one."""
    begin(cast, jobs)
    (both,) = fakes.sessions
    fakes.pay(both)
    with pytest.raises(NothingDue):  # what the other tab has paid is booked, and nothing is left
        checkout.begin(
            by=cast.pat, at=cast.at + timedelta(seconds=1), job_id=jobs[1].job_id, method="card",
            success_url="http://h/{attempt}/", cancel_url="http://h/",
        )  # fmt: skip
    assert len(fakes.sessions) == 1
    assert [page(cast, job).due_now.cents for job in jobs] == [0, 0]
    assert "customer_credit" not in balances(cast)
