"""Texts through Twilio; needs the extra `milepost[twilio]`."""

from typing import Any

from milepost.gateways.sms.text import SmsRefused, SmsUnavailable, check

SECONDS = 15.0
# https://www.twilio.com/docs/api/errors: what is wrong with this number or this text, and will stay so.
REFUSED = {
    21211: "it is not a telephone number",
    21214: "the number can't be reached",
    21217: "it is not a telephone number",
    21408: "texts to this country are not allowed by your Twilio account",
    21610: "its owner has answered STOP",
    21612: "the number can't be reached from yours",
    21614: "it is not a mobile number",
    21617: "it is too long",
}


class TwilioSms:
    """
    Sends from one number or one messaging service (`sender` is "+1…" or "MG…").

    Twilio's message resource has no idempotency key: a text whose answer was lost on the way may arrive
    twice. `identity` therefore stays with the caller's row; nothing of it is sent.
    """

    def __init__(self, *, account_sid: str, auth_token: str, sender: str, client: Any = None) -> None:
        self.sender = sender
        self._account = (account_sid, auth_token)
        self._client = client

    def send(self, to_e164: str, text: str, identity: str) -> str:
        """See SmsGateway. Answers with the message's SID."""
        check(to_e164, text)
        try:
            from twilio.base.exceptions import TwilioException, TwilioRestException
        except ImportError as missing:
            raise SmsUnavailable("Texts need one more package: install milepost[twilio].") from missing

        origin = {"messaging_service_sid" if self.sender.startswith("MG") else "from_": self.sender}
        try:
            message = self.client().messages.create(to=to_e164, body=text, **origin)
        except TwilioRestException as refused:
            if refused.code in REFUSED:
                raise SmsRefused(to=to_e164, problem=REFUSED[refused.code]) from refused
            raise SmsUnavailable(f"Twilio answered {refused.status} ({refused.code}).") from refused
        except (TwilioException, OSError) as away:
            raise SmsUnavailable(f"Twilio can't be reached: {away}") from away
        return str(message.sid)

    def client(self) -> Any:
        """Twilio's client, made at the first text so that the extra is needed only by who sends."""
        if self._client is None:
            from twilio.http.http_client import TwilioHttpClient
            from twilio.rest import Client

            self._client = Client(*self._account, http_client=TwilioHttpClient(timeout=SECONDS))
        return self._client
