"""Payouts against the practice gateway: the clearing account comes to zero, and every cent has its place."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from milepost.actions.actor import Actor
from milepost.actions.bank_lines import bring_in
from milepost.actions.invoices import bill_simple
from milepost.core.bank_statements import StatementLine
from milepost.core.money import Money
from milepost.core.quote_input import LineInput
from milepost.gateways.payments import PayoutLine, PayoutTruth, RefundTruth
from milepost.mailroom import checkout, inbox, payouts, wiring
from milepost.queries.bank_lines import bank_page
from milepost.queries.clearing import clearing_page
from milepost.queries.doctor import examine
from milepost.queries.ledger import account_balances, journal
from tests.cast import kitchen
from tests.gateways.conftest import hook, pay_by_card, practice
from tests.mailroom.agreeing import assert_they_agree

__all__ = ["hook", "practice"]


def now() -> datetime:
    return datetime.now(UTC) + timedelta(seconds=1)


def pay(cast, practice, number: str = "4242 4242 4242 4242") -> str:
    """A deposit of 10,000.00 on a job of its own, paid by card. Returns the provider's session."""
    job = kitchen(cast)
    url = checkout.begin(
        by=cast.pat, at=now(), job_id=job.job_id, method="card", success_url="http://127.0.0.1:1/{attempt}/",
        cancel_url="http://127.0.0.1:1/",
    )  # fmt: skip
    pay_by_card(url, number)
    assert checkout.settle_job(cast.business_id, job.job_id, at=now()) == ["succeeded"]
    return url.rpartition("/")[2]


def balances(business_id: int) -> dict[str, int]:
    return {row.code: row.balance.cents for row in account_balances(business_id) if row.balance.cents}


@pytest.fixture
def gateway(practice, outside):
    with wiring.use(payments=practice.gateway):
        yield practice


def test_a_payout_takes_the_clearing_account_to_zero(cast, gateway):
    pay(cast, gateway)
    pay(cast, gateway)
    assert balances(cast.business_id)["clearing"] == 2 * (10_000_00 - 290_30)
    gateway.sdk.raw_request("post", "/practice/payouts")
    assert payouts.sync(now()) == 1
    assert payouts.sync(now()) == 0
    books = balances(cast.business_id)
    assert "clearing" not in books
    assert (books["cash"], books["processing_fees"]) == (19_419_40, 580_60)
    entry = journal(cast.business_id)[-1]
    assert (entry.kind, [(t.debit, t.credit, t.amount.cents) for t in entry.transfers]) == (
        "paid_out",
        [("Cash", "Payment processor", 19_419_40)],
    )
    page = clearing_page(cast.business_id)
    assert (page.held.cents, page.unexplained.cents) == (0, 0)
    assert [(p.state, p.amount.cents, len(p.lines)) for p in page.payouts] == [("paid", 19_419_40, 2)]
    assert examine() == []


def test_an_event_about_a_payout_has_it_asked_for(cast, gateway):
    pay(cast, gateway)
    gateway.sdk.raw_request("post", "/practice/payouts")
    inbox.receive(*gateway.hook.wait_for("payout.paid"), at=now())
    inbox.work_waiting(now())
    assert "clearing" not in balances(cast.business_id)


def test_a_refund_and_a_dispute_whose_events_were_lost_are_found_in_the_payout(cast, gateway):
    # Given two payments of which nobody told us what became of them
    first, second = pay(cast, gateway), pay(cast, gateway)
    sdk, fetch = gateway.sdk, gateway.gateway.fetch
    sdk.v1.refunds.create(params={"payment_intent": fetch(first).payment_id or "", "amount": 1_000_00})
    dispute = {"payment_intent": fetch(second).payment_id or "", "amount": "50000"}
    sdk.raw_request("post", "/practice/disputes", **dispute)
    # When the provider pays out
    sdk.raw_request("post", "/practice/payouts")
    payouts.sync(now())
    # Then both are booked, and nothing is left unexplained
    books = balances(cast.business_id)
    assert "clearing" not in books
    assert (books["disputed"], books["bank_charges"], books["receivables"]) == (500_00, 15_00, 1_000_00)
    page = clearing_page(cast.business_id)
    assert (page.held.cents, page.unexplained.cents, page.disputed.cents) == (0, 0, 500_00)
    assert {(line.kind, line.net.cents) for line in page.payouts[0].lines} == {
        ("payment", 9_709_70),
        ("refund", -1_000_00),
        ("dispute", -515_00),
    }
    assert examine() == []


def test_a_payout_that_the_bank_sends_back_is_with_the_processor_again(cast, gateway):
    pay(cast, gateway)
    gateway.sdk.raw_request("post", "/practice/payouts", fails="1")
    payouts.sync(now())
    assert balances(cast.business_id)["clearing"] == 9_709_70
    assert "cash" not in balances(cast.business_id)
    assert clearing_page(cast.business_id).payouts[0].state == "failed"
    assert examine() == []


