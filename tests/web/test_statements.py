"""The statement of account on the office's page, as a PDF, by email, and on the customer's link."""

import json
from decimal import Decimal

import pytest
from django.test import Client

from milepost.actions.customers import ContactInput, add_customer
from milepost.actions.invoices import bill_simple
from milepost.actions.payments import record_payment
from milepost.actions.statements import NobodyToSendTo, NothingOnAccount, send_statement
from milepost.core.quote_input import LineInput
from milepost.queries.doctor import examine
from milepost.queries.job_page import job_page
from milepost.queries.lists import messages
from milepost.queries.stored import document_facts
from tests.cast import kitchen
from tests.web.test_doors import signed_in

PERIOD = "?since=2026-03-01&until=2026-03-31"


def link(cast, job, name: str) -> str:
    people = job_page(cast.business_id, job.job_id, at=cast.at).people
    return next(person.url for person in people if person.name == name).split("://")[1].partition("/")[2]


@pytest.fixture
def paid_in_part(cast):
    """Two kitchens; of the first's deposit of 10,000.00 come 6,000.00."""
    first, second = kitchen(cast), kitchen(cast)
    record_payment(by=cast.bo, at=cast.at, job_id=first.job_id, amount_cents=6_000_00, method="check")
    return first, second


def test_the_office_reads_it_for_a_customer_and_for_a_job(cast, paid_in_part):
    first, _second = paid_in_part
    bo = signed_in(cast, "bo@example.com")
    address = f"/customers/{cast.customer_id}/statement/"
    assert address in bo.get(f"/customers/{cast.customer_id}/").content.decode()
    page = bo.get(address + PERIOD).content.decode()
    for said in ("Invoice 1001 · Deposit", "Payment · Receipt R-1", "14,000.00", "1 to 30 days late"):
        assert said in page
    alone = bo.get(f"/jobs/{first.job_id}/statement/{PERIOD}").content.decode()
    assert "1002" not in alone and "4,000.00" in alone
    wrong = bo.get(f"{address}?since=yesterday")
    assert wrong.status_code == 422 and "Write the day like 2026-03-19." in wrong.content.decode()


def test_it_is_a_pdf(cast, paid_in_part):
    bo = signed_in(cast, "bo@example.com")
    for address in (f"/customers/{cast.customer_id}", f"/jobs/{paid_in_part[0].job_id}"):
        answer = bo.get(f"{address}/statement/pdf/{PERIOD}")
        assert (answer.status_code, answer.content[:5]) == (200, b"%PDF-")
        assert "Statement of account 2026-03-31.pdf" in answer["Content-Disposition"]


def test_it_is_sent_once_frozen_to_whoever_pays(cast, paid_in_part):
    bo = signed_in(cast, "bo@example.com")
    form = {"since": "2026-03-01", "until": "2026-03-31"}
    assert bo.post(f"/customers/{cast.customer_id}/statement/sending/", form).status_code == 302
    sent = [m for m in messages(cast.business_id).rows if m.kind == "account_statement"]
    assert [(m.to_name, m.channel) for m in sent] == [("Pat Reyes", "email")]
    # It is filed with the newest job, and says what the page says
    page = job_page(cast.business_id, paid_in_part[1].job_id, at=cast.at)
    document = next(row for row in page.documents if row.kind == "statement")
    content = json.loads(document_facts(cast.business_id, document.id, page.job_id).content)
    assert content["amount"] == {"label": "Balance", "value": "$14,000.00", "note": "14,000.00 of it is late"}
    assert [row["figures"] for row in content["tables"][0]["rows"]] == [
        ["", "", "0.00"],
        ["10,000.00", "", "10,000.00"],
        ["10,000.00", "", "20,000.00"],
        ["", "6,000.00", "14,000.00"],
    ]
    assert page.history[-1].kind == "statement_sent"
    assert examine() == []


def test_nobody_to_send_to_and_nothing_billed_are_said(cast):
    day = cast.at.date()
    person = [ContactInput("Zoe", phone="+13125550199")]
    zoe = add_customer(by=cast.alice, at=cast.at, name="Zoe", contacts=person)
    with pytest.raises(NothingOnAccount):
        send_statement(by=cast.bo, at=cast.at, customer_id=zoe, since=day, until=day)
    bo = signed_in(cast, "bo@example.com")
    answer = bo.post(f"/customers/{zoe}/statement/sending/", {})
    assert answer.status_code == 422 and "Nothing was ever billed" in answer.content.decode()
    line = LineInput("Tap repaired", Decimal("100.00"))
    bill_simple(by=cast.alice, at=cast.at, customer_id=zoe, title="Tap", lines=(line,))
    with pytest.raises(NobodyToSendTo):
        send_statement(by=cast.bo, at=cast.at, customer_id=zoe, since=day, until=day)


def test_whoever_pays_sees_the_whole_account_on_their_link_and_the_approver_their_job(cast, paid_in_part):
    first, _second = paid_in_part
    guest = Client()
    page = guest.get(f"/{link(cast, first, 'Pat Reyes')}account/{PERIOD}").content.decode()
    assert "$14,000.00" in page and "1002" in page
    carol = guest.get(f"/{link(cast, first, 'Carol Reyes')}account/{PERIOD}").content.decode()
    assert "$4,000.00" in carol and "1002" not in carol
    pdf = guest.get(f"/{link(cast, first, 'Pat Reyes')}account/pdf/{PERIOD}")
    assert pdf.content[:5] == b"%PDF-"
    assert "/account/" in guest.get(f"/{link(cast, first, 'Pat Reyes')}").content.decode()


def test_another_business_finds_no_statement(cast, paid_in_part):
    mallory = signed_in(cast, "mallory@example.com")
    for address in (f"/customers/{cast.customer_id}", f"/jobs/{paid_in_part[0].job_id}"):
        assert mallory.get(f"{address}/statement/").status_code == 404
        assert mallory.get(f"{address}/statement/pdf/").status_code == 404
        assert mallory.post(f"{address}/statement/sending/").status_code == 404
