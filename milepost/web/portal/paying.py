"""The pay form: which invoices, how much of them, by which way; and what was typed into it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from milepost.actions.actor import Actor
from milepost.core.money import Money, plain
from milepost.core.surcharges import surcharge_cents
from milepost.mailroom import checkout, payment_accounts
from milepost.queries.job_page import JobPage
from milepost.queries.open_items import OpenPage
from milepost.queries.portal_link import Guest
from milepost.web.show import money_code, typed_number
from milepost.web.typed import money_cents

WAYS = ("bank", "card", "credit")


@dataclass(frozen=True)
class DueInvoice:
    """An open invoice on the form, ticked or not; `job` names its job where there are several."""

    id: int
    number: str
    document_id: int
    title: str
    balance: Money
    ticked: bool
    job: str = ""


@dataclass(frozen=True)
class PayForm:
    """What the form shows. Without `methods` nothing can be paid online here."""

    invoices: tuple[DueInvoice, ...]
    total: Money
    methods: list[tuple[str, str, str]]
    method: str
    least: Money | None
    amount: str
    action: str = ""

    @property
    def chooses(self) -> bool:
        """Whether there is more to say than the way to pay."""
        return len(self.invoices) > 1 or self.least is not None


def pay_form(request: HttpRequest, guest: Guest, job: JobPage) -> PayForm:
    """The form over what is due on the job, with what was typed and what is suggested."""
    chosen = set(ticked(request))
    invoices = {
        stop.invoice.id: DueInvoice(
            stop.invoice.id,
            stop.invoice.number,
            stop.invoice.document_id,
            stop.name,
            stop.invoice.balance,
            not chosen or stop.invoice.id in chosen,
        )
        for stop in reversed(job.open_invoices)
        if stop.invoice
    }
    here = reverse("portal:pay", args=[guest.token])
    return _form(request, guest, tuple(reversed(invoices.values())), job.due_now, here)


def account_form(request: HttpRequest, guest: Guest, account: OpenPage) -> PayForm:
    """The form over everything that the customer has open, of whichever jobs."""
    chosen = set(ticked(request))
    several = len({item.job_id for item in account.items}) > 1
    invoices = tuple(
        DueInvoice(
            item.invoice_id,
            item.number,
            item.document_id,
            item.title,
            item.balance,
            not chosen or item.invoice_id in chosen,
            item.job if several else "",
        )
        for item in account.items
    )
    here = reverse("portal:pay_account", args=[guest.token])
    return _form(request, guest, invoices, account.total, here)


def _form(
    request: HttpRequest, guest: Guest, invoices: tuple[DueInvoice, ...], total: Money, action: str
) -> PayForm:
    ways, least = payment_accounts.ways(guest.business_id), guest.parts_from_cents
    return PayForm(
        invoices,
        total,
        methods_for(guest, total, ways),
        chosen_way(request, guest, total, ways),
        Money(least, total.currency) if least is not None and least < total.cents else None,
        request.POST.get("amount") or plain(total.cents, total.currency),
        action,
    )


def chosen_way(request: HttpRequest, guest: Guest, due: Money, ways: Sequence[str]) -> str:
    """What was chosen, else the bank from the business's threshold up, else a card; of what can be."""
    typed = request.POST.get("method", "")
    if typed in WAYS:
        return typed
    if "bank" in ways and (due.cents >= guest.bank_from_cents or "card" not in ways):
        return "bank"
    return "credit" if guest.surcharge_percent else "card"


def methods_for(guest: Guest, due: Money, ways: Sequence[str]) -> list[tuple[str, str, str]]:
    """(value, name, cost and time) for the choice on the page; a surcharge is shown before anything is paid."""
    bank = ("bank", _("Bank"), _("No extra cost. Takes three to five days."))
    offered = [bank] if "bank" in ways else []
    return offered + (_cards(guest, due) if "card" in ways else [])


def _cards(guest: Guest, due: Money) -> list[tuple[str, str, str]]:
    if not guest.surcharge_percent:
        return [("card", _("Card"), _("No extra cost. Paid at once."))]
    more = Money(surcharge_cents(due.cents, guest.surcharge_percent), due.currency)
    said = _("Adds %(percent)s %% (%(amount)s). Paid at once.") % {
        "percent": typed_number(guest.surcharge_percent),
        "amount": money_code(more),
    }
    return [
        ("card", _("Debit card"), _("No extra cost. Paid at once.")),
        ("credit", _("Credit card"), said),
    ]


def begin(request: HttpRequest, guest: Guest, actor: Actor, *, at: datetime, everywhere: bool = False) -> str:
    """
    Start paying as the form says; `everywhere`: of whichever jobs of the customer. Returns where to send
    the payer.
    """
    way, amount = request.POST.get("method", ""), request.POST.get("amount", "").strip()
    here = request.build_absolute_uri(reverse("portal:page", args=[guest.token]))
    back = request.build_absolute_uri(reverse("portal:account", args=[guest.token])) if everywhere else here
    return checkout.begin(
        by=actor,
        at=at,
        job_id=guest.job_id,
        method="card" if way in ("card", "credit") else "bank",
        success_url=here + "paid/{attempt}/",
        cancel_url=back,
        invoice_ids=ticked(request),
        amount_cents=money_cents(amount, guest.currency, field="amount") if amount else None,
        surcharged=way == "credit" and bool(guest.surcharge_percent),
        everywhere=everywhere,
    )


def ticked(request: HttpRequest) -> list[int]:
    """The invoices that are ticked, by their ids."""
    return [int(text) for text in request.POST.getlist("invoice") if text.isdecimal() and len(text) < 18]