def test_what_came_back_is_sent_again_with_the_next_payout(cast, gateway):
    # Given a payout that the bank sent back, and a payment after it
    pay(cast, gateway)
    gateway.sdk.raw_request("post", "/practice/payouts", fails="1")
    payouts.sync(now())
    pay(cast, gateway)
    # When the next payout carries both
    gateway.sdk.raw_request("post", "/practice/payouts")
    payouts.sync(now())
    # Then all of it is in the bank, and nothing is left with the processor
    assert balances(cast.business_id)["cash"] == 19_419_40
    assert "clearing" not in balances(cast.business_id)
    page = clearing_page(cast.business_id)
    assert (page.held.cents, page.unexplained.cents, page.waiting) == (0, 0, [])
    assert [(line.kind, line.net.cents) for line in page.payouts[0].lines] == [
        ("payment", 9_709_70),
        ("came_back", 9_709_70),
    ]
    assert_they_agree(gateway, cast.business_id)


def test_what_came_back_after_it_had_arrived_is_booked_back_and_its_cost_stays(cast, outside):
    """The cost of the account was taken once, whatever became of the payout."""
    line = PayoutLine("txn_1", "other", Money(-5_00, "USD"), 0, None, None)
    session = fake_payment(cast, outside)
    paid = PayoutLine("txn_2", "payment", Money(100_00, "USD"), 3_20, None, session)
    told = PayoutTruth("po_1", Money(91_80, "USD"), "on_its_way", now().date(), (line, paid))
    for state, cash, clearing, fees in (
        ("on_its_way", 0, 96_80, 3_20),
        ("paid", 91_80, 0, 8_20),
        ("on_its_way", 91_80, 0, 8_20),  # read before, told late
        ("failed", 0, 91_80, 8_20),
        ("paid", 0, 91_80, 8_20),
    ):
        outside.payments.made_payouts[:] = [replace(told, state=state)]
        payouts.sync(now())
        books = balances(cast.business_id)
        assert [books.get(code, 0) for code in ("cash", "clearing", "processing_fees")] == [
            cash,
            clearing,
            fees,
        ]
        assert examine() == []


def test_a_payment_that_nobody_told_of_is_found_in_its_payout(cast, outside):
    """Its event was lost, nobody came back, and the payout is heard of before the janitor asks."""
    attempt = fake_payment(cast, outside, settled=False)
    line = PayoutLine("txn_1", "payment", Money(100_00, "USD"), 3_20, None, attempt)
    outside.payments.made_payouts.append(
        PayoutTruth("po_1", Money(96_80, "USD"), "paid", now().date(), (line,))
    )
    payouts.sync(now())
    books = balances(cast.business_id)
    assert (books["cash"], books["processing_fees"]) == (96_80, 3_20)
    assert "clearing" not in books and "receivables" not in books
    assert clearing_page(cast.business_id).payouts[0].lines[0].customer == "Carol Reyes"
    assert examine() == []


def test_a_payout_below_zero_takes_from_the_bank_what_came_in_too_little(cast, outside):
    """A refund after everything was paid out: the provider fetches it from the bank account."""
    attempt = fake_payment(cast, outside)
    line = PayoutLine("txn_1", "payment", Money(100_00, "USD"), 3_20, None, attempt)
    outside.payments.made_payouts.append(
        PayoutTruth("po_1", Money(96_80, "USD"), "paid", now().date(), (line,))
    )
    payouts.sync(now())
    session = list(outside.payments.sessions)[-1]
    outside.payments.note_refund(session, RefundTruth("re_1", "", Money(40_00, "USD"), "succeeded"))
    back = PayoutLine("txn_2", "refund", Money(-40_00, "USD"), 0, None, attempt)
    outside.payments.made_payouts.append(
        PayoutTruth("po_2", Money(-40_00, "USD"), "paid", now().date(), (back,))
    )
    assert payouts.sync(now()) == 1
    books = balances(cast.business_id)
    assert (books["cash"], books["receivables"]) == (56_80, 40_00)
    assert "clearing" not in books
    entry = journal(cast.business_id)[-1]
    assert [(t.debit, t.credit, t.amount.cents) for t in entry.transfers] == [
        ("Payment processor", "Cash", 40_00)
    ]
    # The bank's own line is found to be that payout
    line = StatementLine("f1", now().date(), -40_00, "STRIPE", "", "")
    bring_in(by=cast.bo, at=now(), lines=[line], columns={})
    (waiting,) = bank_page(cast.business_id).lines
    assert [(one.kind, one.amount.cents) for one in waiting.proposals] == [("payout", -40_00)]
    assert examine() == []


