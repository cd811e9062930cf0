"""Email: what a letter looks like on the wire, what is refused, and what may be tried again."""

import dataclasses
import smtplib
from typing import Any

import pytest
from anymail.exceptions import AnymailAPIError, AnymailRecipientsRefused, AnymailRequestsAPIError
from django.core import mail as outbox
from django.core.mail.backends.base import BaseEmailBackend

from milepost.gateways.email import (
    Attachment,
    DjangoEmail,
    EmailRefused,
    EmailUnavailable,
    OutgoingEmail,
    RecordingEmail,
)

INVOICE = OutgoingEmail(
    to="pat@example.com",
    subject="Invoice 1043: $12,000.00 for Cabinets installed – Küche",
    text="Hello Pat,\nyour invoice.",
    html="<p>Hello Pat,<br>your invoice.</p>",
    from_name="Oak & Stone, Kitchens",
    reply_to="office@oakandstone.example",
    message_id="b7.m-1043",
    attachments=(Attachment("invoice-1043.pdf", "application/pdf", b"%PDF-1.7"),),
)
LOCMEM = "django.core.mail.backends.locmem.EmailBackend"


@pytest.fixture(autouse=True)
def sender(settings: Any) -> None:
    settings.DEFAULT_FROM_EMAIL = "Milepost <billing@milepost.example>"
    outbox.outbox = []  # type: ignore[attr-defined]


class Failing(BaseEmailBackend):
    """A mail server that answers with `failure`."""

    failure: Exception

    def send_messages(self, email_messages: Any) -> int:
        raise self.failure


def failing(failure: Exception) -> DjangoEmail:
    Failing.failure = failure
    return DjangoEmail(backend=f"{__name__}.Failing")


def test_the_letter_has_both_parts_the_attachment_and_a_stable_identity() -> None:
    gateway = DjangoEmail(backend=LOCMEM)
    assert gateway.send(INVOICE) == gateway.send(INVOICE) == "<b7.m-1043@milepost.example>"

    letter = outbox.outbox[0].message()  # type: ignore[attr-defined]
    assert letter["To"] == "pat@example.com"
    assert letter["From"] == '"Oak & Stone, Kitchens" <billing@milepost.example>'
    assert letter["Reply-To"] == "office@oakandstone.example"
    assert letter["Message-ID"] == "<b7.m-1043@milepost.example>"
    assert [part.get_content_type() for part in letter.walk() if not part.is_multipart()] == [
        "text/plain",
        "text/html",
        "application/pdf",
    ]
    assert list(letter.walk())[-1].get_payload(decode=True) == b"%PDF-1.7"


@pytest.mark.parametrize(
    "changed",
    [
        {"subject": "Hello\nBcc: mallory@example.com"},
        {"subject": "Hello\rthere"},
        {"from_name": "Oak\r\nBcc: mallory@example.com"},
        {"to": "pat@example.com\nBcc: mallory@example.com"},
        {"to": "pat@example.com, mallory@example.com"},
        {"to": "not an address"},
        {"reply_to": "x@y\r\n.example"},
        {"message_id": "1>\r\nBcc: <m@example.com"},
        {"attachments": (Attachment('a"\r\nX: y', "application/pdf", b""),)},
        {"attachments": (Attachment("big.pdf", "application/pdf", b"x" * 20_000_001),)},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_a_header_cannot_be_smuggled_in_and_a_bad_address_is_refused(changed: dict[str, Any]) -> None:
    bad = dataclasses.replace(INVOICE, **changed)
    for gateway in (DjangoEmail(backend=LOCMEM), RecordingEmail()):
        with pytest.raises(EmailRefused, match="can't be sent"):
            gateway.send(bad)  # type: ignore[attr-defined]
    assert outbox.outbox == []  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "failure",
    [
        ConnectionRefusedError("refused"),
        TimeoutError("too slow"),
        smtplib.SMTPServerDisconnected("gone"),
        smtplib.SMTPDataError(451, b"try later"),
        smtplib.SMTPAuthenticationError(535, b"who are you"),
        smtplib.SMTPRecipientsRefused({"pat@example.com": (450, b"greylisted")}),
        AnymailAPIError("away"),
    ],
    ids=lambda failure: type(failure).__name__,
)
def test_what_may_pass_is_tried_again(failure: Exception) -> None:
    with pytest.raises(EmailUnavailable):
        failing(failure).send(INVOICE)


@pytest.mark.parametrize(
    "failure",
    [
        smtplib.SMTPRecipientsRefused({"pat@example.com": (550, b"no such mailbox")}),
        smtplib.SMTPDataError(554, b"rejected"),
        AnymailRecipientsRefused("no such mailbox"),
        AnymailRequestsAPIError(
            "invalid",
            response=type("Answer", (), {"status_code": 422, "reason": "Unprocessable", "text": ""})(),
        ),
    ],
    ids=lambda failure: type(failure).__name__,
)
def test_what_will_not_pass_is_refused_for_good(failure: Exception) -> None:
    with pytest.raises(EmailRefused, match=r"pat@example\.com"):
        failing(failure).send(INVOICE)


def test_a_bug_of_ours_is_not_taken_for_a_busy_server() -> None:
    with pytest.raises(ZeroDivisionError):
        failing(ZeroDivisionError()).send(INVOICE)


def test_the_fake_keeps_what_was_sent_and_fails_on_demand() -> None:
    fake = RecordingEmail()
    fake.failures.append(EmailUnavailable("busy"))
    with pytest.raises(EmailUnavailable):
        fake.send(INVOICE)
    assert fake.send(INVOICE) == "recorded-b7.m-1043"
    assert fake.sent == [INVOICE]
