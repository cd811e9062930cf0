"""A returned payment's fee: billed beside the job where the contract says so, once, and waived like any invoice."""

import json

import pytest

from milepost.actions.aftermath import DisputeTold, settle_aftermath
from milepost.actions.attempts import begin_payment, note_session, settle_attempt
from milepost.actions.businesses import change_business
from milepost.actions.credit import return_payment
from milepost.actions.credit_notes import fix_invoice
from milepost.actions.payments import record_customer_payment, record_payment
from milepost.queries.doctor import examine
from milepost.queries.job_page import job_page
from milepost.queries.ledger import account_balances, journal
from milepost.queries.lists import messages
from milepost.queries.open_items import open_page
from milepost.queries.stored import document_facts
from tests.cast import kitchen


@pytest.fixture
def job(cast):
    """The kitchen, whose contract charges 35.00 for a returned payment. Its deposit of 10,000.00 is open."""
    change_business(by=cast.alice, at=cast.at, returned_fee_cents=35_00)
    return kitchen(cast)


def cheque(cast, job, cents: int = 10_000_00) -> int:
    return record_payment(by=cast.bo, at=cast.at, job_id=job.job_id, amount_cents=cents, method="check")


def balances(cast) -> dict[str, int]:
    return {row.code: row.balance.cents for row in account_balances(cast.business_id) if row.balance.cents}


def fee(cast):
    """The open fee invoice, or None."""
    items = open_page(cast.business_id, cast.customer_id).items
    return next((item for item in items if item.title == "Fee for a returned payment"), None)


def test_the_clause_stands_in_the_contract_only_where_there_is_a_fee(cast, job):
    from milepost.records.jobs import Job
    from milepost.records.scope import scoped

    with scoped(cast.business_id, writing=False):
        assert Job.objects.get(id=job.job_id).terms["returned_fee_cents"] == 35_00
    change_business(by=cast.alice, at=cast.at, returned_fee_cents=0)
    without = kitchen(cast)
    return_payment(by=cast.bo, at=cast.at, payment_id=cheque(cast, without), reason="NSF")
    assert fee(cast) is None


def test_a_bounced_cheque_reopens_the_deposit_and_bills_the_fee(cast, job):
    return_payment(by=cast.bo, at=cast.at, payment_id=cheque(cast, job), reason="NSF", fee_cents=12_00)
    item = fee(cast)
    assert item.balance.cents == 35_00
    assert balances(cast) == {
        "receivables": 10_035_00, "deposits": 10_000_00, "fee_income": 35_00, "bank_charges": 12_00,
        "cash": -12_00,
    }  # fmt: skip
    entry = journal(cast.business_id)[-1]
    assert (entry.kind, [(t.debit, t.credit, t.amount.cents) for t in entry.transfers]) == (
        "fee_invoice",
        [("Accounts receivable", "Fee income", 35_00)],
    )
    # The contract stays what was signed
    page = job_page(cast.business_id, job.job_id, at=cast.at)
    assert (page.bar.quoted.cents, page.due_now.cents) == (40_000_00, 10_000_00)
    assert ("fee_charged", 35_00) in [(e.kind, e.facts.get("amount_cents")) for e in page.history]
    content = json.loads(document_facts(cast.business_id, item.document_id, item.job_id).content)
    assert "Returned payment of" in json.dumps(content["table"]) and "35.00" in content["amount"]["value"]
    told = [
        m for m in messages(cast.business_id).rows if m.kind == "invoice_sent" and m.job_id == item.job_id
    ]
    assert told
    assert examine() == []


def test_the_same_return_told_twice_charges_once(cast, job):
    payment = cheque(cast, job)
    for _ in range(2):
        return_payment(by=cast.bo, at=cast.at, payment_id=payment, reason="NSF")
    assert len([e for e in journal(cast.business_id) if e.kind == "fee_invoice"]) == 1


@pytest.mark.parametrize("code", ["R01", ""], ids=["returned by the bank", "dispute lost"])
def test_online_a_return_and_a_lost_dispute_charge_it_too(cast, job, code):
    begun = begin_payment(by=cast.pat, at=cast.at, job_id=job.job_id, method="bank")
    note_session(by=cast.system, at=cast.at, attempt_id=begun.attempt_id, session_id="cs_1", url="")
    settle_attempt(
        by=cast.system, at=cast.at, attempt_id=begun.attempt_id, outcome="succeeded", amount_cents=10_000_00
    )
    told = DisputeTold("dp_1", 10_000_00, "lost", "insufficient funds", code, 15_00)
    for _ in range(2):
        settle_aftermath(by=cast.system, at=cast.at, attempt_id=begun.attempt_id, disputes=[told])
    assert fee(cast).balance.cents == 35_00
    assert balances(cast)["fee_income"] == 35_00
    assert examine() == []


def test_waived_the_fee_is_taken_back_and_the_income_with_it(cast, job):
    return_payment(by=cast.bo, at=cast.at, payment_id=cheque(cast, job), reason="NSF")
    fix_invoice(by=cast.bo, at=cast.at, invoice_id=fee(cast).invoice_id, reason="Our mistake", again=False)
    assert fee(cast) is None
    assert "fee_income" not in balances(cast)
    assert balances(cast)["receivables"] == 10_000_00
    assert examine() == []


def test_one_payment_settles_the_deposit_and_the_fee(cast, job):
    return_payment(by=cast.bo, at=cast.at, payment_id=cheque(cast, job), reason="NSF")
    record_customer_payment(
        by=cast.bo, at=cast.at, customer_id=cast.customer_id, amount_cents=10_035_00, method="transfer"
    )
    assert open_page(cast.business_id, cast.customer_id).items == []
    assert "receivables" not in balances(cast)
    assert examine() == []
