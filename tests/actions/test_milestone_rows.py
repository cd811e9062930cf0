"""A payment with terms, days, an event and an approver of its own, from the quote to the invoice."""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal

import psycopg
import pytest

from milepost.actions.customers import ContactInput, remove_contact, save_contact
from milepost.actions.invoices import send_invoice
from milepost.actions.quotes import draft_quote, duplicate_quote
from milepost.actions.signing import sign_quote
from milepost.actions.steps.offer import EndsBeforeItBegins, UnknownApprover
from milepost.actions.work import NotTheirsToAccept, accept_milestone, complete_milestone, move_event
from milepost.core.quote_input import RowInput
from milepost.queries.approvers import people_by_name
from milepost.queries.job_page import job_page
from milepost.queries.lists import messages
from milepost.queries.money_lists import invoices
from milepost.queries.offer_page import offer_page
from milepost.queries.quote_draft import quote_draft
from milepost.queries.stored import document_facts
from tests.cast import KITCHEN, kitchen, sent_quote

INSPECTED = RowInput(
    "Rough-in complete",
    "fixed",
    value=Decimal(10_000_00),
    bill_on="acceptance",
    event="Rough-in inspection",
    event_on=date(2026, 4, 13),
    planned_on=date(2026, 4, 6),
    planned_until=date(2026, 4, 10),
    deliverable="Walls open, wired and plumbed",
    acceptance=("Inspection signed", "Photos taken"),
    evidence=(),
    window_days=4,
    net_days=21,
    approver="Pat Reyes",
)
MIXED = replace(
    KITCHEN,
    rows=(
        RowInput("Deposit", "percent", kind="deposit", value=Decimal(25), net_days=3),
        INSPECTED,
        RowInput(
            "Cabinets installed",
            "fixed",
            value=Decimal(12_000_00),
            event="Cabinet delivery",
            event_follows=True,
        ),
        RowInput("Final walkthrough", "remainder", net_days=0),
    ),
)


def due_days(cast, title: str) -> int:
    rows = invoices(cast.business_id, today=cast.at.date()).rows
    row = next(row for row in rows if row.title == title)  # type: ignore[attr-defined]
    return (row.due_on - row.issued_on).days  # type: ignore[attr-defined]


def test_what_was_typed_comes_back_and_stands_in_the_contract(cast):
    job = kitchen(cast, quote=MIXED)
    assert quote_draft(cast.business_id, job.job_id).quote.rows[1] == INSPECTED
    page = job_page(cast.business_id, job.job_id, at=cast.at)
    contract = next(row for row in page.documents if row.kind == "contract")
    rows = json.loads(document_facts(cast.business_id, contract.id).content)["schedule"]["rows"]
    assert (
        "When you accept it. Planned from 6 April 2026 to 10 April 2026. Walls open, wired and plumbed. "
        "Done means: Inspection signed; Photos taken. Time to look at it: 4 business days. "
        "Accepted by Pat Reyes. Its own terms: due within 21 days of its invoice."
    ) in json.dumps(rows, ensure_ascii=False)
    assert "Its own terms: due on receipt of its invoice." in json.dumps(rows)


def test_the_person_of_the_row_is_asked_and_nobody_else_may_accept(cast):
    job = kitchen(cast, quote=MIXED)
    row = job.rows["Rough-in complete"]
    complete_milestone(by=cast.tess, at=cast.at, job_id=job.job_id, row_id=row)
    asked = {m.to_address for m in messages(cast.business_id).rows if m.kind == "please_accept"}  # type: ignore[attr-defined]
    assert asked == {"pat@example.com"}

    # Carol approves everything else, but not this one
    with pytest.raises(NotTheirsToAccept) as refused:
        accept_milestone(by=cast.carol, at=cast.at, job_id=job.job_id, row_id=row)
    assert str(refused.value) == (
        "“Rough-in complete” is accepted by Pat Reyes. The link is in their email or text."
    )
    accept_milestone(by=cast.pat, at=cast.at, job_id=job.job_id, row_id=row)
    stop = next(
        s for s in job_page(cast.business_id, job.job_id, at=cast.at).stops if s.id == row and s.number
    )
    assert (stop.accepted_by, stop.ready, stop.approver_names) == ("Pat Reyes", True, "Pat Reyes")


def test_where_no_row_names_anybody_only_who_approves_may_accept(cast):
    job = kitchen(cast)
    row = job.rows["Rough-in complete"]
    complete_milestone(by=cast.tess, at=cast.at, job_id=job.job_id, row_id=row)
    with pytest.raises(NotTheirsToAccept):
        accept_milestone(by=cast.pat, at=cast.at, job_id=job.job_id, row_id=row)
    accept_milestone(by=cast.carol, at=cast.at, job_id=job.job_id, row_id=row)


def test_when_the_person_has_left_whoever_approves_accepts(cast):
    job = kitchen(cast, quote=MIXED)
    remove_contact(
        by=cast.alice, at=cast.at, customer_id=cast.customer_id, contact_id=cast.pat.contact_id or 0
    )
    row = job.rows["Rough-in complete"]
    complete_milestone(by=cast.tess, at=cast.at, job_id=job.job_id, row_id=row)
    accept_milestone(by=cast.carol, at=cast.at, job_id=job.job_id, row_id=row)
    assert (
        quote_draft(cast.business_id, duplicate_quote(by=cast.alice, at=cast.at, job_id=job.job_id))
        .quote.rows[1]
        .approver
        == ""
    )


