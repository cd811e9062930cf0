"""The owner's page of online payments: keys go in and never come out."""

from dataclasses import replace

import pytest
from django.test import Client

from milepost.gateways.payments import KeyRefused
from milepost.gateways.payments.fake import FakePayments
from milepost.mailroom import wiring
from tests.web.addresses import client_of

PAGE = "/settings/online-payments/"
KEY = "sk_test_51ThisIsTheKey7890"


@pytest.fixture
def stripe():
    fake = FakePayments("whsec_x")
    with wiring.use(payments=FakePayments(), own_payments=lambda keys: fake, only_practice=True):
        yield fake


def text(answer) -> str:
    return answer.content.decode()


def test_the_owner_enters_a_key_and_reads_whose_it_is_but_never_the_key(cast, stripe):
    alice = client_of(cast, "owner")
    assert "Customers cannot pay online yet" in text(alice.get(PAGE))
    page = text(alice.post(PAGE, {"secret_key": f" {KEY} ", "webhook_secret": "whsec_abc"}, follow=True))
    assert "it opens “The fake account”" in page
    assert "Test mode: no money moves" in page and "ends in 7890" in page
    assert f"/hooks/stripe/{cast.business_id}/" in page
    assert KEY not in page and "whsec_abc" not in page


def test_a_live_key_is_called_live(cast, stripe):
    stripe.whose = replace(stripe.whose, is_live=True)
    page = text(client_of(cast, "owner").post(PAGE, {"secret_key": "sk_live_1234"}, follow=True))
    assert "Live: real money moves" in page and "No signing secret yet" in page


def test_a_wrong_key_is_said_at_its_field_and_not_shown_again(cast, stripe):
    def refuse():
        raise KeyRefused("Invalid API Key provided: sk_****7890")

    stripe.account = refuse
    answer = client_of(cast, "owner").post(PAGE, {"secret_key": KEY})
    assert answer.status_code == 422
    assert "Stripe does not take this key: Invalid API Key provided: sk_****7890" in text(answer)
    assert KEY not in text(answer)
    answer = client_of(cast, "owner").post(PAGE, {"secret_key": "pk_test_1"})
    assert "This is the publishable key (pk_)" in text(answer)


def test_others_of_the_office_read_the_state_and_find_no_form(cast, stripe):
    client_of(cast, "owner").post(PAGE, {"secret_key": KEY})
    page = text(client_of(cast, "bookkeeper").get(PAGE))
    assert "The owner can change this." in page and 'name="secret_key"' not in page


def test_left_and_checked_again(cast, stripe):
    alice = client_of(cast, "owner")
    alice.post(PAGE, {"secret_key": KEY})
    stripe.whose = replace(stripe.whose, takes_card=False, takes_bank=False)
    page = text(alice.post(f"{PAGE}check/", follow=True))
    assert "Not approved by Stripe yet" in page and "Stripe still needs something from you" in page
    page = text(alice.post(f"{PAGE}leaving/", follow=True))
    assert "Accounts that were left" in page
    assert alice.post(f"{PAGE}leaving/").status_code == 422


def test_without_a_platform_nothing_is_connected(cast, stripe):
    answer = client_of(cast, "owner").post(f"{PAGE}connection/")
    assert answer.status_code == 422 and "has no platform to connect to" in text(answer)


@pytest.mark.parametrize("business", ["1", "999999999999999999", "0"])
def test_an_unsigned_report_is_refused_whatever_the_business(cast, stripe, business):
    answer = Client().post(f"/hooks/stripe/{business}/", b"{}", content_type="application/json")
    assert answer.status_code == 400
    assert Client().get(f"/hooks/stripe/{business}/").status_code == 405
