"""Invoices and receipts: their parts, their numbers, their documents."""

from milepost.queries.guarantees.check import Checks

CHECKS: Checks = (
    (
        "an invoice is net and tax less the deposit recovered",
        "SELECT 'invoice ' || number_text FROM invoice WHERE total_cents <> net_cents + tax_cents - recovered_cents",
    ),
    (
        "an invoice is the difference of its positions",
        """SELECT 'invoice ' || i.number_text FROM invoice i WHERE i.total_cents <>
           (SELECT COALESCE(SUM(delta_cents), 0) FROM position p WHERE p.invoice_id = i.id AND p.kind = 'due')""",
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
           ) given ON given.series_id = s.id
           GROUP BY s.id, s.next_number HAVING max(given.number) + 1 <> s.next_number""",
    ),
    (
        "a number is given once",
        """SELECT 'invoice ' || min(number_text) FROM invoice GROUP BY series_id, number HAVING count(*) > 1
           UNION ALL
           SELECT 'receipt ' || min(number_text) FROM receipt GROUP BY series_id, number HAVING count(*) > 1""",
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
            WHERE d.kind <> 'receipt' OR d.content::json ->> 'number' <> r.number_text""",
    ),
    (
        "an invoice is in the currency of its job",
        """SELECT 'invoice ' || i.number_text FROM invoice i JOIN job j ON j.id = i.job_id
            WHERE i.currency <> j.currency""",
    ),
)
