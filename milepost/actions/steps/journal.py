"""Writes the journal's entries. What an event books is core/journal.py's; here are the accounts' names."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import connection

from milepost.core.journal import Transfer
from milepost.core.msgids import gettext_noop
from milepost.records.scope import current_business_id

CHART: tuple[tuple[str, str, str, str], ...] = (
    ("cash", "1000", gettext_noop("Cash"), "debit"),
    ("clearing", "1050", gettext_noop("Payment processor"), "debit"),
    ("receivables", "1200", gettext_noop("Accounts receivable"), "debit"),
    ("retainage", "1250", gettext_noop("Retainage receivable"), "debit"),
    ("disputed", "1260", gettext_noop("Disputed payments"), "debit"),
    ("tax_withheld", "1270", gettext_noop("Tax withheld receivable"), "debit"),
    ("deposits", "2100", gettext_noop("Customer deposits"), "credit"),
    ("customer_credit", "2150", gettext_noop("Customer credit"), "credit"),
    ("refunds_payable", "2160", gettext_noop("Refunds payable"), "credit"),
    ("tax_payable", "2200", gettext_noop("Tax payable"), "credit"),
    ("deferred_tax", "2250", gettext_noop("Deferred tax"), "credit"),
    ("revenue", "4000", gettext_noop("Revenue"), "credit"),
    ("allowances", "4100", gettext_noop("Sales allowances"), "debit"),
    ("discounts", "4150", gettext_noop("Discounts allowed"), "debit"),
    ("late_fees", "4200", gettext_noop("Late-fee income"), "credit"),
    ("cancellation", "4250", gettext_noop("Cancellation income"), "credit"),
    ("surcharges", "4300", gettext_noop("Surcharge income"), "credit"),
    ("fee_income", "4350", gettext_noop("Fee income"), "credit"),
    ("small_differences", "4900", gettext_noop("Small differences"), "credit"),
    ("bad_debts", "6100", gettext_noop("Bad debts"), "debit"),
    ("processing_fees", "6200", gettext_noop("Processing fees"), "debit"),
    ("bank_charges", "6250", gettext_noop("Bank charges"), "debit"),
)

_INSERT = """
WITH entry AS (
    INSERT INTO journal_entry (business_id, job_id, invoice_id, payment_id, credit_note_id, kind, on_date, at)
    VALUES (%(business)s, %(job)s, %(invoice)s, %(payment)s, %(credit_note)s, %(kind)s, %(on)s, %(at)s)
    RETURNING id, business_id
), move AS (
    SELECT * FROM unnest(%(debits)s::text[], %(credits)s::text[], %(cents)s::bigint[], %(taxes)s::bigint[])
        WITH ORDINALITY AS m (debit, credit, cents, tax_code_id, place)
)
INSERT INTO transfer (business_id, entry_id, debit_id, credit_id, cents, currency, tax_code_id)
SELECT entry.business_id, entry.id, d.id, c.id, move.cents, %(currency)s, move.tax_code_id
FROM entry, move
JOIN account d ON d.code = move.debit
JOIN account c ON c.code = move.credit
ORDER BY move.place
"""


def post(
    kind: str,
    entry: Sequence[Transfer],
    *,
    currency: str,
    on: date,
    at: datetime,
    job_id: int | None = None,
    invoice_id: int | None = None,
    payment_id: int | None = None,
    credit_note_id: int | None = None,
) -> None:
    """Write one entry with its transfers; an event that books nothing leaves none."""
    if not entry:
        return
    values = {
        "business": current_business_id(),
        "job": job_id,
        "invoice": invoice_id,
        "payment": payment_id,
        "credit_note": credit_note_id,
        "kind": kind,
        "on": on,
        "at": at,
        "currency": currency,
        "debits": [transfer.debit for transfer in entry],
        "credits": [transfer.credit for transfer in entry],
        "cents": [transfer.cents for transfer in entry],
        "taxes": [transfer.tax for transfer in entry],
    }
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, values)
        if cursor.rowcount != len(entry):
            raise LookupError(f"an account of {entry} is missing")
