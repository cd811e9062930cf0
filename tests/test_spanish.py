"""The Spanish of the customer, the crew and the office: complete, and sound."""

import gettext
import io
import re

from babel.messages.mofile import write_mo
from django.test import Client

from milepost.config.catalogue import catalogue_path, read_catalogue, translatable
from milepost.mailroom.rendering import written
from milepost.queries.paper import invoice as invoice_paper
from tests.actions import paper_samples
from tests.mailroom.test_letters import letter

PLACES = re.compile(r"%\(\w+\)[sd]|\{\w*\}|%%|<[^>]+>")


def texts(told):
    return told if isinstance(told, tuple | list) else (told,)


def test_every_text_is_translated():
    spanish = {(message.context, message.id): message.string for message in read_catalogue("es")}
    left = [
        message.id
        for message in translatable()
        if message.id and not all(texts(spanish.get((message.context, message.id), "")))
    ]
    # A new text may wait a little for its translator: `milepost words es` says which.
    assert len(left) < 20, left


def test_a_translation_names_the_same_values():
    told = [message for message in read_catalogue("es") if message.id and all(texts(message.string))]
    assert len(told) > 2000
    for message in told:
        for english, spanish in zip(texts(message.id), texts(message.string), strict=True):
            assert sorted(PLACES.findall(english)) == sorted(PLACES.findall(spanish)), spanish


def test_the_compiled_catalogue_says_what_the_written_one_says():
    known = read_catalogue("es")
    made = io.BytesIO()
    write_mo(made, known)
    with catalogue_path("es", "mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    made.seek(0)
    assert compiled._catalog == gettext.GNUTranslations(made)._catalog  # type: ignore[attr-defined]


def test_an_email_and_an_invoice_speak_spanish_to_a_customer_who_reads_it():
    mail = written(letter("invoice_sent", locale="es-US"))
    assert mail.subject == "$10,000.00 por pagar: Rough-in complete"
    assert mail.body_text.startswith("Hola, Pat:\n\n“Rough-in complete” de “Kitchen remodel” está facturado.")
    text = written(letter("invoice_sent", "text", locale="es-MX")).body_text
    assert (
        text.startswith("Northside Kitchens: Rough-in complete, USD") and "por pagar. Ver y pagar: " in text
    )
    job = paper_samples.job()
    job.customer.language = "es-US"
    content = invoice_paper.invoice_content(paper_samples.invoice(job=job))
    assert content["title"] == "Factura"
    assert content["lang"] == "es-US"


def test_a_browser_that_asks_for_spanish_is_told_in_spanish_that_a_link_leads_nowhere(database):
    page = Client().get("/c/nothing/", headers={"Accept-Language": "es-US,es;q=0.9"}).content.decode()
    assert "En esta dirección no hay nada" in page
    assert '<html lang="es"' in page
