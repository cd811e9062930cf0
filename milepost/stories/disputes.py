"""What a story says of disputed payments: the bank takes the money, then decides."""

from datetime import datetime
from typing import TYPE_CHECKING, Literal

from milepost.actions.actor import Actor
from milepost.actions.aftermath import DisputeTold, settle_aftermath
from milepost.actions.attempts import STORY_SESSION
from milepost.core.refusals import InputRefused
from milepost.queries.payment_page import payment_page
from milepost.stories.schema import Event

if TYPE_CHECKING:
    from milepost.stories.deeds import Scene


def dispute(scene: "Scene", event: Event, at: datetime) -> None:
    """The payer's bank takes a payment, or a part of it."""
    taken = event.dispute
    if taken is not None:
        payment = _payment(scene, taken.payment)
        whole = payment_page(scene.stage.business_id, payment).amount.cents
        cents = whole if taken.amount is None else taken.amount
        _tell(scene, payment, "open", cents, at, fee=taken.fee, reason=taken.reason)


def won(scene: "Scene", event: Event, at: datetime) -> None:
    """The bank has decided for the business."""
    if event.won is not None:
        _decide(scene, "won", event.won.payment, at)


def lost(scene: "Scene", event: Event, at: datetime) -> None:
    """The bank has decided for the payer: what the payment had settled is open again."""
    if event.lost is not None:
        _decide(scene, "lost", event.lost.payment, at)


def _decide(scene: "Scene", state: Literal["won", "lost"], place: int, at: datetime) -> None:
    payment = _payment(scene, place)
    taken = payment_page(scene.stage.business_id, payment).disputes
    if not taken or taken[-1].state != "open":
        raise InputRefused(field=state, problem="This payment is not disputed.")
    _tell(
        scene, payment, state, taken[-1].amount.cents, at, fee=taken[-1].cost.cents, reason=taken[-1].reason
    )


def _tell(
    scene: "Scene",
    payment: int,
    state: Literal["open", "won", "lost"],
    cents: int,
    at: datetime,
    *,
    fee: int,
    reason: str,
) -> None:
    told = DisputeTold(f"{STORY_SESSION}{payment}", cents, state, reason, fee_cents=fee)
    system = Actor.system(scene.stage.business_id)
    settle_aftermath(by=system, at=at, payment_id=payment, disputes=[told])


def _payment(scene: "Scene", place: int) -> int:
    """A payment of the job by its place, counted from 1."""
    payments = scene.job.payments
    if place > len(payments):
        raise InputRefused(field="payment", problem=f"There is no payment {place} yet.")
    return payments[place - 1]
