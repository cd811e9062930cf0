"""
Email out of the house.

A message is sent at least once: its identity becomes the Message-ID, so a second send of the same
message is the same letter to every mail program that threads or drops duplicates.
"""

from milepost.gateways.email.fake import RecordingEmail
from milepost.gateways.email.mail import (
    Attachment,
    EmailGateway,
    EmailRefused,
    EmailUnavailable,
    OutgoingEmail,
    check,
)
from milepost.gateways.email.smtp import DjangoEmail

__all__ = [
    "Attachment",
    "DjangoEmail",
    "EmailGateway",
    "EmailRefused",
    "EmailUnavailable",
    "OutgoingEmail",
    "RecordingEmail",
    "check",
]
