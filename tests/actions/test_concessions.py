"""What is settled without money: written off and recovered, cents that are let be, early discounts."""

import json
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import psycopg
import pytest

from milepost.actions.businesses import add_tax_code, change_business
from milepost.actions.concessions import (
    MoreThanOpen,
    NoDiscount,
    NothingOpen,
    NothingWrittenOff,
    NotSmall,
    TakenBackAlready,
    grant_discount,
    recover_write_off,
    settle_over,
    settle_short,
    undo_concession,
    write_off,
)
from milepost.actions.credit import RefundTooLarge, refund_credit, return_payment
from milepost.actions.invoices import bill_simple, send_invoice
from milepost.actions.payments import record_customer_payment, record_payment
from milepost.actions.rights import NotAllowed
from milepost.actions.steps.finding import NotFound
from milepost.actions.work import complete_milestone
from milepost.core.quote_input import LineInput, RowInput
from milepost.queries.doctor import examine
from milepost.queries.job_page import job_page
from milepost.queries.ledger import account_balances, journal
from milepost.queries.lists import messages
from milepost.queries.money_lists import invoices
from milepost.queries.needs import needs
from milepost.queries.open_items import open_page
from milepost.queries.stored import document_facts
from tests.cast import KITCHEN, kitchen


def balances(cast) -> dict[str, int]:
    return {row.code: row.balance.cents for row in account_balances(cast.business_id) if row.balance.cents}


def last_entries(cast, count: int = 1) -> list[tuple[str, list[tuple[str, str, int]]]]:
    return [
        (entry.kind, [(t.debit, t.credit, t.amount.cents) for t in entry.transfers])
        for entry in journal(cast.business_id)[-count:]
    ]


def pay(cast, job, cents: int) -> int:
    return record_payment(by=cast.bo, at=cast.at, job_id=job.job_id, amount_cents=cents, method="check")


def page(cast, job):
    return job_page(cast.business_id, job.job_id, at=cast.at)


def tap(cast) -> tuple[int, int]:
    """A simple invoice of 1,082.50 with 82.50 of tax: its job and itself."""
    tax = add_tax_code(by=cast.alice, at=cast.at, name="State", percent=Decimal("8.25"))
    line = LineInput("Tap repaired", Decimal("1000.00"), tax_codes=(tax,))
    made = bill_simple(by=cast.alice, at=cast.at, customer_id=cast.customer_id, title="Tap", lines=(line,))
    return made.job_id, made.invoice_id


def test_what_will_never_be_paid_is_written_off_and_nobody_is_told(cast):
    # Given a deposit of 10,000.00 of which 4,000.00 came
    job = kitchen(cast)
    pay(cast, job, 4_000_00)
    told = len(messages(cast.business_id).rows)
    # When the rest is given up
    write_off(by=cast.bo, at=cast.at, invoice_id=job.deposit_invoice_id, reason="Bankrupt")
    # Then it is a bad debt, nothing is due, and the money bar counts only money as paid
    assert last_entries(cast) == [("write_off", [("Bad debts", "Accounts receivable", 6_000_00)])]
    shown = page(cast, job)
    assert (shown.due_now.cents, shown.bar.paid.cents, shown.stops[0].state) == (0, 4_000_00, "written_off")
    assert open_page(cast.business_id, cast.customer_id).items == []
    assert [row.state for row in invoices(cast.business_id, today=cast.at.date()).rows] == ["written_off"]
    assert needs(cast.business_id, at=cast.at + timedelta(days=90)).late == []
    assert len(messages(cast.business_id).rows) == told
    event = shown.history[-1]
    assert (event.kind, event.for_customer, event.facts["reason"]) == ("written_off", False, "Bankrupt")
    assert balances(cast) == {"cash": 4_000_00, "deposits": 10_000_00, "bad_debts": 6_000_00}
    assert examine() == []


def test_the_tax_in_it_comes_back_where_the_law_gives_it_back_and_is_owed_again_when_money_comes(cast):
    job_id, invoice_id = tap(cast)
    write_off(by=cast.alice, at=cast.at, invoice_id=invoice_id, with_tax=True)
    assert last_entries(cast) == [
        (
            "write_off",
            [("Bad debts", "Accounts receivable", 1_000_00), ("Tax payable", "Accounts receivable", 82_50)],
        )
    ]
    assert job_page(cast.business_id, job_id, at=cast.at).state == "closed"
    # A third comes after all, then the rest: each cent of tax is owed again once
    recover_write_off(by=cast.bo, at=cast.at, invoice_id=invoice_id, amount_cents=360_83, method="cash")
    assert last_entries(cast, 2) == [
        (
            "write_off_undone",
            [("Accounts receivable", "Bad debts", 333_33), ("Accounts receivable", "Tax payable", 27_50)],
        ),
        ("payment_cleared", [("Cash", "Accounts receivable", 360_83)]),
    ]
    assert balances(cast)["bad_debts"] == 666_67
    recover_write_off(by=cast.bo, at=cast.at, invoice_id=invoice_id, amount_cents=721_67, method="cash")
    assert balances(cast) == {"cash": 1_082_50, "tax_payable": 82_50, "revenue": 1_000_00}
    shown = job_page(cast.business_id, job_id, at=cast.at)
    assert (shown.state, shown.bar.paid.cents) == ("closed", 1_082_50)
    assert [row.kind for row in shown.documents].count("statement") == 1
    with pytest.raises(NothingWrittenOff):
        recover_write_off(by=cast.bo, at=cast.at, invoice_id=invoice_id, amount_cents=1, method="cash")
    assert examine() == []


