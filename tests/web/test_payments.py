"""The payment's page: each step says in words what it does, then does it."""

from decimal import Decimal

from milepost.actions.businesses import change_business
from milepost.actions.invoices import send_invoice
from milepost.actions.payments import record_payment
from milepost.actions.work import complete_milestone
from milepost.gateways.payments.fake import FakePayments
from milepost.mailroom import checkout, wiring
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
    # What went back is said wherever the payment stands
    for address in ("/payments/", f"/payments/{payment}/", f"/jobs/{job.job_id}/"):
        assert "100.00 refunded" in bo.get(address).content.decode(), address
    assert "100.00 refunded" in bo.get(f"/customers/{cast.customer_id}/?show=payments").content.decode()
    again = bo.post(f"/jobs/{other.job_id}/credit/")
    assert again.status_code == 422 and "no credit to use" in again.content.decode()


def test_money_that_paid_an_invoice_is_given_back_only_when_that_is_said(cast):
    job = kitchen(cast)
    payment = record_payment(by=cast.bo, at=cast.at, job_id=job.job_id, amount_cents=10_000_00, method="cash")
    bo = signed_in(cast, "bo@example.com")
    page = bo.get(f"/payments/{payment}/").content.decode()
    assert "Give it back" in page and "Open again what it had paid" in page
    form = {"amount": "400.00", "method": "check", "reference": "12", "form_key": "one"}
    refused = bo.post(f"/payments/{payment}/refunds/", form)
    assert refused.status_code == 422
    assert "of this payment is credit" in refused.content.decode()
    assert bo.post(f"/payments/{payment}/refunds/", form | {"reopens": "on"}).status_code == 302
    assert job_page(cast.business_id, job.job_id, at=cast.at).due_now.cents == 400_00


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


def payment_form(cast, **more) -> dict[str, str]:
    return {
        "amount": "12000",
        "method": "check",
        "reference": "4711",
        "on": "2026-03-02",
        "form_key": "f",
    } | more


def test_one_cheque_is_recorded_from_the_customer_s_page_for_invoices_of_two_jobs(cast):
    first, second = kitchen(cast), kitchen(cast)
    bo, address = signed_in(cast, "bo@example.com"), f"/customers/{cast.customer_id}/payment/"
    assert address in bo.get(f"/customers/{cast.customer_id}/").content.decode()
    page = bo.get(address).content.decode()
    assert page.index("1001 Deposit") < page.index("1002 Deposit")
    assert "20,000.00" in page
    # Typing the amount shows where it falls, the oldest first, and what is left over
    shown = bo.post(f"{address}parts/?spread=1", {"amount": "21000"}).content.decode()
    assert shown.count('value="10000.00"') == 2
    assert "Kept as customer credit" in shown and "1,000.00" in shown
    # Another part is typed
    ids = first.deposit_invoice_id, second.deposit_invoice_id
    changed = {"amount": "12000", f"part-{ids[0]}": "4000", f"part-{ids[1]}": "9000"}
    assert "1,000.00 more than the payment" in bo.post(f"{address}parts/", changed).content.decode()
    wrong = bo.post(address, payment_form(cast, **changed))
    assert wrong.status_code == 422 and 'value="9000"' in wrong.content.decode()
    right = payment_form(cast, **(changed | {f"part-{ids[1]}": "8000"}))
    answer = bo.post(address, right)
    assert answer.status_code == 302
    assert job_page(cast.business_id, first.job_id, at=cast.at).due_now.cents == 6_000_00
    assert job_page(cast.business_id, second.job_id, at=cast.at).due_now.cents == 2_000_00
    assert "8,000.00 of it here" in bo.get(f"/jobs/{second.job_id}/").content.decode()
    assert bo.get(answer["Location"]).content.decode().count("Kitchen remodel") >= 2


def test_parts_that_stood_there_for_another_amount_are_shown_anew_before_anything_is_recorded(cast):
    # The page had shown what 3,000.00 pays; 13,000.00 was typed and sent before the page could follow
    first, second = kitchen(cast), kitchen(cast)
    bo, address = signed_in(cast, "bo@example.com"), f"/customers/{cast.customer_id}/payment/"
    ids = first.deposit_invoice_id, second.deposit_invoice_id
    shown = bo.post(f"{address}parts/?spread=1", {"amount": "3,000.00"}).content.decode()
    assert 'name="parts_of" value="300000"' in shown
    typed = payment_form(cast, **{"amount": "13000", "parts_of": "300000", f"part-{ids[0]}": "3000.00"})
    answer = bo.post(address, typed)
    page = answer.content.decode()
    assert answer.status_code == 422 and "The parts stood there for another amount." in page
    assert 'value="10000.00"' in page and 'value="3000.00"' in page and 'value="1300000"' in page
    assert job_page(cast.business_id, first.job_id, at=cast.at).due_now.cents == 10_000_00
    parts = {f"part-{ids[0]}": "10000.00", f"part-{ids[1]}": "3000.00"}
    assert bo.post(address, typed | {"parts_of": "1300000"} | parts).status_code == 302
    assert job_page(cast.business_id, second.job_id, at=cast.at).due_now.cents == 7_000_00


