"""A bank's statement: brought in once, proposals, one confirmed or all that are sure."""

from decimal import Decimal

import psycopg
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from milepost.actions.customers import ContactInput, add_customer
from milepost.actions.invoices import bill_simple
from milepost.actions.payments import record_payment
from milepost.core.quote_input import LineInput
from milepost.queries.bank_lines import bank_page
from milepost.queries.doctor import examine
from milepost.queries.job_page import job_page
from tests.cast import kitchen
from tests.web.test_doors import signed_in

OFX = """<OFX><BANKTRANLIST>
<STMTTRN><DTPOSTED>20260305<TRNAMT>10000.00<FITID>A1<NAME>REYES CAROL<MEMO>kitchen
<STMTTRN><DTPOSTED>20260306<TRNAMT>4000.00<FITID>A2<NAME>SOMEBODY<MEMO>Invoice 1002 first part
<STMTTRN><DTPOSTED>20260306<TRNAMT>-80.00<FITID>A3<NAME>LUMBER YARD
</BANKTRANLIST></OFX>"""


def bring_in(client, text: str, name: str = "bank.ofx", **columns: str):
    file = SimpleUploadedFile(name, text.encode())
    return client.post("/payments/bank/", {"file": file, **columns}, follow=True)


def due(cast, job) -> int:
    return job_page(cast.business_id, job.job_id, at=cast.at).due_now.cents


def lines(cast):
    return {line.text: line for line in bank_page(cast.business_id).lines}


def test_a_statement_is_brought_in_once_and_what_is_sure_is_confirmed_at_once(cast):
    # Given one kitchen whose deposit, 1001, is open
    job = kitchen(cast)
    bo = signed_in(cast, "bo@example.com")
    assert "3 new lines are here" in bring_in(bo, OFX).content.decode()
    assert "is here already. Nothing has changed" in bring_in(bo, OFX).content.decode()
    # Then the amount with the customer's name is sure, and nothing else is
    found = lines(cast)
    assert found["REYES CAROL kitchen"].sure.words == "1001 Deposit · Carol Reyes"
    assert [text for text, line in found.items() if line.sure] == ["REYES CAROL kitchen"]
    assert found["LUMBER YARD"].proposals == []
    # When all that is sure is confirmed, twice
    for _twice in range(2):
        assert bo.post("/payments/bank/sure/").status_code == 302
    # Then the invoice is paid, once, on the day that the bank says
    page = job_page(cast.business_id, job.job_id, at=cast.at)
    assert (page.due_now.cents, [p.on.isoformat() for p in page.payments]) == (0, ["2026-03-05"])
    assert set(lines(cast)) == {"SOMEBODY Invoice 1002 first part", "LUMBER YARD"}
    bring_in(bo, OFX)
    assert len(lines(cast)) == 2
    assert examine() == []


def test_a_number_in_the_text_is_proposed_and_confirmed_by_hand(cast):
    kitchen(cast)
    second = kitchen(cast)
    bo = signed_in(cast, "bo@example.com")
    bring_in(bo, OFX)
    # Two invoices that fit alike are not sure: a person chooses
    assert lines(cast)["REYES CAROL kitchen"].sure is None
    part = lines(cast)["SOMEBODY Invoice 1002 first part"]
    assert (part.sure, part.proposals[0].words) == (None, "1002 Deposit · Carol Reyes")
    assert bo.post(f"/payments/bank/{part.id}/", {"as": part.proposals[0].value}).status_code == 302
    assert due(cast, second) == 6_000_00
    again = bo.post(f"/payments/bank/{part.id}/", {"as": part.proposals[0].value})
    assert again.status_code == 422 and "matched already" in again.content.decode()
    lumber = lines(cast)["LUMBER YARD"]
    refused = bo.post(f"/payments/bank/{lumber.id}/", {"as": f"invoice-{second.deposit_invoice_id}"})
    assert refused.status_code == 422 and "Only money that came in" in refused.content.decode()
    bo.post(f"/payments/bank/{lumber.id}/", {"as": "aside"})
    assert "LUMBER YARD" not in lines(cast)
    assert examine() == []


