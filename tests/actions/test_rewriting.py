"""A signed quote with a mistake: a new version is signed in its place, and the old one stays to be read."""

from dataclasses import replace
from decimal import Decimal

import psycopg
import pytest

from milepost.actions.cancelling import cancel_job
from milepost.actions.quotes import save_quote, send_quote
from milepost.actions.rewriting import rewrite_signed
from milepost.actions.signing import sign_quote
from milepost.actions.work import complete_milestone
from milepost.core.quote_input import LineInput
from milepost.queries.doctor import examine
from milepost.queries.quote_draft import quote_draft
from milepost.queries.rewriting import NotSignedYet, WasChanged, WorkIsBilled, WorkIsDone, rewrite_page
from tests.actions.test_credit_notes import balances, bill, page, pay
from tests.cast import KITCHEN, kitchen, sent_quote
from tests.web.addresses import client_of
from tests.web.test_credit_notes import words

CHEAPER = replace(KITCHEN, lines=(LineInput("Kitchen remodel", Decimal("38000.00")),))


def corrected(cast, job, quote=CHEAPER) -> int:
    """The new version, written and sent."""
    made = rewrite_signed(by=cast.alice, at=cast.at, job_id=job.job_id)
    save_quote(by=cast.alice, at=cast.at, job_id=made, quote=quote)
    send_quote(by=cast.alice, at=cast.at, job_id=made)
    return made


def sign(cast, job_id: int) -> int:
    return sign_quote(by=cast.carol, at=cast.at, job_id=job_id, version=2, name="Carol Reyes").job_id


def test_until_the_new_version_is_signed_the_old_one_stands_then_it_ends_with_its_signature_kept(cast):
    # Given a signed kitchen of 40,000.00 whose deposit is asked for and not paid
    job = kitchen(cast)
    made = corrected(cast, job)
    assert quote_draft(cast.business_id, made).number == "Q-1001-2"
    assert (page(cast, job).state, page(cast, job).total.cents) == ("open", 40_000_00)
    # When Carol signs the version of 38,000.00
    sign(cast, made)
    # Then the old one ended with a credit note for its deposit, and its contract stays to be read
    old = page(cast, job)
    assert (old.state, old.total.cents, old.due_now.cents, old.signed_by) == (
        "cancelled",
        0,
        0,
        "Carol Reyes",
    )
    assert [row.kind for row in old.documents] == ["contract", "invoice", "credit_note"]
    assert [(other.number, other.is_newer) for other in old.versions] == [("Q-1001-2", True)]
    # And the new one has its own: contract, signature, deposit
    new = job_now(cast, made)
    assert (new.state, new.total.cents, new.due_now.cents, new.version) == ("open", 38_000_00, 9_500_00, 2)
    assert balances(cast) == {"receivables": 9_500_00, "deposits": 9_500_00}
    assert examine() == []


def test_what_was_paid_of_the_old_deposit_settles_the_new_one_and_the_rest_is_credit(cast):
    job = kitchen(cast)
    pay(cast, job, 10_000_00)
    shown = rewrite_page(cast.business_id, job.job_id)
    assert (shown.deposit.cents, shown.deposit_paid.cents) == (10_000_00, 10_000_00)
    made = corrected(cast, job)
    sign(cast, made)
    new = job_now(cast, made)
    assert (new.bar.paid.cents, new.due_now.cents, new.credit.cents) == (9_500_00, 0, 500_00)
    assert balances(cast) == {"cash": 10_000_00, "deposits": 9_500_00, "customer_credit": 500_00}
    assert examine() == []


def test_a_corrected_version_can_be_corrected_again(cast):
    job = kitchen(cast)
    made = corrected(cast, job)
    sign(cast, made)
    third = rewrite_signed(by=cast.alice, at=cast.at, job_id=made)
    send_quote(by=cast.alice, at=cast.at, job_id=third)
    sign_quote(by=cast.carol, at=cast.at, job_id=third, version=3, name="Carol Reyes")
    assert job_now(cast, third).number == "Q-1001-3"
    assert job_now(cast, made).state == "cancelled"
    assert examine() == []


