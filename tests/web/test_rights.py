"""Every route answers every role as the table says; another's rows answer like none. See rights_table.py."""

import re
from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from milepost.actions.rights import RIGHTS
from tests.cast import kitchen
from tests.web.addresses import addresses_of, client_of
from tests.web.rights_table import NO_METHOD, ROLES, TABLE

# Signing in and out is allauth's, and tested there; the provider's hook asks for a signature.
OTHERS = ("account_", "hooks_", "mfa_")


def routes(resolver: URLResolver | None = None, namespace: str = "") -> Iterator[str]:
    """Every route by its name."""
    for part in (resolver or get_resolver()).url_patterns:
        if isinstance(part, URLResolver):
            yield from routes(part, f"{part.namespace}:" if part.namespace else namespace)
        elif isinstance(part, URLPattern):
            yield f"{namespace}{part.name}"


def test_every_route_has_its_line_in_the_table():
    there = {name for name in routes() if not name.startswith(OTHERS)}
    assert there - set(TABLE) == set()
    assert set(TABLE) - there == set()


def test_every_line_says_something_of_every_role():
    for name, (methods, other) in TABLE.items():
        for method, cells in methods.items():
            assert set(cells) | set(other) >= set(ROLES), (name, method)


@pytest.mark.parametrize("role", ROLES)
def test_each_role_meets_at_each_address_what_the_table_says(cast, role):
    addresses, client = addresses_of(cast), client_of(cast, role)
    wrong = {}
    for name, (methods, other) in TABLE.items():
        for method, cells in methods.items():
            wanted = other[role] if role in other and cells is not NO_METHOD else cells[role]
            met = outcome(client, method, addresses[name])
            if met != wanted:
                wrong[f"{method} {name}"] = f"{met}, not {wanted}"
    assert wrong == {}


def outcome(client: Client, method: str, address: str) -> str:
    """What somebody meets at an address, in two or three words."""
    answer = client.generic(method, address)
    if answer.status_code in (301, 302) and answer["Location"].startswith("/accounts/login"):
        return "sign in"
    if answer.status_code == 302 and answer["Location"] == "/field/":
        return "to the field"
    if answer.status_code == 302 and answer["Location"] == "/" and address.startswith("/field"):
        return "to the office"
    known = {403: "closed", 404: "absent", 405: "no such method"}
    if answer.status_code in known:
        return known[answer.status_code]
    return "open" if answer.status_code in (200, 204, 302, 422) else f"status {answer.status_code}"


def test_every_right_is_somebody_s():
    assert all(RIGHTS.values())
    assert not any("accountant" in roles for roles in RIGHTS.values())


def unmasked(page: bytes) -> bytes:
    """The page without its form token, which Django writes anew (under a fresh mask) every time."""
    return re.sub(rb'"X-CSRFToken": "\w+"', b"", page)


def test_what_is_another_s_answers_exactly_like_what_does_not_exist(cast):
    job = kitchen(cast)
    mallory = client_of(cast, "another's owner")
    for there, nowhere in (
        (f"/jobs/{job.job_id}/", "/jobs/999999/"),
        (f"/quotes/{job.job_id}/", "/quotes/999999/"),
        (f"/documents/{job.job_id}/", "/documents/999999/"),
    ):
        one, other = mallory.get(there), mallory.get(nowhere)
        assert one.status_code == other.status_code == 404
        assert unmasked(one.content) == unmasked(other.content)
