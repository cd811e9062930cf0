"""Texts: what reaches Twilio, what is refused, and what may be tried again."""

import sys
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from milepost.gateways.sms import RecordingSms, SmsRefused, SmsUnavailable, TwilioSms

PAT = "+15035550142"
TEXT = "Oak & Stone: $12,000.00 for Cabinets installed is due 6 May. https://pay.example/c/x"


class TwilioException(Exception):
    pass


class TwilioRestException(TwilioException):
    def __init__(self, status: int, code: int) -> None:
        self.status, self.code = status, code


class Twilio:
    """Stands for twilio.rest.Client: writes down what is created, or raises."""

    def __init__(self, failure: Exception | None = None) -> None:
        self.created: list[dict[str, str]] = []
        self.failure = failure
        self.messages = self

    def create(self, **message: str) -> Any:
        if self.failure:
            raise self.failure
        self.created.append(message)
        return SimpleNamespace(sid="SM123")


@pytest.fixture(autouse=True)
def sdk(monkeypatch: pytest.MonkeyPatch) -> None:
    """The SDK's exceptions, so that the tests need not have the extra."""
    exceptions = ModuleType("twilio.base.exceptions")
    vars(exceptions).update(TwilioException=TwilioException, TwilioRestException=TwilioRestException)
    for name, module in {
        "twilio": ModuleType("twilio"),
        "twilio.base": ModuleType("twilio.base"),
        "twilio.base.exceptions": exceptions,
    }.items():
        monkeypatch.setitem(sys.modules, name, module)


def gateway(client: Twilio, sender: str = "+15035550100") -> TwilioSms:
    return TwilioSms(account_sid="AC1", auth_token="t", sender=sender, client=client)


def test_a_text_goes_out_from_the_number_or_the_service() -> None:
    twilio = Twilio()
    assert gateway(twilio).send(PAT, TEXT, "m-1") == "SM123"
    gateway(twilio, sender="MG42").send(PAT, TEXT, "m-2")
    assert twilio.created == [
        {"to": PAT, "body": TEXT, "from_": "+15035550100"},
        {"to": PAT, "body": TEXT, "messaging_service_sid": "MG42"},
    ]


@pytest.mark.parametrize("code", [21211, 21610, 21614])
def test_a_number_that_will_never_do_is_refused(code: int) -> None:
    with pytest.raises(SmsRefused, match=r"\+15035550142"):
        gateway(Twilio(TwilioRestException(400, code))).send(PAT, TEXT, "m-1")


@pytest.mark.parametrize(
    "failure",
    [
        TwilioRestException(429, 20429),
        TwilioRestException(401, 20003),
        TwilioException("x"),
        ConnectionError("y"),
    ],
    ids=lambda failure: type(failure).__name__,
)
def test_a_busy_provider_or_a_wrong_key_is_tried_again(failure: Exception) -> None:
    with pytest.raises(SmsUnavailable):
        gateway(Twilio(failure)).send(PAT, TEXT, "m-1")


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "twilio.base.exceptions", None)
    with pytest.raises(SmsUnavailable, match=r"milepost\[twilio\]"):
        gateway(Twilio()).send(PAT, TEXT, "m-1")


@pytest.mark.parametrize(
    ("to", "text"),
    [("5035550142", TEXT), ("+1 503 555 0142", TEXT), ("+0123456789", TEXT), (PAT, " "), (PAT, "x" * 1601)],
)
def test_what_is_no_number_or_no_text_is_refused_by_both(to: str, text: str) -> None:
    for each in (gateway(Twilio()), RecordingSms()):
        with pytest.raises(SmsRefused, match="can't be sent"):
            each.send(to, text, "m-1")  # type: ignore[attr-defined]


def test_the_fake_keeps_what_was_sent_and_fails_on_demand() -> None:
    fake = RecordingSms()
    fake.failures.append(SmsUnavailable("busy"))
    with pytest.raises(SmsUnavailable):
        fake.send(PAT, TEXT, "m-1")
    assert fake.send(PAT, TEXT, "m-1") == "recorded-m-1"
    assert fake.sent == [(PAT, TEXT, "m-1")]
