"""Money that came in online and what became of it: the provider's own object, in any order, any number of times."""

from dataclasses import dataclass
from datetime import timedelta
from itertools import permutations

import pytest

from milepost.actions.attempts import OnItsWay
from milepost.actions.credit import ToldByProvider, return_payment
from milepost.actions.payments import record_payment
from milepost.actions.refunds import (
    DisputeIsOpen,
    MoreThanPaid,
    NotPaidOnline,
    ReopensInvoices,
)
from milepost.core.money import Money
from milepost.gateways.payments import GatewayRefused, RefundTruth
from milepost.mailroom import aftermath, checkout, inbox, outbox
from milepost.queries.account import customer_account
from milepost.queries.doctor import examine
from milepost.queries.job_page import job_page
from milepost.queries.ledger import account_balances, journal
from tests.cast import Cast, Kitchen
from tests.mailroom.test_checkout import CANCEL, SUCCESS, only_session

DEPOSIT = 10_000_00


@dataclass
class Desk:
    """The kitchen's deposit, and whoever pays it online."""

    cast: Cast
    job: Kitchen
    outside: object
    sql: object

    def begin(self, method: str = "card", **more: object) -> str:
        checkout.begin(
            by=self.cast.pat, at=self.cast.at, job_id=self.job.job_id, method=method, success_url=SUCCESS,
            cancel_url=CANCEL, **more,
        )  # fmt: skip
        return only_session(self.outside)

    def pay(self, method: str = "card", fee: int = 290_30) -> str:
        session = self.begin(method)
        self.outside.payments.pay(session, fee_cents=fee)
        if method == "bank":
            self.settle()
            self.outside.payments.settle(session, fee_cents=fee)
        self.settle()
        return session

    @property
    def attempt(self) -> int:
        return self.sql.execute("SELECT max(id) FROM attempt").fetchone()[0]

    @property
    def payment(self) -> int:
        return self.sql.execute("SELECT max(id) FROM payment").fetchone()[0]

    def settle(self) -> str:
        return checkout.settle(self.cast.business_id, self.attempt, at=self.cast.at)

    def refund(self, cents: int, **more: object) -> None:
        aftermath.refund(
            by=self.cast.bo, at=self.cast.at, payment_id=self.payment, amount_cents=cents, **more
        )

    def balances(self) -> dict[str, int]:
        rows = account_balances(self.cast.business_id)
        return {row.code: row.balance.cents for row in rows if row.balance.cents}

    def kinds(self) -> list[str]:
        return [entry.kind for entry in journal(self.cast.business_id)]

    def due(self) -> int:
        return job_page(self.cast.business_id, self.job.job_id, at=self.cast.at).due_now.cents

    def told(self, kind: str) -> list[tuple[str, str, str]]:
        """(to, subject, text) of the emails of a kind."""
        outbox.send_waiting(self.cast.at, most=100)
        found = self.sql.execute(
            "SELECT to_address, subject, body_text FROM message WHERE kind = %s AND channel = 'email' ORDER BY id",
            [kind],
        )
        return found.fetchall()

    def refunds(self) -> list[tuple[object, ...]]:
        return self.sql.execute("SELECT state, amount_cents FROM refund ORDER BY id").fetchall()

    def check(self) -> None:
        assert examine() == []


@pytest.fixture
def desk(cast, job, outside, owner_cursor) -> Desk:
    return Desk(cast, job, outside, owner_cursor)


def test_an_online_payment_lies_with_the_processor_less_its_cost(desk: Desk):
    desk.pay()
    assert desk.balances() == {"clearing": DEPOSIT - 290_30, "processing_fees": 290_30, "deposits": DEPOSIT}
    assert desk.kinds() == ["deposit_invoice", "payment_cleared", "processing_cost"]
    desk.settle()
    assert desk.kinds().count("processing_cost") == 1
    desk.check()


def test_a_bank_payment_is_on_its_way_and_nobody_calls_it_paid_or_late(desk: Desk):
    # Given a bank payment that has left the payer's account
    session = desk.begin("bank")
    desk.outside.payments.pay(session)
    desk.settle()
    # Then it is acknowledged, nothing is booked, no receipt says paid
    ((to, subject, text),) = desk.told("payment_on_its_way")
    assert (to, subject) == ("pat@example.com", "On its way: $10,000.00")
    assert "paid" not in subject and "we send the receipt as soon as the money is here" in text
    assert desk.told("receipt") == []
    assert desk.balances() == {"receivables": DEPOSIT, "deposits": DEPOSIT}
    # And long after its day it is neither due nor overdue, and nobody can pay it again
    page = job_page(desk.cast.business_id, desk.job.job_id, at=desk.cast.at + timedelta(days=60))
    assert (page.due_now.cents, page.bar.pending.cents, page.bar.paid.cents) == (0, DEPOSIT, 0)
    assert page.stops[0].state == "on_its_way"
    with pytest.raises(OnItsWay):
        desk.begin("card")
    desk.check()


