"""People: invited by a link that is good once, given a role, shut out at once, signed out everywhere."""

from datetime import timedelta

from django.test import Client
from django.utils import timezone

from milepost.actions.people import invite
from milepost.queries.invitations import invitation_url, people
from milepost.records.post import Message
from milepost.records.scope import scoped
from tests.web.test_doors import signed_in

PASSWORD = "a ladder in the rain"


def invited(cast, email="ivy@example.com", role="technician", **more) -> str:
    made = invite(by=cast.alice, at=more.pop("at", timezone.now()), email=email, role=role, **more)
    return "/join/" + invitation_url(cast.business_id, made).split("/join/")[1]


def test_somebody_is_invited_joins_once_and_is_signed_in(cast):
    alice = signed_in(cast, "alice@example.com")
    assert (
        alice.post("/settings/people/", {"email": "Ivy@Example.com", "role": "bookkeeper"}).status_code == 302
    )
    page = alice.get("/settings/people/").content.decode()
    assert "ivy@example.com" in page and "/join/" in page
    with scoped(cast.business_id, writing=False):
        letter = Message.objects.get(to_address="ivy@example.com")
    link = "/join/" + letter.body_text.split("/join/")[1].split()[0]
    assert "Alice Northside invites you to Northside Kitchens" in letter.subject
    # The link is a key, so no page of the office shows the letter
    assert "ivy@example.com" not in alice.get("/messages/").content.decode()

    ivy = Client()
    assert "Join Northside Kitchens" in ivy.get(link).content.decode()
    weak = ivy.post(link, {"name": "Ivy", "password": "123"})
    assert weak.status_code == 422 and "Ivy" in weak.content.decode()
    assert ivy.post(link, {"name": "Ivy", "password": PASSWORD}).status_code == 302
    assert ivy.get("/jobs/").status_code == 200
    assert Client().get(link).status_code == 404
    assert "ivy@example.com" in alice.get("/settings/people/").content.decode()


def test_whoever_has_an_account_joins_with_it_and_keeps_the_password(cast):
    link = invited(cast, "mallory@example.com")
    answer = Client().post(link, {"password": "another password here"}, follow=True)
    assert "Sign in with the password that you have" in answer.content.decode()
    assert Client().login(email="mallory@example.com", password=cast.password)


def test_an_old_a_forged_and_a_withdrawn_link_say_so(cast):
    old = invited(cast, at=timezone.now() - timedelta(days=8))
    taken = invited(cast, "ian@example.com")
    alice = signed_in(cast, "alice@example.com")
    pending = people(cast.business_id, at=timezone.now()).pending
    alice.post(f"/settings/invitations/{pending[0].id}/removal/")
    for link in (old, taken, "/join/forged/", taken[:-2] + "xx/"):
        answer = Client().get(link)
        assert answer.status_code == 404
        assert "This invitation is over" in answer.content.decode()


def test_a_role_counts_and_a_door_is_shut_from_the_next_click_on(cast):
    alice, tess = signed_in(cast, "alice@example.com"), signed_in(cast, "tess@example.com")
    assert tess.get("/jobs/").status_code == 302
    alice.post(f"/settings/people/{cast.tess.user_id}/role/", {"role": "bookkeeper"})
    assert tess.get("/jobs/").status_code == 200
    alice.post(f"/settings/people/{cast.tess.user_id}/disabling/")
    assert tess.get("/jobs/").status_code == 403
    alice.post(f"/settings/people/{cast.tess.user_id}/enabling/")
    assert tess.get("/jobs/").status_code == 200


def test_the_last_owner_stays(cast):
    alice = signed_in(cast, "alice@example.com")
    for step, form in (("role", {"role": "technician"}), ("disabling", {})):
        answer = alice.post(f"/settings/people/{cast.alice.user_id}/{step}/", form)
        assert answer.status_code == 422
        assert "A business needs an owner" in answer.content.decode()
    assert alice.post(f"/settings/people/{cast.bo.user_id}/role/", {"role": "king"}).status_code == 422
    alice.post(f"/settings/people/{cast.bo.user_id}/role/", {"role": "owner"})
    assert alice.post(f"/settings/people/{cast.alice.user_id}/disabling/").status_code == 302


def test_signing_out_everywhere_ends_every_session(cast):
    phone, desk = signed_in(cast, "bo@example.com"), signed_in(cast, "bo@example.com")
    assert "Sign out everywhere" in desk.get("/account/").content.decode()
    desk.post("/account/sign-out-everywhere/")
    for client in (phone, desk):
        assert client.get("/jobs/")["Location"].startswith("/accounts/login")
    assert signed_in(cast, "bo@example.com").get("/jobs/").status_code == 200


def test_the_one_who_works_here_is_not_invited_again(cast):
    answer = signed_in(cast, "alice@example.com").post(
        "/settings/people/", {"email": "bo@example.com", "role": "owner"}
    )
    assert answer.status_code == 422 and "bo@example.com works here already" in answer.content.decode()
