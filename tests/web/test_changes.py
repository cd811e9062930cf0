"""Change orders on their screens: written and sent in the office, signed on the link and in the field."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from html import unescape

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from milepost.actions.businesses import add_tax_code
from milepost.actions.customers import CustomerInput, change_customer
from milepost.actions.invoices import send_invoice
from milepost.actions.work import complete_milestone
from milepost.core.quote_input import LineInput, RowInput
from milepost.queries.change_page import ChangePage, change_page
from milepost.queries.job_page import job_page
from milepost.queries.lists import messages
from milepost.queries.needs import needs
from milepost.records.changes import ChangeSignature
from milepost.records.scope import scoped
from tests.cast import KITCHEN, Cast, Kitchen, kitchen
from tests.web.addresses import a_change, client_of
from tests.web.test_doors import signed_in

ISLAND = {
    "reason": "The island that you asked for",
    "placement": "spread",
    "line": "1",
    "line-1-description": "Island with sink",
    "line-1-quantity": "1",
    "line-1-price": "4000.00",
}


BY_PERCENT = replace(
    KITCHEN,
    rows=(
        RowInput("Deposit", "percent", kind="deposit", value=Decimal(25)),
        RowInput("Rough-in complete", "percent", value=Decimal(25)),
        RowInput("Cabinets installed", "percent", value=Decimal(30)),
        RowInput("Final walkthrough", "remainder"),
    ),
)


def words(answer) -> str:  # type: ignore[no-untyped-def]
    """The page's text, in one line."""
    return " ".join(unescape(answer.content.decode()).split())


def amounts(cast: Cast, job: Kitchen) -> list[int]:
    stops = job_page(cast.business_id, job.job_id, at=timezone.now()).stops
    return [stop.amount.cents for stop in stops]


def only_change(cast: Cast, job: Kitchen) -> ChangePage:
    found = job_page(cast.business_id, job.job_id, at=timezone.now()).changes
    assert len(found) == 1
    return change_page(cast.business_id, job.job_id, found[0].id, at=timezone.now())


def links(cast: Cast, job: Kitchen) -> dict[str, str]:
    people = job_page(cast.business_id, job.job_id, at=timezone.now()).people
    return {person.name: "/c/" + person.url.split("/c/")[1] for person in people}


def test_a_change_is_simulated_sent_signed_and_stands_on_every_page(cast):
    job, owner = kitchen(cast, quote=BY_PERCENT), client_of(cast, "owner")

    # The simulator shows every payment before and after, and what stays because it is billed
    shown = words(owner.post(f"/jobs/{job.job_id}/changes/totals/", ISLAND))
    for figure in ("+4,000.00", "44,000.00", "11,333.33", "13,600.00", "9,066.67", "Billed, so it stays."):
        assert figure in shown
    assert amounts(cast, job) == [10_000_00, 10_000_00, 12_000_00, 8_000_00]

    # Sent: the office waits, the customer's letter leads to the change itself
    answer = owner.post(f"/jobs/{job.job_id}/changes/new/", ISLAND | {"then": "send"})
    assert answer.status_code == 302
    change = only_change(cast, job).row
    assert (change.state, change.difference.cents) == ("sent", 4_000_00)
    assert [need.state for need in needs(cast.business_id, at=timezone.now()).changes] == ["waiting"]
    assert "waits for the customer" in words(owner.get("/"))
    address = f"{links(cast, job)['Carol Reyes']}changes/{change.id}/"
    assert [m.to_name for m in messages(cast.business_id).rows if m.kind == "change_sent"] == [
        "Carol Reyes"
    ] * 2

    # The customer sees the difference and signs exactly that
    page = owner.get(address)
    assert "Sign: +4,000.00" in words(
        page
    ) and "Your next payment goes from 10,000.00 to 11,333.33." in words(page)
    stamp = page.context["difference"].stamp
    signed = owner.post(f"{address}signature/", {"name": "Carol Reyes", "stamp": stamp}, follow=True)
    assert "Carol Reyes signed +4,000.00" in words(signed)
    assert amounts(cast, job) == [10_000_00, 11_333_33, 13_600_00, 9_066_67]

    # Office and customer: original contract, changes to date, new total
    for where in (f"/jobs/{job.job_id}/", links(cast, job)["Pat Reyes"]):
        text = words(owner.get(where))
        for figure in ("Original contract", "40,000.00", "+4,000.00", "44,000.00"):
            assert figure in text, where
    assert "Carol Reyes signed change order CO-1, +$4,000.00: The island that you asked for" in words(
        owner.get(f"/jobs/{job.job_id}/")
    )
    assert needs(cast.business_id, at=timezone.now()).changes == []


