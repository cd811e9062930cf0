"""The pay page: several invoices, parts, a link that was passed on, a surcharge, and no keys."""

import re
from dataclasses import replace
from decimal import Decimal

import pytest
from django.test import Client

from milepost.actions.businesses import change_business
from milepost.actions.invoices import send_invoice
from milepost.actions.work import complete_milestone
from milepost.core.money import Money
from milepost.gateways.payments.fake import FakePayments
from milepost.mailroom import checkout, wiring
from milepost.queries.doctor import examine
from milepost.queries.job_page import job_page
from milepost.queries.ledger import account_balances
from tests.cast import kitchen, sent_quote


@pytest.fixture
def fakes():
    payments = FakePayments()
    with wiring.use(payments=payments):
        yield payments


@pytest.fixture
def job(cast):
    """The kitchen: its deposit and the rough-in are open, 10,000.00 each."""
    made = kitchen(cast)
    row = made.rows["Rough-in complete"]
    complete_milestone(by=cast.tess, at=cast.at, job_id=made.job_id, row_id=row)
    send_invoice(by=cast.tess, at=cast.at, job_id=made.job_id, row_ids=[row])
    return made


def link(cast, job, name: str = "Carol") -> str:
    people = job_page(cast.business_id, job.job_id, at=cast.at).people
    return "/c/" + next(p.url for p in people if p.name.startswith(name)).split("/c/")[1]


def pass_on(page: str) -> str:
    """The link for somebody who only pays, as the page shows it."""
    return re.search(r"http://testserver(/c/[0-9a-f]{32}/)", page)[1]


def open_cents(cast, job) -> list[int]:
    stops = job_page(cast.business_id, job.job_id, at=cast.at).open_invoices
    return [stop.invoice.balance.cents for stop in stops]


def settings(cast, **changes) -> None:
    change_business(by=cast.alice, at=cast.at, **changes)


def pay(fakes, cast, job, funding: str = "credit") -> None:
    (session,) = [one for one, s in fakes.sessions.items() if s.truth.state == "open"]
    fakes.pay(session, funding=funding)
    checkout.settle_job(cast.business_id, job.job_id, at=cast.at)


def test_of_two_open_invoices_the_one_that_is_ticked_is_paid(cast, job, fakes):
    address, payer = link(cast, job), Client()
    page = payer.get(address).content.decode()
    assert "What would you like to pay?" in page and "Go on to pay" in page
    ids = re.findall(r'name="invoice"[^>]*value="(\d+)"|value="(\d+)"[^>]*name="invoice"', page)
    first, second = [a or b for a, b in ids]
    answer = payer.post(f"{address}payment/", {"invoice": second, "method": "card"})
    assert answer["Location"].startswith("https://pay.invalid/")
    pay(fakes, cast, job)
    assert job_page(cast.business_id, job.job_id, at=cast.at).open_invoices[0].invoice.id == int(first)
    assert open_cents(cast, job) == [10_000_00]
    # And both at once are one payment
    assert examine() == []


def test_all_that_is_ticked_is_one_payment(cast, job, fakes):
    Client().post(f"{link(cast, job)}payment/", {"method": "bank"})
    (session,) = fakes.sessions.values()
    assert session.asked["amount"] == Money(20_000_00, "USD")
    pay(fakes, cast, job)
    fakes.settle(session.session_id)
    checkout.settle_job(cast.business_id, job.job_id, at=cast.at)
    assert open_cents(cast, job) == []


def test_a_part_is_paid_where_the_business_takes_parts_and_nowhere_else(cast, job, fakes):
    address, payer = link(cast, job), Client()
    refused = payer.post(f"{address}payment/", {"method": "card", "amount": "5000"})
    assert refused.status_code == 422 and "takes each invoice in one payment" in refused.content.decode()
    settings(cast, parts_from_cents=500_00)
    page = payer.get(address).content.decode()
    assert "All of it, 20,000.00, or a part of at least 500.00." in page
    for amount, said in (("499.99", "smallest part is $500.00"), ("20000.01", "Only $20,000.00 is open")):
        answer = payer.post(f"{address}payment/", {"method": "card", "amount": amount})
        assert (
            answer.status_code == 422
            and said in answer.content.decode()
            and amount in answer.content.decode()
        )
    assert payer.post(f"{address}payment/", {"method": "card", "amount": "12,500"}).status_code == 302
    pay(fakes, cast, job)
    assert open_cents(cast, job) == [7_500_00]
    assert examine() == []


def test_while_a_part_is_on_its_way_the_rest_can_be_paid(cast, job, fakes):
    settings(cast, parts_from_cents=500_00)
    address, payer = link(cast, job), Client()
    payer.post(f"{address}payment/", {"method": "bank", "amount": "12500"})
    pay(fakes, cast, job)
    assert open_cents(cast, job) == [7_500_00]
    assert payer.post(f"{address}payment/", {"method": "card"})["Location"].startswith("https://pay.invalid/")
    pay(fakes, cast, job)
    assert open_cents(cast, job) == []
    page = job_page(cast.business_id, job.job_id, at=cast.at)
    assert (page.bar.paid.cents, page.bar.pending.cents) == (7_500_00, 12_500_00)


