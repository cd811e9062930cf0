"""Invoices and receipts: their parts, their numbers, their documents."""

from milepost.queries.guarantees.check import Checks

CHECKS: Checks = (
    (
        "an invoice is net and tax less the deposit recovered",
        "SELECT 'invoice ' || number_text FROM invoice WHERE total_cents <> net_cents + tax_cents - recovered_cents",
    ),
    (
        "an invoice is the difference of its positions",
        """SELECT 'invoice ' || i.number_text FROM invoice i WHERE i.total_cents - i.credited_cents <>
           (SELECT COALESCE(SUM(delta_cents), 0) FROM position p WHERE p.invoice_id = i.id AND p.kind = 'due')""",
    ),
    (
        "what is credited of an invoice is what its credit notes say",
        """SELECT 'invoice ' || i.number_text FROM invoice i WHERE i.credited_cents <>
           (SELECT COALESCE(SUM(total_cents), 0) FROM credit_note n WHERE n.invoice_id = i.id)""",
    ),
    (
        "a credit note is what its lines, taxes, milestones and positions say",
        """SELECT 'credit note ' || n.number_text FROM credit_note n JOIN invoice i ON i.id = n.invoice_id
           WHERE n.total_cents <> n.net_cents + n.tax_cents - n.recovered_cents
              OR n.total_cents <> (SELECT COALESCE(SUM(due_cents), 0) FROM credit_row r WHERE r.credit_note_id = n.id)
              OR n.tax_cents <> (SELECT COALESCE(SUM(tax_cents), 0) FROM credit_tax t WHERE t.credit_note_id = n.id)
              OR i.kind <> 'deposit' AND n.net_cents <>
                 (SELECT COALESCE(SUM(net_cents), 0) FROM credit_line l WHERE l.credit_note_id = n.id)
              OR n.total_cents <> (SELECT COALESCE(-SUM(delta_cents), 0) FROM position p
                                    WHERE p.credit_note_id = n.id AND p.kind = 'due')
              OR n.recovered_cents <> (SELECT COALESCE(-SUM(delta_cents), 0) FROM position p
                                        WHERE p.credit_note_id = n.id AND p.kind = 'recovered')""",
    ),
    (
        "nothing is left of an invoice that was taken back whole",
        """SELECT 'invoice ' || i.number_text FROM invoice i JOIN credit_note n ON n.invoice_id = i.id AND n.is_whole
             JOIN position p ON p.invoice_id = i.id
            GROUP BY i.id, i.number_text, p.kind, p.track HAVING SUM(p.delta_cents) <> 0""",
    ),
    (
        "credit note numbers have no gap",
        """SELECT 'series ' || series_id FROM credit_note GROUP BY series_id
           HAVING max(number) - min(number) + 1 <> count(DISTINCT number)""",
    ),
    (
        "an invoice's lines are its net",
        """SELECT 'invoice ' || i.number_text FROM invoice i WHERE i.kind <> 'deposit' AND i.net_cents <>
           (SELECT COALESCE(SUM(l.net_cents), 0) FROM invoice_line l WHERE l.invoice_id = i.id)""",
    ),
    (
        "an invoice's taxes are those of its codes",
        """SELECT 'invoice ' || i.number_text FROM invoice i WHERE i.tax_cents <>
           (SELECT COALESCE(SUM(t.tax_cents), 0) FROM invoice_tax t WHERE t.invoice_id = i.id)""",
    ),
    (
        "an invoice's milestones are its total",
        """SELECT 'invoice ' || i.number_text FROM invoice i WHERE i.total_cents <>
           (SELECT COALESCE(SUM(r.due_cents), 0) FROM invoice_row r WHERE r.invoice_id = i.id)""",
    ),
    (
        "invoice numbers have no gap",
        """SELECT 'series ' || series_id FROM invoice GROUP BY series_id
           HAVING max(number) - min(number) + 1 <> count(DISTINCT number)""",
    ),
    (
        "a series goes on after its last invoice",
        """SELECT 'series ' || s.id FROM series s JOIN (
               SELECT series_id, number FROM invoice UNION ALL SELECT series_id, number FROM receipt
               UNION ALL SELECT series_id, number FROM credit_note
           ) given ON given.series_id = s.id
           GROUP BY s.id, s.next_number HAVING max(given.number) + 1 <> s.next_number""",
    ),
    (
        "a number is given once",
        """SELECT 'invoice ' || min(number_text) FROM invoice GROUP BY series_id, number HAVING count(*) > 1
           UNION ALL
           SELECT 'receipt ' || min(number_text) FROM receipt GROUP BY series_id, number HAVING count(*) > 1
           UNION ALL
           SELECT 'credit note ' || min(number_text) FROM credit_note GROUP BY series_id, number HAVING count(*) > 1""",
    ),
    (
        "receipt numbers have no gap",
        """SELECT 'series ' || series_id FROM receipt GROUP BY series_id
           HAVING max(number) - min(number) + 1 <> count(DISTINCT number)""",
    ),
    (
        "an invoice and a receipt have the document that bears their number",
        """SELECT 'invoice ' || i.number_text FROM invoice i JOIN document d ON d.id = i.document_id
            WHERE d.kind <> 'invoice' OR d.job_id <> i.job_id OR d.content::json ->> 'number' <> i.number_text
           UNION ALL
           SELECT 'receipt ' || r.number_text FROM receipt r JOIN document d ON d.id = r.document_id
            WHERE d.kind <> 'receipt' OR d.content::json ->> 'number' <> r.number_text
           UNION ALL
           SELECT 'credit note ' || n.number_text FROM credit_note n JOIN document d ON d.id = n.document_id
            WHERE d.kind <> 'credit_note' OR d.content::json ->> 'number' <> n.number_text""",
    ),
    (
        "an invoice is in the currency of its job",
        """SELECT 'invoice ' || i.number_text FROM invoice i JOIN job j ON j.id = i.job_id
            WHERE i.currency <> j.currency""",
    ),
)
