"""What a story settles without money: written off and recovered, cents that are let be, early discounts."""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from milepost.actions.concessions import (
    grant_discount,
    recover_write_off,
    settle_over,
    settle_short,
    write_off,
)
from milepost.queries.unpaid_page import unpaid_page
from milepost.stories.events import Event

if TYPE_CHECKING:
    from milepost.stories.deeds import Scene


def give_up(scene: "Scene", event: Event, at: datetime) -> None:
    """Write an invoice off, or a part of it."""
    lost = event.write_off
    if lost is not None:
        invoice = scene.invoice(lost.invoice, scene.job)
        write_off(
            by=scene.stage.owner, at=at, invoice_id=invoice, amount_cents=lost.amount, reason=lost.reason,
            with_tax=lost.tax,
        )  # fmt: skip


def recover(scene: "Scene", event: Event, at: datetime) -> None:
    """The money comes after all."""
    back = event.recover
    if back is not None:
        invoice = scene.invoice(back.invoice, scene.job)
        lost = unpaid_page(scene.stage.business_id, invoice).written_off.cents
        recover_write_off(
            by=scene.stage.owner, at=at, invoice_id=invoice, amount_cents=back.amount or lost or 1,
            method=back.method, reference=back.reference,
        )  # fmt: skip


def let_be(scene: "Scene", event: Event, at: datetime) -> None:
    """A few cents of an invoice are not asked for, or of a payment are kept."""
    small = event.let_be
    if small is not None and small.payment is not None:
        settle_over(by=scene.stage.owner, at=at, payment_id=scene.payment(small.payment))
    elif small is not None:
        settle_short(by=scene.stage.owner, at=at, invoice_id=scene.invoice(small.invoice or "", scene.job))


def discount(scene: "Scene", event: Event, at: datetime) -> None:
    """The early-payment discount on what came in time."""
    invoice = scene.invoice(event.grant_discount or "", scene.job)
    grant_discount(by=scene.stage.owner, at=at, invoice_id=invoice)


def named(event: Event) -> Iterator[tuple[str, str]]:
    """The invoices that these deeds name."""
    for deed in ("write_off", "recover", "let_be"):
        part = getattr(event, deed)
        if part is not None and part.invoice:
            yield deed, part.invoice
    if event.grant_discount:
        yield "grant_discount", event.grant_discount