def test_what_was_recorded_by_hand_is_found_and_not_booked_twice(cast):
    job = kitchen(cast)
    payment = record_payment(
        by=cast.bo, at=cast.at, job_id=job.job_id, amount_cents=10_000_00, method="check", reference="77"
    )
    bo = signed_in(cast, "bo@example.com")
    bring_in(bo, OFX)
    assert lines(cast)["REYES CAROL kitchen"].sure.value == f"payment-{payment}"
    bo.post("/payments/bank/sure/")
    assert len(job_page(cast.business_id, job.job_id, at=cast.at).payments) == 1


def test_the_columns_of_a_table_are_asked_for_once_and_remembered(cast):
    kitchen(cast)
    bo = signed_in(cast, "bo@example.com")
    table = "Wann;Wieviel;Wer\n05.03.2026;10.000,00;Carol Reyes\n"
    asked = bring_in(bo, table, "bank.csv")
    assert asked.status_code == 422
    page = asked.content.decode()
    assert "Say once which column is which" in page and "10.000,00" in page  # what was sent is not lost
    columns = {"column-date": "Wann", "column-amount": "Wieviel", "column-name": "Wer"}
    answer = bo.post("/payments/bank/", {"text": table, **columns}, follow=True)
    assert "1 new line is here" in answer.content.decode()
    later = table + "06.03.2026;5,00;Pat\n"
    assert "1 new line is here" in bring_in(bo, later, "bank.csv").content.decode()
    assert lines(cast)["Carol Reyes"].sure.amount.cents == 10_000_00


@pytest.mark.parametrize("text", ["", "no statement", "\x00\xff", "Date,Amount\nx,y\n"])
def test_what_is_no_statement_is_said_so(cast, text):
    bo = signed_in(cast, "bo@example.com")
    assert bring_in(bo, text).status_code == 422


@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_table_is_read_in_whichever_way_its_letters_are_written_down(cast, coding):
    bo = signed_in(cast, "bo@example.com")
    table = "Date;Amount;Name\n2026-03-05;10,00;Zoë Müller\n"
    file = SimpleUploadedFile("bank.csv", table.encode(coding))
    answer = bo.post("/payments/bank/", {"file": file}, follow=True)
    assert "1 new line is here" in answer.content.decode()
    assert list(lines(cast)) == ["Zoë Müller"]


def test_a_file_that_is_too_large_is_said_so_and_two_megabytes_are_taken(cast):
    bo = signed_in(cast, "bo@example.com")
    head, row = "Date,Amount,Name\n", "2026-03-05,1.00," + "x" * 180 + "\n"
    fits = head + row * ((2 * 1024 * 1024 - len(head)) // len(row))
    assert "new lines are here" in bring_in(bo, fits, "bank.csv").content.decode()
    answer = bring_in(bo, fits + row * 2, "bank.csv")
    assert answer.status_code == 422
    assert "A statement may have up to 2 MB." in answer.content.decode()


@pytest.mark.parametrize(
    ("name", "text", "is_sure"),
    [
        ("Smith Construction LLC", "ACME LLC TRANSFER", False),  # a word that every company has
        ("Smith Construction LLC", "SMITH CONSTRUCTION", True),
        ("Smith Construction LLC", "PETER SMITH", False),  # another Smith, for the same amount
        ("The Payment Company Inc.", "PAYMENT FROM THE BANK", False),
        ("Zoë Müller", "MÜLLER ZOË MIETE", True),
        ("Kramer", "KRAMER", True),
    ],
)
def test_only_the_whole_name_makes_sure_whose_money_it_is(cast, name, text, is_sure):
    contacts = [ContactInput("Somebody", email="s@example.com")]
    customer = add_customer(by=cast.alice, at=cast.at, name=name, contacts=contacts)
    line = LineInput("Call-out", Decimal(4321))
    bill_simple(by=cast.alice, at=cast.at, customer_id=customer, lines=[line])
    bo = signed_in(cast, "bo@example.com")
    bring_in(bo, f"Date;Amount;Name\n2026-03-05;4321,00;{text}\n", "bank.csv")
    (waiting,) = lines(cast).values()
    # It is proposed all the same: the amount fits
    assert [one.kind for one in waiting.proposals] == ["invoice"]
    assert bool(waiting.sure) is is_sure


def test_mallory_sees_and_matches_none_of_it(cast):
    job = kitchen(cast)
    bring_in(signed_in(cast, "bo@example.com"), OFX)
    line = lines(cast)["REYES CAROL kitchen"]
    mallory = signed_in(cast, "mallory@example.com")
    assert "REYES" not in mallory.get("/payments/bank/").content.decode()
    answer = mallory.post(f"/payments/bank/{line.id}/", {"as": f"invoice-{job.deposit_invoice_id}"})
    assert answer.status_code == 404


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE bank_line SET amount_cents = 1",
        "DELETE FROM bank_line",
        "UPDATE bank_line SET state = 'matched'",
    ],
)
def test_sql_alone_cannot_change_what_the_bank_said(cast, owner_cursor, statement):
    bring_in(signed_in(cast, "bo@example.com"), OFX)
    with pytest.raises(psycopg.Error):
        owner_cursor.execute(statement)


