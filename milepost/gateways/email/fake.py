"""A letter box that keeps what is put into it."""

from milepost.gateways.email.mail import OutgoingEmail, check


class RecordingEmail:
    """
    Keeps each email in `sent`, in order. Refuses what the real gateway refuses.

    A test that wants a failure puts the exceptions into `failures`; each send raises the next of them.
    """

    def __init__(self) -> None:
        self.sent: list[OutgoingEmail] = []
        self.failures: list[Exception] = []

    def send(self, mail: OutgoingEmail) -> str:
        """See EmailGateway."""
        check(mail)
        if self.failures:
            raise self.failures.pop(0)
        self.sent.append(mail)
        return f"recorded-{mail.message_id}"
