"""The books in the office: both sides equal, any day, the business's own numbers, a table to take along."""

from datetime import timedelta

from milepost.actions.payments import record_payment
from tests.cast import kitchen
from tests.web.test_doors import signed_in


def paid_kitchen(cast):
    job = kitchen(cast)
    later = cast.at + timedelta(days=3)
    record_payment(by=cast.bo, at=later, job_id=job.job_id, amount_cents=10_250_00, method="check")
    return job


def test_the_trial_balance_has_two_equal_sides_and_any_day(cast):
    paid_kitchen(cast)
    bo = signed_in(cast, "bo@example.com")
    today = bo.get("/books/").content.decode()
    for said in (
        "1000 Cash",
        "10,250.00",
        "2100 Customer deposits",
        "10,000.00",
        "2150 Customer credit",
        "250.00",
    ):
        assert said in today
    before = bo.get(f"/books/?on={cast.at:%Y-%m-%d}").content.decode()
    assert "1200 Accounts receivable" in before and "1000 Cash" not in before
    assert "Write the day like" in bo.get("/books/?on=0000-13-99").content.decode()


def test_an_account_shows_each_transfer_with_the_balance_after_it(cast):
    job = paid_kitchen(cast)
    bo = signed_in(cast, "bo@example.com")
    page = bo.get("/books/receivables/").content.decode()
    assert "Deposit invoiced 1001" in page and "Payment received R-1" in page
    assert f"/jobs/{job.job_id}/" in page
    assert page.index("Payment received") < page.index("Deposit invoiced")
    assert "Balance 0.00" in page
    assert bo.get("/books/nonsense/").status_code == 404


def test_an_account_takes_the_business_s_own_number_and_no_number_twice(cast):
    paid_kitchen(cast)
    bo = signed_in(cast, "bo@example.com")
    assert bo.post("/books/cash/", {"number": "1810", "name": "Bank"}).status_code == 302
    assert "1810 Bank" in bo.get("/books/").content.decode()
    refused = bo.post("/books/cash/", {"number": "1200", "name": "Bank of Chicago"})
    assert refused.status_code == 422
    assert "is “Accounts receivable” already" in refused.content.decode()
    assert "Bank of Chicago" in refused.content.decode()


def test_the_journal_goes_out_as_a_table_and_a_name_is_no_formula(cast):
    paid_kitchen(cast)
    bo = signed_in(cast, "bo@example.com")
    table = bo.get("/books/journal/?format=csv")
    assert table["Content-Type"] == "text/csv; charset=utf-8"
    lines = table.content.decode("utf-8-sig").splitlines()
    assert lines[0] == "Day,Entry,What,Document,Job,Debit,Credit,Amount"
    assert lines[-1].endswith(
        "Deposit invoiced,1001,Kitchen remodel,1200 Accounts receivable,2100 Customer deposits,10000.00"
    )
    assert len(lines) == 4
    bo.post("/books/cash/", {"number": "1000", "name": "=1+1"})
    assert "'=1+1" in bo.get("/books/?format=csv").content.decode("utf-8-sig")
    assert "2026-03-05" not in bo.get("/books/journal/?until=2026-03-02&format=csv").content.decode()


def test_nothing_booked_is_said_kindly(cast):
    assert "Nothing booked yet" in signed_in(cast, "bo@example.com").get("/books/").content.decode()
    assert "There is no entry" in signed_in(cast, "bo@example.com").get("/books/journal/").content.decode()
