"""What each message says: amount, link, business; a text within 160 characters, whatever the names."""

import re
from dataclasses import replace

import pytest

from milepost.mailroom.rendering import written
from milepost.mailroom.texting import septets
from milepost.queries.letters import LetterFacts

URL = "https://billing.northside-kitchens.example/c/abcdefghijklmnopqrstuvwxyz/"
PAID = {"payment_id": 1, "amount_cents": 10_000_00, "method": "card", "receipt": "R-88", "credit_cents": 0}
FACTS: dict[str, dict[str, object]] = {
    "quote_sent": {"total_cents": 40_000_00, "version": 1},
    "signed": {"name": "Carol Reyes", "contract_cents": 40_000_00},
    "signed_office": {"name": "Carol Reyes", "contract_cents": 40_000_00},
    "please_accept": {"milestone": "Rough-in complete", "amount_cents": 10_000_00, "row_id": 1},
    "accepted_office": {"milestone": "Rough-in complete"},
    "invoice_sent": {
        "invoice_id": 1,
        "number": "1043",
        "title": "Rough-in complete",
        "kind": "progress",
        "total_cents": 10_000_00,
        "due_on": "2026-03-09",
    },
    "payment_on_its_way": PAID,
    "payment_failed": PAID | {"reason": "The account is closed."},
    "payment_failed_office": PAID | {"reason": "The account is closed."},
    "receipt": PAID,
    "payment_office": PAID,
    "event_moved": {"event": "Measurements", "on": "2026-03-20", "was": "2026-03-16"},
    "payment_returned": PAID | {"reason": "R01 insufficient funds"},
    "payment_returned_office": PAID | {"reason": "R01 insufficient funds"},
    "dispute_opened_office": PAID | {"reason": "fraudulent"},
    "dispute_won_office": PAID,
    "refunded": PAID,
    "refund_refused": PAID | {"reason": "expired card"},
    "refund_refused_office": PAID | {"reason": "expired card"},
    "credit_note": {
        "credit_note": "C-1",
        "number": "1043",
        "title": "Rough-in complete",
        "kind": "reversal",
        "total_cents": 10_000_00,
        "credit_cents": 4_000_00,
        "reason": "It went to the old address",
    },
    "taxes_changed": {
        "change": "CO-1",
        "reason": "The rate is 8.75 % from 1 July.",
        "difference_cents": 120_00,
        "contract_cents": 40_000_00,
    },
    "cancelled": {
        "contract_cents": 40_000_00,
        "kept_cents": 500_00,
        "credit_cents": 2_000_00,
        "reason": "The house is sold",
    },
    "closed": {"contract_cents": 40_000_00, "paid_cents": 40_000_00},
    "account_statement": {"amount_cents": 10_000_00, "on": "2026-03-31"},
    "ready_office": {
        "milestone": "Before delivery",
        "amount_cents": 10_000_00,
        "event": "Delivery",
        "on": "2026-03-20",
    },
}
WITHOUT_AMOUNT = {"accepted_office", "event_moved"}
CUSTOMERS = [kind for kind in FACTS if not kind.endswith("_office") and kind != "payment_office"]
KITCHEN = "Kitchen remodel"


def letter(kind: str, channel: str = "email", **changes: object) -> LetterFacts:
    facts = LetterFacts(
        message_id=1,
        identity=f"{kind}:1:{channel}:1",
        kind=kind,
        channel=channel,
        to_name="Pat Reyes",
        to_address="pat@example.com",
        facts=FACTS[kind],
        document_ids=[],
        state="queued",
        attempts=1,
        written=None,
        business_name="Northside Kitchens",
        business_email="alice@example.com",
        business_phone="+13125550100",
        business_color="#14593b",
        locale="en-US",
        job_id=1,
        job_number="Q-1042",
        job_title=KITCHEN,
        customer_name="Reyes",
        currency="USD",
        url=URL,
        covers=["Rough-in complete"] if "payment_id" in FACTS[kind] else [],
        left_cents=20_000_00 if "payment_id" in FACTS[kind] else 0,
    )
    return replace(facts, **changes)  # type: ignore[arg-type]


def amount_of(kind: str) -> str:
    return (
        "$40,000.00"
        if kind in ("quote_sent", "signed", "signed_office", "closed", "cancelled", "taxes_changed")
        else "$10,000.00"
    )


@pytest.mark.parametrize("kind", FACTS)
def test_an_email_says_who_what_how_much_and_where_in_text_and_html_alike(kind):
    mail = written(letter(kind))

    assert mail.subject and "\n" not in mail.subject
    for body in (mail.body_text, mail.body_html):
        assert "Northside Kitchens" in body
        assert "Kitchen remodel" in body
        assert URL in body
        assert kind in WITHOUT_AMOUNT or amount_of(kind) in body
    assert not re.search(r"[{}]%|%[{}]|{{|}}|None", mail.body_text + mail.subject)
    assert "http" not in re.sub(re.escape(URL), "", mail.body_html), "nothing is fetched from elsewhere"