def test_a_signature_is_refused_with_the_new_difference_when_the_job_moved_in_between(cast):
    job, guest = kitchen(cast), client_of(cast, "stranger")
    change = a_change(cast, job.job_id, is_sent=True)
    address = f"{links(cast, job)['Carol Reyes']}changes/{change}/"
    seen = guest.get(address).context["difference"].stamp

    # While Carol reads, the rough-in is billed: the next payment is another one
    complete_milestone(
        by=cast.tess, at=timezone.now(), job_id=job.job_id, row_id=job.rows["Rough-in complete"]
    )
    send_invoice(by=cast.alice, at=timezone.now(), job_id=job.job_id, row_ids=[job.rows["Rough-in complete"]])
    answer = guest.post(f"{address}signature/", {"name": "Carol Reyes", "stamp": seen})
    text = words(answer)
    assert answer.status_code == 422
    assert "The job moved on while you were looking" in text
    assert "Your next payment goes from 12,000.00 to 12,180.00." in text
    assert 'value="Carol Reyes"' in text
    assert only_change(cast, job).row.state == "sent"
    assert (
        guest.post(f"{address}signature/", {"name": "Carol Reyes"}).status_code == 422
    )  # unseen is not signed

    answer = guest.post(
        f"{address}signature/", {"name": "Carol Reyes", "stamp": answer.context["difference"].stamp}
    )
    assert answer.status_code == 302
    assert amounts(cast, job) == [10_000_00, 10_000_00, 12_180_00, 8_000_00]


def test_the_customer_declines_with_a_reason_and_the_job_goes_on(cast):
    job, guest = kitchen(cast), client_of(cast, "owner")
    change = a_change(cast, job.job_id, is_sent=True)
    address = f"{links(cast, job)['Carol Reyes']}changes/{change}/"
    answer = guest.post(f"{address}refusal/", {"reason": "Too many outlets"}, follow=True)
    assert "You declined this change" in words(answer)
    assert "Too many outlets" in words(guest.get(f"/jobs/{job.job_id}/changes/{change}/"))
    assert amounts(cast, job) == [10_000_00, 10_000_00, 12_000_00, 8_000_00]
    assert "Declined" in words(guest.get(f"/jobs/{job.job_id}/"))

    # The office writes it again, better; the declined one stays as it was
    office = words(guest.get(f"/jobs/{job.job_id}/changes/{change}/"))
    assert f"/jobs/{job.job_id}/changes/new/?like={change}" in office
    again = words(guest.get(f"/jobs/{job.job_id}/changes/new/?like={change}"))
    assert "New change order" in again and "Two more outlets" in again and 'value="180.00"' in again
    assert guest.get(f"/jobs/{job.job_id}/changes/new/?like=999999").status_code == 404


def test_a_draft_is_nobody_s_to_see_but_the_office_s(cast):
    job, guest = kitchen(cast), client_of(cast, "stranger")
    change = a_change(cast, job.job_id)
    link = links(cast, job)["Carol Reyes"]
    assert guest.get(f"{link}changes/{change}/").status_code == 404
    assert "outlets" not in words(guest.get(link))