def test_a_job_with_a_bad_debt_closes_without_thanking_for_money_that_never_came(cast):
    job_id, invoice_id = tap(cast)
    told = len(messages(cast.business_id).rows)
    write_off(by=cast.alice, at=cast.at, invoice_id=invoice_id)
    shown = job_page(cast.business_id, job_id, at=cast.at)
    assert (shown.state, shown.history[-1].kind) == ("closed", "closed_unpaid")
    assert [row.kind for row in shown.documents] == ["invoice"]
    assert len(messages(cast.business_id).rows) == told


def test_a_part_is_written_off_never_more_than_is_open_and_a_mistake_is_taken_back(cast):
    job = kitchen(cast)
    invoice = job.deposit_invoice_id
    with pytest.raises(MoreThanOpen, match=r"10,?000\.00"):
        write_off(by=cast.bo, at=cast.at, invoice_id=invoice, amount_cents=10_000_01)
    made = write_off(by=cast.bo, at=cast.at, invoice_id=invoice, amount_cents=1_000_00)
    assert page(cast, job).due_now.cents == 9_000_00
    undo_concession(by=cast.bo, at=cast.at, concession_id=made)
    assert page(cast, job).due_now.cents == 10_000_00
    assert balances(cast) == {"receivables": 10_000_00, "deposits": 10_000_00}
    with pytest.raises(TakenBackAlready):
        undo_concession(by=cast.bo, at=cast.at, concession_id=made)
    pay(cast, job, 10_000_00)
    with pytest.raises(NothingOpen):
        write_off(by=cast.bo, at=cast.at, invoice_id=invoice)
    with pytest.raises(NotAllowed):
        write_off(by=cast.tess, at=cast.at, invoice_id=invoice)
    assert examine() == []


def test_three_cents_short_are_let_be_and_the_invoice_is_paid(cast):
    job = kitchen(cast)
    payment = pay(cast, job, 9_999_97)
    settle_short(by=cast.bo, at=cast.at, invoice_id=job.deposit_invoice_id)
    assert last_entries(cast) == [("small_difference", [("Bad debts", "Accounts receivable", 3)])]
    shown = page(cast, job)
    assert (shown.due_now.cents, shown.stops[0].state, shown.bar.paid.cents) == (0, "paid", 9_999_97)
    # When the cheque bounces, the three cents are owed again with the rest
    return_payment(by=cast.bo, at=cast.at, payment_id=payment)
    assert page(cast, job).due_now.cents == 10_000_00
    assert balances(cast) == {"receivables": 10_000_00, "deposits": 10_000_00}
    assert examine() == []


def test_three_cents_over_are_kept_as_income_and_given_back_no_more(cast):
    job = kitchen(cast)
    payment = pay(cast, job, 10_000_03)
    made = settle_over(by=cast.bo, at=cast.at, payment_id=payment)
    assert last_entries(cast) == [("small_difference", [("Customer credit", "Small differences", 3)])]
    assert page(cast, job).credit.cents == 0
    with pytest.raises(RefundTooLarge):
        refund_credit(by=cast.bo, at=cast.at, payment_id=payment, amount_cents=1, method="cash")
    assert examine() == []
    undo_concession(by=cast.bo, at=cast.at, concession_id=made)
    assert page(cast, job).credit.cents == 3
    settle_over(by=cast.bo, at=cast.at, payment_id=payment)
    return_payment(by=cast.bo, at=cast.at, payment_id=payment)
    assert balances(cast) == {"receivables": 10_000_00, "deposits": 10_000_00}
    assert examine() == []


def test_only_what_the_settings_call_small_is_let_be(cast):
    job = kitchen(cast)
    payment = pay(cast, job, 9_999_94)
    with pytest.raises(NotSmall, match=r"0\.06 .* 0\.05"):
        settle_short(by=cast.bo, at=cast.at, invoice_id=job.deposit_invoice_id)
    change_business(by=cast.alice, at=cast.at, small_difference_cents=6)
    settle_short(by=cast.bo, at=cast.at, invoice_id=job.deposit_invoice_id)
    assert page(cast, job).due_now.cents == 0
    with pytest.raises(NotSmall):
        settle_over(by=cast.bo, at=cast.at, payment_id=pay(cast, job, 7))
    assert payment


