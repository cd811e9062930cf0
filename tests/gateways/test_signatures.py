"""Whether an event is believed: our verdict beside the official SDK's and the Standard Webhooks package's."""

import base64
import json
from datetime import UTC, datetime, timedelta
from unittest.mock import patch

import pytest
import stripe
from hypothesis import example, given
from hypothesis import strategies as st
from standardwebhooks import webhooks

from milepost.gateways.payments import BadSignature
from milepost.gateways.payments.signatures import TOLERANCE_SECONDS, sign, sign_standard, verify_standard
from milepost.gateways.stripe import StripeGateway
from tests.gateways.conftest import UNHURRIED

BODIES = st.fixed_dictionaries(
    {
        "id": st.text(min_size=1),
        "object": st.just("event"),
        "type": st.text(),
        "data": st.fixed_dictionaries({"object": st.dictionaries(st.text(), st.text())}),
    }
).map(lambda body: json.dumps(body, ensure_ascii=False).encode("utf-8", "surrogatepass"))
SECRETS = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1)
"""No blanks and no NULs: HMAC fills a short key with NULs, so two such secrets may be one."""
DAY = 24 * 60 * 60
MOMENTS = st.integers(DAY, 80_000 * DAY).map(lambda second: datetime.fromtimestamp(second, UTC))
APART = st.one_of(
    st.integers(-2 * TOLERANCE_SECONDS, 2 * TOLERANCE_SECONDS),
    st.sampled_from([-TOLERANCE_SECONDS - 1, -TOLERANCE_SECONDS, TOLERANCE_SECONDS, TOLERANCE_SECONDS + 1]),
    st.integers(-(10**8), 10**9),
)
"""Seconds from now at which an event says that it was signed."""


def believed(body: bytes, header: str, secret: str, now: datetime) -> bool:
    try:
        StripeGateway(secret_key="sk_test_x", webhook_secret=secret).read_event(body, header, now)
    except BadSignature:
        return False
    return True


def believed_by_the_sdk(body: bytes, header: str, secret: str, now: datetime) -> bool:
    """The SDK looks at the clock; here the clock shows `now`."""
    with patch("stripe._webhook.time.time", now.timestamp):
        try:
            stripe.Webhook.construct_event(body, header, secret)
        except stripe.SignatureVerificationError:
            return False
    return True


@UNHURRIED
@given(body=BODIES, secret=SECRETS, now=MOMENTS, apart=APART)
@example(
    body=b'{"id": "e", "object": "event", "type": "t"}',
    secret="s",
    now=datetime(2026, 1, 1, tzinfo=UTC),
    apart=301,
)
def test_what_the_sdk_believes_we_believe_unless_it_is_of_the_future(
    body: bytes, secret: str, now: datetime, apart: int
):
    moment = int(now.timestamp()) + apart
    header = stripe.WebhookSignature.generate_signature_header(body.decode(), secret, moment)
    assert header == sign(body, secret, moment)
    theirs = believed_by_the_sdk(body, header, secret, now)
    assert theirs == (apart >= -TOLERANCE_SECONDS)
    of_the_future = apart > TOLERANCE_SECONDS
    assert believed(body, header, secret, now) == (theirs and not of_the_future and moment >= 0)


@UNHURRIED
@given(body=BODIES, secret=SECRETS, other=SECRETS, now=MOMENTS, data=st.data())
def test_what_was_changed_on_the_way_neither_believes(
    body: bytes, secret: str, other: str, now: datetime, data
):
    header = sign(body, secret, int(now.timestamp()))
    place = data.draw(st.integers(0, len(header) - 1))
    swapped = header[:place] + data.draw(st.sampled_from("0123456789abcdef=,tv")) + header[place + 1 :]
    for changed, signature, key in (
        (body + b" ", header, secret),
        (body, swapped, secret),
        (body, header, other),
        (body, header.replace("v1=", "v0="), secret),
    ):
        genuine = (changed, signature, key) == (body, header, secret)
        assert believed(changed, signature, key, now) == genuine
        assert believed_by_the_sdk(changed, signature, key, now) == genuine