def test_the_statement_of_a_day_between_a_bank_payment_and_its_arrival_says_what_the_books_say(desk: Desk):
    # Given a bank payment of Monday evening that arrives on Thursday
    session = desk.begin("bank")
    desk.outside.payments.pay(session)
    desk.settle()
    desk.outside.payments.settle(session)
    thursday = desk.cast.at + timedelta(days=3)
    checkout.settle(desk.cast.business_id, desk.attempt, at=thursday)
    monday = desk.cast.at.date()

    def account(days: int) -> tuple[int, int, int]:
        until = monday + timedelta(days=days)
        read = customer_account(desk.cast.business_id, desk.cast.customer_id, since=monday, until=until)
        return read.closing.cents, read.open_total.cents, read.credit.cents

    # Then until then it is open, and nobody has a credit below zero
    assert [account(day) for day in range(4)] == [(DEPOSIT, DEPOSIT, 0)] * 3 + [(0, 0, 0)]


def test_ach_succeeded_and_is_returned_three_days_later_after_the_receipt_said_paid(desk: Desk):
    # Given a bank payment that arrived, with its receipt
    session = desk.pay("bank", fee=5_00)
    assert [to for to, *_ in desk.told("receipt")] == ["pat@example.com"]
    # When the bank takes it back
    desk.outside.payments.dispute(session, "lost", code="R01", fee_cents=4_00)
    desk.settle()
    # Then the invoice is open again by new rows, the cost is ours, and whoever had the receipt is told
    assert desk.due() == DEPOSIT
    assert desk.balances() == {
        "receivables": DEPOSIT,
        "deposits": DEPOSIT,
        "clearing": -9_00,
        "processing_fees": 5_00,
        "bank_charges": 4_00,
    }
    entry = next(e for e in journal(desk.cast.business_id) if e.kind == "payment_returned")
    assert [(t.debit, t.credit, t.amount.cents) for t in entry.transfers] == [
        ("Accounts receivable", "Payment processor", DEPOSIT)
    ]
    ((to, subject, text),) = desk.told("payment_returned")
    assert (to, subject) == ("pat@example.com", "Returned by the bank: $10,000.00")
    assert "The bank says: R01 fraudulent" in text and "receipt for it no longer counts" in text
    assert [to for to, *_ in desk.told("payment_returned_office")] == ["alice@example.com"]
    # And told again, it changes nothing; it can be paid anew
    before = desk.kinds()
    desk.settle()
    assert desk.kinds() == before
    desk.check()
    assert checkout.begin(
        by=desk.cast.pat, at=desk.cast.at, job_id=desk.job.job_id, method="card", success_url=SUCCESS,
        cancel_url=CANCEL,
    ).startswith("https://pay.invalid/")  # fmt: skip


def test_somebody_who_had_the_receipt_is_told_even_if_they_do_not_pay_any_more(desk: Desk):
    session = desk.pay()
    desk.told("receipt")
    desk.sql.execute("UPDATE contact SET pays = (name = 'Carol Reyes')")
    desk.outside.payments.dispute(session, "lost")
    desk.settle()
    assert sorted(to for to, *_ in desk.told("payment_returned")) == ["carol@example.com", "pat@example.com"]


def test_a_dispute_takes_the_money_until_it_is_won(desk: Desk):
    session = desk.pay()
    desk.outside.payments.dispute(session)
    desk.settle()
    assert desk.balances() == {
        "clearing": -290_30 - 15_00,
        "disputed": DEPOSIT,
        "processing_fees": 290_30,
        "bank_charges": 15_00,
        "deposits": DEPOSIT,
    }
    assert desk.due() == 0  # the invoice counts as paid until the bank decides
    ((to, subject, _),) = desk.told("dispute_opened_office")
    assert (to, subject) == ("alice@example.com", "Disputed: $10,000.00 from Carol Reyes")
    assert desk.told("payment_returned") == []
    desk.check()

    desk.outside.payments.dispute(session, "won")
    desk.settle()
    assert desk.balances()["clearing"] == DEPOSIT - 290_30 - 15_00
    assert "disputed" not in desk.balances()
    assert desk.told("dispute_won_office")[0][1] == "Dispute won: $10,000.00 is back"
    desk.check()


def test_a_dispute_that_is_lost_opens_the_invoice_and_tells_who_had_the_receipt(desk: Desk):
    session = desk.pay()
    desk.outside.payments.dispute(session)
    desk.settle()
    desk.outside.payments.dispute(session, "lost")
    desk.settle()
    assert desk.due() == DEPOSIT
    entry = journal(desk.cast.business_id)[-1]
    assert (entry.kind, [(t.debit, t.credit, t.amount.cents) for t in entry.transfers]) == (
        "dispute_lost",
        [("Accounts receivable", "Disputed payments", DEPOSIT)],
    )
    assert len(desk.told("payment_returned")) == 1
    state = desk.sql.execute("SELECT state FROM payment").fetchone()
    assert state == ("returned",)
    desk.check()