def test_what_was_answered_is_listed_and_what_is_ours_after_all_waits_again(cast):
    kitchen(cast)
    bo = signed_in(cast, "bo@example.com")
    bring_in(bo, OFX)
    lumber = lines(cast)["LUMBER YARD"].id
    bo.post(f"/payments/bank/{lumber}/", {"as": "aside"})
    bo.post("/payments/bank/sure/")
    page = bo.get("/payments/bank/").content.decode()
    assert "Answered lately" in page and "Ours after all" in page
    done = {row.text: (row.customer, row.payment_id is None) for row in bank_page(cast.business_id).done}
    assert done == {"LUMBER YARD": ("", True), "REYES CAROL kitchen": ("Carol Reyes", False)}
    bo.post(f"/payments/bank/{lumber}/", {"as": "open"})
    assert "LUMBER YARD" in lines(cast)
    # What is matched stays matched
    (matched,) = bank_page(cast.business_id).done
    answer = bo.post(f"/payments/bank/{matched.id}/", {"as": "open"})
    assert answer.status_code == 422 and "This line is matched already" in answer.content.decode()


def test_one_transfer_for_all_that_a_customer_has_open_pays_every_job(cast):
    first, second = kitchen(cast), kitchen(cast)
    bo = signed_in(cast, "bo@example.com")
    bring_in(bo, OFX.replace("10000.00", "20000.00"))
    sure = lines(cast)["REYES CAROL kitchen"].sure
    assert (sure.kind, sure.words) == ("customer", "1001, 1002 · Carol Reyes")
    bo.post("/payments/bank/sure/")
    assert [due(cast, job) for job in (first, second)] == [0, 0]
    (payment,) = job_page(cast.business_id, first.job_id, at=cast.at).payments
    assert (payment.amount.cents, payment.here.cents) == (20_000_00, 10_000_00)
    # Money that went out, or a line that is matched, pays nobody
    line = bank_page(cast.business_id).done[0].id
    assert bo.post(f"/payments/bank/{line}/", {"as": f"customer-{cast.customer_id}"}).status_code == 422
    lumber = lines(cast)["LUMBER YARD"].id
    assert bo.post(f"/payments/bank/{lumber}/", {"as": f"customer-{cast.customer_id}"}).status_code == 422
    assert bo.post(f"/payments/bank/{lumber}/", {"as": "customer-999999"}).status_code == 404
    assert examine() == []


def test_each_step_says_what_it_did_and_loses_nothing_that_was_chosen(cast):
    kitchen(cast)
    bo = signed_in(cast, "bo@example.com")
    # Pressing without a file says what is missing
    empty = bo.post("/payments/bank/")
    assert empty.status_code == 422 and "Choose the file first." in empty.content.decode()
    # The question for the columns comes back with what was chosen
    table = "When;How much;Who\n2026-03-05;10000.00;Carol\n"
    half = {"column-date": "When", "column-amount": ""}
    assert '<option value="When" selected>' in bring_in(bo, table, "bank.csv", **half).content.decode()
    # An answer is confirmed in words
    bring_in(bo, OFX)
    found = lines(cast)
    paid = f"/payments/bank/{found['REYES CAROL kitchen'].id}/"
    answer = bo.post(paid, {"as": found["REYES CAROL kitchen"].sure.value}, follow=True).content.decode()
    assert "The payment is recorded, and the receipt is on its way." in answer
    aside = f"/payments/bank/{found['LUMBER YARD'].id}/"
    assert "The line is put aside." in bo.post(aside, {"as": "aside"}, follow=True).content.decode()
    assert "The line waits here again." in bo.post(aside, {"as": "open"}, follow=True).content.decode()
