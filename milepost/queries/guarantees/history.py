"""What was said and shown: timelines, documents, messages, and what may come in only once."""

from milepost.queries.guarantees.check import Checks

CHECKS: Checks = (
    (
        "the timeline's hashes hold",
        """SELECT 'job ' || e.job_id || ' event ' || e.seq FROM job_event e
           LEFT JOIN job_event f ON f.job_id = e.job_id AND f.seq = e.seq - 1
           WHERE e.prev_hash <> COALESCE(f.hash, '') OR e.hash <> mp_hash_of_event(e) OR e.version < f.version""",
    ),
    (
        "a document's hash is that of its content",
        """SELECT 'document ' || id FROM document
           WHERE sha256 <> encode(sha256(convert_to(content, 'UTF8')), 'hex')""",
    ),
    (
        "a timeline tells of every signature, acceptance, invoice, credit note and receipt",
        """SELECT 'job ' || had.job_id || ' ' || had.kind FROM (
               SELECT job_id, 'signed' AS kind, count(*) AS times FROM signature GROUP BY job_id
               UNION ALL SELECT job_id, 'completed', count(*) FROM completion GROUP BY job_id
               UNION ALL SELECT job_id, 'accepted', count(*) FROM acceptance GROUP BY job_id
               UNION ALL SELECT job_id, 'invoice_sent', count(*) FROM invoice GROUP BY job_id
               UNION ALL SELECT o.job_id, CASE s.how WHEN 'law' THEN 'taxes_changed' ELSE 'change_approved' END, count(*)
                           FROM change_signature s JOIN change_order o ON o.id = s.change_order_id GROUP BY 1, 2
               UNION ALL SELECT job_id, CASE kind WHEN 'void' THEN 'invoice_voided' WHEN 'reversal' THEN 'invoice_reversed'
                                        WHEN 'allowance' THEN 'money_off' ELSE 'deposit_credited' END, count(*)
                           FROM credit_note GROUP BY job_id, kind
               UNION ALL SELECT job_id, 'cancelled', count(*) FROM cancellation GROUP BY job_id
               UNION ALL SELECT d.job_id, 'payment_received', count(*) FROM receipt r
                           JOIN document d ON d.id = r.document_id GROUP BY d.job_id
           ) had
           WHERE had.times > (SELECT count(*) FROM job_event e WHERE e.job_id = had.job_id AND e.kind = had.kind)""",
    ),
    (
        "a document is printed once",
        "SELECT 'document ' || document_id FROM rendering GROUP BY document_id HAVING count(*) > 1",
    ),
    (
        "a quote that was signed had been sent",
        """SELECT 'job ' || s.job_id FROM signature s JOIN quote_version v ON v.id = s.quote_version_id
            WHERE v.sent_at IS NULL OR v.sent_at > s.signed_at OR v.job_id <> s.job_id""",
    ),
    (
        "a message is posted once for its cause",
        """SELECT 'message ' || min(id) FROM message GROUP BY business_id, identity HAVING count(*) > 1""",
    ),
    (
        "a message that was sent says what and when",
        """SELECT 'message ' || id FROM message
            WHERE state IN ('sent', 'kept') AND (sent_at IS NULL OR body_text = '')""",
    ),
    (
        "a message's documents are there",
        """SELECT 'message ' || m.id FROM message m, jsonb_array_elements_text(m.document_ids) named
            WHERE NOT EXISTS (SELECT 1 FROM document d WHERE d.business_id = m.business_id AND d.id = named::bigint)""",
    ),
    (
        "what comes in is stored once",
        """SELECT 'webhook event ' || min(id) FROM webhook_event GROUP BY provider, event_id HAVING count(*) > 1
           UNION ALL
           SELECT 'key ' || key FROM idempotency_key GROUP BY business_id, key HAVING count(*) > 1""",
    ),
)
