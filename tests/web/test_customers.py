"""Customers: their card, people and places, duplicates, and quotes without tax."""

from decimal import Decimal

import pytest

from milepost.actions.businesses import add_tax_code
from milepost.actions.customers import ContactInput, LastContact, add_customer, remove_contact
from milepost.actions.invoices import send_invoice
from milepost.actions.merging import merge_customers
from milepost.actions.payments import record_payment
from milepost.actions.quotes import draft_quote, send_quote
from milepost.actions.work import complete_milestone
from milepost.core.quote_input import LineInput, QuoteInput, RowInput
from milepost.core.refusals import Refusal
from milepost.queries import lists
from milepost.queries.customer_card import customer_card
from milepost.queries.ledger import journal
from milepost.queries.lists import messages
from milepost.queries.offer_page import offer_page
from tests.cast import kitchen
from tests.web.test_doors import signed_in

CARD = {"name": "St. Mary School", "kind": "company", "address": "1 Church Rd", "language": "en-GB",
        "notes": "Ring twice", "tax_exempt": "on", "exemption_reason": "Charity", "exemption_number": "E-77"}  # fmt: skip


def test_a_card_is_changed_and_what_is_missing_is_asked_for_at_its_field(cast):
    alice, address = signed_in(cast, "alice@example.com"), f"/customers/{cast.customer_id}/"
    refused = alice.post(f"{address}card/", {**CARD, "exemption_reason": ""})
    said = refused.content.decode()
    assert refused.status_code == 422 and "Say why no tax is charged" in said and "Ring twice" in said
    assert alice.post(f"{address}card/", CARD).status_code == 302
    card = customer_card(cast.business_id, cast.customer_id)
    assert (card.name, card.kind, card.notes, card.exemption_number) == (
        "St. Mary School",
        "company",
        "Ring twice",
        "E-77",
    )
    assert alice.post(f"{address}card/", {**CARD, "kind": "robot"}).status_code == 422


def test_an_exempt_customer_is_quoted_without_tax_and_reads_why(cast):
    tax = add_tax_code(by=cast.alice, at=cast.at, name="Sales tax", percent=Decimal(10), is_default=True)
    signed_in(cast, "alice@example.com").post(f"/customers/{cast.customer_id}/card/", CARD)
    quote = QuoteInput(
        title="Fence",
        lines=(LineInput("Fence", Decimal("1000.00"), tax_codes=(tax,)),),
        rows=(RowInput("Done", "remainder"),),
    )
    job = draft_quote(by=cast.alice, at=cast.at, customer_id=cast.customer_id, quote=quote)
    send_quote(by=cast.alice, at=cast.at, job_id=job)
    offer = offer_page(cast.business_id, job, sent_only=True)
    assert offer.total.cents == 1_000_00
    assert "No tax is charged: Charity. Exemption number E-77." in str(offer)
    page = signed_in(cast, "alice@example.com").get(f"/quotes/{job}/edit/").content.decode()
    assert 'name="own_clauses" value="on" checked' not in page


def test_people_are_added_changed_and_removed_but_never_the_last(cast):
    alice, address = signed_in(cast, "alice@example.com"), f"/customers/{cast.customer_id}/people/"
    no_way = alice.post(address, {"person": "Dana Office", "copies": "on"})
    assert no_way.status_code == 422 and "Dana Office" in no_way.content.decode()
    alice.post(address, {"person": "Dana Office", "email": "dana@example.com", "copies": "on"})
    carol, pat, dana = customer_card(cast.business_id, cast.customer_id).people
    assert (dana.approves, dana.pays, dana.copies) == (False, False, True)
    alice.post(f"{address}{dana.id}/", {"person": "Dana Desk", "email": "desk@example.com", "copies": "on"})
    job = kitchen(cast)
    told = {row.to_address for row in messages(cast.business_id).rows if row.kind == "invoice_sent"}
    assert told <= {"carol@example.com", "pat@example.com", "desk@example.com", "+13125550142"} and job.job_id
    for person in (carol, dana):
        alice.post(f"{address}{person.id}/removal/")
    assert [p.name for p in customer_card(cast.business_id, cast.customer_id).people] == ["Pat Reyes"]
    with pytest.raises(LastContact):
        remove_contact(by=cast.alice, at=cast.at, customer_id=cast.customer_id, contact_id=pat.id)


def test_a_person_who_was_removed_no_longer_opens_their_link(cast, client):
    from milepost.queries.portal_people import portal_links

    kitchen(cast)
    link = next(row.url for row in portal_links(cast.business_id) if row.name == "Carol Reyes")
    path = "/c/" + link.split("/c/")[1]
    assert client.get(path).status_code == 200
    alice = signed_in(cast, "alice@example.com")
    alice.post(f"/customers/{cast.customer_id}/people/{cast.carol.contact_id}/removal/")
    assert client.get(path).status_code == 404


