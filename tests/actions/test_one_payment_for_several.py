"""One cheque for several invoices, of one job or of several jobs of the same customer."""

import json
from decimal import Decimal

import pytest

from milepost.actions.credit import return_payment, use_credit
from milepost.actions.customers import ContactInput, add_customer
from milepost.actions.invoices import bill_simple
from milepost.actions.merging import PaidTogether, merge_customers, part_customers
from milepost.actions.payments import NothingToPayFor, TwoCurrencies, record_customer_payment
from milepost.actions.steps.finding import NotFound
from milepost.actions.steps.settling import SplitBeyondPayment, SplitTooLarge
from milepost.core.quote_input import LineInput
from milepost.queries.doctor import examine
from milepost.queries.door import NotThere
from milepost.queries.job_page import job_page
from milepost.queries.ledger import account_balances, journal
from milepost.queries.lists import messages
from milepost.queries.open_items import open_page
from milepost.queries.stored import document_facts
from tests.cast import kitchen


def balances(cast) -> dict[str, int]:
    return {row.code: row.balance.cents for row in account_balances(cast.business_id) if row.balance.cents}


def pay(cast, cents: int, **more) -> int:
    more = {"customer_id": cast.customer_id} | more
    return record_customer_payment(by=cast.bo, at=cast.at, amount_cents=cents, method="check", **more)


def page(cast, job):
    return job_page(cast.business_id, job.job_id, at=cast.at)


def open_cents(cast) -> dict[int, int]:
    return {
        item.invoice_id: item.balance.cents for item in open_page(cast.business_id, cast.customer_id).items
    }


def transfers(cast) -> list[tuple[str, int | None, list[tuple[str, str, int]]]]:
    return [
        (entry.kind, [(t.debit, t.credit, t.amount.cents) for t in entry.transfers])
        for entry in journal(cast.business_id)
    ]


def receipt(cast, job) -> dict:
    row = next(d for d in page(cast, job).documents if d.kind == "receipt")
    return json.loads(document_facts(cast.business_id, row.id, job.job_id).content)


def test_one_cheque_for_two_invoices_of_two_jobs_pays_both_and_voids_neither(cast):
    # Given two kitchens whose deposits of 10,000.00 are both open
    first, second = kitchen(cast), kitchen(cast)
    # When one cheque of 20,000.00 arrives
    pay(cast, 20_000_00, reference="4711")
    # Then both deposits are paid, and nothing else has changed
    for job in (first, second):
        shown = page(cast, job)
        assert (shown.due_now.cents, shown.bar.paid.cents, shown.bar.billed.cents) == (
            0,
            10_000_00,
            10_000_00,
        )
        assert [(p.amount.cents, p.here.cents) for p in shown.payments] == [(20_000_00, 10_000_00)]
    assert balances(cast) == {"cash": 20_000_00, "deposits": 20_000_00}
    assert transfers(cast)[-2:] == [
        ("payment_cleared", [("Cash", "Accounts receivable", 10_000_00)]),
        ("payment_cleared", [("Cash", "Accounts receivable", 10_000_00)]),
    ]
    assert examine() == []


def test_its_receipt_says_job_by_job_what_it_covers_and_is_there_on_both(cast):
    first, second = kitchen(cast), kitchen(cast)
    pay(cast, 15_000_00)
    content = receipt(cast, first)
    assert receipt(cast, second) == content
    assert [(row["kind"], row["text"], row["figures"]) for row in content["table"]["rows"]] == [
        ("section", "Q-1001 · Kitchen remodel", ["", "10,000.00", ""]),
        ("line", "1001 · Deposit", ["10,000.00", "10,000.00", "0.00"]),
        ("section", "Q-1002 · Kitchen remodel", ["", "5,000.00", ""]),
        ("line", "1002 · Deposit", ["10,000.00", "5,000.00", "5,000.00"]),
    ]
    assert content["amount"]["note"] == "5,000.00 of invoices 1001 and 1002 is left to pay"
    assert content["project"]["title"] == "Q-1001 · Kitchen remodel and Q-1002 · Kitchen remodel"
    assert (content["bar"], content["road"]) == (None, None)
    # One message for the payment, not one for each job
    sent = [m for m in messages(cast.business_id).rows if m.kind == "receipt"]
    assert [m.to_name for m in sent] == ["Pat Reyes"]
    with pytest.raises(NotThere):
        document_facts(cast.business_id, page(cast, first).documents[-1].id, kitchen(cast).job_id)


def test_the_oldest_invoices_are_paid_first_and_the_rest_is_credit(cast):
    first, second = kitchen(cast), kitchen(cast)
    payment = pay(cast, 12_000_00)
    assert open_cents(cast) == {second.deposit_invoice_id: 8_000_00}
    pay(cast, 9_000_00)
    assert open_cents(cast) == {}
    assert balances(cast) == {"cash": 21_000_00, "deposits": 20_000_00, "customer_credit": 1_000_00}
    # And when the first bounces, each invoice owes again what it had paid of it
    return_payment(by=cast.bo, at=cast.at, payment_id=payment, fee_cents=15_00)
    assert open_cents(cast) == {first.deposit_invoice_id: 10_000_00, second.deposit_invoice_id: 2_000_00}
    assert transfers(cast)[-2:] == [
        ("payment_returned", [("Accounts receivable", "Cash", 10_000_00), ("Bank charges", "Cash", 15_00)]),
        ("payment_returned", [("Accounts receivable", "Cash", 2_000_00)]),
    ]
    assert [p.state for p in page(cast, second).payments] == ["returned", "cleared"]
    assert use_credit(by=cast.bo, at=cast.at, job_id=first.job_id) == 1_000_00
    assert examine() == []


