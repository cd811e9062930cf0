"""
Deposits that carry tax: due with their invoice, or when they are paid. The bug that this guards against:
the tax of a deposit is counted twice (once on the deposit, once on the work), or at the wrong time.
"""

import json
from decimal import Decimal

import psycopg
import pytest

from milepost.actions.businesses import add_tax_code, change_business
from milepost.actions.change_signing import sign_change
from milepost.actions.changes import draft_change, send_change
from milepost.actions.credit import return_payment, use_credit
from milepost.actions.credit_notes import fix_invoice
from milepost.actions.invoices import bill_simple, send_invoice
from milepost.actions.payments import record_payment
from milepost.core.change_input import ChangeInput, LineEdit
from milepost.core.quote_input import LineInput, QuoteInput, RowInput
from milepost.queries.change_page import change_page
from milepost.queries.doctor import examine
from milepost.queries.ledger import account_balances, journal
from milepost.queries.lists import choices
from milepost.records.files import Document
from milepost.records.jobs import Job
from milepost.records.scope import scoped
from tests.cast import Kitchen, kitchen


def taxed_kitchen(
    cast, how: str, *, recovery: str = "off_the_top", percent: int = 25, price: str = "10000.00"
) -> Kitchen:
    """12,000.00 with 20 % VAT in it: 3,000.00 down (2,500.00 + 500.00), then 4,500.00 twice."""
    change_business(by=cast.alice, at=cast.at, deposit_tax=how)
    vat = add_tax_code(by=cast.alice, at=cast.at, name="VAT", percent=Decimal(20))
    quote = QuoteInput(
        title="Kitchen",
        lines=(LineInput("Kitchen", Decimal(price), tax_codes=(vat,)),),
        rows=(
            RowInput("Deposit", "percent", kind="deposit", value=Decimal(percent)),
            RowInput("Rough-in", "share", value=Decimal(1)),
            RowInput("Handover", "share", value=Decimal(1)),
        ),
        recovery=recovery,
    )
    return kitchen(cast, quote=quote)


def bill(cast, job: Kitchen, name: str) -> int:
    return send_invoice(by=cast.alice, at=cast.at, job_id=job.job_id, row_ids=[job.rows[name]], by_hand=True)


def pay(cast, job: Kitchen, cents: int, **more) -> int:
    return record_payment(
        by=cast.bo, at=cast.at, job_id=job.job_id, amount_cents=cents, method="check", **more
    )


def entries(cast) -> list[tuple[str, list[tuple[str, str, int]]]]:
    return [
        (entry.kind, [(t.debit, t.credit, t.amount.cents) for t in entry.transfers])
        for entry in journal(cast.business_id)
    ]


def balances(cast) -> dict[str, int]:
    return {row.code: row.balance.cents for row in account_balances(cast.business_id) if row.balance.cents}


def on_paper(cast, number: int) -> dict:
    """What the n-th invoice says."""
    with scoped(cast.business_id, writing=False):
        contents = list(
            Document.objects.filter(kind="invoice").order_by("id").values_list("content", flat=True)
        )
    return json.loads(contents[number])


def explained_on_paper(cast, number: int) -> list[dict]:
    return on_paper(cast, number)["explained"]


def totals_on_paper(cast, number: int) -> list[tuple[str, str]]:
    """The sums of the n-th invoice, as printed."""
    return [(row["label"], row["value"]) for row in on_paper(cast, number)["totals"]]


def test_a_deposit_without_tax_leaves_the_whole_tax_to_the_work(cast):
    job = taxed_kitchen(cast, "on_application")
    assert entries(cast) == [("deposit_invoice", [("Accounts receivable", "Customer deposits", 3_000_00)])]
    assert totals_on_paper(cast, 0) == [("Total due", "$3,000.00")]
    bill(cast, job, "Rough-in")
    assert entries(cast)[-1] == (
        "progress_invoice",
        [
            ("Accounts receivable", "Revenue", 5_000_00),
            ("Accounts receivable", "Tax payable", 1_000_00),
            ("Customer deposits", "Accounts receivable", 1_500_00),
        ],
    )
    assert examine() == []


