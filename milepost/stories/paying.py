"""A story's money: paid, on its way, back again, given back, used."""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from milepost.actions.actor import Actor
from milepost.actions.attempts import STORY_SESSION, begin_payment, note_session, settle_attempt
from milepost.actions.credit import refund_credit, return_payment, use_credit
from milepost.actions.payments import record_payment
from milepost.core.refusals import InputRefused
from milepost.queries.payment_page import payment_page
from milepost.stories.events import Event, Pay

if TYPE_CHECKING:
    from milepost.stories.deeds import Scene

ONLINE = {"ach": "bank", "bank": "bank", "card": "card"}


def pay(scene: "Scene", event: Event, at: datetime) -> None:
    """Money: by the link where it pays what is open, else recorded by the office."""
    pay, job = event.pay, scene.job
    if pay is None:
        return
    split = [(scene.invoice(name, job), cents) for name, cents in (pay.invoices or {}).items()]
    first = scene.invoice(pay.invoice, job) if pay.invoice else None
    named = [invoice for invoice, _ in split] or ([first] if first else [])
    wanted = [i for i in (named or job.open_cents) if job.open_cents[i] > 0]
    open_cents = sum(job.open_cents[i] for i in wanted)
    amount = pay.amount if pay.amount is not None else sum(c for _, c in split) or open_cents
    whole = amount == open_cents and all(job.open_cents[i] == cents for i, cents in split)
    if pay.way in ONLINE and wanted and (whole or (pay.status == "pending" and not split)):
        _pay_online(scene, pay, wanted, amount, at)
    elif pay.status == "pending":
        raise InputRefused(
            field="pay", problem="A payment on its way pays what is open, by bank or card; not more."
        )
    else:
        record_payment(
            by=scene.stage.owner,
            at=at,
            job_id=scene.job_id,
            amount_cents=amount,
            method=ONLINE.get(pay.way, pay.way),
            reference=pay.reference,
            invoice_id=first,
            split=split,
        )


def _pay_online(scene: "Scene", wanted: Pay, invoices: list[int], amount: int, at: datetime) -> None:
    system = Actor.system(scene.stage.business_id)
    method = "card" if wanted.way == "card" else "bank"
    begun = begin_payment(
        by=scene.payer,
        at=at,
        job_id=scene.job_id,
        method=method,  # type: ignore[arg-type]
        invoice_ids=invoices,
        amount_cents=amount,
    )
    if begun.attempt_id is None:
        raise InputRefused(field="pay", problem="Another payment of this invoice is under way.")
    session = f"{STORY_SESSION}{begun.attempt_id}"
    note_session(by=system, at=at, attempt_id=begun.attempt_id, session_id=session, url="")
    if method == "bank" or wanted.status == "pending":
        settle_attempt(
            by=system, at=at, attempt_id=begun.attempt_id, outcome="processing", amount_cents=amount
        )
    if wanted.status == "cleared":
        settle_attempt(
            by=system, at=at, attempt_id=begun.attempt_id, outcome="succeeded", amount_cents=amount
        )
    scene.attempts[scene.job.payments[-1]] = begun.attempt_id


def clear(scene: "Scene", event: Event, at: datetime) -> None:
    """A payment that was on its way is here."""
    payment = scene.payment(event.clear or 0)
    page = payment_page(scene.stage.business_id, payment)
    if page.state != "pending" or payment not in scene.attempts:
        raise InputRefused(field="clear", problem="This payment is not on its way.")
    system = Actor.system(scene.stage.business_id)
    attempt = scene.attempts[payment]
    settle_attempt(by=system, at=at, attempt_id=attempt, outcome="succeeded", amount_cents=page.amount.cents)


def come_back(scene: "Scene", event: Event, at: datetime) -> None:
    """The bank takes it back, or never gives it: one that is on its way fails."""
    back = event.return_payment
    if back is None:
        return
    payment = scene.payment(back.payment)
    page = payment_page(scene.stage.business_id, payment)
    if page.state == "pending" and payment in scene.attempts:
        system, attempt = Actor.system(scene.stage.business_id), scene.attempts[payment]
        settle_attempt(
            by=system, at=at, attempt_id=attempt, outcome="failed", amount_cents=page.amount.cents,
            failure=back.reason,
        )  # fmt: skip
        return
    return_payment(by=scene.stage.owner, at=at, payment_id=payment, reason=back.reason, fee_cents=back.fee)


def refund(scene: "Scene", event: Event, at: datetime) -> None:
    """Given back by hand: what is left of it as credit, then out of what it settled, which is open again."""
    back = event.refund
    if back is not None:
        payment = scene.payment(back.payment)
        left = payment_page(scene.stage.business_id, payment).left.cents
        refund_credit(
            by=scene.stage.owner,
            at=at,
            payment_id=payment,
            amount_cents=left if back.amount is None else back.amount,
            method=back.method,
            reference=back.reference,
            reopens=True,
        )


def use(scene: "Scene", event: Event, at: datetime) -> None:
    """What was paid too much settles what is open."""
    use = event.apply_credit
    if use is not None:
        use_credit(
            by=scene.stage.owner,
            at=at,
            job_id=scene.job_id,
            invoice_id=scene.invoice(use.invoice, scene.job) if use.invoice else None,
            amount_cents=use.amount,
        )


def named(event: Event) -> Iterator[tuple[str, str]]:
    """The invoices that a payment or a use of credit names, each with its key."""
    if event.apply_credit and event.apply_credit.invoice:
        yield "apply_credit", event.apply_credit.invoice
    for name in [event.pay.invoice, *(event.pay.invoices or {})] if event.pay else []:
        if name:
            yield "pay", name
