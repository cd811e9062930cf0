"""
Taking a payment online: what Milepost asks of any provider.

The provider's own object is the truth. An event only says where to look, so `read_event`
hands out ids and never an amount, and `fetch` is what a payment is recorded from.
Nothing here may be called inside a database transaction.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, Protocol

from milepost.core.money import Money

Method = Literal["card", "bank"]
State = Literal["open", "processing", "succeeded", "failed", "expired"]

RefundState = Literal["pending", "succeeded", "failed"]
DisputeState = Literal["open", "won", "lost"]
PayoutState = Literal["on_its_way", "paid", "failed"]
LineKind = Literal["payment", "refund", "dispute", "came_back", "other"]

ATTEMPT_KEY = "milepost_attempt"
"""The metadata key under which a provider's objects carry the id of our attempt."""
REFUND_KEY = "milepost_refund"
"""The same for our refund."""


class GatewayError(Exception):
    """The provider did not do what was asked."""


class GatewayUnavailable(GatewayError):
    """No clear answer came. The same call may be repeated: it takes effect once."""


class GatewayRefused(GatewayError):
    """The provider said no, and repeating the call will not change that. The text is the provider's."""


class KeyRefused(GatewayRefused):
    """The provider does not know our key, or the key may not do this."""


class BadSignature(GatewayError):
    """An event that the provider did not sign for us, or not around now. It is not read any further."""


@dataclass(frozen=True, slots=True)
class Checkout:
    """A page at the provider's where this attempt can be paid."""

    session_id: str
    url: str


@dataclass(frozen=True, slots=True)
class RefundTruth:
    """
    Money on its way back to the payer, or back with them. `ours` is the id that we gave it, "" for one
    that was made at the provider's. A refund that succeeded can still fail, days later.
    """

    refund_id: str
    ours: str
    amount: Money
    state: RefundState
    failure: str = ""


@dataclass(frozen=True, slots=True)
class DisputeTruth:
    """
    A payment that was taken back. While `open` the money is gone and may come back; a bank payment that
    is returned is `lost` at once, with the bank's code (R01) in `code`. `fee_cents` is what it has cost.
    """

    dispute_id: str
    amount: Money
    state: DisputeState
    reason: str
    code: str
    fee_cents: int


@dataclass(frozen=True, slots=True)
class CheckoutTruth:
    """
    What the provider's own objects say about one checkout.

    `open` can still be paid, and `failure` then tells why the last try was declined.
    `processing` is on its way and can still fail. `succeeded`, `failed` and `expired` are final
    for the checkout (a later return or dispute is an object of its own).
    `amount` is what was received once it succeeded, before that what is asked.
    `fee_cents` is None until the provider has booked its fee in the currency of the payment. `funding` is
    the card's kind (credit, debit, prepaid) once it is known. `paid_at` is when the payer pressed Pay.
    """

    state: State
    amount: Money
    method: Method
    payment_id: str | None
    fee_cents: int | None
    failure: str | None
    funding: str = ""
    refunds: tuple[RefundTruth, ...] = ()
    disputes: tuple[DisputeTruth, ...] = ()
    paid_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class TakenBack:
    """
    That a refund or a dispute is there, and how it stands: where to look, and nothing to book. `attempt_id`
    is our name for the attempt, "" where the payment carries none.
    """

    ref: str
    kind: Literal["refund", "dispute"]
    state: RefundState | DisputeState
    payment_id: str
    attempt_id: str


@dataclass(frozen=True, slots=True)
class PayoutLine:
    """
    One thing that a payout is made of. `amount` is signed: money that left is negative; what reaches the
    bank of it is amount − fee. `payment_id` and `attempt_id` lead to the payment, where it has one;
    `payout_id` to the earlier payout that the bank sent back, and that is sent once more in this one.
    """

    line_id: str
    kind: LineKind
    amount: Money
    fee_cents: int
    payment_id: str | None
    attempt_id: str | None
    payout_id: str | None = None


