"""A quote from its first sending to its signature, as the office and the customer meet it."""

from dataclasses import replace
from datetime import timedelta

from milepost.actions.quotes import save_quote, send_quote
from milepost.queries.job_page import job_page
from milepost.queries.portal_people import portal_links
from milepost.queries.quote_draft import quote_draft
from tests.cast import sent_quote
from tests.web.addresses import client_of
from tests.web.test_bad_input import QUOTE


def link_of(cast, name: str = "Carol Reyes") -> str:
    link = next(row.url for row in portal_links(cast.business_id) if row.name == name)
    return "/" + link.split("/", 3)[3]


def test_the_office_sees_that_the_quote_was_looked_at_and_sees_it_anew_for_the_next_version(cast, client):
    job, owner = sent_quote(cast), client_of(cast, "owner")
    assert "Looked at" not in owner.get("/quotes/").content.decode()
    # Given that the customer opens it; fetching alone tells nothing
    client.get(link_of(cast))
    assert "Looked at" not in owner.get(f"/quotes/{job}/").content.decode()
    assert client.post(f"{link_of(cast)}viewed/").status_code in (200, 204)
    # Then the list, the search and the quote say so, and who it was
    for address in ("/quotes/", f"/search/?q={quote_draft(cast.business_id, job).number}"):
        assert "Looked at" in owner.get(address).content.decode()
    page = owner.get(f"/quotes/{job}/").content.decode()
    assert "Looked at the quote." in page and "Carol Reyes" in page and "history.json" in page
    # When it is written anew and sent, the new version was not looked at yet
    quote = replace(quote_draft(cast.business_id, job).quote, note="With a new roof light")
    save_quote(by=cast.alice, at=cast.at, job_id=job, quote=quote)
    send_quote(by=cast.alice, at=cast.at, job_id=job)
    assert "Looked at" not in owner.get("/quotes/").content.decode()


def test_the_link_shows_the_newest_version_that_was_sent_and_signs_no_other(cast, client):
    job, link = sent_quote(cast), link_of(cast)
    draft = quote_draft(cast.business_id, job).quote
    # Given a second version that is not sent yet
    changed = replace(draft, note="With a new roof light")
    save_quote(by=cast.alice, at=cast.at, job_id=job, quote=changed)
    assert "With a new roof light" not in client.get(link).content.decode()
    # When it is sent, the same link shows it, and the first version can no longer be signed
    send_quote(by=cast.alice, at=cast.at, job_id=job)
    assert "With a new roof light" in client.get(link).content.decode()
    old = client.post(f"{link}signature/", {"version": "1", "name": "Carol Reyes"})
    assert old.status_code == 422 and "changed in the meantime" in old.content.decode()
    assert client.post(f"{link}signature/", {"version": "2", "name": "Carol Reyes"}).status_code == 302
    # Then it is frozen
    owner = client_of(cast, "owner")
    assert job_page(cast.business_id, job, at=cast.at).signed_by == "Carol Reyes"
    assert "is signed" in owner.post(f"/quotes/{job}/sending/").content.decode()


def test_a_quote_that_was_declined_cannot_be_signed_while_it_is_written_anew(cast, client):
    job, link = sent_quote(cast), link_of(cast)
    assert client.post(f"{link}refusal/", {"reason": "Too dear"}).status_code == 302
    owner = client_of(cast, "owner")
    assert "Too dear" in owner.get(f"/quotes/{job}/").content.decode()
    save_quote(by=cast.alice, at=cast.at, job_id=job, quote=quote_draft(cast.business_id, job).quote)
    answer = client.post(f"{link}signature/", {"version": "1", "name": "Carol Reyes"})
    assert answer.status_code == 422 and "still a draft" in answer.content.decode()
    assert job_page(cast.business_id, job, at=cast.at).signed_on is None


def test_over_seven_payments_fewer_are_advised_and_eight_are_kept_all_the_same(cast):
    owner = client_of(cast, "owner")

    def form(payments: int) -> dict[str, object]:
        rows = [str(place) for place in range(1, payments + 1)]
        typed: dict[str, object] = QUOTE | {"row": rows}
        for place in rows:
            basis = "remainder" if place == rows[-1] else "percent"
            typed |= {
                f"row-{place}-name": f"Part {place}",
                f"row-{place}-kind": "milestone",
                f"row-{place}-basis": basis,
            }
            typed |= {f"row-{place}-value": "10"} if basis == "percent" else {}
        return typed

    assert "More than seven" not in owner.post("/quotes/totals/", form(7)).content.decode()
    assert "More than seven" in owner.post("/quotes/totals/", form(8)).content.decode()
    made = owner.post("/quotes/new/", form(8))
    assert made.status_code == 302
    assert len(quote_draft(cast.business_id, int(made["Location"].strip("/").split("/")[1])).quote.rows) == 8


def test_a_copy_is_a_draft_of_its_own_without_a_day_of_expiry(cast):
    job, owner = sent_quote(cast), client_of(cast, "owner")
    quote = replace(quote_draft(cast.business_id, job).quote, expires_on=(cast.at + timedelta(days=9)).date())
    save_quote(by=cast.alice, at=cast.at, job_id=job, quote=quote)
    answer = owner.post(f"/quotes/{job}/copy/")
    copy = int(answer["Location"].strip("/").split("/")[1])
    made = quote_draft(cast.business_id, copy)
    assert (made.state, made.version, made.quote.expires_on) == ("draft", 1, None)
    assert made.quote.lines == quote.lines and made.number != quote_draft(cast.business_id, job).number


def test_whoever_pays_reads_the_quote_and_only_whoever_approves_answers_it(cast, client):
    job, link = sent_quote(cast), link_of(cast, "Pat Reyes")
    page = client.get(link).content.decode()
    assert "Waits for Carol Reyes to sign" in page and "Your full name" not in page
    for address, form in (
        ("signature", {"version": "1", "name": "Pat Reyes"}),
        ("refusal", {"reason": "Too dear"}),
    ):
        answer = client.post(f"{link}{address}/", form)
        assert answer.status_code == 422
        assert "Carol Reyes answers this for the customer." in answer.content.decode()
    assert job_page(cast.business_id, job, at=cast.at).state == "sent"
    assert "Your full name" in client.get(link_of(cast)).content.decode()
