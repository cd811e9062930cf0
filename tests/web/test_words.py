"""Every text that a person reads is translatable: read in a pseudo-language, nothing else is left. See tests/pseudo.py."""

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from urllib.parse import unquote

import allauth
import django
import pypdf
import pytest
from babel.messages.pofile import read_po
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from milepost.actions.change_signing import sign_change
from milepost.actions.steps.journal import CHART
from milepost.config.catalogue import translatable
from milepost.mailroom.documents import StoredPdf, ensure_pdf
from milepost.mailroom.offers import offer_pdf
from milepost.mailroom.rendering import TEMPLATES, written
from milepost.queries.job_page import job_page
from milepost.records.businesses import Business
from milepost.records.customers import Customer
from milepost.records.files import Document
from milepost.records.scope import scoped
from milepost.web.letter_words import KINDS
from milepost.web.office.customers import HISTORY
from milepost.web.office.settings import SECTIONS as SETTINGS
from tests.cast import Cast
from tests.mailroom.test_letters import FACTS, letter
from tests.pseudo import Proof, translated
from tests.web.addresses import addresses_of, client_of
from tests.web.rights_table import TABLE
from tests.web.test_bad_fields import DOORS, FIXED, WHO, Form, forms_of, posts

DATA = {
    "Milepost",
    # The cast: who they are, and what they and the tests have typed.
    "Northside Kitchens", "Alice Northside", "Tess Tanaka", "Bo Brandt", "Carol Reyes", "Pat Reyes", "Ann",
    "Sam", "Carol", "Pat", "12 Elm Street, Chicago, IL 60614", "Kitchen remodel", "Deposit",
    "Rough-in complete", "Cabinets installed", "Final walkthrough", "New roof", "Roof", "Extras", "Old roof off",
    "Tear off and new shingles", "sq ft", "Gutter guards", "Materials delivered", "Roof complete",
    "The yard is swept for nails", "Price holds for 30 days.", "A scratch", "City tax", "Ours", "Tap",
    "Two more outlets", "wall.png", "kitchen",
}  # fmt: skip


def of_many_languages(cast: Cast) -> None:
    """The office reads Russian, the customer Greek."""
    with scoped(cast.business_id, writing=True):
        Business.objects.update(locale="ru-RU")
        Customer.objects.update(language="el-GR")


def read_in(language: str, client: Client) -> Client:
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = language
    return client


# The pattern book shows samples of what people type, in many scripts.
SAMPLES = {"look", "look_door"}
# The words of a document are its customer's: the office reads there what the customer was told.
QUOTES_THE_CUSTOMER_S = {"office:job", "office:explained", "office:quote"}


def test_every_page_is_in_its_reader_s_words(cast):
    proof = Proof(DATA)
    of_many_languages(cast)
    with translated() as met:
        with translation.override("hy"):
            addresses = more_addresses(cast, addresses_of(cast))
        owner, tess = read_in("ru", client_of(cast, "owner")), read_in("ru", client_of(cast, "technician"))
        stranger = read_in("ru", client_of(cast, "stranger"))
        for name, address in addresses.items():
            client = tess if name.startswith("field:") else stranger if "stranger" in name else owner
            answer = client.get(address)
            assert answer.status_code < 500, name
            if "html" in answer.get("Content-Type", ""):
                proof.read_page(name, answer.content.decode(), *languages_of(name, answer.status_code))
    assert not proof.strays, proof.report()
    assert set().union(*met.values()) - known_texts() == set()


@cache
def known_texts() -> set[str]:
    """What a translator's catalogue holds, and what Django and allauth have in theirs."""
    ours = (message.id for message in translatable())
    others = (
        message.id
        for module in (django, allauth)
        for path in Path(module.__file__).parent.rglob("locale/de/LC_MESSAGES/*.po")
        for message in read_po(path.open("rb"))
    )
    return {text for id in (*ours, *others) for text in (id if isinstance(id, tuple) else (id,))}


def languages_of(name: str, status: int) -> list[str]:
    """Whose words a page may be in. What is not there is said in the words of the browser that asks."""
    if name.startswith("portal:") and status != 404:
        return ["el"]
    return ["ru", "el"] if name in QUOTES_THE_CUSTOMER_S else ["ru"]


def more_addresses(cast: Cast, known: dict[str, str]) -> dict[str, str]:
    """Those that can be read, with what stands behind one route or outside of the table."""
    found = {name: where for name, where in known.items() if "GET" in TABLE[name][0] and name not in SAMPLES}
    found |= {f"section {code}": f"/settings/{code}/" for code in (section.code for section in SETTINGS)}
    found |= {f"shown {what}": f"{known['office:customer']}?show={what}" for what, _words in HISTORY}
    found |= {f"account {code}": f"/books/{code}/" for code, *_rest in CHART}
    for name in ("login", "logout", "email", "change_password", "reset_password", "reset_password_done", "signup",
                 "email_verification_sent", "inactive", "reset_password_from_key_done"):  # fmt: skip
        found[f"stranger {name}"] = found[f"own {name}"] = reverse(f"account_{name}")
    for name in ("index", "activate_totp", "view_recovery_codes", "generate_recovery_codes", "list_webauthn",
                 "add_webauthn", "reauthenticate"):  # fmt: skip
        found[f"own {name}"] = reverse(f"mfa_{name}")
    found |= {
        "own reauthenticate": reverse("account_reauthenticate"),
        "stranger start": "/",
        "stranger sign-up": "/start/",
    }
    offered = known["office:quote"].split("/")[2]
    for person in job_page(cast.business_id, int(offered), at=cast.at).people:
        link = "/c/" + person.url.split("/c/")[1]
        found |= {f"portal:offer {person.name}": link, f"portal:offered pdf {person.name}": f"{link}quote/"}
    signed = known["office:job"].split("/")[2]
    for person in job_page(cast.business_id, int(signed), at=cast.at).people:
        found[f"portal:job {person.name}"] = "/c/" + person.url.split("/c/")[1]
    return found


