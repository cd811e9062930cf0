"""A telephone that keeps what it is sent."""

from typing import NamedTuple

from milepost.gateways.sms.text import check


class RecordedText(NamedTuple):
    """A text as it would have gone."""

    to_e164: str
    text: str
    identity: str


class RecordingSms:
    """
    Keeps each text in `sent`, in order. Refuses what the real gateway refuses.

    A test that wants a failure puts the exceptions into `failures`; each send raises the next of them.
    """

    def __init__(self) -> None:
        self.sent: list[RecordedText] = []
        self.failures: list[Exception] = []

    def send(self, to_e164: str, text: str, identity: str) -> str:
        """See SmsGateway."""
        check(to_e164, text)
        if self.failures:
            raise self.failures.pop(0)
        self.sent.append(RecordedText(to_e164, text, identity))
        return f"recorded-{identity}"