@UNHURRIED
@given(body=BODIES, secret=SECRETS, old=SECRETS, now=MOMENTS)
def test_while_a_secret_is_rolled_one_signature_of_two_is_enough(
    body: bytes, secret: str, old: str, now: datetime
):
    moment = int(now.timestamp())
    both = f"{sign(body, old, moment)},{sign(body, secret, moment).partition(',')[2]}"
    assert believed(body, both, secret, now) and believed_by_the_sdk(body, both, secret, now)
    assert believed(body, both, old, now) and believed_by_the_sdk(body, both, old, now)


def believed_by_the_package(body: bytes, secret: str, headers: dict[str, str], now: datetime) -> bool:
    """The package looks at the clock; here the clock shows `now`."""
    with patch.object(webhooks, "datetime", wraps=datetime) as clock:
        clock.now.side_effect = lambda tz=None: now
        try:
            webhooks.Webhook(secret).verify(body, headers, json_parse=False)
        except webhooks.WebhookVerificationError:
            return False
    return True


def verified(body: bytes, secret: str, headers: dict[str, str], now: datetime) -> bool:
    try:
        verify_standard(body, secret, headers, now)
    except BadSignature:
        return False
    return True


@UNHURRIED
@given(
    body=BODIES,
    secret=st.binary(min_size=1, max_size=64),
    other=st.binary(min_size=1, max_size=64),
    name=st.text(st.characters(codec="ascii", exclude_characters="\0"), min_size=1),
    now=MOMENTS,
    apart=APART,
)
def test_what_the_standard_webhooks_package_believes_we_believe(
    body: bytes, secret: bytes, other: bytes, name: str, now: datetime, apart: int
):
    moment = max(int(now.timestamp()) + apart, 0)
    then = datetime.fromtimestamp(min(moment, int(datetime(9990, 1, 1, tzinfo=UTC).timestamp())), UTC)
    moment = int(then.timestamp())
    named, foreign = (f"whsec_{base64.b64encode(key).decode()}" for key in (secret, other))
    genuine = webhooks.Webhook(named).sign(name, then, body.decode())
    assert genuine == sign_standard(body, named, name, moment)
    headers = {
        "webhook-id": name,
        "webhook-timestamp": str(moment),
        "webhook-signature": f"v1,AA== {genuine}",
    }
    near = abs(then - now) <= timedelta(seconds=TOLERANCE_SECONDS)
    for key, changed in ((named, body), (foreign, body), (named, body + b" ")):
        wanted = near and changed == body and key_of(key) == key_of(named)
        assert verified(changed, key, headers, now) == wanted
        assert believed_by_the_package(changed, key, headers, now) == wanted


def key_of(secret: str) -> bytes:
    """What is signed with: HMAC fills a short key with zeros, so these are one."""
    return base64.b64decode(secret.removeprefix("whsec_")).rstrip(b"\0")


@pytest.mark.parametrize("missing", ["webhook-id", "webhook-timestamp", "webhook-signature"])
def test_a_header_that_is_missing_or_empty_is_refused_by_both(missing: str):
    now, secret = datetime(2026, 3, 2, tzinfo=UTC), "whsec_cHJhY3RpY2U="
    moment = int(now.timestamp())
    headers = {
        "webhook-id": "",
        "webhook-timestamp": str(moment),
        "webhook-signature": sign_standard(b"{}", secret, "", moment),
    }
    assert not verified(b"{}", secret, headers, now)
    assert not believed_by_the_package(b"{}", secret, headers, now)
    whole = headers | {"webhook-id": "m", "webhook-signature": sign_standard(b"{}", secret, "m", moment)}
    assert verified(b"{}", secret, whole, now)
    del whole[missing]
    assert not verified(b"{}", secret, whole, now)
    assert not believed_by_the_package(b"{}", secret, whole, now)