def test_a_dispute_over_a_part_opens_that_part(desk: Desk):
    session = desk.pay()
    desk.outside.payments.dispute(session, "lost", cents=2_500_00)
    desk.settle()
    assert desk.due() == 2_500_00
    assert desk.sql.execute("SELECT state FROM payment").fetchone() == ("cleared",)
    assert desk.balances()["receivables"] == 2_500_00
    desk.check()


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_whatever_comes_first_the_end_is_the_same(desk: Desk, order):
    """A late event about the beginning finds the provider's object as it is at the end."""
    session = desk.begin()
    told = []
    for kind in ("checkout.session.completed", "charge.refunded", "charge.dispute.created"):
        told.append(desk.outside.payments.event(session, kind, desk.cast.at))
    desk.outside.payments.pay(session, fee_cents=100)
    desk.outside.payments.note_refund(session, RefundTruth("re_1", "", Money(1_000_00, "USD"), "succeeded"))
    desk.outside.payments.dispute(session, "lost", cents=9_000_00)
    for place in order:
        for _twice in range(2):
            inbox.receive(*told[place], at=desk.cast.at)
        inbox.work_waiting(desk.cast.at)
    assert desk.due() == DEPOSIT
    assert desk.balances() == {
        "receivables": DEPOSIT,
        "deposits": DEPOSIT,
        "clearing": -100 - 15_00,
        "processing_fees": 100,
        "bank_charges": 15_00,
    }
    assert len(desk.told("receipt")) == len(desk.told("refunded")) == len(desk.told("payment_returned")) == 1
    desk.check()


def test_a_dispute_that_names_only_the_payment_finds_it(desk: Desk):
    session = desk.pay()
    desk.outside.payments.dispute(session)
    payload, _ = desk.outside.payments.event(session, "charge.dispute.created", desk.cast.at)
    bare = payload.replace(b'"session_id": "' + session.encode() + b'"', b'"session_id": null')
    bare = bare.replace(b'"attempt_id": "', b'"attempt_id": "x')
    moment = int(desk.cast.at.timestamp())
    from milepost.gateways.payments.signatures import sign

    inbox.receive(bare, sign(bare, "whsec_fake", moment), at=desk.cast.at)
    assert inbox.work_waiting(desk.cast.at) == 1
    assert desk.balances()["disputed"] == DEPOSIT


def test_a_refund_is_asked_for_and_booked_when_the_bank_confirms(desk: Desk):
    # Given a payment of which 250.00 is too much, because the rest was paid by cheque meanwhile
    session = desk.begin()
    record_payment(
        by=desk.cast.bo, at=desk.cast.at, job_id=desk.job.job_id, amount_cents=250_00, method="check"
    )
    desk.outside.payments.pay(session)
    desk.settle()
    assert desk.balances()["customer_credit"] == 250_00
    # When it is asked back, and the bank takes its time
    desk.outside.payments.refunds_take_time = True
    desk.refund(250_00, form_key="once")
    desk.refund(250_00, form_key="once")
    # Then it is owed, and not gone
    assert desk.refunds() == [("asked", 250_00)]
    assert desk.balances()["refunds_payable"] == 250_00
    assert desk.told("refunded") == []
    desk.check()
    # And it is gone once the bank says so
    desk.outside.payments.end_refund(session)
    desk.settle()
    assert desk.refunds() == [("done", 250_00)]
    assert desk.balances() == {"cash": 250_00, "clearing": DEPOSIT - 250_00, "deposits": DEPOSIT}
    assert desk.told("refunded")[0][1] == "Refunded: $250.00"
    desk.check()


def test_a_refund_that_the_bank_refused_is_not_booked_as_done(desk: Desk):
    session = desk.pay(fee=0)
    desk.outside.payments.refunds_take_time = True
    desk.refund(1_000_00, reopens=True)
    assert desk.due() == 1_000_00
    desk.outside.payments.end_refund(session, failure="expired or canceled card")
    desk.settle()
    assert desk.refunds() == [("refused", 1_000_00)]
    assert desk.balances()["customer_credit"] == 1_000_00
    assert "refunds_payable" not in desk.balances() and desk.balances()["clearing"] == DEPOSIT
    ((_, subject, text),) = desk.told("refund_refused_office")
    assert subject == "Refund refused: $1,000.00 to Carol Reyes"
    assert "The bank says: expired or canceled card" in text
    assert desk.told("refund_refused") == []  # nobody had been told that it went out
    desk.check()