def pdf_text(data: bytes) -> str:
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(data)).pages)


def test_every_document_is_in_the_customer_s_words_whoever_made_it(cast):
    proof = Proof(DATA)
    of_many_languages(cast)
    with translated(), translation.override("hy"):
        known = addresses_of(cast)
        job_id = int(known["office:job"].split("/")[2])
        sign_change(
            by=cast.carol, at=timezone.now(), job_id=job_id,
            change_id=int(known["portal:change"].rstrip("/").rpartition("/")[2]), name="Carol Reyes",
        )  # fmt: skip
        with scoped(cast.business_id, writing=False):
            documents = list(Document.objects.values_list("id", "kind", "name"))
        assert {kind for _id, kind, _name in documents} == {"contract", "invoice", "receipt", "credit_note"}
        papers = {
            f"{kind} {name}": ensure_pdf(cast.business_id, id, at=cast.at) for id, kind, name in documents
        }
        papers["quote"] = offer_pdf(
            cast.business_id, int(known["office:quote"].split("/")[2]), at=cast.at, sent_only=True
        )
    owner, customer = read_in("ru", client_of(cast, "owner")), read_in("ru", Client())
    with translated():
        for name in (
            "office:statement_pdf",
            "office:job_statement_pdf",
            "office:sheet",
            "office:payment_sheet",
        ):
            answer = owner.get(known[name])
            papers[name] = StoredPdf(answer.content, unquote(answer["Content-Disposition"]))
        papers["portal"] = StoredPdf(customer.get(known["portal:account_pdf"]).content, "")
    for name, paper in papers.items():
        proof.read(f"{name}: its file", re.sub(r"\w+; filename\S*?=|utf-8''|\.pdf", "", paper.name), "el")
        proof.read(name, pdf_text(paper.data), "el")
    assert not proof.strays, proof.report()


CHANGE = {"change": "CO-1", "change_id": 1, "reason": "A scratch", "difference_cents": 180_00, "name": "Carol Reyes",
          "contract_cents": 40_180_00}  # fmt: skip
MORE_FACTS = {
    **dict.fromkeys(
        ("change_sent", "change_approved", "change_approved_office", "change_asked_office"), CHANGE
    ),
    "change_declined_office": CHANGE,
    "declined_office": {"name": "Carol Reyes", "reason": "A scratch"},
    "credit_used": {"amount_cents": 10_00},
}


def test_every_letter_is_in_the_words_of_whoever_gets_it():
    proof = Proof(DATA | {"Pat", "Reyes", "Measurements", "Delivery", "Before delivery", "It went to the old address",
                          "The house is sold", "The account is closed.", "R01 insufficient funds", "fraudulent",
                          "expired card", "The rate is 8.75 % from 1 July."})  # fmt: skip
    facts = FACTS | MORE_FACTS
    kinds = {file.stem for file in (TEMPLATES / "letters").iterdir()}
    assert set(facts) == kinds == set(KINDS)
    with translated(), translation.override("hy"):
        for kind in kinds:
            for channel in ("email", "text"):
                mail = written(
                    replace(
                        letter("quote_sent", channel),
                        kind=kind,
                        facts=facts[kind],
                        locale="el-GR",
                        url="https://m.example/c/a/",
                    )
                )
                for part, text in (("subject", mail.subject), ("text", mail.body_text)):
                    proof.read(f"{kind} {channel} {part}", text, "el")
                proof.read_page(f"{kind} {channel}", mail.body_html, "el")
    assert not proof.strays, proof.report()


# What a payment provider answers comes in its own words.
PROVIDER_S = {
    "Keys for idempotent requests can only be used with the same parameters they were first used with"
}
# Typed without letters, so that each letter of the answer is the product's own.
TYPED = ("", "-1", "9" * 40, "0.1234567", "?")


def fields_of(form: Form, tried: set[str]) -> Iterator[str]:
    """The fields of a form; of a long one only those that no other form here has, and one of each column."""
    names = [name for name, _value in form.fields if name not in FIXED]
    for name in dict.fromkeys(names):
        column = re.sub(r"\d+", "", name)
        if len(names) <= 12 or column not in tried:
            tried.add(column)
            yield name


@pytest.mark.parametrize("door", DOORS)
def test_what_cannot_be_right_is_answered_in_the_reader_s_words(cast, door):
    proof = Proof(DATA | PROVIDER_S)
    of_many_languages(cast)
    answers = 0
    with translated() as met:
        with translation.override("hy"):
            addresses = addresses_of(cast)
        client = read_in("ru", client_of(cast, WHO.get(door, "owner")))
        languages = {"the link": ["el"], "the jobs": ["ru", "el"], "the quotes": ["ru", "el"]}.get(
            door, ["ru"]
        )
        forms = {form.kind: form for name in DOORS[door] for form in forms_of(client, addresses[name])}
        tried: set[str] = set()
        for form in forms.values():
            for name in fields_of(form, tried):
                body = posts(form, name, TYPED[len(tried) % len(TYPED)])
                kind = "application/x-www-form-urlencoded"
                answer = client.generic("POST", form.action, body, content_type=kind)
                if answer.status_code == 422:
                    answers += 1
                    proof.read_page(f"{form.route} {name}", answer.content.decode(), *languages)
    assert answers
    assert not proof.strays, proof.report()
    # A form that is saved as it was shown may leave translated texts behind, as the business's own.
    assert {text for text in set().union(*met.values()) - known_texts() if text.isascii()} == set()
