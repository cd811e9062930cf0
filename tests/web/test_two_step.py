"""Signing in with a code from the phone: switched on by its owner, asked for from then on, mended by a spare code."""

import re
from time import time

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.cache import cache
from django.test import Client

EMAIL = "alice@example.com"


@pytest.fixture(autouse=True)
def _nobody_tried_before():
    """The limits on tries, and the codes already used, are kept in the cache."""
    cache.clear()
    yield
    cache.clear()


def password_given(cast, client: Client):  # type: ignore[no-untyped-def]
    return client.post("/accounts/login/", {"login": EMAIL, "password": cast.password})


def at_their_account(cast, client: Client) -> None:  # type: ignore[no-untyped-def]
    """Who changes how they sign in gives the password once more."""
    assert client.post("/accounts/reauthenticate/", {"password": cast.password}).status_code == 302


def code_of(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, int(time()) // 30))


def switched_on(cast) -> str:  # type: ignore[no-untyped-def]
    """Alice's secret, after she has switched the second step on."""
    alice = Client()
    password_given(cast, alice)
    at_their_account(cast, alice)
    page = alice.get("/accounts/2fa/totp/activate/").content.decode()
    secret = re.search(r"\b[A-Z2-7]{32}\b", page)
    assert secret and "data:image/svg+xml" in page
    done = alice.post("/accounts/2fa/totp/activate/", {"code": code_of(secret[0])})
    assert done.status_code == 302
    cache.clear()  # the same half minute's code is asked for again below
    return secret[0]


def test_without_the_second_step_a_password_is_enough(cast):
    alice = Client()
    password_given(cast, alice)
    assert alice.get("/jobs/").status_code == 200


def test_a_password_alone_no_longer_opens_the_office(cast):
    switched_on(cast)
    alice = Client()
    assert password_given(cast, alice)["Location"].startswith("/accounts/2fa/authenticate/")
    assert alice.get("/jobs/").status_code == 302


def test_the_code_of_the_phone_opens_it_and_a_wrong_one_does_not(cast):
    secret = switched_on(cast)
    alice = Client()
    password_given(cast, alice)
    right = code_of(secret)
    wrong = f"{(int(right) + 1) % 1_000_000:06}"
    refused = alice.post("/accounts/2fa/authenticate/", {"code": wrong})
    assert refused.status_code == 200 and "field--wrong" in refused.content.decode()
    assert alice.get("/jobs/").status_code == 302
    assert alice.post("/accounts/2fa/authenticate/", {"code": code_of(secret)}).status_code == 302
    assert alice.get("/jobs/").status_code == 200


def test_a_spare_code_opens_it_once(cast):
    secret = switched_on(cast)
    alice = Client()
    password_given(cast, alice)
    alice.post("/accounts/2fa/authenticate/", {"code": code_of(secret)})
    at_their_account(cast, alice)
    page = alice.get("/accounts/2fa/recovery-codes/").content.decode()
    spare = re.findall(r"^\s*([0-9a-f]{8})\b|>([0-9a-f]{8})\b", page, re.M)[0]
    for opened in (200, 302):
        again = Client()
        password_given(cast, again)
        again.post("/accounts/2fa/authenticate/", {"code": spare[0] or spare[1]})
        assert again.get("/jobs/").status_code == opened


def test_switching_it_on_asks_for_the_password_once_more(cast):
    alice = Client()
    password_given(cast, alice)
    asked = alice.get("/accounts/2fa/totp/activate/")
    assert asked["Location"].startswith("/accounts/reauthenticate/")


@pytest.mark.parametrize("address", ["/accounts/2fa/", "/accounts/2fa/totp/activate/"])
def test_its_pages_are_ours_and_carry_no_inline_script(cast, address):
    alice = Client()
    password_given(cast, alice)
    at_their_account(cast, alice)
    answer = alice.get(address)
    page = answer.content.decode()
    assert answer.status_code == 200 and "sheet-of-paper" in page and "milepost.css" in page
    for tag in re.findall(r"<script[^>]*>", page):
        assert "src=" in tag or "application/json" in tag
    assert "style=" not in page
    assert "script-src 'self'" in answer["Content-Security-Policy"]
