"""Signatures by the Standard Webhooks specification, against its own package, both ways."""

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from standardwebhooks.webhooks import Webhook

from milepost.gateways.payments import BadSignature
from milepost.gateways.payments.signatures import sign_standard, verify_standard
from tests.gateways.conftest import UNHURRIED

NOW = datetime.now(UTC).replace(microsecond=0)
SECRET = "whsec_" + base64.b64encode(b"a secret of the practice gateway").decode()


def headers(body: bytes, at: datetime = NOW, secret: str = SECRET) -> dict[str, str]:
    moment = int(at.timestamp())
    return {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(moment),
        "webhook-signature": sign_standard(body, secret, "msg_1", moment),
    }


@settings(UNHURRIED, max_examples=50)
@given(text=st.text(), secret=st.binary(min_size=1, max_size=64))
def test_our_signature_is_the_package_s(text: str, secret: bytes):
    named = "whsec_" + base64.b64encode(secret).decode()
    body = json.dumps({"text": text})
    # The package compares with the clock, so this is now, not when the tests were collected.
    now = datetime.now(UTC).replace(microsecond=0)
    theirs = Webhook(named).sign("msg_1", now, body)
    assert sign_standard(body.encode(), named, "msg_1", int(now.timestamp())) == theirs
    assert Webhook(named).verify(body, headers(body.encode(), now, named)) == {"text": text}
    verify_standard(
        body.encode(), named, headers(body.encode(), now) | {"webhook-signature": f"v1a,x {theirs}"}, now
    )


@pytest.mark.parametrize("minutes", [-6, 6])
def test_old_ones_and_ones_from_the_future_are_refused(minutes: int):
    body, then = b"{}", NOW + timedelta(minutes=minutes)
    with pytest.raises(BadSignature):
        verify_standard(body, SECRET, headers(body, then), NOW)
    verify_standard(body, SECRET, headers(body, then), then)


@pytest.mark.parametrize(
    "changed",
    [
        {"webhook-id": "msg_2"},
        {"webhook-timestamp": "1"},
        {"webhook-timestamp": "x"},
        {"webhook-signature": ""},
    ],
)
def test_nothing_of_it_can_be_changed(changed: dict[str, str]):
    with pytest.raises(BadSignature):
        verify_standard(b"{}", SECRET, headers(b"{}") | changed, NOW)
    with pytest.raises(BadSignature):
        verify_standard(b"{ }", SECRET, headers(b"{}"), NOW)
