"""In SQL alone, past all of our code: what was credited stays, and no more is credited than was billed."""

import psycopg
import pytest

from milepost.actions.credit_notes import fix_invoice, give_money_off
from milepost.actions.invoices import send_invoice
from milepost.actions.payments import record_payment
from tests.cast import kitchen

_NOTE = (
    "INSERT INTO credit_note (business_id, job_id, invoice_id, customer_id, kind, is_whole, series_id, number,"
    " previous_number, number_text, reason, currency, net_cents, tax_cents, recovered_cents, total_cents,"
    " issued_on, issued_at, by_name, document_id) SELECT business_id, job_id, invoice_id, customer_id, {kind},"
    " {whole}, series_id, number + 2, number + 1, 'C-3', '', currency, {cents}, 0, 0, {cents}, issued_on, issued_at,"
    " 'Mallory', (SELECT min(document_id) FROM receipt) FROM credit_note WHERE number = 1"
)


@pytest.mark.parametrize("who", ["owner", "app"])
@pytest.mark.parametrize(
    ("sql", "rule"),
    [
        ("UPDATE invoice SET credited_cents = 1", "append"),
        ("UPDATE invoice SET credited_cents = 0, total_cents = 1", "append"),
        ("UPDATE credit_note SET total_cents = 1", "append"),
        ("DELETE FROM credit_note", "append"),
        ("DELETE FROM credit_line", "append"),
        ("TRUNCATE credit_row", "append"),
        (_NOTE.format(kind="'void'", whole="true", cents=0), "invoice_is_taken_back_once"),
        (_NOTE.format(kind="'allowance'", whole="false", cents=1_00), "invoice_is_taken_back_once"),
        (
            "INSERT INTO credit_line (business_id, credit_note_id, line_id, position, net_cents) "
            "SELECT business_id, credit_note_id, line_id, 9, 1 FROM credit_line LIMIT 1",
            "credit_note_is_complete_at_issue",
        ),
        (
            "INSERT INTO position (business_id, job_id, kind, row_id, invoice_id, credit_note_id, prev_id, reverses_id,"
            " start_cents, delta_cents) SELECT p.business_id, p.job_id, 'due', p.row_id, p.invoice_id,"
            " (SELECT min(id) FROM credit_note), p.id, p.id, p.end_cents, -1 FROM position p JOIN credit_note n"
            " ON n.invoice_id = p.invoice_id WHERE p.kind = 'due' AND p.credit_note_id IS NOT NULL LIMIT 1",
            "position",
        ),
        (
            "INSERT INTO key_change (business_id, job_id, key_id, credit_note_id, delta_cents) SELECT business_id, job_id,"
            " key_id, credit_note_id, -1 FROM key_change LIMIT 1",
            "contract_is_the_sum_of_its_lines",
        ),
        (
            "INSERT INTO allocation (business_id, payment_id, invoice_id, amount_cents) SELECT n.business_id, p.id,"
            " n.invoice_id, 1 FROM credit_note n, payment p WHERE n.number = 1",
            "settled_within_invoice",
        ),
    ],
)
def test_the_database_alone_keeps_what_is_credited(cast, owner_cursor, app_cursor, who, sql, rule):
    job = kitchen(cast)
    record_payment(by=cast.bo, at=cast.at, job_id=job.job_id, amount_cents=10_500_00, method="check")
    invoices = [
        send_invoice(by=cast.bo, at=cast.at, job_id=job.job_id, row_ids=[job.rows[name]], by_hand=True)
        for name in ("Rough-in complete", "Cabinets installed")
    ]
    fix_invoice(by=cast.bo, at=cast.at, invoice_id=invoices[0], reason="", again=False)
    give_money_off(by=cast.bo, at=cast.at, invoice_id=invoices[1], amount_cents=100_00, reason="")
    with pytest.raises(psycopg.Error) as caught:
        if who == "owner":
            owner_cursor.execute(sql)
        else:
            with app_cursor.scope(cast.business_id) as scoped:
                scoped.execute(sql)
    said = f"{caught.value.diag.constraint_name} {caught.value.diag.message_primary}"
    assert rule in said or (who == "app" and "permission denied" in said)