def test_a_draft_is_written_anew_lines_are_changed_and_removed_and_money_moves_between_milestones(cast):
    job, owner = kitchen(cast), client_of(cast, "owner")
    page = job_page(cast.business_id, job.job_id, at=timezone.now())
    line, rough, cabinets = page.lines[0].id, job.rows["Rough-in complete"], job.rows["Cabinets installed"]
    form = {
        "reason": "Smaller, and later",
        "placement": "final",
        f"old-{line}-description": "Kitchen remodel",
        f"old-{line}-quantity": "1",
        f"old-{line}-price": "39,500.00",
        f"milestone-{rough}-deliverable": "Rough-in with the gas line",
        f"milestone-{rough}-on": "2026-04-01",
        f"milestone-{rough}-move": "-1000",
        f"milestone-{cabinets}-move": "1,000.00",
        "days": "5",
    }
    made = owner.post(f"/jobs/{job.job_id}/changes/new/", form | {"then": "draft"})
    change = only_change(cast, job)
    assert change.difference is not None
    assert [row.after.cents for row in change.difference.rows] == [10_000_00, 9_000_00, 13_000_00, 7_500_00]
    text = words(owner.get(made["Location"]))
    for said in (
        "Smaller, and later",
        "−500.00",
        "39,500.00",
        "The job takes 5 days longer.",
        "Planned for Wed 1 April",
    ):
        assert said in text

    assert "The job takes 1 day less." in words(owner.get(earlier(owner, job, "-1")))

    # The form shows the draft as it was written; written anew it is still one change order
    again = owner.get(f"{made['Location']}edit/")
    text = words(again)
    assert 'value="39500.00"' in text and 'value="-1000.00"' in text and "Rough-in with the gas line" in text
    owner.post(f"{made['Location']}edit/", ISLAND | {"then": "draft"})
    found = job_page(cast.business_id, job.job_id, at=timezone.now()).changes
    assert [change.difference.cents for change in found] == [4_000_00, 0]
    assert owner.post(f"{made['Location']}withdrawal/").status_code == 302
    found = job_page(cast.business_id, job.job_id, at=timezone.now()).changes
    assert [change.state for change in found] == ["withdrawn", "draft"]


def earlier(owner, job: Kitchen, days: str) -> str:  # type: ignore[no-untyped-def]
    """The address of a change order that only moves the end."""
    form = {"reason": "We are early", "days": days, "then": "draft", "form_key": "early"}
    return str(owner.post(f"/jobs/{job.job_id}/changes/new/", form)["Location"])


def test_a_wrong_field_of_a_change_is_named_and_the_rest_stays_typed(cast):
    job, owner = kitchen(cast), client_of(cast, "owner")
    line = job_page(cast.business_id, job.job_id, at=timezone.now()).lines[0].id
    row = job.rows["Final walkthrough"]
    for field, value, said in (
        ("reason", "", "Say in a few words what changes and why."),
        ("line-1-price", "a lot", "is not an amount"),
        ("days", "soon", "Write a whole number from 0 to 999."),
        ("expires_on", "tomorrow", "Write the day like 2026-03-19."),
        ("placement", "anywhere", "Choose one of the list."),
        (f"old-{line}-quantity", "many", "is not an amount"),
        (f"milestone-{row}-move", "500", "goes onto milestones than comes off others"),
    ):
        more = {f"old-{line}-description": "Kitchen remodel", f"old-{line}-price": "40000.00"}
        answer = owner.post(f"/jobs/{job.job_id}/changes/new/", ISLAND | more | {field: value})
        text = words(answer)
        assert answer.status_code == 422, field
        assert said in text, field
        assert "Island with sink" in text
    assert job_page(cast.business_id, job.job_id, at=timezone.now()).changes == []
    below = owner.post(f"/jobs/{job.job_id}/changes/new/", ISLAND | {"line-1-price": "-41000"})
    assert below.status_code == 422
    assert "below zero" in words(below)


