"""A business's own account at the provider: checked, sealed, asked where a payment was begun, and nobody else's."""

import json
import logging
from dataclasses import replace
from datetime import date, timedelta

import pytest

from milepost.actions.actor import Actor
from milepost.actions.payment_accounts import leave_account
from milepost.actions.rights import NotAllowed
from milepost.core.money import Money
from milepost.gateways.payments import PayoutLine, PayoutTruth
from milepost.gateways.payments.fake import FakePayments
from milepost.gateways.payments.signatures import sign
from milepost.gateways.stripe import StripeGateway
from milepost.mailroom import checkout, inbox, payment_accounts, payouts, wiring
from milepost.mailroom.aftermath import refund
from milepost.mailroom.sealing import CannotBeOpened, seal, unseal
from milepost.queries.clearing import clearing_page
from milepost.queries.payment_accounts import accounts_page
from tests.gateways.conftest import hook, practice

__all__ = ["hook", "practice"]

KEY, SECRET = "sk_test_51ThisIsTheKey7890", "whsec_of_the_business"


class Provider:
    """Stripe with several accounts: each key opens a fake of its own."""

    def __init__(self) -> None:
        self.accounts: dict[str, FakePayments] = {}

    def open(self, keys: wiring.Keys) -> FakePayments:
        name = keys.secret_key or keys.connected or ""
        fake = self.accounts.setdefault(name, FakePayments(keys.webhook_secret))
        fake._webhook_secret = keys.webhook_secret
        fake.whose = replace(fake.whose, account_ref=f"acct_{name[-4:]}", name="Northside at Stripe")
        return fake


@pytest.fixture
def provider(outside):
    made = Provider()
    with wiring.use(own_payments=made.open, only_practice=True):
        yield made


def connect(cast, key=KEY, secret=SECRET, by=None):
    return payment_accounts.connect_keys(
        by=by or cast.alice, at=cast.at, secret_key=key, webhook_secret=secret
    )


def pay(cast, job, method="card", later=0) -> str:
    return checkout.begin(
        by=cast.pat,
        at=cast.at + timedelta(minutes=later),
        job_id=job.job_id,
        method=method,
        success_url="http://127.0.0.1:1/{attempt}/",
        cancel_url="http://127.0.0.1:1/",
    )


def test_payments_go_into_the_account_whose_key_was_entered(cast, job, outside, provider, owner_cursor):
    with pytest.raises(checkout.OnlinePaymentIsOff):
        pay(cast, job)
    connect(cast)
    pay(cast, job)
    assert outside.payments.sessions == {}
    (session,) = provider.accounts[KEY].sessions
    provider.accounts[KEY].pay(session)
    assert checkout.settle_job(cast.business_id, job.job_id, at=cast.at) == ["succeeded"]
    assert owner_cursor.execute("SELECT state, amount_cents FROM payment").fetchall() == [
        ("cleared", 10_000_00)
    ]


def test_a_key_is_nowhere_to_be_read(cast, job, outside, provider, owner_cursor, caplog, tmp_path):
    caplog.set_level(logging.DEBUG)
    connect(cast)
    pay(cast, job)
    tables = [
        name
        for (name,) in owner_cursor.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        ).fetchall()
    ]
    whole = " ".join(
        str(owner_cursor.execute(f'SELECT t::text FROM "{name}" t').fetchall()) for name in tables
    )
    assert "payment_account" in tables and "gAAAA" in whole
    for secret in (KEY, SECRET, KEY[3:-4]):
        assert secret not in whole
        assert secret not in caplog.text
    page = accounts_page(cast.business_id)
    assert page.current is not None and page.current.key_ends == "7890"
    assert KEY not in repr(page) and KEY not in repr(wiring.Keys(KEY, SECRET, None))


def test_what_is_sealed_opens_for_its_business_alone_and_with_its_secret(settings):
    settings.SEALING_SECRET = "the first"
    sealed = seal(KEY, business_id=7)
    assert unseal(sealed, business_id=7) == KEY
    with pytest.raises(CannotBeOpened):
        unseal(sealed, business_id=8)
    # A new secret in front: what the old one sealed still opens
    settings.SEALING_SECRET = "the second, the first"
    assert unseal(sealed, business_id=7) == KEY
    settings.SEALING_SECRET = "the second"
    with pytest.raises(CannotBeOpened):
        unseal(sealed, business_id=7)


