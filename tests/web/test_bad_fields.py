"""
Every field of every form, one at a time, with whatever somebody may put into it: the rest of the form as the
page filled it, so that each field's own check is reached. The forms are read from the pages themselves.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import quote, urljoin

import pytest
from django.test import Client
from django.urls import resolve

from milepost.queries.doctor import examine
from tests.web.addresses import addresses_of, client_of
from tests.web.rights_table import TABLE
from tests.web.test_bad_input import KIND, VALUES

EVERY = int(os.environ.get("MILEPOST_BAD_FIELDS", "8"))
"""One field takes every so manieth of the values; 1 is all of them (25 minutes)."""
RAW = {name: quote(value) for name, value in VALUES.items()} | {
    "half a character": "%ED%A0%80",
    "two megabytes": "x" * 2_000_000,
    "two to the 31st": str(2**31),
    "a day that is none": "2026-02-30",
}
FIXED = {"csrfmiddlewaretoken"}


@dataclass
class Form:
    """A form as its page shows it: where it goes and what stands in it."""

    action: str
    fields: list[tuple[str, str]] = field(default_factory=list)

    @property
    def route(self) -> str:
        return resolve(self.action.partition("?")[0]).view_name

    @property
    def kind(self) -> tuple[str, frozenset[str]]:
        """Forms that go to the same place with the same fields are one."""
        return self.route, frozenset(
            name.translate(str.maketrans("", "", "0123456789")) for name, _ in self.fields
        )


class Forms(HTMLParser):
    """The forms of a page that are posted, each with its fields as they are filled."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self.address, self.found, self.form = address, [], None
        self.select, self.text = "", ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.form = Form(self.address)
            if given.get("method", "").lower() == "post":
                self.goes_to(given.get("action") or self.address)
        if self.form is not None and (given.get("hx-post") or given.get("formaction")):
            self.goes_to(given.get("hx-post") or given["formaction"])
        name = given.get("name")
        if self.form is None or (not name and tag != "option"):
            return
        if tag == "input" and given.get("type") in ("checkbox", "radio"):
            if "checked" in given or given["type"] == "checkbox":
                self.form.fields.append((name, given.get("value") or "on"))
        elif tag in ("input", "button"):
            self.form.fields.append((name, given.get("value", "")))
        elif tag == "textarea":
            self.text = name
            self.form.fields.append((name, ""))
        elif tag == "select":
            self.select = name
            self.form.fields.append((name, ""))
        elif tag == "option" and self.select and ("selected" in given or not self.form.fields[-1][1]):
            self.form.fields[-1] = (self.select, given.get("value") or "")

    def goes_to(self, action: str) -> None:
        """The form is posted there, too: by itself, as one types, or by another button."""
        self.found.append(Form(urljoin(self.address, action), self.form.fields))

    def handle_data(self, data: str) -> None:
        if self.form is not None and self.text:
            name, before = self.form.fields[-1]
            self.form.fields[-1] = (name, before + data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.form = None
        self.text, self.select = (
            ("" if tag == "textarea" else self.text),
            ("" if tag == "select" else self.select),
        )


def forms_of(client: Client, address: str) -> list[Form]:
    answer = client.get(address)
    if answer.status_code != 200 or not answer["Content-Type"].startswith("text/html"):
        return []
    page = Forms(address)
    page.feed(answer.content.decode())
    return page.found


def posts(form: Form, name: str, raw: str) -> str:
    """The form's body with one field as it must not be."""
    pairs = [(n, quote(v)) for n, v in form.fields if n != name and n not in FIXED]
    return "&".join(f"{quote(n)}={v}" for n, v in [*pairs, (name, raw)])


def bad(form: Form, place: int) -> Iterator[tuple[str, str]]:
    """The field and the value of each try, the values in turn so that all are met by some field."""
    for at, name in enumerate(dict.fromkeys(name for name, _ in form.fields if name not in FIXED)):
        for count, value in enumerate(RAW):
            if (count + at + place) % EVERY == 0:
                yield name, value


DOORS = {
    "the jobs": ("office:job", "office:needs", "office:new_change", "office:edit_change", "office:change", "office:fix_invoice",
                 "office:money_off", "office:cancel_job", "office:take_back", "office:change_taxes", "office:unpaid"),
    "the quotes": ("office:new_quote", "office:edit_quote", "office:quote", "office:new_invoice"),
    "the customers": ("office:new_customer", "office:customer", "office:customer_payment", "office:statement", "office:job_statement"),
    "the money": ("office:payment", "office:bank", "office:books", "office:account", "office:clearing"),
    "the settings": ("office:settings", "office:settings_section", "office:taxes", "office:items", "office:import_items", "office:item",
                     "office:schedules", "office:online_payments", "office:people", "office:start_place", "office:own_account"),
    "the field": ("field:today", "field:job", "field:new_change", "field:change"),
    "the link": ("portal:page", "portal:change", "portal:account", "portal:offer"),
    "the first page": ("office:start", "office:join"),
}  # fmt: skip

WHO = {"the field": "technician", "the link": "stranger", "the first page": "stranger"}


def test_every_page_that_may_hold_a_form_is_behind_one_of_the_doors():
    named = {name for names in DOORS.values() for name in names}
    assert named <= set(TABLE)


@pytest.mark.parametrize("door", DOORS)
def test_a_field_that_cannot_be_right_is_answered_and_nothing_breaks(cast, door):
    addresses = addresses_of(cast)
    client = client_of(cast, WHO.get(door, "owner"))
    met: dict[tuple[str, frozenset[str]], Form] = {}
    for name in DOORS[door]:
        for form in forms_of(client, addresses[name]):
            met.setdefault(form.kind, form)
    assert met, door
    wrong, spent = [], 0
    for place, form in enumerate(met.values()):
        for name, value in bad(form, place):
            body = posts(form, name, RAW[value])
            answer = client.generic(
                "POST", form.action, body, content_type="application/x-www-form-urlencoded"
            )
            spent += 1
            if answer.status_code not in KIND:
                wrong.append(f"{form.route}: {name} = {value}: {answer.status_code}")
    assert wrong == []
    assert spent >= 10
    assert examine() == []