def test_the_tax_of_a_deposit_is_counted_once_when_it_is_due_with_the_deposit_s_invoice(cast):
    # Given a deposit of 3,000.00 that carries 500.00 of VAT from its invoice on
    job = taxed_kitchen(cast, "at_deposit")
    assert totals_on_paper(cast, 0) == [
        ("Subtotal", "2,500.00"),
        ("VAT, 20 % on 2,500.00", "500.00"),
        ("Total due", "$3,000.00"),
    ]
    assert entries(cast) == [
        (
            "deposit_invoice",
            [
                ("Accounts receivable", "Customer deposits", 2_500_00),
                ("Accounts receivable", "Tax payable", 500_00),
            ],
        )
    ]
    # When it is paid, nothing more happens to its tax
    pay(cast, job, 3_000_00)
    assert entries(cast)[1:] == [("payment_cleared", [("Cash", "Accounts receivable", 3_000_00)])]
    # Then the first invoice taxes its work whole and takes half of the deposit off, with the tax in it
    bill(cast, job, "Rough-in")
    assert totals_on_paper(cast, 1) == [
        ("Subtotal", "5,000.00"),
        ("VAT, 20 % on 5,000.00", "1,000.00"),
        ("Deposit recovered, net", "−1,250.00"),
        ("VAT, 20 % on 1,250.00, in the deposit", "−250.00"),
        ("Total due", "$4,500.00"),
    ]
    assert entries(cast)[-1] == (
        "progress_invoice",
        [
            ("Accounts receivable", "Revenue", 5_000_00),
            ("Accounts receivable", "Tax payable", 1_000_00),
            ("Customer deposits", "Accounts receivable", 1_250_00),
            ("Tax payable", "Accounts receivable", 250_00),
        ],
    )
    assert balances(cast)["tax_payable"] == 500_00 + 1_000_00 - 250_00
    why = next(one for one in explained_on_paper(cast, 1) if one["label"] == "Deposit recovered")
    assert (
        why["sentences"][-1] == "250.00 of it is tax that the deposit had carried, so it comes off with it."
    )
    # And at the end the tax payable is the contract's, once
    bill(cast, job, "Handover")
    pay(cast, job, 9_000_00)
    assert balances(cast) == {"cash": 12_000_00, "tax_payable": 2_000_00, "revenue": 10_000_00}
    assert examine() == []


def test_the_tax_of_a_deposit_falls_due_as_it_is_paid_and_goes_back_when_the_cheque_bounces(cast):
    job = taxed_kitchen(cast, "at_payment")
    assert entries(cast) == [("deposit_invoice", [("Accounts receivable", "Customer deposits", 3_000_00)])]
    assert totals_on_paper(cast, 0)[1] == ("VAT, 20 % on 2,500.00", "500.00")
    # A third is paid: a third of the tax; the rest: the rest, to the cent
    pay(cast, job, 1_000_00)
    assert entries(cast)[-1] == ("deposit_taxed", [("Customer deposits", "Tax payable", 166_67)])
    rest = pay(cast, job, 2_000_00)
    assert entries(cast)[-1] == ("deposit_taxed", [("Customer deposits", "Tax payable", 333_33)])
    assert balances(cast) == {"cash": 3_000_00, "deposits": 2_500_00, "tax_payable": 500_00}
    # The second cheque bounces: its tax is not due any more
    return_payment(by=cast.bo, at=cast.at, payment_id=rest)
    assert entries(cast)[-1] == ("deposit_taxed", [("Tax payable", "Customer deposits", 333_33)])
    assert balances(cast)["tax_payable"] == 166_67
    assert examine() == []
    # Paid again, then worked off
    pay(cast, job, 2_000_00)
    bill(cast, job, "Rough-in")
    assert entries(cast)[-1][1][2:] == [
        ("Customer deposits", "Accounts receivable", 1_250_00),
        ("Tax payable", "Accounts receivable", 250_00),
    ]
    bill(cast, job, "Handover")
    pay(cast, job, 9_000_00)
    assert balances(cast) == {"cash": 12_000_00, "tax_payable": 2_000_00, "revenue": 10_000_00}
    assert examine() == []


