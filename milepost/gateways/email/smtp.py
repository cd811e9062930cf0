"""Email through Django: SMTP by default, any anymail provider by the setting EMAIL_BACKEND."""

import smtplib
from email.utils import formataddr, parseaddr
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection

from milepost.gateways.email.mail import EmailRefused, EmailUnavailable, OutgoingEmail, check

# What SMTP answers for good: the mailbox is unknown, refused or moved, the content is rejected (RFC 5321, 4.2).
_PERMANENT = range(500, 600)
# 530, 534, 535, 538: our own login is wrong. That is ours to mend, the email itself is fine.
_OUR_OWN_FAULT = {530, 534, 535, 538}


class DjangoEmail:
    """Sends through the configured EMAIL_BACKEND from DEFAULT_FROM_EMAIL, as the business."""

    def __init__(self, *, backend: str | None = None) -> None:
        self.backend = backend

    def send(self, mail: OutgoingEmail) -> str:
        """See EmailGateway. Answers with the provider's id where it gives one, else the Message-ID."""
        check(mail)
        letter = build(mail)
        letter.connection = get_connection(self.backend)
        try:
            letter.send()
        except smtplib.SMTPRecipientsRefused as refused:
            codes = [code for code, _ in refused.recipients.values()]
            raise _by_code(mail, max(codes, default=550), refused) from refused
        except smtplib.SMTPResponseException as refused:
            raise _by_code(mail, refused.smtp_code, refused) from refused
        except Exception as failed:
            raise _by_kind(mail, failed) from failed
        provider_id = getattr(getattr(letter, "anymail_status", None), "message_id", None)
        return str(provider_id or letter.extra_headers["Message-ID"])


def build(mail: OutgoingEmail) -> EmailMultiAlternatives:
    """The letter: plain text first, the same as HTML beside it, the attachments behind."""
    address = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    letter = EmailMultiAlternatives(
        subject=mail.subject,
        body=mail.text,
        from_email=formataddr((mail.from_name, address)),
        to=[mail.to],
        reply_to=[mail.reply_to] if mail.reply_to else None,
        headers={"Message-ID": f"<{mail.message_id}@{address.rpartition('@')[2]}>"},
    )
    if mail.html:
        letter.attach_alternative(mail.html, "text/html")
    for attachment in mail.attachments:
        letter.attach(attachment.name, attachment.data, attachment.mime)
    return letter


def _by_code(mail: OutgoingEmail, code: int, wrong: Exception) -> Exception:
    if code in _PERMANENT and code not in _OUR_OWN_FAULT:
        return EmailRefused(to=mail.to, problem=f"the mail server answered {code}")
    return EmailUnavailable(str(wrong))


def _by_kind(mail: OutgoingEmail, failed: Exception) -> Exception:
    """
    Refused recipients and invalid content are final, everything on the way there may pass.

    Providers first: anymail's errors over HTTP are OSErrors too.
    """
    from anymail import exceptions as anymail  # only a provider's backend needs it

    if isinstance(failed, anymail.AnymailRecipientsRefused | anymail.AnymailInvalidAddress):
        return EmailRefused(to=mail.to, problem="the mail provider refuses this address")
    status: Any = getattr(failed, "status_code", None)
    if isinstance(failed, anymail.AnymailAPIError) and status in (400, 413, 422):
        return EmailRefused(to=mail.to, problem=f"the mail provider answered {status}")
    if isinstance(failed, anymail.AnymailError | smtplib.SMTPException | OSError):
        return EmailUnavailable(f"{type(failed).__name__} while sending email")
    return failed