def test_a_link_that_was_passed_on_pays_and_can_do_nothing_else(cast, job, fakes):
    address, stranger = link(cast, job), Client()
    passed = pass_on(stranger.get(address).content.decode())
    page = stranger.get(passed).content.decode()
    assert "To pay: Northside Kitchens" in page and "$20,000.00" in page
    assert "Carol" not in page and "Accept" not in page and address not in page
    # It reads the invoices that are due, and nothing else
    invoice = re.search(rf"{passed}documents/\d+/", page)[0]
    assert stranger.get(invoice)["Content-Type"] == "application/pdf"
    documents = job_page(cast.business_id, job.job_id, at=cast.at).documents
    contract = next(d.id for d in documents if d.kind == "contract")
    assert stranger.get(f"{passed}documents/{contract}/").status_code == 404
    row = job.rows["Rough-in complete"]
    for path in (f"milestones/{row}/acceptance/", "signature/", "refusal/", "viewed/"):
        assert stranger.post(f"{passed}{path}", {"name": "Mallory"}).status_code == 404
    # And it pays
    assert stranger.post(f"{passed}payment/", {"method": "card"}).status_code == 302
    (session,) = fakes.sessions.values()
    assert session.asked["success_url"].startswith(f"http://testserver{passed}paid/")
    pay(fakes, cast, job)
    thanks = stranger.get(session.asked["success_url"].removeprefix("http://testserver")).content.decode()
    assert "Thank you, it is paid" in thanks and "40,000.00" not in thanks
    assert "Everything that is billed is paid" in stranger.get(passed).content.decode()


def test_a_passed_on_link_shows_no_quote_and_signs_none(cast, fakes):
    job_id = sent_quote(cast)
    people = job_page(cast.business_id, job_id, at=cast.at).people
    from milepost.records.links import pay_token_of

    passed = f"/c/{pay_token_of(people[0].url.rstrip('/').rpartition('/')[2])}/"
    page = Client().get(passed).content.decode()
    assert "Sign" not in page and "Nothing to pay now" in page
    assert Client().post(f"{passed}signature/", {"name": "Mallory", "version": "1"}).status_code == 404


def test_a_surcharge_is_shown_first_and_booked_apart(cast, job, fakes):
    settings(cast, surcharge_percent=Decimal("2.5"))
    address, payer = link(cast, job), Client()
    page = payer.get(address).content.decode()
    assert "Adds 2.5 % ($500.00). Paid at once." in page and "Debit card" in page
    payer.post(f"{address}payment/", {"method": "credit"})
    (session,) = fakes.sessions.values()
    assert session.asked["amount"] == Money(20_000_00, "USD")
    assert session.asked["surcharge"].amount == Money(500_00, "USD")
    pay(fakes, cast, job)
    balances = {r.code: r.balance.cents for r in account_balances(cast.business_id) if r.balance.cents}
    assert balances["clearing"] == 20_500_00 and balances["surcharges"] == 500_00
    assert open_cents(cast, job) == []
    assert examine() == []


def test_a_debit_card_bears_no_surcharge_it_goes_back(cast, job, fakes):
    settings(cast, surcharge_percent=Decimal(3))
    Client().post(f"{link(cast, job)}payment/", {"method": "credit"})
    pay(fakes, cast, job, funding="debit")
    (session,) = fakes.sessions.values()
    assert [one.amount for one in session.truth.refunds] == [Money(600_00, "USD")]
    checkout.settle_job(cast.business_id, job.job_id, at=cast.at)
    balances = {r.code: r.balance.cents for r in account_balances(cast.business_id) if r.balance.cents}
    assert balances["clearing"] == 20_000_00 and "surcharges" not in balances
    assert len(session.truth.refunds) == 1
    assert examine() == []


@pytest.mark.parametrize("method", ["bank", "card"])
def test_bank_and_debit_bear_no_surcharge(cast, job, fakes, method):
    settings(cast, surcharge_percent=Decimal(3))
    Client().post(f"{link(cast, job)}payment/", {"method": method})
    (session,) = fakes.sessions.values()
    assert session.asked["surcharge"] is None


def test_a_surcharge_is_off_by_default_whatever_the_form_says(cast, job, fakes):
    Client().post(f"{link(cast, job)}payment/", {"method": "credit"})
    (session,) = fakes.sessions.values()
    assert session.asked["surcharge"] is None


def test_a_surcharge_above_the_cap_is_refused(cast):
    from milepost.actions.steps.settings import OutOfRange

    with pytest.raises(OutOfRange):
        settings(cast, surcharge_percent=Decimal("3.01"))


def test_without_keys_the_page_says_how_to_pay_by_hand(cast, job, fakes):
    details = {"transfer_details": "IBAN US00 1234", "cheque_details": "PO Box 7, Chicago"}
    settings(cast, **details)
    with wiring.use(payments=fakes, only_practice=True):
        page = Client().get(link(cast, job)).content.decode()
        assert "IBAN US00 1234" in page and "PO Box 7, Chicago" in page
        assert "How would you like to pay?" not in page
        answer = Client().post(f"{link(cast, job)}payment/", {"method": "card"})
        assert answer.status_code == 422 and "Online payment is not available" in answer.content.decode()
        assert fakes.sessions == {}
        # A business for practice practises all the same
        settings(cast, is_practice=True)
        assert "How would you like to pay?" in Client().get(link(cast, job)).content.decode()


def test_the_fake_and_the_wire_agree_on_what_is_asked(cast, job, fakes):
    """A surcharge makes the total; the truth of it says the total, too."""
    settings(cast, surcharge_percent=Decimal(1))
    Client().post(f"{link(cast, job)}payment/", {"method": "credit"})
    (session,) = fakes.sessions.values()
    assert session.truth == replace(session.truth, amount=Money(20_200_00, "USD"))