def test_a_change_beyond_every_amount_is_refused_in_words(cast):
    job, owner, tess = kitchen(cast), client_of(cast, "owner"), client_of(cast, "technician")
    huge = ISLAND | {"line-1-quantity": "999999999", "line-1-price": "9999999999999"}
    line = job_page(cast.business_id, job.job_id, at=timezone.now()).lines[0].id
    assert owner.post(f"/jobs/{job.job_id}/changes/totals/", huge).status_code == 200
    assert owner.post(f"/jobs/{job.job_id}/changes/new/", huge).status_code == 422
    quick = owner.post(f"/jobs/{job.job_id}/lines/{line}/quantity/", {"quantity": "999999999"})
    field = {"what": "Everything", "price": "9999999999999"}
    field_answer = tess.post(f"/field/jobs/{job.job_id}/changes/new/", field)
    assert {quick.status_code, field_answer.status_code} <= {302, 422}


def test_invoices_that_no_longer_fit_or_that_nobody_paid_are_sent_again_and_that_is_said_before(cast):
    job, owner = kitchen(cast, quote=BY_PERCENT), client_of(cast, "owner")
    rough = job.rows["Rough-in complete"]
    complete_milestone(by=cast.tess, at=timezone.now(), job_id=job.job_id, row_id=rough)
    send_invoice(by=cast.alice, at=timezone.now(), job_id=job.job_id, row_ids=[rough])
    totals = f"/jobs/{job.job_id}/changes/totals/"
    assert "Send unpaid invoices again" in words(owner.get(f"/jobs/{job.job_id}/changes/new/"))
    assert "taken back" not in words(owner.post(totals, ISLAND))
    asked = ISLAND | {"replace_unpaid": "on"}
    assert "Invoice 1002 is taken back and sent again" in words(owner.post(totals, asked))
    below = words(owner.post(totals, ISLAND | {"line-1-price": "-25000"}))
    # The deposit that no invoice has used gives way first
    assert "The deposit comes down by" in below
    far_below = words(owner.post(totals, ISLAND | {"line-1-price": "-35000"}))
    assert "Invoice 1002 is taken back and sent again" in far_below

    owner.post(f"/jobs/{job.job_id}/changes/new/", asked | {"then": "send"})
    address = f"{links(cast, job)['Carol Reyes']}changes/{only_change(cast, job).row.id}/"
    page = owner.get(address)
    assert "Invoice 1002 is taken back and sent again" in words(page)
    owner.post(f"{address}signature/", {"name": "Carol Reyes", "stamp": page.context["difference"].stamp})
    assert amounts(cast, job) == [10_000_00, 11_333_33, 13_600_00, 9_066_67]
    stops = job_page(cast.business_id, job.job_id, at=timezone.now()).stops
    again = next(stop.invoice for stop in stops if stop.name == "Rough-in complete")
    assert again is not None and (again.number, again.total.cents) == ("1003", 11_333_33)


def test_the_form_sent_twice_makes_one_change_order(cast):
    job, owner = kitchen(cast), client_of(cast, "owner")
    for _twice in range(2):
        owner.post(f"/jobs/{job.job_id}/changes/new/", ISLAND | {"form_key": "same", "then": "send"})
    assert only_change(cast, job).row.state == "sent"


def test_another_quantity_of_a_line_is_offered_from_the_job_s_page(cast):
    job, owner = kitchen(cast), client_of(cast, "owner")
    line = job_page(cast.business_id, job.job_id, at=timezone.now()).lines[0].id
    address = f"/jobs/{job.job_id}/lines/{line}/quantity/"
    assert "+20,000.00" in words(owner.post(f"{address}?ask", {"quantity": "1.5"}))
    answer = owner.post(address, {"quantity": "1.5"}, follow=True)
    assert "The change is sent." in words(answer)
    change = only_change(cast, job).row
    assert (change.state, change.reason) == ("sent", "Kitchen remodel: 1.5 instead of 1")
    assert change.difference.cents == 20_000_00
    refused = owner.post(address, {"quantity": "some"})
    assert refused.status_code == 422 and "is not an amount" in words(refused)