@pytest.mark.parametrize(
    ("key", "secret", "refusal", "field"),
    [
        ("pk_test_123", "", payment_accounts.PublishableKey, "secret_key"),
        ("", "", payment_accounts.NotASecretKey, "secret_key"),
        ("my password", "", payment_accounts.NotASecretKey, "secret_key"),
        (KEY, "sk_test_123", payment_accounts.NotAWebhookSecret, "webhook_secret"),
    ],
)
def test_what_is_no_key_is_said_at_its_field_and_never_sent(cast, provider, key, secret, refusal, field):
    with pytest.raises(refusal) as refused:
        connect(cast, key, secret)
    assert refused.value.field == field
    assert provider.accounts == {}
    assert accounts_page(cast.business_id).current is None


def test_a_wrong_key_is_refused_in_the_providers_words_and_nothing_is_kept(cast, outside, practice):
    def opened(keys: wiring.Keys) -> StripeGateway:
        return StripeGateway(secret_key=keys.secret_key, webhook_secret="", api_base=practice.url)

    with wiring.use(own_payments=opened):
        with pytest.raises(payment_accounts.KeyIsNotGood, match="Invalid API Key") as refused:
            connect(cast, "sk_test_wrong")
        assert refused.value.field == "secret_key"
        assert accounts_page(cast.business_id).current is None
        found = connect(cast, "sk_test_practice")
    assert (found.name, found.is_live) == ("Practice account", False)
    assert accounts_page(cast.business_id).current.provider_ref == "acct_practice"


def test_when_stripe_is_away_nothing_is_kept(cast, provider):
    provider.open(wiring.Keys(KEY, "", None)).unavailable = True
    with pytest.raises(payment_accounts.StripeIsAway):
        connect(cast)
    assert accounts_page(cast.business_id).current is None


def test_only_the_owner_connects_and_leaves(cast, provider):
    for by in (cast.bo, cast.tess, cast.pat, Actor.system(cast.business_id)):
        with pytest.raises(NotAllowed):
            connect(cast, by=by)
        with pytest.raises(NotAllowed):
            leave_account(by=by, at=cast.at)
    assert provider.accounts == {}


def test_a_payment_begun_at_one_account_is_asked_about_there_after_the_keys_change(
    cast, job, provider, owner_cursor
):
    connect(cast)
    pay(cast, job, "bank")
    old = provider.accounts[KEY]
    (session,) = old.sessions
    old.pay(session)
    assert checkout.settle_job(cast.business_id, job.job_id, at=cast.at) == ["processing"]
    connect(cast, "sk_live_another_4444", "")
    assert [row.key_ends for row in accounts_page(cast.business_id).left] == ["7890"]
    old.settle(session)
    assert checkout.settle_job(cast.business_id, job.job_id, at=cast.at) == ["succeeded"]
    assert owner_cursor.execute("SELECT state FROM payment").fetchall() == [("cleared",)]


def test_an_open_page_at_the_old_account_is_closed_before_one_at_the_new_is_opened(cast, job, provider):
    connect(cast)
    pay(cast, job)
    connect(cast, "sk_test_another_4444", "")
    pay(cast, job, later=1)
    (old,) = provider.accounts[KEY].sessions.values()
    (new,) = provider.accounts["sk_test_another_4444"].sessions.values()
    assert (old.truth.state, new.truth.state) == ("expired", "open")


def test_the_same_account_with_a_new_key_stays_one_account(cast, provider):
    connect(cast)
    connect(cast, "sk_test_51Rolled_7890", "")
    page = accounts_page(cast.business_id)
    assert (page.current.has_webhook_secret, page.left) == (True, ())


def test_left_the_customers_pay_by_hand_again(cast, job, provider):
    connect(cast)
    leave_account(by=cast.alice, at=cast.at)
    assert payment_accounts.ways(cast.business_id) == ()
    with pytest.raises(checkout.OnlinePaymentIsOff):
        pay(cast, job)


def test_the_bank_is_offered_only_where_the_account_takes_it(cast, job, provider):
    connect(cast)
    assert payment_accounts.ways(cast.business_id) == ("bank", "card")
    fake = provider.accounts[KEY]
    fake.whose = replace(fake.whose, takes_bank=False)
    provider.open = lambda keys: fake  # type: ignore[method-assign]
    with wiring.use(own_payments=lambda keys: fake, only_practice=True):
        payment_accounts.look_again(by=cast.alice, at=cast.at)
        assert payment_accounts.ways(cast.business_id) == ("card",)
        with pytest.raises(checkout.OnlinePaymentIsOff):
            pay(cast, job, "bank")


