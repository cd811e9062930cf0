"""
Random lives of businesses, driven through the real actions and database. After each step doctor
recomputes every guarantee from the rows.

A life is told by its seed: MILEPOST_SEED=7 tells that one again. `make soak` tells lives for as long
as SOAK_MINUTES says. A new event is one more method of Life.
"""

import os
import random
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from decimal import Decimal

import pytest

from milepost.actions.attempts import begin_payment, note_session, settle_attempt
from milepost.actions.businesses import add_tax_code, change_business
from milepost.actions.concessions import (
    NothingOpen,
    recover_write_off,
    settle_over,
    settle_short,
    undo_concession,
    write_off,
)
from milepost.actions.credit import refund_credit, return_payment, use_credit
from milepost.actions.invoices import bill_simple, send_invoice
from milepost.actions.payments import record_customer_payment, record_payment
from milepost.actions.quotes import decline_quote, draft_quote, duplicate_quote, save_quote, send_quote
from milepost.actions.signing import sign_quote
from milepost.actions.work import accept_milestone, complete_milestone, move_event, undo_completion
from milepost.core.quote_input import LineInput, QuoteInput, RowInput
from milepost.core.refusals import Refusal
from milepost.queries.account import customer_account
from milepost.queries.credit import credits_of
from milepost.queries.doctor import examine
from milepost.queries.job_page import JobPage, job_page
from milepost.queries.open_items import OpenItem, open_page
from milepost.queries.payment_page import payment_page
from milepost.records.jobs import ContractLine
from milepost.records.scope import scoped
from tests.actions.changing_lives import Changing
from tests.actions.crediting_lives import Crediting

STEPS = 50
LIVES = 3


