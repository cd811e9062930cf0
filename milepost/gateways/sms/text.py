"""What a text message is, and what may go wrong with it."""

import re
from typing import Protocol

from milepost.core.msgids import gettext_noop
from milepost.core.refusals import Refusal

MOST_CHARACTERS = 1600
_E164 = re.compile(r"\+[1-9]\d{6,14}")


class SmsRefused(Refusal):
    """This text can't be sent as it is: a bad number, or its owner said stop. Trying again does not help."""

    code = "sms_refused"
    message = gettext_noop("This text can't be sent to {to}: {problem}.")


class SmsUnavailable(Exception):
    """The provider can't be reached or is busy; the same text may be sent later."""


class SmsGateway(Protocol):
    """Whoever carries texts: Twilio, or the recording fake."""

    def send(self, to_e164: str, text: str, identity: str) -> str:
        """
        Hand the text over and answer with the provider's reference.

        `to_e164` is "+15035550142". `identity` is the message's own, the same at every try.
        Raises SmsRefused when it never will be sent, SmsUnavailable when it may be tried again.
        """
        ...


def check(to_e164: str, text: str) -> None:
    """Refuse a number that is not E.164, and a text that is empty or longer than ten parts."""
    if not _E164.fullmatch(to_e164):
        raise SmsRefused(to=to_e164[:40], problem="it is not a telephone number with its country code")
    if not text.strip():
        raise SmsRefused(to=to_e164, problem="it is empty")
    if len(text) > MOST_CHARACTERS:
        raise SmsRefused(to=to_e164, problem="it is longer than 1,600 characters")