def test_a_credit_note_gives_the_deposit_back_with_the_tax_in_it(cast):
    job = taxed_kitchen(cast, "at_deposit")
    invoice = bill(cast, job, "Rough-in")
    fix_invoice(by=cast.alice, at=cast.at, invoice_id=invoice, reason="Wrong address", again=False)
    with scoped(cast.business_id, writing=False):
        content = json.loads(Document.objects.get(kind="credit_note").content)
    assert [(row["label"], row["value"]) for row in content["totals"]] == [
        ("Subtotal", "5,000.00"),
        ("VAT, 20 % on 5,000.00", "1,000.00"),
        ("Deposit to be used again, net", "−1,250.00"),
        ("VAT, 20 % on 1,250.00, in the deposit", "−250.00"),
        ("Total credited", "$4,500.00"),
    ]
    assert balances(cast) == {"receivables": 3_000_00, "deposits": 2_500_00, "tax_payable": 500_00}
    assert examine() == []


def test_work_that_is_billed_before_its_deposit_is_paid_is_taxed_once_and_not_late(cast):
    job = taxed_kitchen(cast, "at_payment")
    # When the work is billed and the deposit is still open, all the tax of the work is due
    bill(cast, job, "Rough-in")
    assert entries(cast)[-1][1][2:] == [("Customer deposits", "Accounts receivable", 1_500_00)]
    assert balances(cast)["tax_payable"] == 1_000_00
    # Then the deposit's payment adds only the tax of what it has not been used for yet
    pay(cast, job, 3_000_00, invoice_id=job.deposit_invoice_id)
    assert entries(cast)[-1] == ("deposit_taxed", [("Customer deposits", "Tax payable", 250_00)])
    assert examine() == []
    bill(cast, job, "Handover")
    pay(cast, job, 9_000_00)
    assert balances(cast) == {"cash": 12_000_00, "tax_payable": 2_000_00, "revenue": 10_000_00}
    assert examine() == []


def test_a_deposit_paid_with_credit_is_taxed_like_one_paid_with_money(cast):
    first = taxed_kitchen(cast, "at_payment")
    pay(cast, first, 4_000_00)
    second = taxed_kitchen(cast, "at_payment")
    assert balances(cast)["tax_payable"] == 500_00
    use_credit(by=cast.bo, at=cast.at, job_id=second.job_id)
    assert entries(cast)[-1] == ("deposit_taxed", [("Customer deposits", "Tax payable", 166_67)])
    assert examine() == []


@pytest.mark.parametrize("recovery", ["off_the_top", "first", "final"])
@pytest.mark.parametrize("how", ["at_deposit", "at_payment"])
def test_several_taxes_and_odd_cents_end_exact_under_every_policy(cast, how, recovery):
    change_business(by=cast.alice, at=cast.at, deposit_tax=how)
    state = add_tax_code(by=cast.alice, at=cast.at, name="State tax", percent=Decimal("6.25"))
    city = add_tax_code(by=cast.alice, at=cast.at, name="City tax", percent=Decimal("1.25"))
    quote = QuoteInput(
        title="Thirds",
        lines=(
            LineInput("Materials", Decimal("1234.56"), tax_codes=(state, city)),
            LineInput("Labor", Decimal("765.44")),
            LineInput("Courtesy", Decimal("-33.33"), tax_codes=(state,)),
        ),
        rows=(
            RowInput("Deposit", "percent", kind="deposit", value=Decimal("33.3")),
            *(RowInput(name, "share", value=Decimal(1)) for name in ("One", "Two", "Three")),
        ),
        recovery=recovery,
    )
    job = kitchen(cast, quote=quote)
    for name in ("Two", "One", "Three"):
        bill(cast, job, name)
        pay(cast, job, 100_00)
        assert examine() == []
    with scoped(cast.business_id, writing=False):
        total = Job.objects.get(id=job.job_id).contract_cents
    pay(cast, job, total - 300_00)
    tax = 75_08 + 15_43
    assert balances(cast) == {"cash": total, "tax_payable": tax, "revenue": total - tax}
    assert examine() == []