def event(session: str, attempt: str, secret: str, at, name: str = "evt_1") -> tuple[bytes, str]:
    body = {
        "id": name, "kind": "checkout.session.completed", "session_id": session, "payment_id": None,
        "attempt_id": attempt,
    }  # fmt: skip
    payload = json.dumps(body).encode()
    return payload, sign(payload, secret, int(at.timestamp()))


def test_an_event_of_the_own_account_is_taken_by_its_own_secret_alone(cast, job, provider, owner_cursor):
    connect(cast)
    pay(cast, job)
    (session,) = provider.accounts[KEY].sessions
    provider.accounts[KEY].pay(session)
    payload, signature = event(session, "", SECRET, cast.at)
    with pytest.raises(inbox.NotSigned):
        inbox.receive(payload, signature, at=cast.at)
    with pytest.raises(inbox.NotSigned):
        inbox.receive_of(cast.mallory.business_id, payload, signature, at=cast.at)
    assert inbox.receive_of(cast.business_id, payload, signature, at=cast.at) is True
    assert inbox.receive_of(cast.business_id, payload, signature, at=cast.at) is False
    assert inbox.work_waiting(cast.at) == 1
    assert owner_cursor.execute("SELECT state FROM payment").fetchall() == [("cleared",)]
    assert accounts_page(cast.business_id).current.heard_at == cast.at


def test_whoever_holds_their_own_secret_cannot_speak_of_anothers_payment(cast, job, provider, owner_cursor):
    connect(cast)
    pay(cast, job)
    mallory, theirs = "sk_test_mallory_6666", "whsec_of_mallory"
    payment_accounts.connect_keys(by=cast.mallory, at=cast.at, secret_key=mallory, webhook_secret=theirs)
    (attempt,) = owner_cursor.execute("SELECT id, session_id FROM attempt").fetchall()
    named = f"{cast.business_id}-{attempt[0]}"
    # An event of Mallory's account that names Alice's attempt, with a session of Mallory's or of Alice's
    for place, session in enumerate(("cs_of_mallory", attempt[1])):
        payload, signature = event(session, named, theirs, cast.at, f"evt_{place}")
        assert inbox.receive_of(cast.mallory.business_id, payload, signature, at=cast.at)
    assert inbox.work_waiting(cast.at) == 2
    assert owner_cursor.execute("SELECT id, session_id, state FROM attempt").fetchall() == [
        (attempt[0], attempt[1], "open")
    ]


def test_payouts_of_an_own_account_are_booked_for_its_business_alone(cast, job, provider, owner_cursor):
    connect(cast)
    pay(cast, job)
    mallory = "sk_test_mallory_6666"
    payment_accounts.connect_keys(by=cast.mallory, at=cast.at, secret_key=mallory, webhook_secret="")
    fake = provider.accounts[KEY]
    (session,) = fake.sessions
    fake.pay(session)
    checkout.settle_job(cast.business_id, job.job_id, at=cast.at)
    attempt = str(fake.sessions[session].asked["attempt_id"])
    line = PayoutLine("txn_1", "payment", Money(10_000_00, "USD"), 0, None, attempt)
    told = PayoutTruth("po_1", Money(10_000_00, "USD"), "paid", date(2026, 3, 4), (line,))
    provider.accounts[mallory].made_payouts = [told]
    assert payouts.sync(cast.at) == 0
    fake.made_payouts = [told]
    assert payouts.sync(cast.at) == 1
    assert owner_cursor.execute("SELECT business_id, amount_cents FROM payout").fetchall() == [
        (cast.business_id, 10_000_00)
    ]


def test_after_a_restore_without_the_secret_payments_are_off_and_the_owner_enters_the_key_again(
    cast, job, provider, settings
):
    connect(cast)
    settings.SEALING_SECRET = "another machine's"
    payment_accounts._built.clear()
    with pytest.raises(checkout.OnlinePaymentIsOff):
        pay(cast, job)
    connect(cast)
    assert pay(cast, job, later=1).startswith("https://pay.invalid/")


class Platform:
    """A platform that opens one account for each business."""

    def open_account(self, *, name, email, country, metadata):
        return f"acct_of_{metadata['milepost_business']}"

    def onboarding_url(self, account_ref, *, back_url, again_url):
        return f"https://connect.stripe.com/{account_ref}"


