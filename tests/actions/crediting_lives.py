"""Invoices that are taken back, sent again or made less in a random life, paid or not, whatever came between."""

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
from milepost.actions.quotes import send_quote
from milepost.actions.rewriting import rewrite_signed
from milepost.actions.signing import sign_quote
from milepost.actions.tax_changes import change_taxes
from milepost.queries.money_lists import invoices
from milepost.queries.quote_draft import quote_draft
from milepost.queries.tax_changes import tax_change_page

if TYPE_CHECKING:
    from tests.actions.test_random_lives import Life


class Crediting:
    """What a life may do to an issued invoice."""

    notes: list[int]

    def fix(self: "Life") -> None:  # type: ignore[misc]
        again = self.random.random() < 0.5
        fix_invoice(by=self.cast.bo, at=self.at, invoice_id=self.invoice(), reason="Wrong", again=again)

    def take_back_part(self: "Life") -> None:  # type: ignore[misc]
        share = Fraction(self.random.choice(["1/2", "1/3", "9/10", "1/100", "1"]))
        take_back_part(
            by=self.cast.bo, at=self.at, invoice_id=self.invoice(), share=share, reason="A part is not done"
        )

    def take_back_cents(self: "Life") -> None:  # type: ignore[misc]
        cents = self.random.choice([1, 10_00, 333_33])
        take_back_part(by=self.cast.bo, at=self.at, invoice_id=self.invoice(), amount_cents=cents, reason="")

    def send_again(self: "Life") -> None:  # type: ignore[misc]
        reissue_invoice(by=self.cast.bo, at=self.at, invoice_id=self.invoice())

    def money_off(self: "Life") -> None:  # type: ignore[misc]
        cents = self.random.choice([1, 10_00, 250_00, 99_999_00])
        note = give_money_off(
            by=self.cast.bo, at=self.at, invoice_id=self.invoice(), amount_cents=cents, reason="Sorry"
        )
        self.notes.append(note)

    def take_money_off_back(self: "Life") -> None:  # type: ignore[misc]
        note = self.random.choice(self.notes or [0])
        take_back_money_off(by=self.cast.bo, at=self.at, credit_note_id=note)

    def cancel(self: "Life") -> None:  # type: ignore[misc]
        keep = self.random.choice([0, 0, 1, 150_00])
        cancel_job(by=self.cast.bo, at=self.at, job_id=self.job(), keep_cents=keep, reason="They moved")

    def correct_quote(self: "Life") -> None:  # type: ignore[misc]
        """A mistake in what was signed: written anew, sent, and often signed at once."""
        made = rewrite_signed(by=self.cast.alice, at=self.at, job_id=self.job())
        if made not in self.jobs:
            self.jobs.append(made)
        send_quote(by=self.cast.alice, at=self.at, job_id=made)
        if self.random.random() < 0.7:
            version = quote_draft(self.cast.business_id, made).version
            sign_quote(by=self.cast.carol, at=self.at, job_id=made, version=version, name="Carol")

    def change_taxes(self: "Life") -> None:  # type: ignore[misc]
        job = self.job()
        known = [tax.code for tax in tax_change_page(self.cast.business_id, job).in_use]
        taxes = {code: self.random.choice([None, *self.taxes]) for code in known}
        change_taxes(by=self.cast.bo, at=self.at, job_id=job, taxes=taxes, reason="From 1 July")

    def invoice(self: "Life") -> int:  # type: ignore[misc]
        rows = invoices(self.cast.business_id, today=self.at.date()).rows
        return self.random.choice([row.id for row in rows] or [0])