class Life(Changing, Crediting):
    """One business for some weeks. Every method is something that happens; a refusal is an answer."""

    def __init__(self, cast, seed: int) -> None:
        self.cast, self.at = cast, cast.at
        self.random = random.Random(seed)
        self.jobs: list[int] = []
        self.payments: list[int] = []
        self.attempts: list[int] = []
        self.changes: list[tuple[int, int]] = []
        self.notes: list[int] = []
        self.given_up: list[int] = []
        self.conceded: list[int] = []
        self.taxes = [
            add_tax_code(by=cast.alice, at=self.at, name=name, percent=Decimal(rate))
            for name, rate in (("State", "8.25"), ("City", "1.125"))
        ]
        self.told: list[str] = []
        self.refused = 0

    def step(self) -> None:
        """Something happens; then everything still holds."""
        self.at += timedelta(hours=self.random.randint(1, 60))
        happening = self.random.choice(self.happenings())
        self.told.append(happening.__name__)
        try:
            happening()
        except Refusal as refusal:
            self.refused += 1
            self.told[-1] += f" refused ({refusal.code})"
        assert examine() == []
        self.account_agrees()

    def account_agrees(self) -> None:
        """As of today: the account of the books is what is open on the invoices, less the unused credit."""
        business, customer, today = self.cast.business_id, self.cast.customer_id, self.at.date()
        account = customer_account(business, customer, since=today, until=today + timedelta(days=400))
        with scoped(business, writing=False):
            unused = sum(credit.left_cents for credit in credits_of(customer, "USD"))
        assert account.credit.cents == unused
        pending = {item.invoice_id: item.balance.cents for item in open_page(business, customer).items}
        assert all(pending.get(item.invoice_id, 0) <= item.balance.cents for item in account.open)

    def happenings(self) -> list[Callable[[], None]]:
        """What may happen, as often as it does."""
        return [self.quote, self.quote, self.send, self.sign, self.sign, self.change_quote, self.decline,
            self.copy, self.simple, self.done, self.done, self.done, self.undo, self.accept, self.bill,
            self.bill, self.bill, self.pay, self.pay, self.pay, self.pay_online, self.settle, self.bounce,
            self.credit, self.refund, self.move, self.pay_several, self.pay_several,
            self.give_up, self.recover, self.let_be, self.undo_concession,
            self.other_tax_rules, self.order_change, self.order_change, self.order_change,
            self.sign_change, self.answer_change, self.fix, self.fix, self.send_again, self.take_back_part,
            self.take_back_part, self.take_back_cents, self.money_off,
            self.take_money_off_back, self.cancel, self.change_taxes, self.correct_quote,
            self.correct_quote]  # fmt: skip

    def begin(self) -> None:
        """Two quotes are signed: without any job, most of what happens is refused."""
        self.other_tax_rules()
        signed = 0
        while signed < 2:
            with suppress(Refusal):
                self.quote()
                sign_quote(by=self.cast.carol, at=self.at, job_id=self.jobs[-1], version=1, name="Carol")
                signed += 1

    def other_tax_rules(self) -> None:
        """What is signed keeps its own; the next job is counted differently."""
        change_business(
            by=self.cast.alice,
            at=self.at,
            deposit_tax=self.random.choice(["on_application", "at_deposit", "at_payment"]),
            tax_at=self.random.choice(["contract", "document"]),
            tax_per=self.random.choice(["code", "line"]),
            tax_rounding=self.random.choice(["half_up", "down"]),
            prices_include_tax=self.random.choice([False, True]),
        )

    # Quotes

    def offer(self) -> QuoteInput:
        lines = [
            LineInput(
                f"Work {n}",
                Decimal(self.random.choice(["0.01", "12.345", "99.99", "1250.00", "8000"])),
                Decimal(self.random.choice(["1", "3", "2.5", "30"])),
                tax_codes=tuple(self.random.sample(self.taxes, self.random.randint(0, 2))),
                discount_percent=Decimal(self.random.choice(["0", "0", "10", "33.3"])),
                is_optional=n > 0 and self.random.random() < 0.2,
            )
            for n in range(self.random.randint(1, 5))
        ]
        return QuoteInput(
            "Random work",
            tuple(lines),
            tuple(self.schedule(lines)),
            recovery=self.random.choice(["off_the_top", "first", "final"]),
            discount_percent=Decimal(self.random.choice(["0", "0", "5"])),
        )

    def schedule(self, lines: list[LineInput]) -> list[RowInput]:
        rows = []
        if self.random.random() < 0.6:
            rows.append(
                RowInput("Deposit", "percent", "deposit", Decimal(self.random.choice([10, 25, 33, 50])))
            )
        for n in range(self.random.randint(0, 3)):
            basis = self.random.choice(["percent", "share", "fixed"])
            value = {
                "percent": Decimal(15),
                "share": Decimal(1),
                "fixed": Decimal(self.random.randint(1, 500)),
            }
            rows.append(
                RowInput(f"Part {n}", basis, value=value[basis], bill_on=self.billed(), event="Visit")
            )
        if len(lines) > 1 and self.random.random() < 0.3:
            rows.append(RowInput("Its lines", "lines", lines=(1,), bill_on=self.billed()))
        return [*rows, RowInput("The rest", "remainder", bill_on=self.billed())]

    def billed(self) -> str:
        return self.random.choice(["completion", "completion", "acceptance"])

    def quote(self) -> None:
        cast = self.cast
        job = draft_quote(by=cast.alice, at=self.at, customer_id=cast.customer_id, quote=self.offer())
        self.jobs.append(job)
        send_quote(by=cast.alice, at=self.at, job_id=job)

    def send(self) -> None:
        send_quote(by=self.cast.alice, at=self.at, job_id=self.job())

    def change_quote(self) -> None:
        job = self.job()
        save_quote(by=self.cast.alice, at=self.at, job_id=job, quote=self.offer())
        send_quote(by=self.cast.alice, at=self.at, job_id=job)

    def decline(self) -> None:
        decline_quote(by=self.cast.carol, at=self.at, job_id=self.job(), reason="Too dear")

    def copy(self) -> None:
        self.jobs.append(duplicate_quote(by=self.cast.alice, at=self.at, job_id=self.job()))

    def sign(self) -> None:
        page = self.page()
        options = [place for place in (2, 3) if self.random.random() < 0.3]
        sign_quote(
            by=self.cast.carol,
            at=self.at,
            job_id=page.job_id,
            version=page.version,
            name="Carol",
            chosen=options,
        )

    def simple(self) -> None:
        lines = self.offer().lines
        made = bill_simple(by=self.cast.bo, at=self.at, customer_id=self.cast.customer_id, lines=lines)
        self.jobs.append(made.job_id)

    # Work

    def done(self) -> None:
        page, row = self.row()
        complete_milestone(by=self.cast.tess, at=self.at, job_id=page.job_id, row_id=row)

    def undo(self) -> None:
        page, row = self.row()
        undo_completion(by=self.cast.tess, at=self.at, job_id=page.job_id, row_id=row)

    def accept(self) -> None:
        page, row = self.row()
        accept_milestone(by=self.cast.carol, at=self.at, job_id=page.job_id, row_id=row)

    def bill(self) -> None:
        page = self.page()
        rows = [stop.id for stop in page.stops if stop.kind == "milestone" and not stop.invoice]
        some = self.random.sample(rows, min(len(rows), self.random.randint(1, 3)))
        send_invoice(by=self.cast.alice, at=self.at, job_id=page.job_id, row_ids=some, by_hand=True)

    def move(self) -> None:
        page = self.page()
        events = [stop.id for stop in page.stops if stop.kind == "event"]
        on = self.at.date() + timedelta(days=self.random.randint(0, 30))
        move_event(
            by=self.cast.tess,
            at=self.at,
            job_id=page.job_id,
            event_id=self.random.choice(events or [0]),
            on=on,
        )

    # Money

    def pay(self) -> None:
        page = self.page()
        due = max(page.due_now.cents, 1)
        cents = self.random.choice([due, due, due, max(due // 3, 1), due + self.random.randint(1, 10_000)])
        self.payments.append(
            record_payment(
                by=self.cast.bo, at=self.at, job_id=page.job_id, amount_cents=cents, method="check"
            )
        )

    def pay_several(self) -> None:
        """One cheque for what is open on all jobs: the oldest first, or as somebody says."""
        items = open_page(self.cast.business_id, self.cast.customer_id).items
        named = self.random.sample(items, min(len(items), self.random.randint(0, 3)))
        split = [(item.invoice_id, self.random.randint(1, item.balance.cents)) for item in named]
        cents = sum(cents for _, cents in split) + self.random.choice([0, 0, 1, 5_000])
        self.payments.append(
            record_customer_payment(
                by=self.cast.bo, at=self.at, customer_id=self.cast.customer_id, amount_cents=cents or 20_000,
                method="transfer", split=split if self.random.random() < 0.5 else (),
            )
        )  # fmt: skip

    def give_up(self) -> None:
        item = self.open_item()
        cents = self.random.choice([None, None, 1, item.balance.cents // 2 or 1])
        write_off(
            by=self.cast.bo, at=self.at, invoice_id=item.invoice_id, amount_cents=cents,
            with_tax=self.random.random() < 0.5,
        )  # fmt: skip
        self.given_up.append(item.invoice_id)

    def recover(self) -> None:
        invoice = self.random.choice(self.given_up or [0])
        cents = self.random.choice([1, 33, 5_000, 1_000_000])
        self.payments.append(
            recover_write_off(
                by=self.cast.bo, at=self.at, invoice_id=invoice, amount_cents=cents, method="cash"
            )
        )

    def let_be(self) -> None:
        """Cents too little or too much; the one or the other is there, or neither."""
        if self.random.random() < 0.5:
            item = self.open_item()
            cents = max(item.balance.cents - self.random.randint(1, 5), 1)
            record_customer_payment(
                by=self.cast.bo, at=self.at, customer_id=self.cast.customer_id, amount_cents=cents,
                method="check", split=[(item.invoice_id, cents)],
            )  # fmt: skip
            self.conceded.append(settle_short(by=self.cast.bo, at=self.at, invoice_id=item.invoice_id))
        else:
            self.conceded.append(settle_over(by=self.cast.bo, at=self.at, payment_id=self.payment()))

    def undo_concession(self) -> None:
        made = self.random.choice(self.conceded or [0])
        undo_concession(by=self.cast.bo, at=self.at, concession_id=made)

    def open_item(self) -> OpenItem:
        items = open_page(self.cast.business_id, self.cast.customer_id).items
        if not items:
            raise NothingOpen(number="")
        return self.random.choice(items)

    def pay_online(self) -> None:
        method = self.random.choice(["card", "bank"])
        begun = begin_payment(by=self.cast.pat, at=self.at, job_id=self.job(), method=method)
        if begun.attempt_id is not None:
            self.attempts.append(begun.attempt_id)
            note_session(
                by=self.cast.system, at=self.at, attempt_id=begun.attempt_id, session_id=f"cs_{begun.attempt_id}",
                url="https://pay.example/",
            )  # fmt: skip
            self.amounts = getattr(self, "amounts", {}) | {begun.attempt_id: begun.amount.cents}

    def settle(self) -> None:
        attempt = self.random.choice(self.attempts or [0])
        outcome = self.random.choice(["processing", "succeeded", "succeeded", "failed", "expired", "open"])
        settle_attempt(
            by=self.cast.system, at=self.at, attempt_id=attempt, outcome=outcome,
            amount_cents=getattr(self, "amounts", {}).get(attempt, 1),
        )  # fmt: skip

    def bounce(self) -> None:
        fee = self.random.choice([0, 15_00])
        return_payment(by=self.cast.bo, at=self.at, payment_id=self.payment(), fee_cents=fee)

    def credit(self) -> None:
        use_credit(by=self.cast.bo, at=self.at, job_id=self.job())

    def refund(self) -> None:
        payment = self.payment()
        left = payment_page(self.cast.business_id, payment).left.cents if payment else 1
        cents = self.random.choice([left, max(left // 2, 1), left + 1])
        refund_credit(by=self.cast.bo, at=self.at, payment_id=payment, amount_cents=cents, method="transfer")

    # What there is

    def lines_of(self, job: int) -> list[int]:
        with scoped(self.cast.business_id, writing=False):
            return list(ContractLine.objects.filter(job_id=job).values_list("id", flat=True))

    def job(self) -> int:
        return self.random.choice(self.jobs or [0])

    def payment(self) -> int:
        return self.random.choice(self.payments or [0])

    def page(self) -> JobPage:
        return job_page(self.cast.business_id, self.job(), at=self.at)

    def row(self) -> tuple[JobPage, int]:
        page = self.page()
        rows = [stop.id for stop in page.stops if stop.kind == "milestone" and not stop.invoice]
        return page, self.random.choice(rows or [0])


class ChangingLife(Life):
    """A business whose customers change their minds all the time, until the job is done."""

    def happenings(self) -> list[Callable[[], None]]:
        return [
            self.order_change,
            self.order_change,
            self.sign_change,
            self.bill,
            self.pay,
            self.answer_change,
        ]

    def job(self) -> int:
        """The newest job; another one once it is closed."""
        while job_page(self.cast.business_id, self.jobs[-1], at=self.at).state != "open":
            self.begin()
        return self.jobs[-1]


def live(cast, seed: int, steps: int, kind: type[Life] = Life) -> Life:
    life = kind(cast, seed)
    life.begin()
    try:
        for _ in range(steps):
            life.step()
    except Exception:
        print(f"MILEPOST_SEED={seed}:", ", ".join(life.told))  # noqa: T201
        raise
    return life


@pytest.mark.parametrize("number", range(LIVES))
def test_after_every_step_of_a_random_life_everything_holds(cast, number):
    seed = int(os.environ.get("MILEPOST_SEED", time.time_ns() % 10**9)) + number
    life = live(cast, seed, STEPS)
    # A life in which nothing happens proves nothing.
    assert len(life.told) - life.refused >= STEPS // 4, life.told


@pytest.mark.parametrize("number", range(LIVES))
def test_after_every_change_order_everything_holds(cast, number):
    seed = int(os.environ.get("MILEPOST_SEED", time.time_ns() % 10**9)) + number
    life = live(cast, seed, STEPS, ChangingLife)
    signed = [step for step in life.told if step in ("order_change", "sign_change")]
    assert len(signed) >= 3, life.told


@pytest.mark.skipif("SOAK_MINUTES" not in os.environ, reason="make soak")
def test_lives_for_as_long_as_asked(cast):
    ends = time.monotonic() + 60 * float(os.environ["SOAK_MINUTES"])
    seed = int(os.environ.get("MILEPOST_SEED", time.time_ns() % 10**9))
    # A life meets what the lives before it left behind, so the first seed tells them all again.
    print(f"MILEPOST_SEED={seed}: lives from here")  # noqa: T201
    while time.monotonic() < ends:
        seed += 1
        live(cast, seed, 150, ChangingLife if seed % 3 == 0 else Life)