def test_above_the_technician_s_limit_the_office_is_asked_and_answers(cast):
    job, tess, owner = kitchen(cast), client_of(cast, "technician"), client_of(cast, "owner")
    made = tess.post(
        f"/field/jobs/{job.job_id}/changes/new/", {"what": "A skylight", "price": "900"}, follow=True
    )
    assert "Changes above 500.00 go through the office." in words(made)
    change = only_change(cast, job)
    field = f"/field/jobs/{job.job_id}/changes/{change.row.id}/"
    assert change.difference is not None
    signed = tess.post(f"{field}signature/", {"name": "Carol", "stamp": change.difference.stamp})
    assert signed.status_code == 422 and "This change is above $500.00" in words(signed)
    assert "The office has it" in words(tess.post(f"{field}sending/", follow=True))

    text = words(owner.get("/"))
    assert "Tess Tanaka asks you" in text and "A skylight" in text
    owner.post(f"/jobs/{job.job_id}/changes/{change.row.id}/sending/")
    assert only_change(cast, job).row.state == "sent"
    history = words(owner.get(f"/jobs/{job.job_id}/"))
    assert "Asked the office about CO-1, +$900.00: A skylight" in history
    assert "Sent change order CO-1, +$900.00: A skylight" in history


def test_a_technician_takes_back_what_the_customer_does_not_want(cast):
    job, tess = kitchen(cast), client_of(cast, "technician")
    tess.post(f"/field/jobs/{job.job_id}/changes/new/", {"what": "A dimmer", "price": "60"})
    change = only_change(cast, job).row.id
    answer = tess.post(f"/field/jobs/{job.job_id}/changes/{change}/withdrawal/", follow=True)
    assert "Taken back" in words(answer)
    assert only_change(cast, job).row.state == "withdrawn"
    refused = tess.post(f"/field/jobs/{job.job_id}/changes/new/", {"what": "", "price": "60"})
    assert refused.status_code == 422 and "Please fill this in." in words(refused)
    assert 'value="60"' in words(refused)


def test_the_office_hands_its_device_over_or_records_a_copy_signed_on_paper(cast):
    job, owner = kitchen(cast), client_of(cast, "owner")
    made = owner.post(f"/jobs/{job.job_id}/changes/new/", ISLAND | {"placement": "final", "then": "sign"})
    page = owner.get(made["Location"])
    assert "Sign: +4,000.00" in words(page)
    signature = {"name": "Carol Reyes", "stamp": page.context["difference"].stamp}
    owner.post(f"{made['Location']}signature/", signature)
    assert amounts(cast, job) == [10_000_00, 10_000_00, 12_000_00, 12_000_00]

    # On paper: the copy is kept with the change order; without it nothing is recorded
    change = a_change(cast, job.job_id, is_sent=True)
    at = f"/jobs/{job.job_id}/changes/{change}/"
    stamp = owner.get(at).context["difference"].stamp
    refused = owner.post(f"{at}signed-copy/", {"name": "Carol Reyes", "stamp": stamp})
    assert refused.status_code == 422
    assert "Choose the photo or PDF of the signed copy." in words(refused)
    assert 'value="Carol Reyes"' in words(refused)
    copy = SimpleUploadedFile("signed.pdf", b"%PDF-1.7 signed by Carol", "application/pdf")
    owner.post(f"{at}signed-copy/", {"name": "Carol Reyes", "stamp": stamp, "copy": copy})
    with scoped(cast.business_id, writing=False):
        signed = dict(ChangeSignature.objects.values_list("how", "copy__mime"))
    assert signed == {"in_person": None, "paper": "application/pdf"}
    assert amounts(cast, job) == [10_000_00, 10_180_00, 12_000_00, 12_000_00]