@dataclass(frozen=True, slots=True)
class PayoutTruth:
    """What the provider has sent to the bank: `amount` is the sum of its lines, fees taken off."""

    payout_id: str
    amount: Money
    state: PayoutState
    arrives_on: date
    lines: Sequence[PayoutLine] = ()


@dataclass(frozen=True, slots=True)
class Event:
    """
    A signed hint that something happened at the provider's. `id` is the same at every repeat; `account`
    is the connected account that it happened in, where it was not our own.
    """

    id: str
    kind: str
    session_id: str | None
    payment_id: str | None
    attempt_id: str | None = None
    account: str | None = None


@dataclass(frozen=True, slots=True)
class AccountTruth:
    """
    Whose money a key moves. `takes_card` and `takes_bank` are what the provider has approved; neither,
    and nothing can be paid there yet. With a key for practice, `is_live` is no.
    """

    account_ref: str
    name: str
    is_live: bool
    takes_card: bool
    takes_bank: bool


class AccountMaker(Protocol):
    """A provider's platform, where accounts of others are opened and connected to ours."""

    def open_account(self, *, name: str, email: str, country: str, metadata: Mapping[str, str]) -> str:
        """A new account for a business, which it fills in itself; the same name again is the same account."""
        ...

    def onboarding_url(self, account_ref: str, *, back_url: str, again_url: str) -> str:
        """Where its owner tells the provider who they are; good once, and for minutes."""
        ...


@dataclass(frozen=True, slots=True)
class Surcharge:
    """What the payer adds for paying by credit card, in words and as an amount."""

    description: str
    amount: Money


class PaymentGateway(Protocol):
    """One provider account. Implementations hold no state that two processes would have to share."""

    def start_checkout(
        self,
        *,
        attempt_id: str,
        amount: Money,
        method: Method,
        description: str,
        email: str | None,
        success_url: str,
        cancel_url: str,
        metadata: Mapping[str, str],
        surcharge: Surcharge | None = None,
    ) -> Checkout:
        """
        Open a page where `amount` can be paid by one method, and `surcharge` on top as a line of its own.

        The idempotency key derives from `attempt_id`: the same call again gives the same session,
        and the same attempt with anything else in it is refused. `{CHECKOUT_SESSION_ID}` in
        `success_url` is filled in by the provider.
        Refuses (GatewayRefused) what the provider will not take, such as an amount below its minimum.
        """
        ...

    def fetch(self, session_id: str) -> CheckoutTruth:
        """Ask the provider what became of a checkout. GatewayRefused if it knows no such session."""
        ...

    def expire(self, session_id: str) -> None:
        """
        Close a checkout, so that it can no longer be paid; closing it twice is the same as once.

        GatewayRefused when it is already paid or on its way: `fetch` then tells which.
        """
        ...

    def refund(self, *, session_id: str, refund_id: str, amount: Money) -> RefundTruth:
        """
        Send back so much of a paid checkout. The idempotency key derives from `refund_id`, our own id:
        the same call again is the same refund. GatewayRefused when there is not so much left, or the
        payment cannot be refunded.
        """
        ...

    def find_checkout(self, attempt_id: str, since: datetime) -> str | None:
        """The session that an attempt begun at `since` has made, if any: its answer may have been lost."""
        ...

    def session_of(self, payment_id: str) -> str | None:
        """The session in which a payment was made, if it was made in one."""
        ...

    def taken_back(self, since: datetime) -> Sequence[TakenBack]:
        """The refunds and the disputes that were made since then, of whichever payments, as they stand today."""
        ...

    def payouts(self, since: datetime) -> Sequence[PayoutTruth]:
        """The payouts made since then, the oldest first, each with all its lines."""
        ...

    def account(self) -> AccountTruth:
        """Whose account this is, and what it may take. KeyRefused if the key is not good."""
        ...

    def read_event(self, payload: bytes, signature: str, now: datetime) -> Event:
        """
        Verify and read one webhook request: its exact body and its signature header.

        BadSignature when the signature is not the provider's, or its moment is more than five
        minutes from `now` in either direction: a moment in the future would be good for replays.
        """
        ...