def test_a_refund_that_was_done_and_comes_back_days_later_is_credit_again(desk: Desk):
    session = desk.pay(fee=0)
    desk.refund(1_000_00, reopens=True)
    assert desk.refunds() == [("done", 1_000_00)]
    desk.outside.payments.end_refund(session, failure="account closed")
    desk.settle()
    assert desk.kinds()[-2:] == ["refund_undone", "refund_refused"]
    assert desk.balances()["clearing"] == DEPOSIT
    assert desk.balances()["customer_credit"] == 1_000_00
    assert desk.told("refund_refused")[0][1] == "Your refund did not arrive: $1,000.00"
    desk.check()


def test_refunding_a_duplicate_charge_leaves_the_paid_invoice_paid(desk: Desk):
    # Given a deposit that was paid by cheque while the payer was on the card page
    session = desk.begin()
    record_payment(
        by=desk.cast.bo, at=desk.cast.at, job_id=desk.job.job_id, amount_cents=DEPOSIT, method="check"
    )
    desk.outside.payments.pay(session)
    desk.settle()
    # Then the second is credit, and the office is told
    assert desk.balances()["customer_credit"] == DEPOSIT
    text = desk.told("payment_office")[-1][2]
    assert "$10,000.00 is more than was due, and is kept as the customer’s credit" in text
    # When the duplicate goes back, the invoice stays paid
    desk.refund(DEPOSIT)
    assert desk.due() == 0
    assert desk.balances() == {"cash": DEPOSIT, "deposits": DEPOSIT}
    desk.check()


def test_an_open_page_is_closed_once_its_invoice_is_paid_elsewhere(desk: Desk):
    session = desk.begin()
    record_payment(
        by=desk.cast.bo, at=desk.cast.at, job_id=desk.job.job_id, amount_cents=DEPOSIT, method="check"
    )
    checkout.settle_unclear(desk.cast.at + timedelta(minutes=4))
    assert desk.outside.payments.sessions[session].truth.state == "expired"
    assert desk.sql.execute("SELECT state FROM attempt").fetchone() == ("expired",)


def test_a_refund_whose_request_was_lost_is_asked_for_again_and_made_once(desk: Desk):
    desk.pay(fee=0)
    desk.outside.payments.unavailable = True
    desk.refund(1_000_00, reopens=True)
    assert desk.refunds() == [("asked", 1_000_00)]
    desk.outside.payments.unavailable = False
    checkout.settle_unclear(desk.cast.at + timedelta(minutes=2))
    assert desk.refunds() == [("asked", 1_000_00)]  # it pauses first
    checkout.settle_unclear(desk.cast.at + timedelta(minutes=4))
    checkout.settle_unclear(desk.cast.at + timedelta(minutes=60))
    assert desk.refunds() == [("done", 1_000_00)]
    assert len(desk.outside.payments.sessions[only_session(desk.outside)].truth.refunds) == 1
    desk.check()


def test_a_refund_that_the_provider_will_not_make_is_credit_again(desk: Desk, monkeypatch):
    desk.pay(fee=0)

    def refuse(**_: object) -> None:
        raise GatewayRefused("Insufficient funds in your account.")

    monkeypatch.setattr(desk.outside.payments, "refund", refuse)
    desk.refund(1_000_00, reopens=True)
    assert desk.refunds() == [("refused", 1_000_00)]
    assert "Insufficient funds in your account." in desk.told("refund_refused_office")[0][2]
    desk.check()


def test_a_refund_made_at_the_providers_own_page_is_booked_too(desk: Desk):
    session = desk.pay(fee=0)
    desk.outside.payments.note_refund(session, RefundTruth("re_9", "", Money(400_00, "USD"), "succeeded"))
    desk.settle()
    desk.settle()
    assert desk.refunds() == [("done", 400_00)]
    assert desk.due() == 400_00
    assert desk.balances()["clearing"] == DEPOSIT - 400_00
    desk.check()


def test_what_cannot_be_refunded_is_refused_in_words(desk: Desk):
    session = desk.pay()
    with pytest.raises(MoreThanPaid, match=r"Only 10,000\.00 of this payment"):
        desk.refund(DEPOSIT + 1)
    with pytest.raises(ReopensInvoices, match=r"opens its invoices again"):
        desk.refund(1)
    with pytest.raises(ToldByProvider):
        return_payment(by=desk.cast.bo, at=desk.cast.at, payment_id=desk.payment)
    desk.outside.payments.dispute(session)
    desk.settle()
    with pytest.raises(DisputeIsOpen):
        desk.refund(1, reopens=True)
    record_payment(by=desk.cast.bo, at=desk.cast.at, job_id=desk.job.job_id, amount_cents=5_00, method="cash")
    with pytest.raises(NotPaidOnline):
        desk.refund(1)
    assert desk.refunds() == []
    desk.check()