def test_a_business_is_connected_to_the_platform_and_pays_into_its_own_account(cast, job, provider):
    with wiring.use(platform=Platform(), only_practice=False):
        assert payment_accounts.ways(cast.business_id) == ()
        url = payment_accounts.open_connected(by=cast.alice, at=cast.at, back_url="b", again_url="a")
        ref = f"acct_of_{cast.business_id}"
        assert url == f"https://connect.stripe.com/{ref}"
        # Until Stripe has approved it, nothing can be paid there
        assert payment_accounts.ways(cast.business_id) == ()
        provider.accounts[ref] = FakePayments("")
        payment_accounts.look_again(by=cast.alice, at=cast.at)
        pay(cast, job)
        assert len(provider.accounts[ref].sessions) == 1


def of_connected(kind: str, ref: str, at, *, payment: str = "", number: int = 1) -> tuple[bytes, str]:
    """An event of a connected account, which comes through this installation's own webhook."""
    body = {"id": f"evt_{number}", "kind": kind, "session_id": None, "payment_id": payment, "account": ref}
    payload = json.dumps(body).encode()
    return payload, sign(payload, "whsec_fake", int(at.timestamp()))


def test_what_happens_in_a_connected_account_is_asked_for_there_and_nowhere_else(cast, job, provider, force):
    with wiring.use(platform=Platform(), only_practice=False):
        # Given a payment at a connected account, and another business's account beside it
        for actor in (cast.alice, cast.mallory):
            payment_accounts.open_connected(by=actor, at=cast.at, back_url="b", again_url="a")
            payment_accounts.look_again(by=actor, at=cast.at)
        ref, theirs = f"acct_of_{cast.business_id}", f"acct_of_{cast.mallory.business_id}"
        pay(cast, job)
        own = provider.accounts[ref]
        (session,) = own.sessions
        own.pay(session)
        checkout.settle_job(cast.business_id, job.job_id, at=cast.at)
        # When it is disputed, and the event names a payment that nobody has noted
        force("UPDATE attempt SET payment_ref = ''")
        payment = own.fetch(session).payment_id or ""
        own.dispute(session)
        provider.accounts[theirs].unavailable = wiring.gateways().payments.unavailable = True
        inbox.receive(*of_connected("charge.dispute.created", ref, cast.at, payment=payment), at=cast.at)
        assert inbox.work_waiting(cast.at) == 1
        # Then it is found at that account
        assert clearing_page(cast.business_id).disputed.cents == 10_000_00
        # And a payout there is asked for there, though every other account is away
        attempt = str(own.sessions[session].asked["attempt_id"])
        back = PayoutLine("txn_1", "dispute", Money(-10_000_00, "USD"), 15_00, None, attempt)
        line = PayoutLine("txn_2", "payment", Money(10_000_00, "USD"), 0, None, attempt)
        told = PayoutTruth("po_1", Money(-15_00, "USD"), "paid", cast.at.date(), (line, back))
        own.made_payouts.append(told)
        inbox.receive(*of_connected("payout.paid", ref, cast.at, number=2), at=cast.at)
        assert inbox.work_waiting(cast.at) == 1
        assert [one.amount.cents for one in clearing_page(cast.business_id).payouts] == [-15_00]
        # One of an account that is not ours says nothing
        inbox.receive(*of_connected("payout.paid", "acct_of_nobody", cast.at, number=3), at=cast.at)
        assert inbox.work_waiting(cast.at) == 1


@pytest.mark.parametrize("way", ["installation", "keys", "connected"])
def test_a_refund_goes_out_at_the_account_that_took_the_payment(cast, job, provider, way, owner_cursor):
    platform = {"platform": Platform(), "only_practice": False} if way == "connected" else {}
    with wiring.use(**{"only_practice": False, **platform}):
        account = wiring.gateways().payments
        if way == "keys":
            connect(cast)
            account = provider.accounts[KEY]
        if way == "connected":
            payment_accounts.open_connected(by=cast.alice, at=cast.at, back_url="b", again_url="a")
            payment_accounts.look_again(by=cast.alice, at=cast.at)
            account = provider.accounts[f"acct_of_{cast.business_id}"]
        pay(cast, job)
        (session,) = account.sessions
        account.pay(session)
        checkout.settle_job(cast.business_id, job.job_id, at=cast.at)
        (payment,) = owner_cursor.execute("SELECT id FROM payment").fetchone()
        # However the business is paid by now
        if way == "keys":
            connect(cast, key="sk_test_another_account_9999")
        refund(by=cast.bo, at=cast.at, payment_id=payment, amount_cents=1_000_00, reopens=True)
        assert [one.amount.cents for one in account.fetch(session).refunds] == [1_000_00]
        assert owner_cursor.execute("SELECT state FROM refund").fetchall() == [("done",)]
