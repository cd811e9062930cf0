"""What a story says of disputed payments: the bank takes the money, then decides."""

from datetime import datetime
from typing import TYPE_CHECKING, Literal

from milepost.actions.actor import Actor
from milepost.actions.aftermath import DisputeTold, settle_aftermath
from milepost.actions.attempts import STORY_SESSION
from milepost.core.refusals import InputRefused
from milepost.queries.payment_page import payment_page
from milepost.stories.events import Event

if TYPE_CHECKING:
    from milepost.stories.deeds import Scene


def dispute(scene: "Scene", event: Event, at: datetime) -> None:
    """The payer's bank takes a payment, or a part of it."""
    taken = event.dispute
    if taken is not None:
        payment = scene.payment(taken.payment)
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


def _decide(scene: "Scene", state: Literal["won", "lost"], place: int | None, at: datetime) -> None:
    payment = scene.payment(place) if place else _disputed(scene)
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


def _disputed(scene: "Scene") -> int:
    """The payment that is disputed now, the newest of several. Refuses where there is none."""
    for payment in reversed(scene.job.payments):
        taken = payment_page(scene.stage.business_id, payment).disputes
        if taken and taken[-1].state == "open":
            return payment
    raise InputRefused(field="payment", problem="No payment is disputed.")