@pytest.mark.parametrize("kind", [kind for kind in FACTS if kind not in WITHOUT_AMOUNT])
def test_the_amount_and_the_button_stand_before_the_rest(kind):
    mail = written(letter(kind))

    text = mail.body_text
    assert text.index(amount_of(kind)) < text.index(URL)
    assert text.index(URL) < len(text) - text[::-1].index("Northside Kitchens"[::-1])


@pytest.mark.parametrize("kind", CUSTOMERS)
def test_a_text_is_one_text_with_business_what_amount_and_link(kind):
    text = written(letter(kind, "text")).body_text

    assert septets(text) < 160
    assert text.startswith("Northside Kitchens: ")
    assert text.endswith(URL)
    assert kind in WITHOUT_AMOUNT or amount_of(kind) in text


@pytest.mark.parametrize("kind", CUSTOMERS)
def test_long_names_give_way_and_the_amount_and_the_link_never_do(kind):
    long = "The Most Honourable Company of Kitchen Builders and Cabinet Makers of Northside Chicago"
    facts = dict(FACTS[kind])
    for name in ("title", "milestone", "event"):
        if name in facts:
            facts[name] = "Installation of every cabinet, worktop, appliance and lamp in kitchen and pantry"
    changed = letter(
        kind,
        "text",
        facts=facts,
        business_name=long,
        job_title=long,
        covers=[long] if "payment_id" in facts else [],
    )
    text = written(changed).body_text

    assert septets(text) < 160
    assert text.startswith("The Most Hono")
    assert text.endswith(URL)
    assert kind in WITHOUT_AMOUNT or amount_of(kind) in text


def test_a_text_uses_the_telephones_own_letters():
    text = written(letter("invoice_sent", "text", business_name="Küche – “Nord”")).body_text

    assert text.startswith('Küche - "Nord": ')
    assert "\u00a0" not in text


def test_the_invoice_names_its_number_and_day():
    mail = written(letter("invoice_sent"))

    assert "Invoice 1043" in mail.body_text
    assert "9 March 2026" in mail.body_text


def test_the_deposit_is_called_a_deposit():
    facts = FACTS["invoice_sent"] | {"kind": "deposit", "title": "Deposit"}

    assert "deposit" in written(letter("invoice_sent", facts=facts)).body_text


def test_the_receipt_says_what_it_covers_and_what_is_left():
    mail = written(letter("receipt"))
    assert "Rough-in complete" in mail.body_text
    assert "Left of the contract: $20,000.00." in mail.body_text

    last = written(letter("receipt", left_cents=0))
    assert "nothing is left" in last.body_text
    assert "Nothing is left to pay." in written(letter("receipt", "text", left_cents=0)).body_text


def test_a_customers_own_locale_writes_the_amounts():
    assert "10.000,00\u00a0€" in written(letter("invoice_sent", currency="EUR", locale="de-DE")).body_text


def test_names_cannot_break_out_of_the_html_or_the_subject():
    hostile = '<script>alert(1)</script>"&\r\nBcc: everybody@example.com'
    mail = written(letter("quote_sent", job_title=hostile, business_name=hostile, to_name=hostile))

    assert "<script>" not in mail.body_html
    assert "\n" not in mail.subject and "\r" not in mail.subject


def test_a_colour_that_is_none_stays_out_of_the_html():
    mail = written(letter("quote_sent", business_color="red;} body{display:none"))

    assert "display:none" not in mail.body_html
    assert "#14593b" in mail.body_html


def test_the_buttons_words_are_readable_on_a_light_colour():
    assert (
        "background:#ffe08a;color:#000000"
        in written(letter("quote_sent", business_color="#ffe08a")).body_html
    )
    assert "background:#14593b;color:#ffffff" in written(letter("quote_sent")).body_html


def test_nobody_is_greeted_by_a_telephone_number():
    assert written(letter("quote_sent", to_name="+13125550142")).body_text.startswith("Hello,\n")
    assert written(letter("quote_sent")).body_text.startswith("Hello Pat,\n")


def test_small_work_without_a_quote_is_named_once():
    facts = FACTS["invoice_sent"] | {"kind": "simple", "title": KITCHEN}

    assert "“Kitchen remodel” is invoiced" in written(letter("invoice_sent", facts=facts)).body_text
    assert "payment for “Kitchen remodel” is here" in written(letter("receipt", covers=[KITCHEN])).body_text


def test_a_credit_note_s_letter_says_what_becomes_of_the_invoice_and_of_what_was_paid():
    taken_back = written(letter("credit_note")).body_text
    assert "Invoice 1043 for “Rough-in complete” no longer counts." in taken_back
    assert "Why: It went to the old address" in taken_back
    assert "$4,000.00 is now your credit" in taken_back
    off = written(
        letter("credit_note", facts=FACTS["credit_note"] | {"kind": "allowance", "credit_cents": 0})
    )
    assert "costs less than it said" in off.body_text
    assert "your credit" not in off.body_text


def test_a_cancelled_job_s_letter_says_what_is_kept_and_what_is_credited():
    text = written(letter("cancelled")).body_text
    assert "Why: The house is sold" in text
    assert "$500.00 of your deposit is kept. $2,000.00 of it is credited to you." in " ".join(text.split())