def test_a_payout_in_another_currency_mixes_nothing_and_holds_up_no_other(cast, outside):
    first, second = fake_payment(cast, outside), fake_payment(cast, outside)
    euros = PayoutLine("txn_1", "payment", Money(92_00, "EUR"), 2_95, None, first)
    dollars = PayoutLine("txn_2", "payment", Money(100_00, "USD"), 3_20, None, second)
    outside.payments.made_payouts += [
        PayoutTruth("po_1", Money(89_05, "EUR"), "paid", now().date(), (euros,)),
        PayoutTruth("po_2", Money(96_80, "USD"), "paid", now().date(), (dollars,)),
    ]
    assert payouts.sync(now()) == 1
    books = balances(cast.business_id)
    assert (books["cash"], books["clearing"]) == (96_80, 96_80)
    page = clearing_page(cast.business_id)
    assert (page.held.cents, page.unexplained.cents) == (96_80, 0)
    assert examine() == []


def test_one_payout_that_cannot_be_booked_does_not_hold_up_the_others(cast, outside, monkeypatch):
    first, second = fake_payment(cast, outside), fake_payment(cast, outside)
    outside.payments.made_payouts += [
        PayoutTruth(ref, Money(96_80, "USD"), "paid", now().date(), (line,))
        for ref, line in (
            ("po_1", PayoutLine("txn_1", "payment", Money(100_00, "USD"), 3_20, None, first)),
            ("po_2", PayoutLine("txn_2", "payment", Money(100_00, "USD"), 3_20, None, second)),
        )
    ]
    book = payouts.book_payout

    def stumbles(**told):
        if told["provider_ref"] == "po_1":
            raise RuntimeError("something nobody has thought of")
        return book(**told)

    monkeypatch.setattr(payouts, "book_payout", stumbles)
    assert payouts.sync(now()) == 1
    assert balances(cast.business_id)["cash"] == 96_80
    monkeypatch.undo()
    assert payouts.sync(now()) == 1


def fake_payment(cast, outside, *, settled: bool = True) -> str:
    """100.00 paid by card at the gateway in memory. Returns what that calls the attempt."""
    line = LineInput("Call-out", Decimal(100))
    job = bill_simple(by=cast.alice, at=cast.at, customer_id=cast.customer_id, lines=[line]).job_id
    checkout.begin(
        by=cast.pat,
        at=now(),
        job_id=job,
        method="card",
        success_url="http://x/{attempt}/",
        cancel_url="http://x/",
    )
    session = list(outside.payments.sessions)[-1]
    outside.payments.pay(session, fee_cents=3_20)
    if settled:
        checkout.settle_job(cast.business_id, job, at=now())
    return str(outside.payments.sessions[session].asked["attempt_id"])


def test_one_payout_over_two_businesses_books_to_each_its_own(cast, gateway):
    pay(cast, gateway)
    other = cast.mallory
    from milepost.actions.customers import ContactInput, add_customer
    from milepost.records.customers import Contact
    from milepost.records.scope import scoped

    customer = add_customer(
        by=other, at=cast.at, name="Eve", contacts=[ContactInput("Eve", email="eve@example.com")]
    )
    with scoped(other.business_id, writing=False):
        eve = Contact.objects.get(customer_id=customer)
    guest = Actor(other.business_id, "customer", "Eve", contact_id=eve.id)
    theirs = replace(
        cast, business_id=other.business_id, customer_id=customer, alice=other, carol=guest, pat=guest
    )
    pay(theirs, gateway)
    gateway.sdk.raw_request("post", "/practice/payouts")
    payouts.sync(now())
    for business_id in (cast.business_id, other.business_id):
        assert balances(business_id)["cash"] == 9_709_70
        assert "clearing" not in balances(business_id)
        (made,) = clearing_page(business_id).payouts
        assert (made.amount.cents, made.elsewhere.cents) == (9_709_70, 9_709_70)
    assert examine() == []


def test_what_lies_with_the_processor_is_listed_payment_by_payment(cast, gateway):
    pay(cast, gateway)
    page = clearing_page(cast.business_id)
    assert (page.came_in.cents, page.cost.cents, page.held.cents) == (10_000_00, 290_30, 9_709_70)
    assert [(row.customer, row.amount.cents, row.net.cents) for row in page.waiting] == [
        ("Carol Reyes", 10_000_00, 9_709_70)
    ]
    assert page.unexplained.cents == 0


def test_the_office_reads_where_each_cent_is(cast, gateway):
    from tests.web.test_doors import signed_in

    pay(cast, gateway)
    gateway.sdk.raw_request("post", "/practice/payouts")
    pay(cast, gateway)
    payouts.sync(now())
    page = signed_in(cast, "bo@example.com").get("/payments/online/").content.decode()
    for amount in ("20,000.00", "580.60", "9,709.70"):
        assert amount in page
    assert "In your bank" in page and "Carol Reyes" in page and "does not add up" not in page


def test_a_disputed_payment_that_never_was_with_the_processor_is_not_counted_there(database):
    from pathlib import Path

    import milepost.stories
    from milepost.stories.player import play

    assert play(Path(milepost.stories.__file__).parent / "library" / "disputed.yaml").as_told
    assert examine() == []