@pytest.mark.parametrize("how", ["on_application", "at_deposit", "at_payment"])
def test_a_deposit_of_the_whole_contract_is_taxed_once_and_leaves_nothing_to_pay(cast, how):
    job = taxed_kitchen(cast, how, percent=100)
    assert examine() == []
    pay(cast, job, 12_000_00)
    for name in ("Rough-in", "Handover"):
        bill(cast, job, name)
        assert examine() == []
    assert balances(cast) == {"cash": 12_000_00, "tax_payable": 2_000_00, "revenue": 10_000_00}


def test_what_is_signed_keeps_its_deposit_s_tax_when_the_setting_changes(cast, owner_cursor):
    job = taxed_kitchen(cast, "at_deposit")
    change_business(by=cast.alice, at=cast.at, deposit_tax="on_application")
    bill(cast, job, "Rough-in")
    assert entries(cast)[-1][1][-1] == ("Tax payable", "Accounts receivable", 250_00)
    with pytest.raises(psycopg.Error, match="its deposit stays taxed at_deposit"):
        owner_cursor.execute("UPDATE job SET deposit_tax = 'at_payment'")


@pytest.mark.parametrize(
    ("sql", "rule"),
    [
        ("UPDATE deposit_part SET cents = cents + 1", "append-only"),
        ("DELETE FROM deposit_part", "append-only"),
        (
            "INSERT INTO deposit_part (business_id, invoice_id, key_id, cents) "
            "SELECT business_id, invoice_id, key_id, 1 FROM deposit_part LIMIT 1",
            "one_deposit_part_per_document_and_key",
        ),
        (
            "INSERT INTO deposit_part (business_id, invoice_id, key_id, cents) SELECT p.business_id, n.id, "
            "p.key_id, p.cents FROM deposit_part p JOIN invoice o ON o.id = p.invoice_id AND o.kind = 'deposit', "
            "LATERAL (SELECT id FROM invoice WHERE kind = 'simple') n",
            "takes no further lines",
        ),
    ],
)
def test_sql_alone_does_not_change_what_a_deposit_carries(cast, owner_cursor, sql, rule):
    bill(cast, taxed_kitchen(cast, "at_deposit"), "Rough-in")
    line = LineInput("Tap repaired", Decimal("180.00"))
    bill_simple(by=cast.alice, at=cast.at, customer_id=cast.customer_id, lines=(line,))
    with pytest.raises(psycopg.Error) as caught:
        owner_cursor.execute(sql)
    assert rule in str(caught.value)


@pytest.mark.parametrize("how", ["at_deposit", "at_payment"])
def test_a_change_order_between_two_invoices_leaves_the_taxed_deposit_as_it_was(cast, how):
    """Prices include tax here: the change adds 600.00, of which 100.00 is VAT."""
    change_business(by=cast.alice, at=cast.at, prices_include_tax=True)
    job = taxed_kitchen(cast, how, price="12000.00")
    pay(cast, job, 3_000_00)
    bill(cast, job, "Rough-in")
    vat = choices(cast.business_id).taxes[0].id
    island = LineEdit("add", description="Island", unit_price=Decimal("600.00"), tax_codes=(vat,))
    order = ChangeInput("An island", (island,), placement="spread")
    made = draft_change(by=cast.alice, at=cast.at, job_id=job.job_id, change=order)
    send_change(by=cast.alice, at=cast.at, job_id=job.job_id, change_id=made)
    page = change_page(cast.business_id, job.job_id, made, at=cast.at)
    stamp = page.difference.stamp
    sign_change(by=cast.carol, at=cast.at, job_id=job.job_id, change_id=made, name="Carol", stamp=stamp)
    assert examine() == []
    bill(cast, job, "Handover")
    assert totals_on_paper(cast, 2) == [
        ("Subtotal", "5,500.00"),
        ("VAT, 20 % on 5,500.00", "1,100.00"),
        ("Deposit recovered, net", "−1,250.00"),
        ("VAT, 20 % on 1,250.00, in the deposit", "−250.00"),
        ("Total due", "$5,100.00"),
    ]
    pay(cast, job, 9_600_00)
    assert balances(cast) == {"cash": 12_600_00, "tax_payable": 2_100_00, "revenue": 10_500_00}
    assert examine() == []
