"""The tax inside a deposit: when it becomes payable, and how the invoices for work take it back."""

from collections.abc import Hashable, Mapping
from datetime import date, datetime
from fractions import Fraction

from django.db.models import Sum

from milepost.actions.steps.journal import post
from milepost.core.billing import Bill
from milepost.core.contract import Key, tax_by_code
from milepost.core.deposit_tax import open_tax, recovered_by_key
from milepost.core.journal import deposit_cleared
from milepost.queries.billing_state import LoadedJob
from milepost.queries.crediting import CreditPlan
from milepost.records.credit_notes import standing_deposit_parts
from milepost.records.invoices import Invoice
from milepost.records.payments import Allocation


def parts_taken_back(loaded: LoadedJob, made: Bill) -> dict[Key, int]:
    """
    What this bill takes back of a taxed deposit, by key, in cents below zero; nothing on a job whose
    deposit carries no tax. Each key is to date, less what was taken back before.
    """
    if not loaded.deposit_put:
        return {}
    to_date = recovered_by_key(
        loaded.state.priced,
        loaded.deposit_put,
        made.position.recovered_cents,
        billed=made.position.billed,
        snapshot_billed=loaded.state.snapshot.billed,
        snapshot_recovered=loaded.deposit_back_then,
    )
    before = loaded.deposit_back
    return {key: before.get(key, 0) - cents for key, cents in to_date.items()}


def recovered_in_books(
    loaded: LoadedJob, recovered_cents: int, parts: Mapping[Key, int]
) -> tuple[int, dict[Hashable, int]]:
    """
    The recovered deposit as it comes off the books: from the deposits, and by code from tax payable,
    where its tax was booked. What is recovered before it was taxed (at payment) comes whole off the
    deposits.
    """
    carried, before, back = map(tax_by_code, (loaded.deposit_put, loaded.deposit_back, parts))
    now = {code: before.get(code, 0) - back.get(code, 0) for code in carried}
    share = _taxed_share(loaded, *_deposit_asked_and_paid(loaded))
    was, will = open_tax(carried, before, share=share), open_tax(carried, now, share=share)
    taxes = {code: cents - will[code] for code, cents in was.items()}
    return recovered_cents - sum(taxes.values()), taxes


def deposit_in_books(loaded: LoadedJob, plan: CreditPlan) -> tuple[int, dict[Hashable, int]]:
    """
    What a credit note on the deposit takes off the books: from the deposits, and by code from the tax
    that is payable, as far as its tax was booked and is not any more when the credit note stands.
    """
    carried, back, less = map(tax_by_code, (loaded.deposit_put, loaded.deposit_back, plan.deposit_parts))
    total, paid = _deposit_asked_and_paid(loaded)
    was = open_tax(carried, back, share=_taxed_share(loaded, total, paid))
    left = {code: cents - less.get(code, 0) for code, cents in carried.items()}
    share = _taxed_share(loaded, total - plan.total_cents, paid - plan.excess_cents)
    will = open_tax(left, back, share=share)
    taxes = {code: cents - will[code] for code, cents in was.items()}
    return plan.total_cents - sum(taxes.values()), taxes


def _deposit_asked_and_paid(loaded: LoadedJob) -> tuple[int, int]:
    settled = loaded.settled_by_invoice()
    deposits = [invoice for invoice in loaded.standing if invoice.kind == "deposit"]
    return (
        sum(invoice.stands_cents for invoice in deposits),
        sum(settled.get(invoice.id, 0) for invoice in deposits),
    )


def _taxed_share(loaded: LoadedJob, asked_cents: int, paid_cents: int) -> Fraction:
    """How much of the deposit the law has taxed by now."""
    if loaded.job.deposit_tax == "at_deposit":
        return Fraction(1)
    return Fraction(paid_cents, asked_cents) if asked_cents else Fraction(0)


def book_paid_deposits(
    cleared: Mapping[int, int], *, on: date, at: datetime, payment_id: int | None = None
) -> None:
    """
    The tax of deposits that are taxed when they are paid: deposits → tax payable as money clears, and
    back when it bounces. `cleared`: the cents that cleared (below zero: came back) by invoice, already
    written. Others than such deposits are left alone.
    """
    if not any(cleared.values()):
        return
    paid = Invoice.objects.filter(id__in=cleared, kind="deposit", job__deposit_tax="at_payment")
    for invoice in paid.order_by("id"):
        sums = standing_deposit_parts().filter(invoice__job_id=invoice.job_id, key__tax_code__isnull=False)
        carried: dict[int, int] = {}
        recovered: dict[int, int] = {}
        for code, kind, cents in sums.values_list("key__tax_code_id", "invoice__kind").annotate(
            sum=Sum("cents")
        ):
            side, sign = (carried, 1) if kind == "deposit" else (recovered, -1)
            side[code] = side.get(code, 0) + sign * cents
        now = _cleared_cents(invoice)
        was = open_tax(carried, recovered, share=_share(now - cleared[invoice.id], invoice))
        will = open_tax(carried, recovered, share=_share(now, invoice))
        post(
            "deposit_taxed",
            deposit_cleared({code: cents - was[code] for code, cents in will.items()}, mode="at_payment"),
            currency=invoice.currency,
            on=on,
            at=at,
            job_id=invoice.job_id,
            invoice_id=invoice.id,
            payment_id=payment_id,
        )


def _cleared_cents(invoice: Invoice) -> int:
    parts = Allocation.objects.filter(invoice=invoice, payment__state="cleared")
    return int(parts.aggregate(sum=Sum("amount_cents"))["sum"] or 0)


def _share(cents: int, invoice: Invoice) -> Fraction:
    return Fraction(cents, invoice.stands_cents) if invoice.stands_cents else Fraction(0)