def test_a_part_that_is_too_much_is_named_at_its_field(cast):
    first, second = kitchen(cast), kitchen(cast)
    bo, address = signed_in(cast, "bo@example.com"), f"/customers/{cast.customer_id}/payment/"
    part = f"part-{second.deposit_invoice_id}"
    answer = bo.post(address, payment_form(cast, **{part: "10000.01"}))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "1002 has only $10,000.00 left to pay." in page and 'value="10000.01"' in page and "4711" in page
    assert "is not an amount" in bo.post(address, payment_form(cast, **{part: "x"})).content.decode()
    assert job_page(cast.business_id, first.job_id, at=cast.at).due_now.cents == 10_000_00


def test_a_payment_of_a_day_that_is_still_to_come_is_not_here(cast):
    kitchen(cast)
    bo, address = signed_in(cast, "bo@example.com"), f"/customers/{cast.customer_id}/payment/"
    answer = bo.post(address, {"amount": "10000", "method": "check", "on": "2126-03-02"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "is still to come. A payment is recorded when it is here." in page
    assert 'value="2126-03-02"' in page  # what was typed is not lost
    assert bo.post(address, {"amount": "10000", "method": "check", "on": "2026-03-02"}).status_code == 302


def test_an_online_payment_is_refunded_from_its_page_and_a_dispute_is_shown(cast):
    job = kitchen(cast)
    fakes = FakePayments()
    with wiring.use(payments=fakes):
        address = {"success_url": "http://x/{attempt}/", "cancel_url": "http://x/"}
        checkout.begin(by=cast.pat, at=cast.at, job_id=job.job_id, method="card", **address)
        (session,) = fakes.sessions
        fakes.pay(session, fee_cents=290_30)
        checkout.settle_job(cast.business_id, job.job_id, at=cast.at)
        payment = job_page(cast.business_id, job.job_id, at=cast.at).payments[0].id
        bo = signed_in(cast, "bo@example.com")
        page = bo.get(f"/payments/{payment}/").content.decode()
        assert "The provider kept 290.30." in page and "It bounced" not in page
        # When a refund would open the invoice again, that has to be said
        form = {"amount": "1000", "method": "online", "form_key": "k"}
        refused = bo.post(f"/payments/{payment}/refunds/", form)
        assert refused.status_code == 422 and "opens its invoices again" in refused.content.decode()
        fakes.refunds_take_time = True
        for _twice in range(2):
            assert bo.post(f"/payments/{payment}/refunds/", form | {"reopens": "on"}).status_code == 302
        page = bo.get(f"/payments/{payment}/").content.decode()
        assert page.count("On its way") == 1
        assert job_page(cast.business_id, job.job_id, at=cast.at).due_now.cents == 1_000_00
        # And a dispute takes the refund away until it is decided
        fakes.end_refund(session)
        fakes.dispute(session, cents=9_000_00)
        checkout.settle(cast.business_id, int(session.rpartition("-")[2]), at=cast.at)
        page = bo.get(f"/payments/{payment}/").content.decode()
        assert "The bank has the money until it decides" in page and "Refund online" not in page


def test_an_invoice_is_written_off_in_words_and_the_money_comes_after_all(cast):
    job = kitchen(cast)
    bo = signed_in(cast, "bo@example.com")
    address = f"/invoices/{job.deposit_invoice_id}"
    assert f"{address}/unpaid/" in bo.get(f"/jobs/{job.job_id}/").content.decode()
    page = bo.get(f"{address}/unpaid/").content.decode()
    assert "The customer gets no message" in page and 'value="10000.00"' in page
    wrong = bo.post(f"{address}/write-off/", {"amount": "10000.01", "reason": "Bankrupt"})
    assert wrong.status_code == 422
    said = wrong.content.decode()
    assert "Invoice 1001 has only $10,000.00 left to pay." in said and "Bankrupt" in said
    assert bo.post(f"{address}/write-off/", {"amount": "10000", "reason": "Bankrupt"}).status_code == 302
    page = bo.get(f"{address}/unpaid/").content.decode()
    assert "10,000.00 of this invoice is written off" in page and "Bankrupt" in page
    assert "Written off" in bo.get("/invoices/").content.decode()
    form = {"amount": "2500", "method": "check", "form_key": "k"}
    assert bo.post(f"{address}/recovery/", form).status_code == 302
    shown = job_page(cast.business_id, job.job_id, at=cast.at)
    assert (shown.bar.paid.cents, shown.due_now.cents) == (2_500_00, 0)
    page = bo.get(f"{address}/unpaid/").content.decode()
    assert "7,500.00 of it stands" in page
    undo = page.split(f"{address}/concessions/")[1].split("/")[0]
    assert bo.post(f"{address}/concessions/{undo}/").status_code == 302
    assert job_page(cast.business_id, job.job_id, at=cast.at).due_now.cents == 7_500_00


def test_the_early_payment_discount_is_ticked_where_the_payment_is_recorded(cast):
    change_business(by=cast.alice, at=cast.at, early_percent=Decimal(2), early_days=10)
    job = kitchen(cast)
    record_payment(by=cast.bo, at=cast.at, job_id=job.job_id, amount_cents=10_000_00, method="check")
    row = job.rows["Rough-in complete"]
    complete_milestone(by=cast.tess, at=cast.at, job_id=job.job_id, row_id=row)
    invoice = send_invoice(by=cast.tess, at=cast.at, job_id=job.job_id, row_ids=[row])
    bo, address = signed_in(cast, "bo@example.com"), f"/customers/{cast.customer_id}/payment/"
    assert "9,800.00 is enough if it was here by 12 Mar" in bo.get(address).content.decode()
    ticked = {"amount": "9800", "discount": str(invoice)}
    shown = bo.post(f"{address}parts/?spread=1", ticked).content.decode()
    assert 'value="9800.00"' in shown and "checked" in shown and "Kept as customer credit" not in shown
    assert bo.post(address, payment_form(cast, **ticked)).status_code == 302
    assert job_page(cast.business_id, job.job_id, at=cast.at).due_now.cents == 0


def test_a_few_cents_are_offered_to_be_let_be_on_both_sides(cast):
    job, other = kitchen(cast), kitchen(cast)
    for paid, cents in ((job, 9_999_97), (other, 10_000_03)):
        payment = record_payment(
            by=cast.bo, at=cast.at, job_id=paid.job_id, amount_cents=cents, method="cash"
        )
    bo = signed_in(cast, "bo@example.com")
    assert "Only cents are left: settle them" in bo.get(f"/jobs/{job.job_id}/").content.decode()
    address = f"/invoices/{job.deposit_invoice_id}"
    assert "Let 0.03 be" in bo.get(f"{address}/unpaid/").content.decode()
    assert bo.post(f"{address}/difference/").status_code == 302
    assert job_page(cast.business_id, job.job_id, at=cast.at).due_now.cents == 0
    assert "Keep 0.03" in bo.get(f"/payments/{payment}/").content.decode()
    assert bo.post(f"/payments/{payment}/difference/").status_code == 302
    page = bo.get(f"/payments/{payment}/").content.decode()
    assert "Kept, too little to give back" in page and "Keep 0.03" not in page
    again = bo.post(f"/payments/{payment}/difference/")
    assert again.status_code == 422 and "no difference to settle" in again.content.decode()


def test_a_refund_says_first_what_is_to_be_paid_again_and_that_the_schedule_stays(cast):
    # Given one cheque that paid the deposit and the first milestone, and 100.00 too much
    job = kitchen(cast)
    send_invoice(
        by=cast.bo, at=cast.at, job_id=job.job_id, row_ids=[job.rows["Rough-in complete"]], by_hand=True
    )
    payment = record_payment(
        by=cast.bo, at=cast.at, job_id=job.job_id, amount_cents=20_100_00, method="check"
    )
    bo = signed_in(cast, "bo@example.com")
    # Then the stop of each paid invoice leads to the money, and the form tells what an amount would do
    stops = bo.get(f"/jobs/{job.job_id}/").content.decode()
    assert stops.count(f'href="/payments/{payment}/">Give money back') == 2

    def told(amount: str) -> str:
        answer = bo.get(f"/payments/{payment}/refund/effects/", {"amount": amount})
        assert answer.status_code == 200
        return " ".join(answer.content.decode().split())

    assert "60.00 comes out of the credit; 40.00 of it is left. No invoice changes." in told("60.00")
    said = told("12100.00")
    assert "100.00 comes out of the credit" in said
    assert "10,000.00 of invoice 1002, Rough-in complete, is to be paid again." in said
    assert "2,000.00 of the deposit, invoice 1001, is to be paid again; what invoices have used" in said
    assert "The work stays billed, the schedule and the contract stay as they are." in said
    assert "0.01 of that cannot go back" in told("20100.01")
    assert "is not an amount" in told("a lot")
    # And that is what happens
    bo.post(
        f"/payments/{payment}/refunds/",
        {"amount": "12100.00", "method": "check", "reopens": "on", "form_key": "r"},
    )
    page = job_page(cast.business_id, job.job_id, at=cast.at)
    assert [stop.invoice.balance.cents for stop in page.stops if stop.invoice] == [2_000_00, 10_000_00]
    assert page.total.cents == 40_000_00
