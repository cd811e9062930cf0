"""Writes the journal's entries. What an event books is core/journal.py's; here are the accounts' names."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import connection

from milepost.core.journal import Transfer
from milepost.records.scope import current_business_id

CHART: tuple[tuple[str, str, str, str], ...] = (
    ("cash", "1000", "Cash", "debit"),
    ("clearing", "1050", "Payment processor", "debit"),
    ("receivables", "1200", "Accounts receivable", "debit"),
    ("retainage", "1250", "Retainage receivable", "debit"),
    ("disputed", "1260", "Disputed payments", "debit"),
    ("tax_withheld", "1270", "Tax withheld receivable", "debit"),
    ("deposits", "2100", "Customer deposits", "credit"),
    ("customer_credit", "2150", "Customer credit", "credit"),
    ("refunds_payable", "2160", "Refunds payable", "credit"),
    ("tax_payable", "2200", "Tax payable", "credit"),
    ("deferred_tax", "2250", "Deferred tax", "credit"),
    ("revenue", "4000", "Revenue", "credit"),
    ("allowances", "4100", "Sales allowances", "debit"),
    ("discounts", "4150", "Discounts allowed", "debit"),
    ("late_fees", "4200", "Late-fee income", "credit"),
    ("cancellation", "4250", "Cancellation income", "credit"),
    ("surcharges", "4300", "Surcharge income", "credit"),
    ("fee_income", "4350", "Fee income", "credit"),
    ("small_differences", "4900", "Small differences", "credit"),
    ("bad_debts", "6100", "Bad debts", "debit"),
    ("processing_fees", "6200", "Processing fees", "debit"),
    ("bank_charges", "6250", "Bank charges", "debit"),
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
