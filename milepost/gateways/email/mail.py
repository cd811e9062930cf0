"""What an email is, and what may go wrong with it."""

import re
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from milepost.core.msgids import gettext_noop
from milepost.core.refusals import Refusal

MOST_ATTACHED_BYTES = 20_000_000
_LINE_OR_CONTROL = re.compile(r"[\x00-\x1f\x7f\u2028\u2029\x85]")
_IDENTITY = re.compile(r"[A-Za-z0-9._+-]{1,120}")


class Attachment(NamedTuple):
    """A file that goes with the email."""

    name: str
    mime: str
    data: bytes


@dataclass(frozen=True, slots=True)
class OutgoingEmail:
    """
    One email to one person, rendered and ready.

    `message_id` is the message's stable identity (letters, digits and ._+-, at most 120), the same at
    every try; the gateway adds the brackets and the domain. `from_name` is the business's name: the
    address it is sent from is the installation's, answers go to `reply_to` ("" for none).
    """

    to: str
    subject: str
    text: str
    html: str
    from_name: str
    message_id: str
    reply_to: str = ""
    attachments: tuple[Attachment, ...] = ()


class EmailRefused(Refusal):
    """This email can't be sent as it is: a bad address or header. Trying again does not help."""

    code = "email_refused"
    message = gettext_noop("This email can't be sent to {to}: {problem}.")


class EmailUnavailable(Exception):
    """The mail server can't be reached or is busy; the same email may be sent later."""


class EmailGateway(Protocol):
    """Whoever carries email: SMTP, a provider, or the recording fake."""

    def send(self, mail: OutgoingEmail) -> str:
        """
        Hand the email over and answer with the carrier's reference (the Message-ID where it has none).

        Raises EmailRefused when it never will be sent, EmailUnavailable when it may be tried again.
        """
        ...


def check(mail: OutgoingEmail) -> None:
    """Refuse a bad address, a line break in anything that becomes a header, and too much attached."""
    for address in (mail.to, *([mail.reply_to] if mail.reply_to else [])):
        try:
            validate_email(address)
        except ValidationError as wrong:
            raise EmailRefused(to=mail.to, problem=f"“{printable(address)}” is not an address") from wrong
    headers = {"subject": mail.subject, "sender's name": mail.from_name}
    headers |= {f"attachment {i + 1}": f"{a.name} {a.mime}" for i, a in enumerate(mail.attachments)}
    for name, value in headers.items():
        if _LINE_OR_CONTROL.search(value):
            raise EmailRefused(to=mail.to, problem=f"its {name} has a line break or control character in it")
    if not _IDENTITY.fullmatch(mail.message_id):
        raise EmailRefused(to=mail.to, problem="its identity has characters that a Message-ID can't carry")
    if sum(len(attachment.data) for attachment in mail.attachments) > MOST_ATTACHED_BYTES:
        raise EmailRefused(to=mail.to, problem="more than 20 MB are attached; send a link instead")


def printable(value: str) -> str:
    """A value fit to be shown in a refusal."""
    return _LINE_OR_CONTROL.sub("?", value)[:120]
