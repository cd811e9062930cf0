"""SQL that a guarantee forbids, past all of our code: what is tried, and which guard refuses it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Attack:
    """One statement against one of the ten guarantees, and what the refusal says."""

    guarantee: int
    sql: str
    says: str


FIRST_INVOICE = "(SELECT min(id) FROM invoice)"
FIRST_JOB = "(SELECT min(id) FROM job)"
NEW_DOCUMENT = """
    WITH made AS (
        INSERT INTO document SELECT (jsonb_populate_record(d, jsonb_build_object('id', 987654))).*
        FROM document d WHERE kind = 'invoice' LIMIT 1 RETURNING id
    )
    INSERT INTO invoice SELECT (jsonb_populate_record(i, jsonb_build_object('id', 987654, 'document_id', made.id,
        'kind', 'progress', 'net_cents', 0, 'tax_cents', 0, 'recovered_cents', 0, 'total_cents', 0,
"""
POSITION = (
    "INSERT INTO position (business_id, job_id, kind, row_id, invoice_id, prev_id, start_cents, delta_cents)"
)


def _invoice(number: str, previous: str, *, currency: str = "'USD'") -> str:
    """A further invoice with this number after that one."""
    return (
        f"{NEW_DOCUMENT} 'number', {number}, 'previous_number', {previous}, 'currency', {currency})))"
        ".* FROM invoice i, made WHERE number = 1001"
    )


ATTACKS = (
    # 1. Deposit + milestones = contract total = its lines
    Attack(
        1,
        "UPDATE schedule_row SET amount_cents = amount_cents + 1 WHERE kind = 'milestone'",
        "schedule_is_the_contract",
    ),
    Attack(1, "DELETE FROM schedule_row WHERE name = 'Final walkthrough'", "schedule_is_the_contract"),
    Attack(
        1,
        "INSERT INTO schedule_row SELECT (jsonb_populate_record(r, jsonb_build_object('id', 987654, 'position', 99)))"
        ".* FROM schedule_row r WHERE name = 'Final walkthrough'",
        "schedule_is_the_contract",
    ),
    Attack(
        1,
        "UPDATE schedule_row SET job_id = (SELECT max(id) FROM job), position = 99 WHERE name = 'Final walkthrough'",
        "schedule_row_keeps_its_job",
    ),
    Attack(1, "UPDATE job SET contract_cents = contract_cents + 1", "contract_is_the_sum_of_its_lines"),
    Attack(
        1,
        "INSERT INTO contract_key (business_id, job_id, line_id, tax_code_id, tax_name, cents) SELECT business_id,"
        " job_id, line_id, (SELECT max(id) FROM tax_code), '', 1 FROM contract_key WHERE job_id = "
        + FIRST_JOB,
        "contract_is_the_sum_of_its_lines",
    ),
    Attack(1, "UPDATE contract_key SET cents = cents + 1", "append-only"),
    Attack(1, "UPDATE contract_line SET net_cents = net_cents + 1", "append-only"),
    Attack(1, "UPDATE job SET signed_on = NULL, state = 'sent'", "job_stays_signed"),
    # 2. An issued document never changes
    Attack(2, "UPDATE document SET content = '{}'", "append-only"),
    Attack(2, "DELETE FROM document", "append-only"),
    Attack(2, "TRUNCATE document CASCADE", "append-only"),
    Attack(
        2,
        "INSERT INTO document (business_id, job_id, kind, name, template_version, content, sha256, created_at)"
        " SELECT business_id, job_id, kind, name, template_version, '{}', sha256, now() FROM document LIMIT 1",
        "document_hash_matches",
    ),
    Attack(2, "UPDATE rendering SET file_id = file_id", "append-only"),
    Attack(2, "DELETE FROM rendering", "append-only"),
    Attack(
        2,
        "INSERT INTO rendering (business_id, document_id, file_id) SELECT business_id, document_id, file_id"
        " FROM rendering",
        "rendering_document_id_key",
    ),
    Attack(2, "UPDATE stored_file SET sha256 = repeat('0', 64)", "append-only"),
    Attack(2, "UPDATE invoice SET total_cents = 1, net_cents = 1", "append-only"),
    Attack(2, "DELETE FROM invoice", "append-only"),
    Attack(
        2,
        "INSERT INTO invoice_row (business_id, invoice_id, row_id, due_cents) SELECT business_id, invoice_id, row_id,"
        " 0 FROM invoice_row LIMIT 1",
        "invoice_is_complete_at_issue",
    ),
    Attack(2, "UPDATE credit_note SET total_cents = 2, net_cents = 2", "append-only"),
    Attack(2, "DELETE FROM credit_line", "append-only"),
    Attack(2, "UPDATE quote_version SET note = 'cheaper'", "quote_version_is_frozen"),
    Attack(2, "DELETE FROM quote_version", "quote_version_is_frozen"),
    Attack(2, "UPDATE quote_line SET unit_price = 1", "quote_line_is_frozen"),
    Attack(2, "DELETE FROM quote_row", "quote_row_is_frozen"),
    Attack(2, "TRUNCATE quote_line", "append-only"),
    Attack(
        2,
        "WITH draft AS (INSERT INTO quote_version SELECT (jsonb_populate_record(v, jsonb_build_object('id', 987654,"
        " 'version', 2, 'sent_at', NULL))).* FROM quote_version v RETURNING business_id, id)"
        " INSERT INTO quote_line SELECT (jsonb_populate_record(l, jsonb_build_object('id', 987654, 'quote_version_id',"
        " (SELECT id FROM draft)))).* FROM quote_line l;"
        " UPDATE quote_line SET quote_version_id = (SELECT min(id) FROM quote_version), position = 99"
        " WHERE id = 987654",
        "quote_line_is_frozen",
    ),
    Attack(2, "UPDATE signature SET name = 'Mallory'", "append-only"),
    Attack(2, "UPDATE completion SET by_name = 'Mallory'", "completion_says_what_it_said"),
    Attack(2, "DELETE FROM completion", "completion_is_kept"),
    # 3. Nothing is billed twice
    Attack(
        3,
        f"{POSITION} SELECT business_id, job_id, kind, row_id, invoice_id, NULL, 0, 1 FROM position"
        " WHERE kind = 'due' LIMIT 1",
        "position_does_not_fork",
    ),
    Attack(
        3,
        f"{POSITION} SELECT business_id, job_id, kind, row_id, invoice_id, id, end_cents, 1 FROM position"
        " WHERE kind = 'due' LIMIT 1",
        "position_stays_within",
    ),
    Attack(
        3,
        f"{POSITION} SELECT business_id, job_id, kind, row_id, invoice_id, id, end_cents - 1, 1 FROM position"
        " WHERE kind = 'due' LIMIT 1",
        "position_follows",
    ),
    Attack(
        3,
        f"{POSITION} SELECT business_id, job_id, kind, row_id, invoice_id, id, end_cents, -1 FROM position"
        " WHERE kind = 'due' LIMIT 1",
        "position_falls_only_by_reversal",
    ),
    Attack(
        3,
        "WITH back AS (INSERT INTO position (business_id, job_id, kind, row_id, invoice_id, prev_id, reverses_id,"
        " start_cents, delta_cents) SELECT business_id, job_id, kind, row_id, invoice_id, id, id, end_cents,"
        " -end_cents FROM position WHERE kind = 'due' LIMIT 1 RETURNING *)"
        f" {POSITION[:-1]}, reverses_id) SELECT business_id, job_id, kind, row_id, invoice_id, id, 0, -1, reverses_id"
        " FROM back",
        "position_is_",
    ),
    Attack(
        3,
        f"{POSITION} SELECT r.business_id, r.job_id, 'due', r.id, {FIRST_INVOICE}, NULL, 0, r.amount_cents"
        " FROM schedule_row r WHERE name = 'Final walkthrough'",
        "invoice_is_complete_at_issue",
    ),
    Attack(3, "UPDATE position SET delta_cents = 1", "append-only"),
    Attack(3, "DELETE FROM position", "append-only"),
    Attack(3, "UPDATE schedule_row SET amount_cents = 0 WHERE kind = 'deposit'", "row_covers_what_is_billed"),
    Attack(
        3, "UPDATE completion SET row_id = (SELECT max(id) FROM schedule_row)", "completion_says_what_it_said"
    ),
    # 4. Invoice numbers
    Attack(4, _invoice("1002", "1001"), "invoice_number"),
    Attack(4, _invoice("1005", "1004"), "invoice_previous_number_exists"),
    Attack(4, _invoice("1005", "1003"), "invoice_number_follows"),
    Attack(4, _invoice("2001", "NULL"), "invoice_number_has_one_successor"),
    Attack(4, "UPDATE series SET next_number = 1002 WHERE kind = 'invoice'", "series_counts_on"),
    Attack(4, "UPDATE series SET next_number = next_number + 2 WHERE kind = 'invoice'", "series_counts_on"),
    Attack(4, "UPDATE invoice SET number_text = '7'", "append-only"),
    Attack(4, "UPDATE series SET next_number = 1 WHERE kind = 'credit_note'", "series_counts_on"),
    Attack(
        4, "UPDATE series SET next_number = next_number + 2 WHERE kind = 'credit_note'", "series_counts_on"
    ),
    Attack(
        4,
        "INSERT INTO credit_note SELECT (jsonb_populate_record(n, jsonb_build_object('id', 987654, 'number', 9,"
        " 'previous_number', 8))).* FROM credit_note n",
        "credit_note_",
    ),
    # 5. Allocations + refunds ≤ payment; settled ≤ invoice; refunds ≤ captured
    Attack(
        5,
        "INSERT INTO allocation (business_id, payment_id, invoice_id, amount_cents) SELECT business_id,"
        " min(id), (SELECT max(id) FROM invoice), 1 FROM payment GROUP BY business_id",
        "allocated_within_payment",
    ),
    Attack(
        5,
        "INSERT INTO allocation (business_id, payment_id, invoice_id, amount_cents)"
        " SELECT p.business_id, r.payment_id, i.id, CASE i.number WHEN 1002 THEN 19485 ELSE 516 END"
        " FROM refund r JOIN payment p ON p.id = r.payment_id, invoice i WHERE i.number IN (1002, 1003)",
        "refunded_within_payment",
    ),
    Attack(
        5,
        "INSERT INTO allocation (business_id, payment_id, invoice_id, amount_cents) SELECT business_id,"
        f" max(id), {FIRST_INVOICE}, 1 FROM payment GROUP BY business_id",
        "settled_within_invoice",
    ),
    Attack(
        5,
        "INSERT INTO allocation (business_id, payment_id, invoice_id, amount_cents) SELECT business_id,"
        f" max(id), {FIRST_INVOICE}, -1 FROM payment GROUP BY business_id",
        "allocation_falls_only_by_reversal",
    ),
    Attack(
        5,
        "INSERT INTO refund SELECT (jsonb_populate_record(r, jsonb_build_object('id', 987654, 'amount_cents', 20001)))"
        ".* FROM refund r",
        "refunded_within_payment",
    ),
    Attack(5, "UPDATE refund SET amount_cents = 1", "refund_moves_forward"),
    Attack(5, "DELETE FROM allocation", "append-only"),
    Attack(5, "UPDATE payment SET amount_cents = amount_cents + 1", "payment_moves_forward"),
    Attack(5, "UPDATE payment SET state = 'pending'", "payment_moves_forward"),
    Attack(
        5,
        "UPDATE payment SET state = 'returned' WHERE id = (SELECT min(id) FROM payment)",
        "failed_payment_settles_nothing",
    ),
    Attack(
        5,
        "UPDATE payment SET state = 'returned' WHERE id = (SELECT payment_id FROM refund)",
        "refunded_money_is_here",
    ),
    Attack(5, "DELETE FROM payment", "append-only"),
    # 6. The journal
    Attack(6, "UPDATE transfer SET cents = 1", "append-only"),
    Attack(6, "DELETE FROM journal_entry", "append-only"),
    Attack(6, "TRUNCATE transfer", "append-only"),
    Attack(
        6,
        "INSERT INTO transfer (business_id, entry_id, debit_id, credit_id, cents, currency) SELECT business_id,"
        " entry_id, debit_id, credit_id, 0, currency FROM transfer",
        "transfer_is_positive",
    ),
    Attack(
        6,
        "INSERT INTO transfer (business_id, entry_id, debit_id, credit_id, cents, currency) SELECT business_id,"
        " entry_id, debit_id, debit_id, 1, currency FROM transfer",
        "transfer_has_two_accounts",
    ),
    Attack(
        6,
        "INSERT INTO transfer (business_id, entry_id, debit_id, credit_id, cents, currency) SELECT business_id,"
        " entry_id, debit_id, credit_id, 1, currency FROM transfer",
        "entry_is_complete_when_posted",
    ),
    Attack(
        6, "UPDATE account SET code = 'owner', number = number || 'x' WHERE code = 'cash'", "account_stays"
    ),
    # 7. The timeline
    Attack(7, "UPDATE job_event SET text = '{}'", "append-only"),
    Attack(7, "UPDATE job_event SET for_customer = false", "append-only"),
    Attack(7, "DELETE FROM job_event WHERE seq = 3", "append-only"),
    Attack(7, "TRUNCATE job_event", "append-only"),
    # 8. One business; one currency
    Attack(8, "UPDATE site SET business_id = business_id + 1", "stays_in_its_business"),
    Attack(
        8,
        "INSERT INTO site (business_id, customer_id, address) SELECT business_id + 1, id, 'x' FROM customer",
        "violates",
    ),
    Attack(8, _invoice("1004", "1003", currency="'CAD'"), "invoice_is_in_the_currency_of_its_job"),
    Attack(8, f"UPDATE job SET currency = 'CAD' WHERE id = {FIRST_JOB}", "job_keeps_its_currency"),
    Attack(
        8,
        "WITH e AS (INSERT INTO journal_entry (business_id, job_id, kind, on_date, at) SELECT business_id, id, 'x',"
        f" now(), now() FROM job WHERE id = {FIRST_JOB} RETURNING id)"
        " INSERT INTO transfer (business_id, entry_id, debit_id, credit_id, cents, currency)"
        " SELECT business_id, e.id, debit_id, credit_id, 1, 'CAD' FROM transfer, e LIMIT 1",
        "transfer_is_in_the_currency_of_its_job",
    ),
    Attack(
        8,
        "WITH p AS (INSERT INTO payment SELECT (jsonb_populate_record(p, jsonb_build_object('id', 987654, 'currency',"
        " 'CAD', 'attempt_id', NULL))).* FROM payment p LIMIT 1 RETURNING business_id, id)"
        " INSERT INTO allocation (business_id, payment_id, invoice_id, amount_cents)"
        " SELECT business_id, id, (SELECT max(id) FROM invoice), 1 FROM p",
        "allocation_is_of_one_customer",
    ),
    # 9. What comes in takes effect once
    Attack(
        9,
        "INSERT INTO webhook_event SELECT (jsonb_populate_record(w, jsonb_build_object('id', 987654))).*"
        " FROM webhook_event w",
        "webhook_event_is_stored_once",
    ),
    Attack(9, "UPDATE webhook_event SET worked_at = NULL", "webhook_event_is_worked_once"),
    Attack(9, "UPDATE webhook_event SET event_id = 'evt_2'", "webhook_event_says_what_it_said"),
    Attack(9, "DELETE FROM webhook_event", "append-only"),
    Attack(
        9,
        "INSERT INTO idempotency_key SELECT (jsonb_populate_record(k, jsonb_build_object('id', 987654))).*"
        " FROM idempotency_key k",
        "idempotency_key_is_unique",
    ),
    Attack(9, """UPDATE idempotency_key SET result = '{"job_id": 1}'""", "idempotency_key_has_one_result"),
    Attack(9, "UPDATE idempotency_key SET key = 'another'", "idempotency_key_says_what_it_said"),
    Attack(9, "DELETE FROM idempotency_key", "append-only"),
    Attack(
        9,
        "INSERT INTO receipt SELECT (jsonb_populate_record(r, jsonb_build_object('id', 987654, 'number', 9))).*"
        " FROM receipt r",
        "receipt_",
    ),
    # 10. A message is a row with a stable identity
    Attack(
        10,
        "INSERT INTO message SELECT (jsonb_populate_record(m, jsonb_build_object('id', 987654))).* FROM message m"
        " LIMIT 1",
        "message_identity_is_unique",
    ),
    Attack(10, "DELETE FROM message", "append-only"),
    Attack(10, "UPDATE message SET to_address = 'mallory@example.com'", "message_says_what_it_said"),
    Attack(10, "UPDATE message SET identity = identity || 'x'", "message_says_what_it_said"),
    Attack(10, "UPDATE message SET body_text = 'Send it to Mallory'", "message_is_written_once"),
    Attack(10, "UPDATE message SET state = 'queued' WHERE state = 'sent'", "message_is_sent_once"),
)