def test_one_cheque_after_a_write_off_pays_only_what_is_still_asked_for(cast):
    first, second = kitchen(cast), kitchen(cast)
    write_off(by=cast.bo, at=cast.at, invoice_id=first.deposit_invoice_id, amount_cents=9_000_00)
    record_customer_payment(
        by=cast.bo, at=cast.at, customer_id=cast.customer_id, amount_cents=11_000_00, method="check"
    )
    assert page(cast, first).due_now.cents == page(cast, second).due_now.cents == 0
    assert "customer_credit" not in balances(cast)
    assert examine() == []


COLUMNS = (
    "INSERT INTO concession (business_id, invoice_id, payment_id, kind, amount_cents, taxes, reason, conceded_on,"
    " reverses_id, recorded_at, recorded_by) VALUES "
)


@pytest.mark.parametrize("who", ["app", "owner"])
@pytest.mark.parametrize(
    ("sql", "rule"),
    [
        (
            "({b}, {i}, NULL, 'write_off', 900001, '[]', '', '2026-03-02', NULL, now(), 'x')",
            "conceded_within",
        ),
        (
            "({b}, NULL, {p}, 'over', 10001, '[]', '', '2026-03-02', NULL, now(), 'x')",
            "refunded_within_payment",
        ),
        (
            "({b}, NULL, {p}, 'short', 1, '[]', '', '2026-03-02', NULL, now(), 'x')",
            "of_an_invoice_or_a_payment",
        ),
        ("({b}, {i}, NULL, 'gift', 1, '[]', '', '2026-03-02', NULL, now(), 'x')", "kind_is_known"),
        (
            "({b}, {i}, NULL, 'write_off', -1, '[]', '', '2026-03-02', NULL, now(), 'x')",
            "falls_only_by_reversal",
        ),
        (
            "({b}, {i}, NULL, 'write_off', -100001, '[]', '', '2026-03-02', {c}, now(), 'x')",
            "taken_back_once",
        ),
        ("({b}, {i}, NULL, 'short', -1, '[]', '', '2026-03-02', {c}, now(), 'x')", "taken_back_once"),
    ],
)
def test_sql_alone_cannot_settle_more_without_money_than_is_open(
    cast, app_cursor, owner_cursor, who, sql, rule
):
    # Given 1,000.00 written off of a deposit of 10,000.00, and a payment with 100.00 left
    job, paid = kitchen(cast), kitchen(cast)
    made = write_off(by=cast.bo, at=cast.at, invoice_id=job.deposit_invoice_id, amount_cents=1_000_00)
    payment = pay(cast, paid, 10_100_00)
    statement = COLUMNS + sql.format(b=cast.business_id, i=job.deposit_invoice_id, p=payment, c=made)
    with pytest.raises(psycopg.Error) as caught:
        if who == "owner":
            owner_cursor.execute(statement)
        else:
            with app_cursor.scope(cast.business_id):
                app_cursor.execute(statement)
    assert rule in str(caught.value.diag.constraint_name)
    assert examine() == []


@pytest.mark.parametrize("statement", ["UPDATE concession SET amount_cents = 1", "DELETE FROM concession"])
def test_what_was_conceded_is_never_edited(cast, owner_cursor, statement):
    job = kitchen(cast)
    write_off(by=cast.bo, at=cast.at, invoice_id=job.deposit_invoice_id)
    with pytest.raises(psycopg.Error, match="append-only"):
        owner_cursor.execute(statement)


def test_money_cannot_settle_what_was_written_off(cast, owner_cursor):
    job = kitchen(cast)
    payment = pay(cast, job, 1_00)
    write_off(by=cast.bo, at=cast.at, invoice_id=job.deposit_invoice_id)
    with pytest.raises(psycopg.Error) as caught:
        owner_cursor.execute(
            "INSERT INTO allocation (business_id, payment_id, invoice_id, amount_cents)"
            f" VALUES ({cast.business_id}, {payment}, {job.deposit_invoice_id}, 1)"
        )
    assert caught.value.diag.constraint_name == "settled_within_invoice"


def test_another_business_s_invoice_is_not_there(cast):
    job = kitchen(cast)
    with pytest.raises(NotFound):
        write_off(by=cast.mallory, at=cast.at, invoice_id=job.deposit_invoice_id)


# Early-payment discount