def test_the_row_s_own_terms_give_the_due_day_and_of_several_the_longest(cast):
    job = kitchen(cast, quote=MIXED)
    assert due_days(cast, "Deposit") == 3
    for name in ("Cabinets installed", "Final walkthrough"):
        complete_milestone(by=cast.tess, at=cast.at, job_id=job.job_id, row_id=job.rows[name])
    both = [job.rows["Cabinets installed"], job.rows["Rough-in complete"]]
    send_invoice(by=cast.alice, at=cast.at, job_id=job.job_id, row_ids=both, by_hand=True)
    assert due_days(cast, "Rough-in complete, Cabinets installed") == 21
    send_invoice(by=cast.alice, at=cast.at, job_id=job.job_id, row_ids=[job.rows["Final walkthrough"]])
    assert due_days(cast, "Final walkthrough") == 0


def test_an_event_stands_on_its_side_of_the_payment_in_the_offer_and_on_the_road(cast):
    job_id = sent_quote(cast, quote=MIXED)
    rows = offer_page(cast.business_id, job_id, sent_only=True).rows
    assert [row.event_stands for row in rows] == ["", "before", "after", ""]
    sign_quote(by=cast.carol, at=cast.at, job_id=job_id, version=1, name="Carol Reyes")
    assert [stop.name for stop in job_page(cast.business_id, job_id, at=cast.at).stops] == [
        "Deposit",
        "Rough-in inspection",
        "Rough-in complete",
        "Cabinets installed",
        "Cabinet delivery",
        "Final walkthrough",
    ]


def test_a_payment_before_its_event_stands_before_it_at_the_end_of_the_road_too(cast):
    rows = (
        RowInput("Start", "percent", value=Decimal(40)),
        RowInput("Before delivery", "remainder", bill_on="before", before_days=2, event="Delivery"),
    )
    job = kitchen(cast, quote=replace(KITCHEN, rows=rows))
    stops = job_page(cast.business_id, job.job_id, at=cast.at).stops
    assert [stop.name for stop in stops] == ["Start", "Before delivery", "Delivery"]


def test_days_of_one_s_own_move_with_the_event_by_as_many_days(cast):
    job = kitchen(cast, quote=MIXED)
    stops = job_page(cast.business_id, job.job_id, at=cast.at).stops
    event = next(stop for stop in stops if stop.name == "Rough-in inspection")
    move_event(by=cast.tess, at=cast.at, job_id=job.job_id, event_id=event.id, on=date(2026, 4, 20))
    stop = next(s for s in job_page(cast.business_id, job.job_id, at=cast.at).stops if s.number == 1)
    assert (stop.planned_on, stop.planned_until) == (date(2026, 4, 13), date(2026, 4, 17))
    # Without a day for the event, the work's own days stay
    move_event(by=cast.tess, at=cast.at, job_id=job.job_id, event_id=event.id, on=None)
    stop = next(s for s in job_page(cast.business_id, job.job_id, at=cast.at).stops if s.number == 1)
    assert (stop.planned_on, stop.planned_until) == (date(2026, 4, 13), date(2026, 4, 17))


@pytest.mark.parametrize(
    ("row", "refusal", "field"),
    [
        (replace(INSPECTED, approver="Nobody"), UnknownApprover, "rows-2-approver"),
        (replace(INSPECTED, approver="Mallory"), UnknownApprover, "rows-2-approver"),
        (replace(INSPECTED, planned_until=date(2026, 4, 5)), EndsBeforeItBegins, "rows-2-planned_until"),
        (replace(INSPECTED, planned_on=None), EndsBeforeItBegins, "rows-2-planned_until"),
    ],
)
def test_what_is_wrong_in_a_row_is_said_at_that_row(cast, row, refusal, field):
    quote = replace(MIXED, rows=(MIXED.rows[0], row, *MIXED.rows[2:]))
    with pytest.raises(refusal) as refused:
        draft_quote(by=cast.alice, at=cast.at, customer_id=cast.customer_id, quote=quote)
    assert refused.value.field == field


def test_two_people_of_one_name_are_told_apart_by_their_email(cast):
    twin = ContactInput("Pat Reyes", email="pat.junior@example.com")
    save_contact(by=cast.alice, at=cast.at, customer_id=cast.customer_id, person=twin)
    assert people_by_name(cast.business_id, cast.customer_id) == [
        "Carol Reyes",
        "pat@example.com",
        "pat.junior@example.com",
    ]
    row = replace(INSPECTED, approver="PAT.junior@example.com")
    job = kitchen(cast, quote=replace(MIXED, rows=(MIXED.rows[0], row, *MIXED.rows[2:])))
    assert quote_draft(cast.business_id, job.job_id).quote.rows[1].approver == "pat.junior@example.com"


def test_sql_alone_writes_no_backward_days_and_no_foreign_approver(cast, owner_cursor):
    job = kitchen(cast, quote=MIXED)
    row = job.rows["Rough-in complete"]
    with pytest.raises(psycopg.errors.CheckViolation):
        owner_cursor.execute("UPDATE schedule_row SET planned_until = planned_on - 1 WHERE id = %s", [row])
    with pytest.raises(psycopg.errors.CheckViolation):
        owner_cursor.execute("UPDATE schedule_row SET planned_on = NULL WHERE id = %s", [row])
    with pytest.raises(psycopg.errors.ForeignKeyViolation):
        owner_cursor.execute(
            "UPDATE schedule_row SET approver_id = (SELECT max(id) + 1 FROM contact) WHERE id = %s", [row]
        )
