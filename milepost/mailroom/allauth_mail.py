"""What accounts send (a new password, an address to confirm) goes through the outbox, not through the request."""

import logging
from collections.abc import Sequence

from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone

from milepost.actions.account_mail import post_account_mail
from milepost.actions.actor import Actor
from milepost.actions.post import Written
from milepost.gateways.email import EmailUnavailable, OutgoingEmail
from milepost.mailroom.waiting import businesses_of
from milepost.mailroom.wiring import gateways
from milepost.records.people import User

logger = logging.getLogger(__name__)


class OutboxBackend(BaseEmailBackend):
    """Posts each letter as a message of the first business that its reader works for."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        return sum(self._post(mail, to) for mail in email_messages for to in mail.to)

    def _post(self, mail: EmailMessage, to: str) -> bool:
        written = Written(" ".join(str(mail.subject).split()), str(mail.body), _html(mail))
        user = User.objects.filter(email__iexact=to).first()
        businesses = businesses_of(user.id) if user else []
        if businesses:
            post_account_mail(by=Actor.system(businesses[0]), at=timezone.now(), to=to, written=written)
            return True
        return _send_directly(to, written)


def _html(mail: EmailMessage) -> str:
    parts = mail.alternatives if isinstance(mail, EmailMultiAlternatives) else []
    return next((str(part[0]) for part in parts if part[1] == "text/html"), "")


def _send_directly(to: str, written: Written) -> bool:
    """For readers who work for no business there is no outbox; without a gateway it is only logged."""
    carrier = gateways().email
    if carrier is None:
        logger.warning("Not sent, as no email is set up. To %s: %s", to, written.body_text)
        return False
    identity = f"mp.account.{timezone.now():%Y%m%d%H%M%S%f}"
    letter = OutgoingEmail(to, written.subject, written.body_text, written.body_html, "Milepost", identity)
    try:
        carrier.send(letter)
    except EmailUnavailable:
        logger.exception("A letter about an account could not be sent.")
        return False
    return True