def discounted(cast):
    """A kitchen signed with 2 % off what is here within 10 days; its rough-in of 10,000.00 is billed."""
    change_business(by=cast.alice, at=cast.at, early_percent=Decimal(2), early_days=10, net_days=30)
    job = kitchen(cast)
    pay(cast, job, 10_000_00)
    row = job.rows["Rough-in complete"]
    complete_milestone(by=cast.tess, at=cast.at, job_id=job.job_id, row_id=row)
    return job, send_invoice(by=cast.tess, at=cast.at, job_id=job.job_id, row_ids=[row])


def pay_early(cast, cents: int, *, days: int, invoice: int, discounts=None) -> int:
    return record_customer_payment(
        by=cast.bo, at=cast.at + timedelta(days=days), customer_id=cast.customer_id, amount_cents=cents,
        method="transfer", split=[(invoice, cents)], discounts=[invoice] if discounts is None else discounts,
    )  # fmt: skip


def test_the_discount_of_the_contract_is_granted_on_money_that_is_here_in_time(cast):
    job, invoice = discounted(cast)
    shown = open_page(cast.business_id, cast.customer_id).items[0]
    assert (shown.early.cents, shown.early_until) == (9_800_00, cast.at.date() + timedelta(days=10))
    payment = pay_early(cast, 9_800_00, days=10, invoice=invoice)
    assert last_entries(cast, 2) == [
        ("early_discount", [("Discounts allowed", "Accounts receivable", 200_00)]),
        ("payment_cleared", [("Cash", "Accounts receivable", 9_800_00)]),
    ]
    found = page(cast, job)
    assert (found.due_now.cents, found.stops[1].state, found.bar.paid.cents) == (0, "paid", 19_800_00)
    receipt = next(d for d in found.documents if d.name == "Receipt R-2")
    content = json.loads(document_facts(cast.business_id, receipt.id, job.job_id).content)
    assert content["amount"]["note"] == "Invoice 1002 is paid in full"
    # When the transfer comes back, so does the discount
    return_payment(by=cast.bo, at=cast.at + timedelta(days=12), payment_id=payment)
    assert page(cast, job).due_now.cents == 10_000_00
    assert "discounts" not in balances(cast)
    assert examine() == []


def test_a_day_late_there_is_no_discount_and_none_on_a_deposit(cast):
    job, invoice = discounted(cast)
    pay_early(cast, 9_800_00, days=11, invoice=invoice)
    assert page(cast, job).due_now.cents == 200_00
    with pytest.raises(NoDiscount):
        grant_discount(by=cast.bo, at=cast.at, invoice_id=invoice)
    other = kitchen(cast)
    pay_early(cast, 9_800_00, days=0, invoice=other.deposit_invoice_id)
    assert page(cast, other).due_now.cents == 200_00


def test_a_part_in_time_earns_its_part_of_the_discount_afterwards_too(cast):
    job, invoice = discounted(cast)
    pay_early(cast, 4_900_00, days=5, invoice=invoice, discounts=[])
    grant_discount(by=cast.bo, at=cast.at + timedelta(days=20), invoice_id=invoice)
    assert page(cast, job).due_now.cents == 5_000_00
    with pytest.raises(NoDiscount):
        grant_discount(by=cast.bo, at=cast.at, invoice_id=invoice)
    assert examine() == []


def test_the_contract_and_the_invoice_say_what_is_enough_and_by_when(cast):
    job, _invoice = discounted(cast)
    found = page(cast, job)
    assert any(
        "within 10 days" in clause["text"] and "2 percent" in clause["text"] for clause in found.clauses
    )
    document = next(d for d in found.documents if d.name == "Invoice 1002")
    content = json.loads(document_facts(cast.business_id, document.id, job.job_id).content)
    assert {"label": "If it is here by 12 March 2026", "value": "9,800.00"} in [
        {"label": fact["label"].replace("March 12, 2026", "12 March 2026"), "value": fact["value"]}
        for fact in content["facts"]
    ]


def test_tax_falls_with_the_discount(cast):
    change_business(by=cast.alice, at=cast.at, early_percent=Decimal(2), early_days=10)
    tax = add_tax_code(by=cast.alice, at=cast.at, name="State", percent=Decimal("8.25"))
    lines = (LineInput("Kitchen", Decimal("1000.00"), tax_codes=(tax,)),)
    job = kitchen(cast, quote=replace(KITCHEN, lines=lines, rows=(RowInput("All", "remainder"),)))
    complete_milestone(by=cast.tess, at=cast.at, job_id=job.job_id, row_id=job.rows["All"])
    sent = send_invoice(by=cast.tess, at=cast.at, job_id=job.job_id, row_ids=[job.rows["All"]])
    pay_early(cast, 1_060_85, days=3, invoice=sent)
    assert last_entries(cast, 2)[0] == (
        "early_discount",
        [("Discounts allowed", "Accounts receivable", 20_00), ("Tax payable", "Accounts receivable", 1_65)],
    )
    assert page(cast, job).state == "closed"
    assert examine() == []
