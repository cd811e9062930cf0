"""A story's credit notes: invoices taken back, sent again, made less."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from milepost.actions.cancelling import cancel_job
from milepost.actions.credit_notes import (
    fix_invoice,
    give_money_off,
    reissue_invoice,
    take_back_money_off,
    take_back_part,
)
from milepost.actions.tax_changes import change_taxes
from milepost.core.refusals import InputRefused
from milepost.core.rounding import half_up
from milepost.queries.tax_changes import TaxInUse, tax_change_page
from milepost.stories.events import Event

if TYPE_CHECKING:
    from milepost.stories.deeds import Scene


def void(scene: "Scene", event: Event, at: datetime) -> None:
    """Take an invoice back whole; it is not sent again by itself."""
    invoice = scene.invoice(event.void or "", scene.job)
    fix_invoice(by=scene.stage.owner, at=at, invoice_id=invoice, reason=event.reason, again=False)


def reissue(scene: "Scene", event: Event, at: datetime) -> None:
    """Send it again."""
    invoice = scene.invoice(event.reissue or "", scene.job)
    reissue_invoice(by=scene.stage.owner, at=at, invoice_id=invoice)


def credit(scene: "Scene", event: Event, at: datetime) -> None:
    """A reversal takes it back, all or so much of it; an allowance gives so much off."""
    wanted = event.credit
    if wanted is None:
        return
    job, by = scene.job, scene.stage.owner
    invoice = scene.invoice(wanted.invoice, job)
    if wanted.share is not None and wanted.amount is not None:
        raise InputRefused(field="share", problem="A credit has an amount or a share; not both.")
    if wanted.kind == "reversal" and (wanted.share or wanted.amount):
        take_back_part(
            by=by, at=at, invoice_id=invoice, share=wanted.share, amount_cents=wanted.amount, reason=wanted.reason
        )  # fmt: skip
    elif wanted.kind == "reversal":
        fix_invoice(by=by, at=at, invoice_id=invoice, reason=wanted.reason, again=False)
    elif wanted.amount is None and wanted.share is None:
        raise InputRefused(field="amount", problem="An allowance needs an amount, or a share of the invoice.")
    else:
        off = wanted.amount
        if off is None:
            off = half_up(Fraction(wanted.share or 0) * job.total_cents[invoice])
        give_money_off(by=by, at=at, invoice_id=invoice, amount_cents=off, reason=wanted.reason)


def void_credit(scene: "Scene", event: Event, at: datetime) -> None:
    """Take a credit note back, by its place from 1: money off is invoiced again, an invoice sent again."""
    place, notes = event.void_credit or 0, scene.job.credit_notes
    if place > len(notes):
        raise InputRefused(field="void_credit", problem=f"There is no credit note {place} yet.")
    note = notes[place - 1]
    if note.is_money_off:
        take_back_money_off(by=scene.stage.owner, at=at, credit_note_id=note.id)
    else:
        reissue_invoice(by=scene.stage.owner, at=at, invoice_id=note.invoice_id)


def cancel(scene: "Scene", event: Event, at: datetime) -> None:
    """The job ends before its time."""
    if event.cancel:
        cancel_job(
            by=scene.stage.owner,
            at=at,
            job_id=scene.job_id,
            keep_cents=event.cancel.keep_deposit,
            reason=event.cancel.reason,
        )


def tax_change(scene: "Scene", event: Event, at: datetime) -> None:
    """A new rate for the taxes that are named, or none at all: `{exempt: true}`."""
    stage, wanted = scene.stage, dict(event.tax_change or {})
    in_use = tax_change_page(stage.business_id, scene.job_id).in_use
    exempt = wanted.pop("exempt", None) is True
    taxes: dict[int, int | None] = {tax.code: None for tax in in_use if exempt}
    for name, percent in wanted.items():
        if isinstance(percent, bool):
            raise InputRefused(field="tax_change", problem=f'Give “{name}” a rate in quotes: "8.75".')
        taxes[_tax(in_use, name).code] = stage.tax(_tax(in_use, name).name, Decimal(percent), at=at)
    reason = event.reason or "The tax changes."
    change_taxes(by=stage.owner, at=at, job_id=scene.job_id, taxes=taxes, reason=reason)


def _tax(in_use: Sequence[TaxInUse], name: str) -> TaxInUse:
    """The tax of this name, or of this name and rate as documents print it: “VAT 20”."""
    found = [tax for tax in in_use if name in (tax.name, f"{tax.name} {tax.percent.normalize():f}")]
    if len(found) != 1:
        known = ", ".join(f"{tax.name} {tax.percent.normalize():f}" for tax in in_use)
        raise InputRefused(field="tax_change", problem=f"“{name}” is not one of the taxes here: {known}.")
    return found[0]


def named(event: Event) -> Iterator[tuple[str, str]]:
    """The invoices that a credit names, each with its key."""
    for deed in ("void", "reissue"):
        if getattr(event, deed):
            yield deed, getattr(event, deed)
    if event.credit:
        yield "credit", event.credit.invoice


def rests(events: Iterable[Event], milestones: Iterable[str]) -> Iterator[str]:
    """What a milestone's open part is called, once so much of its invoice is taken back."""
    parts = sum(
        1
        for event in events
        if event.credit and event.credit.kind == "reversal" and (event.credit.share or event.credit.amount)
    )
    for name in milestones:
        for count in range(1, parts + 1):
            yield f"{name}, rest" if count == 1 else f"{name}, rest {count}"