def test_what_has_begun_is_changed_by_a_change_order(cast):
    billed, done = kitchen(cast), kitchen(cast)
    bill(cast, billed, "Rough-in complete")
    complete_milestone(by=cast.tess, at=cast.at, job_id=done.job_id, row_id=done.rows["Rough-in complete"])
    for job, refusal in ((billed, WorkIsBilled), (done, WorkIsDone)):
        with pytest.raises(refusal, match="Write a change order"):
            rewrite_signed(by=cast.alice, at=cast.at, job_id=job.job_id)
        assert not page(cast, job).may_be_corrected
    with pytest.raises(NotSignedYet):
        rewrite_signed(by=cast.alice, at=cast.at, job_id=sent_quote(cast))


def test_a_change_order_was_signed_so_another_one_it_is(cast):
    from milepost.actions.change_signing import sign_change
    from milepost.actions.changes import draft_change, send_change
    from milepost.core.change_input import ChangeInput, LineEdit
    from tests.actions.test_deposit_tax_in_part import _line

    job = kitchen(cast)
    change = ChangeInput("Oak", (LineEdit("edit", line=_line(cast, job), unit_price=Decimal(41_000)),))
    made = draft_change(by=cast.alice, at=cast.at, job_id=job.job_id, change=change)
    send_change(by=cast.alice, at=cast.at, job_id=job.job_id, change_id=made)
    sign_change(by=cast.carol, at=cast.at, job_id=job.job_id, change_id=made, name="Carol")
    with pytest.raises(WasChanged):
        rewrite_signed(by=cast.alice, at=cast.at, job_id=job.job_id)


def test_work_that_is_billed_while_the_new_version_is_out_keeps_it_from_being_signed(cast):
    job = kitchen(cast)
    made = corrected(cast, job)
    bill(cast, job, "Rough-in complete")
    with pytest.raises(WorkIsBilled, match="what was signed stands"):
        sign(cast, made)
    assert (page(cast, job).state, job_now(cast, made).state) == ("open", "sent")
    assert examine() == []


def test_a_job_that_was_cancelled_meanwhile_is_followed_by_its_new_version_all_the_same(cast):
    job = kitchen(cast)
    made = corrected(cast, job)
    cancel_job(by=cast.bo, at=cast.at, job_id=job.job_id)
    sign(cast, made)
    assert job_now(cast, made).state == "open"
    assert examine() == []


def test_the_office_is_told_first_what_a_new_version_does(cast):
    job = kitchen(cast)
    client = client_of(cast, "owner")
    path = f"/jobs/{job.job_id}/new-version/"
    assert path in words(client.get(f"/jobs/{job.job_id}/"))
    said = words(client.get(path))
    assert "what Carol Reyes signed stands" in said
    assert "a credit note takes the deposit of 10,000.00 back" in said
    answer = client.post(path)
    assert answer.status_code == 302
    # Asked twice, it is the same draft
    assert client.post(path).url == answer.url
    assert "Kitchen remodel" in words(client.get(answer.url))
    assert "A corrected version, Q-1001-2, is on its way" in words(client.get(f"/jobs/{job.job_id}/"))
    bill(cast, job, "Rough-in complete")
    assert path not in words(client.get(f"/jobs/{job.job_id}/"))


@pytest.mark.parametrize(
    ("sql", "rule"),
    [
        ("UPDATE job SET replaces_id = NULL WHERE replaces_id IS NOT NULL", "job_keeps_what_it_replaces"),
        (
            "INSERT INTO job (business_id, customer_id, number, title, origin, state, currency, recovery, deposit_tax,"
            " tax_at, tax_per, tax_rounding, prices_include_tax, terms, contract_cents, created_at, replaces_id)"
            " SELECT business_id, customer_id, 'Q-9', title, origin, 'draft', 'EUR', recovery, deposit_tax,"
            " tax_at, tax_per, tax_rounding, prices_include_tax, terms, 0, created_at, id FROM job"
            " WHERE signed_on IS NOT NULL LIMIT 1",
            "job_replaces_a_signed_one",
        ),
    ],
)
def test_the_database_alone_keeps_what_replaces_what(cast, owner_cursor, sql, rule):
    corrected(cast, kitchen(cast))
    with pytest.raises(psycopg.Error) as caught:
        owner_cursor.execute(sql)
    assert rule in f"{caught.value.diag.constraint_name} {caught.value.diag.message_primary}"


def job_now(cast, job_id: int):
    from milepost.queries.job_page import job_page

    return job_page(cast.business_id, job_id, at=cast.at)