def test_who_was_removed_is_sent_no_further_invoice_receipt_or_signed_change(cast):
    job = kitchen(cast)
    alice = signed_in(cast, "alice@example.com")
    alice.post(f"/customers/{cast.customer_id}/people/{cast.pat.contact_id}/removal/")
    before = {row.id for row in messages(cast.business_id).rows}
    record_payment(by=cast.bo, at=cast.at, job_id=job.job_id, amount_cents=10_000_00, method="check")
    complete_milestone(by=cast.tess, at=cast.at, job_id=job.job_id, row_id=job.rows["Rough-in complete"])
    send_invoice(by=cast.tess, at=cast.at, job_id=job.job_id, row_ids=[job.rows["Rough-in complete"]])
    told = [row for row in messages(cast.business_id).rows if row.id not in before]
    assert {"receipt", "invoice_sent"} <= {row.kind for row in told}
    assert {row.to_name for row in told} <= {"Carol Reyes", "Northside Kitchens"}


def test_a_duplicate_is_merged_and_parted_and_the_books_do_not_move(cast):
    job = kitchen(cast)
    booked = journal(cast.business_id)
    keeper = add_customer(
        by=cast.alice,
        at=cast.at,
        name="Reyes, Carol",
        contacts=[ContactInput("Carol R.", email="CAROL@example.com")],
    )
    alice = signed_in(cast, "alice@example.com")
    alice.post(f"/customers/{cast.customer_id}/merge/", {"into": str(keeper)})
    card = customer_card(cast.business_id, keeper)
    assert [name for _id, name in card.merged] == ["Carol Reyes"]
    assert [p.name for p in card.people] == ["Carol R.", "Pat Reyes"]
    assert [address for _id, address in card.sites] == ["12 Elm Street, Chicago, IL 60614"]
    assert [row.id for row in lists.customers(cast.business_id).rows] == [keeper]
    shown = alice.get(f"/customers/{keeper}/?show=invoices").content.decode()
    assert "10,000.00" in shown and alice.get(f"/jobs/{job.job_id}/").status_code == 200
    assert journal(cast.business_id) == booked
    alice.post(f"/customers/{cast.customer_id}/parting/")
    assert {row.id for row in lists.customers(cast.business_id).rows} == {keeper, cast.customer_id}
    assert "10,000.00" not in alice.get(f"/customers/{keeper}/?show=invoices").content.decode()


def test_a_customer_is_not_merged_with_itself_nor_with_another_business(cast):
    for into in (cast.customer_id, 999_999):
        with pytest.raises(Refusal):
            merge_customers(by=cast.alice, at=cast.at, duplicate_id=cast.customer_id, into_id=into)
    alice = signed_in(cast, "alice@example.com")
    assert alice.post(f"/customers/{cast.customer_id}/merge/", {"into": "x"}).status_code == 422


def test_an_archived_customer_leaves_the_list_and_comes_back(cast):
    alice, address = signed_in(cast, "alice@example.com"), f"/customers/{cast.customer_id}/"
    alice.post(f"{address}archive/", {"archived": "yes"})
    assert "Carol Reyes" not in alice.get("/customers/").content.decode()
    assert "Carol Reyes" in alice.get("/customers/?archived").content.decode()
    alice.post(f"{address}archive/", {"archived": "no"})
    assert "Carol Reyes" in alice.get("/customers/").content.decode()


def test_another_business_and_other_roles_find_no_customer(cast):
    address = f"/customers/{cast.customer_id}/"
    assert signed_in(cast, "mallory@example.com").get(address).status_code == 404
    assert signed_in(cast, "mallory@example.com").post(f"{address}card/", CARD).status_code == 404
    assert signed_in(cast, "tess@example.com").post(f"{address}card/", CARD).status_code == 302
    assert customer_card(cast.business_id, cast.customer_id).name == "Carol Reyes"


def test_a_new_customer_is_added_by_hand(cast):
    alice = signed_in(cast, "alice@example.com")
    typed = {"name": "Elm Dental LLC", "person": "Dee", "email": "nope", "approves": "on", "pays": "on"}
    refused = alice.post("/customers/new/", typed)
    assert refused.status_code == 422 and "Elm Dental LLC" in refused.content.decode()
    made = alice.post("/customers/new/", {**typed, "email": "dee@example.com"}, follow=True)
    assert "Elm Dental LLC" in made.content.decode() and "Dee" in made.content.decode()


@pytest.mark.parametrize("show", ["jobs", "invoices", "payments", "messages", "nonsense"])
def test_every_part_of_the_history_opens(cast, show):
    kitchen(cast)
    page = signed_in(cast, "alice@example.com").get(f"/customers/{cast.customer_id}/?show={show}")
    assert page.status_code == 200
