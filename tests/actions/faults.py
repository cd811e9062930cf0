"""What is planted against each rule of doctor, one fault a rule."""

from dataclasses import dataclass

from milepost.queries.guarantees.database import REFERENCES


@dataclass(frozen=True)
class Fault:
    """What is planted, what doctor says is broken (a pattern), and a constraint that is dropped for it."""

    sql: str
    says: str
    drop: str = ""
    is_of_credits: bool = False


# Every rule of doctor stands here.
FAULTS = {
    "contract is the sum of its lines": Fault(
        "UPDATE contract_key SET cents = cents + 1 WHERE job_id = (SELECT min(id) FROM job)", r"job Q-1001"
    ),
    "a change order moved the contract by what was signed": Fault(
        """INSERT INTO change_order (business_id, job_id, number, state, reason, placement, own_name, days, edits,
               row_edits, replace_unpaid, seen, difference_cents, created_at, created_by, sent_at, answer)
           SELECT business_id, id, 1, 'approved', 'More', 'spread', '', 0, '[]', '[]', false, '{}', 100, now(), 'x', now(), ''
           FROM job WHERE number = 'Q-1001'""",
        r"change order \d+",
    ),
    "deposit and milestones are the contract": Fault(
        "UPDATE schedule_row SET amount_cents = amount_cents + 1 WHERE name = 'Final walkthrough'",
        r"job Q-1001",
    ),
    "an invoice is net and tax less the deposit recovered": Fault(
        "UPDATE invoice SET net_cents = net_cents - 1 WHERE number = 1002",
        r"invoice 1002",
        drop="ALTER TABLE invoice DROP CONSTRAINT invoice_adds_up",
    ),
    "an invoice is the difference of its positions": Fault(
        "DELETE FROM position WHERE kind = 'due' AND invoice_id = (SELECT min(id) FROM invoice)",
        r"invoice 1001",
    ),
    "a position starts where the one before it ended": Fault(
        "UPDATE position SET start_cents = 1 WHERE kind = 'due' AND invoice_id = (SELECT min(id) FROM invoice)",
        r"position \d+",
        drop="ALTER TABLE position DROP CONSTRAINT position_starts_at_zero",
    ),
    "no row is billed beyond its amount": Fault(
        "UPDATE position SET delta_cents = delta_cents * 9 WHERE kind = 'due'", r"row \d+"
    ),
    "what is credited of an invoice is what its credit notes say": Fault(
        "UPDATE invoice SET credited_cents = credited_cents - 1 WHERE number = 1004",
        r"invoice 1004",
        is_of_credits=True,
    ),
    "a credit note is what its lines, taxes, milestones and positions say": Fault(
        "DELETE FROM credit_line WHERE credit_note_id = (SELECT min(id) FROM credit_note)",
        r"credit note C-1",
        is_of_credits=True,
    ),
    "nothing is left of an invoice that was taken back whole": Fault(
        "DELETE FROM position WHERE kind = 'earned' AND credit_note_id = (SELECT min(id) FROM credit_note)",
        r"invoice 1003",
        is_of_credits=True,
    ),
    "a cancelled job has its record, and dropped, kept and returned what that says": Fault(
        "UPDATE job SET state = 'cancelled' WHERE number = 'Q-1001'", r"job Q-1001"
    ),
    "credit note numbers have no gap": Fault(
        "UPDATE credit_note SET number = 3 WHERE number = 2",
        r"series \d+",
        drop="ALTER TABLE credit_note DROP CONSTRAINT credit_note_number_follows",
        is_of_credits=True,
    ),
    "a credit note stands in the journal once, and credits what it says": Fault(
        "DELETE FROM journal_entry WHERE kind = 'allowance'",
        r"credit note C-2",
        is_of_credits=True,
    ),
    "invoice numbers have no gap": Fault(
        "UPDATE invoice SET number = number + 1 WHERE number = 1002",
        r"series \d+",
        drop="ALTER TABLE invoice DROP CONSTRAINT invoice_number_follows",
    ),
    "a series goes on after its last invoice": Fault(
        "UPDATE series SET next_number = next_number + 1 WHERE kind = 'invoice'", r"series \d+"
    ),
    "an invoice's taxes are those of its codes": Fault("DELETE FROM invoice_tax", r"invoice 1002"),
    "an invoice's lines are its net": Fault("DELETE FROM invoice_line", r"invoice 1002"),
    "an invoice's milestones are its total": Fault(
        "UPDATE invoice_row SET due_cents = due_cents + 1 WHERE invoice_id = (SELECT min(id) FROM invoice)",
        r"invoice 1001",
    ),
    "a contract that is billed whole has earned every line and every tax to the cent": Fault(
        "DELETE FROM position WHERE kind = 'earned'", r"job Q-1002 key \d+"
    ),
    "money settles an invoice in its own currency": Fault(
        "UPDATE payment SET currency = 'EUR'", r"allocation \d+"
    ),
    "money settles invoices of the customer whose it is, merged ones being one": Fault(
        "UPDATE payment SET customer_id = customer_id + 1", r"allocation \d+"
    ),
    "an invoice is settled within its total": Fault(
        "UPDATE allocation SET amount_cents = amount_cents + 1", r"invoice 1001"
    ),
    "a payment is allocated within its amount": Fault("UPDATE payment SET amount_cents = 1", r"payment \d+"),
    "receivables are the open balances": Fault(
        "UPDATE transfer SET cents = cents - 1 WHERE id = (SELECT min(id) FROM transfer)", r"business \d+"
    ),
    "refunds and allocations are within their payment": Fault(
        "UPDATE refund SET amount_cents = amount_cents + 20001", r"payment \d+"
    ),
    "what is settled without money is taken back once": Fault(
        """INSERT INTO concession (business_id, invoice_id, kind, amount_cents, taxes, reason, conceded_on,
                                   reverses_id, recorded_at, recorded_by)
           SELECT business_id, invoice_id, kind, -amount_cents - 1, '[]', '', conceded_on, id, recorded_at, 'x'
             FROM concession""",
        r"concession \d+",
    ),
    "customer credit is what cleared payments have left": Fault("DELETE FROM refund", r"business \d+"),
    "refunds payable are what is asked for and not yet gone": Fault(
        "UPDATE refund SET state = 'asked'", r"business \d+"
    ),
    "what the processor holds is what came in less what went out": Fault(
        "UPDATE payment SET fee_cents = 1, till = 'clearing' WHERE id = (SELECT min(id) FROM payment)",
        r"business \d+",
    ),
    "a payout is the sum of its lines": Fault(
        """INSERT INTO payout (business_id, provider_ref, state, amount_cents, whole_cents, currency, arrives_on,
           told_at) SELECT id, 'po_1', 'on_its_way', 1, 1, 'USD', current_date, now() FROM business LIMIT 1""",
        r"payout \d+",
    ),
    "disputed is what the banks have not decided": Fault(
        """INSERT INTO dispute (business_id, payment_id, provider_ref, state, amount_cents, taken_cents,
           fee_cents, reason, code, opened_at) SELECT business_id, id, 'dp_1', 'open', 1, 0, 0, '', '', now()
           FROM payment ORDER BY id LIMIT 1""",
        r"business \d+",
    ),
    "customer deposits are what is not recovered": Fault(
        "UPDATE transfer SET cents = cents - 1 WHERE id = (SELECT min(id) FROM transfer)", r"business \d+"
    ),
    "tax payable is that of the work billed, and of taxed deposits not yet recovered": Fault(
        "UPDATE transfer SET cents = cents + 1 WHERE tax_code_id IS NOT NULL", r"business \d+"
    ),
    "a taxed deposit is split over its contract to the cent, and recovered within it": Fault(
        "UPDATE job SET deposit_tax = 'at_deposit' WHERE number = 'Q-1001'", r"invoice 1001"
    ),
    "the timeline's hashes hold": Fault("UPDATE job_event SET text = '{}' WHERE seq = 1", r"job \d+ event 1"),
    "a document's hash is that of its content": Fault(
        "UPDATE document SET content = content || ' ' WHERE kind = 'contract'", r"document \d+"
    ),
    "the contract is what was signed": Fault(
        """UPDATE job_event SET text = replace(text, '"contract_cents":4000000', '"contract_cents":3900000')
           WHERE kind = 'signed'""",
        r"job Q-1001",
    ),
    "a position is followed by one other at most": Fault(
        """INSERT INTO position (business_id, job_id, kind, row_id, invoice_id, start_cents, delta_cents)
           SELECT business_id, job_id, kind, row_id, invoice_id, 0, 1 FROM position WHERE kind = 'due'""",
        r"due of row \d+",
        drop="ALTER TABLE position DROP CONSTRAINT position_does_not_fork",
    ),
    "a reversal takes back no more than was billed": Fault(
        """INSERT INTO position (business_id, job_id, kind, row_id, invoice_id, prev_id, reverses_id, start_cents,
                                 delta_cents)
           SELECT business_id, job_id, kind, row_id, invoice_id, id, id, end_cents, -2 * delta_cents FROM position
           WHERE kind = 'due'""",
        r"position \d+",
        drop="ALTER TABLE position DROP CONSTRAINT position_is_not_negative,"
        " DROP CONSTRAINT position_is_reversed_by_a_credit_note",
    ),
    "no line is earned beyond its worth": Fault(
        "UPDATE position SET delta_cents = delta_cents + 1 WHERE kind = 'earned'", r"key \d+"
    ),
    "no more of a deposit is recovered than was billed of it": Fault(
        """INSERT INTO position (business_id, job_id, kind, row_id, invoice_id, start_cents, delta_cents)
           SELECT business_id, job_id, 'recovered', row_id, invoice_id, 0, end_cents + 1 FROM position
           WHERE kind = 'due'""",
        r"row \d+",
    ),
    "what is billed, done and accepted is of its own job": Fault(
        "UPDATE completion SET job_id = (SELECT max(id) FROM job)", r"completion \d+"
    ),
    "a number is given once": Fault(
        "UPDATE invoice SET number = 1001, previous_number = NULL WHERE number = 1002",
        r"invoice 1001",
        drop="ALTER TABLE invoice DROP CONSTRAINT invoice_number_is_unique CASCADE,"
        " DROP CONSTRAINT invoice_number_has_one_successor",
    ),
    "receipt numbers have no gap": Fault("UPDATE receipt SET number = 3 WHERE number = 2", r"series \d+"),
    "an invoice and a receipt have the document that bears their number": Fault(
        "UPDATE invoice SET number_text = '1043' WHERE number = 1001", r"invoice 1043"
    ),
    "an invoice is in the currency of its job": Fault(
        "UPDATE invoice SET currency = 'CAD'", r"invoice 100[12]"
    ),
    "nothing is settled or allocated below zero": Fault(
        "UPDATE allocation SET amount_cents = -1",
        r"(invoice|payment) \d+",
        drop="ALTER TABLE allocation DROP CONSTRAINT allocation_falls_only_by_reversal",
    ),
    "a payment that failed or came back settles nothing": Fault(
        "UPDATE payment SET state = 'returned'", r"payment \d+"
    ),
    "only money that is here is given back": Fault("UPDATE payment SET state = 'pending'", r"refund \d+"),
    "an attempt brings one payment, and a payment one receipt": Fault(
        "UPDATE receipt SET payment_id = (SELECT min(id) FROM payment)",
        r"payment \d+",
        drop="ALTER TABLE receipt DROP CONSTRAINT receipt_payment_id_key",
    ),
    "an invoice is asked for once at a time": Fault(
        """WITH again AS (
               INSERT INTO attempt (business_id, job_id, method, amount_cents, currency, state, session_id, url,
                                    failure, created_at)
               SELECT business_id, id, 'card', 1, 'USD', 'open', '', '', '', now()
               FROM job CROSS JOIN generate_series(1, 2) WHERE number = 'Q-1001' RETURNING business_id, id
           )
           INSERT INTO attempt_invoice (business_id, attempt_id, invoice_id, amount_cents, live)
           SELECT business_id, id, (SELECT min(id) FROM invoice), 1, true FROM again""",
        r"invoice \d+",
        drop="DROP INDEX one_live_attempt_per_invoice",
    ),
    "a transfer moves an amount above zero between two accounts": Fault(
        "UPDATE transfer SET credit_id = debit_id",
        r"transfer \d+",
        drop="ALTER TABLE transfer DROP CONSTRAINT transfer_has_two_accounts",
    ),
    "the journal speaks the currency of the job": Fault(
        "UPDATE transfer SET currency = 'CAD'", r"transfer \d+"
    ),
    "an entry of the journal has its transfers": Fault("DELETE FROM transfer", r"entry \d+"),
    "an issued invoice stands in the journal once": Fault(
        "UPDATE journal_entry SET invoice_id = NULL WHERE kind = 'simple_invoice'", r"invoice 1002"
    ),
    "a payment that came in stands in the journal with its amount": Fault(
        "DELETE FROM journal_entry WHERE kind = 'payment_cleared'", r"payment \d+"
    ),
    "an invoice's entry is its total": Fault(
        "UPDATE transfer SET cents = cents + 1 WHERE id = (SELECT min(id) FROM transfer)", r"invoice 1001"
    ),
    "a timeline tells of every signature, acceptance, invoice, credit note and receipt": Fault(
        "DELETE FROM job_event e WHERE seq = (SELECT max(seq) FROM job_event WHERE job_id = e.job_id)"
        " AND kind = 'invoice_sent'",
        r"job \d+ invoice_sent",
    ),
    "a document is printed once": Fault(
        """WITH kept AS (
               INSERT INTO stored_file (business_id, sha256, mime, name, bytes, created_at)
               SELECT business_id, repeat('0', 64), 'application/pdf', 'x', 1, now() FROM document RETURNING *
           )
           INSERT INTO rendering (business_id, document_id, file_id)
           SELECT business_id, (SELECT min(id) FROM document), id FROM kept""",
        r"document \d+",
        drop="ALTER TABLE rendering DROP CONSTRAINT rendering_document_id_key",
    ),
    "a quote that was signed had been sent": Fault("UPDATE quote_version SET sent_at = NULL", r"job \d+"),
    "a message is posted once for its cause": Fault(
        "UPDATE message SET identity = 'the same'",
        r"message \d+",
        drop="ALTER TABLE message DROP CONSTRAINT message_identity_is_unique",
    ),
    "a message that was sent says what and when": Fault(
        "UPDATE message SET state = 'sent', sent_at = now()", r"message \d+"
    ),
    "a message's documents are there": Fault(
        "UPDATE message SET document_ids = '[987654321]'", r"message \d+"
    ),
    "what comes in is stored once": Fault(
        """INSERT INTO webhook_event (provider, event_id, kind, session_id, payload, received_at, not_before, error,
                                     attempts)
           SELECT 'stripe', 'evt_1', '', '', '', now(), now(), '', 0 FROM generate_series(1, 2)""",
        r"webhook event \d+",
        drop="ALTER TABLE webhook_event DROP CONSTRAINT webhook_event_is_stored_once",
    ),
    REFERENCES: Fault(
        "UPDATE contact SET business_id = (SELECT max(id) FROM business)",
        r"(contact|message|portal_link|signature) \d+",
    ),
    "every table of a business is behind row-level security": Fault(
        "ALTER TABLE customer DISABLE ROW LEVEL SECURITY", r"table customer"
    ),
    "what guards the records is switched on": Fault(
        "ALTER TABLE invoice DISABLE TRIGGER invoice_is_append_only", r"trigger invoice_is_append_only"
    ),
}