def test_what_expired_says_so_everywhere_and_cannot_be_signed(cast):
    job, owner = kitchen(cast), client_of(cast, "owner")
    change = a_change(cast, job.job_id, is_sent=True, at=timezone.now() - timedelta(days=20))
    address = f"{links(cast, job)['Carol Reyes']}changes/{change}/"
    assert "This change expired" in words(owner.get(address))
    assert "A change for you" not in words(owner.get(links(cast, job)["Carol Reyes"]))
    assert [need.state for need in needs(cast.business_id, at=timezone.now()).changes] == ["expired"]
    assert "Nobody answered in time" in words(owner.get(f"/jobs/{job.job_id}/changes/{change}/"))
    page = change_page(cast.business_id, job.job_id, change, at=timezone.now())
    assert page.difference is not None
    answer = owner.post(f"{address}signature/", {"name": "Carol", "stamp": page.difference.stamp})
    assert answer.status_code == 422 and "expired on" in words(answer)
    assert amounts(cast, job) == [10_000_00, 10_000_00, 12_000_00, 8_000_00]


def test_the_tax_of_a_change_is_said_and_counted(cast):
    tax = add_tax_code(by=cast.alice, at=cast.at, name="Sales tax", percent=Decimal("8.25"), is_default=True)
    job, tess = kitchen(cast), client_of(cast, "technician")
    form = words(tess.get(f"/field/jobs/{job.job_id}/changes/new/"))
    assert "Sales tax 8.25 % comes on top." in form
    tess.post(f"/field/jobs/{job.job_id}/changes/new/", {"what": "Two more outlets", "price": "180"})
    assert only_change(cast, job).row.difference.cents == 194_85
    owner = client_of(cast, "owner")
    shown = words(owner.post(f"/jobs/{job.job_id}/changes/totals/", ISLAND | {"line-1-tax": str(tax)}))
    for figure in ("Sales tax 8.25 %", "+330.00", "+4,330.00", "44,330.00"):
        assert figure in shown


def test_an_exempt_customer_is_offered_a_change_without_tax(cast):
    add_tax_code(by=cast.alice, at=cast.at, name="Sales tax", percent=Decimal("8.25"), is_default=True)
    job, tess = kitchen(cast), client_of(cast, "technician")
    card = CustomerInput("Carol Reyes", tax_exempt=True, exemption_reason="Charity")
    change_customer(by=cast.alice, at=cast.at, customer_id=cast.customer_id, card=card)
    assert "comes on top" not in words(tess.get(f"/field/jobs/{job.job_id}/changes/new/"))
    tess.post(f"/field/jobs/{job.job_id}/changes/new/", {"what": "Two more outlets", "price": "180"})
    assert only_change(cast, job).row.difference.cents == 180_00


def test_a_change_to_360_lines_asks_the_database_no_more_often_than_to_three(cast):
    owner = client_of(cast, "owner")
    counts = []
    for lines in (3, 3, 360):  # what is only asked once is asked with the first
        work = tuple(LineInput(f"Line {n}", Decimal("12.34"), Decimal(n), "pcs") for n in range(1, lines + 1))
        at = f"/jobs/{kitchen(cast, quote=replace(BY_PERCENT, lines=work)).job_id}/"
        form = ISLAND | {"form_key": at, "then": "send"}
        with CaptureQueriesContext(connections["default"]) as captured:
            assert owner.get(f"{at}changes/new/").status_code == 200
            assert owner.post(f"{at}changes/totals/", form).status_code == 200
            assert owner.post(f"{at}changes/new/", form).status_code == 302
            assert owner.get(at).status_code == 200
        counts.append(len(captured))
    assert counts[1] == counts[2]


def test_the_field_for_another_quantity_is_fetched_when_its_line_is_opened(cast):
    job = kitchen(cast)
    owner = signed_in(cast, "alice@example.com")
    page = owner.get(f"/jobs/{job.job_id}/").content.decode()
    path = f"/jobs/{job.job_id}/lines/"
    line = page.split(path)[1].split("/")[0]
    assert 'name="quantity"' not in page
    part = owner.get(f"{path}{line}/quantity/", headers={"HX-Request": "true"}).content.decode()
    assert part.lstrip().startswith("<form") and 'name="quantity" value="1"' in part
    # Where nothing is fetched, the same form is a page of its own
    alone = owner.get(f"{path}{line}/quantity/").content.decode()
    assert "<!doctype html>" in alone and 'name="quantity" value="1"' in alone
    assert owner.get(f"{path}999999/quantity/").status_code == 404