def test_the_bookkeeper_says_which_invoices_the_cheque_is_for(cast):
    first, second = kitchen(cast), kitchen(cast)
    pay(cast, 6_000_00, split=[(second.deposit_invoice_id, 4_000_00), (first.deposit_invoice_id, 1_500_00)])
    assert open_cents(cast) == {first.deposit_invoice_id: 8_500_00, second.deposit_invoice_id: 6_000_00}
    assert balances(cast)["customer_credit"] == 500_00
    assert examine() == []


def test_a_split_that_does_not_fit_is_refused_at_its_field(cast):
    first, second = kitchen(cast), kitchen(cast)
    ids = first.deposit_invoice_id, second.deposit_invoice_id
    with pytest.raises(SplitTooLarge, match=r"1002 has only 10,?000\.00") as refused:
        pay(cast, 12_000_00, split=[(ids[1], 6_000_00), (ids[1], 5_000_00)])
    assert refused.value.field == f"part-{ids[1]}"
    with pytest.raises(SplitBeyondPayment):
        pay(cast, 1_00, split=[(ids[0], 1_01)])
    with pytest.raises(NotFound):
        pay(cast, 1_00, split=[(999_999, 1_00)])
    assert open_cents(cast) == dict.fromkeys(ids, 10_000_00)


def test_another_customer_s_invoice_is_not_paid(cast):
    job = kitchen(cast)
    other = add_customer(
        by=cast.alice, at=cast.at, name="Zoe", contacts=[ContactInput("Zoe", email="z@example.com")]
    )
    with pytest.raises(NotFound):
        pay(cast, 1_00, customer_id=other, split=[(job.deposit_invoice_id, 1_00)])
    with pytest.raises(NothingToPayFor):
        pay(cast, 1_00, customer_id=other)
    with pytest.raises(NotFound):
        record_customer_payment(
            by=cast.mallory, at=cast.at, customer_id=cast.customer_id, amount_cents=1, method="check"
        )
    assert open_cents(cast) == {job.deposit_invoice_id: 10_000_00}


def test_money_that_comes_before_any_invoice_is_credit_and_the_same_form_records_once(cast):
    job = kitchen(cast)
    pay(cast, 10_000_00)
    twice = {pay(cast, 300_00, form_key="once") for _ in range(2)}
    assert len(twice) == 1
    assert balances(cast)["customer_credit"] == 300_00
    assert [p.here.cents for p in page(cast, job).payments] == [10_000_00, 0]
    assert examine() == []


def test_currencies_never_mix_in_one_payment(cast, owner_cursor):
    first, second = kitchen(cast), kitchen(cast)
    # A job in another currency, as only the owner of the database can make one.
    owner_cursor.execute("SET session_replication_role = replica")
    for table in ("invoice", "job"):
        where = f"{'job_id' if table == 'invoice' else 'id'} = {second.job_id}"
        owner_cursor.execute(f"UPDATE {table} SET currency = 'EUR' WHERE {where}")
    assert open_cents(cast) == {first.deposit_invoice_id: 10_000_00}
    with pytest.raises(TwoCurrencies):
        pay(cast, 2_00, split=[(first.deposit_invoice_id, 1_00), (second.deposit_invoice_id, 1_00)])
    pay(cast, 15_000_00)
    assert page(cast, second).due_now.cents == 10_000_00


def test_one_cheque_pays_invoices_of_a_customer_and_of_their_duplicate(cast):
    # Given Carol stands in the lists twice, each with a job; the one is merged into the other
    first = kitchen(cast)
    twin = add_customer(
        by=cast.alice, at=cast.at, name="C. Reyes", contacts=[ContactInput("C. Reyes", email="c@example.com")]
    )
    tap = bill_simple(
        by=cast.alice, at=cast.at, customer_id=twin, title="Tap", lines=(LineInput("Tap", Decimal("180.00")),)
    )
    merge_customers(by=cast.alice, at=cast.at, duplicate_id=twin, into_id=cast.customer_id)
    assert sorted(open_cents(cast).values()) == [180_00, 10_000_00]
    # When one cheque pays both
    payment = pay(cast, 10_180_00)
    assert open_cents(cast) == {}
    assert examine() == []
    # Then they stay one, and a bounce opens both
    with pytest.raises(PaidTogether):
        part_customers(by=cast.alice, at=cast.at, duplicate_id=twin)
    return_payment(by=cast.bo, at=cast.at, payment_id=payment)
    assert open_cents(cast) == {first.deposit_invoice_id: 10_000_00, tap.invoice_id: 180_00}
    assert examine() == []
