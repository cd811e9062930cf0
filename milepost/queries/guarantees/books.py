"""The journal, against the rows that it speaks of."""

from milepost.queries.guarantees.check import Checks

CHECKS: Checks = (
    (
        "receivables are the open balances",
        """SELECT 'business ' || b.id FROM business b WHERE
           (SELECT COALESCE(SUM(CASE WHEN d.code = 'receivables' THEN t.cents ELSE 0 END)
                 - SUM(CASE WHEN c.code = 'receivables' THEN t.cents ELSE 0 END), 0)
              FROM transfer t JOIN account d ON d.id = t.debit_id JOIN account c ON c.id = t.credit_id
             WHERE t.business_id = b.id)
           <> (SELECT COALESCE(SUM(total_cents - credited_cents), 0) FROM invoice i WHERE i.business_id = b.id)
            - (SELECT COALESCE(SUM(a.amount_cents), 0) FROM allocation a JOIN payment p ON p.id = a.payment_id
                WHERE a.business_id = b.id AND p.state = 'cleared')
            - (SELECT COALESCE(SUM(c.amount_cents), 0) FROM concession c
                WHERE c.business_id = b.id AND c.invoice_id IS NOT NULL)""",
    ),
    (
        "customer credit is what cleared payments have left",
        """SELECT 'business ' || b.id FROM business b WHERE
           (SELECT COALESCE(SUM(CASE WHEN c.code = 'customer_credit' THEN t.cents ELSE 0 END)
                 - SUM(CASE WHEN d.code = 'customer_credit' THEN t.cents ELSE 0 END), 0)
              FROM transfer t JOIN account d ON d.id = t.debit_id JOIN account c ON c.id = t.credit_id
             WHERE t.business_id = b.id)
           <> (SELECT COALESCE(SUM(p.amount_cents), 0) FROM payment p
                WHERE p.business_id = b.id AND p.state = 'cleared')
            - (SELECT COALESCE(SUM(a.amount_cents), 0) FROM allocation a JOIN payment p ON p.id = a.payment_id
                WHERE a.business_id = b.id AND p.state = 'cleared')
            - (SELECT COALESCE(SUM(r.amount_cents), 0) FROM refund r
                WHERE r.business_id = b.id AND r.state <> 'refused')
            - (SELECT COALESCE(SUM(d.taken_cents), 0) FROM dispute d JOIN payment p ON p.id = d.payment_id
                WHERE d.business_id = b.id AND p.state = 'cleared')
            - (SELECT COALESCE(SUM(c.amount_cents), 0) FROM concession c
                WHERE c.business_id = b.id AND c.invoice_id IS NULL)""",
    ),
    (
        "refunds payable are what is asked for and not yet gone",
        """SELECT 'business ' || b.id FROM business b WHERE
           (SELECT COALESCE(SUM(CASE WHEN c.code = 'refunds_payable' THEN t.cents ELSE 0 END)
                 - SUM(CASE WHEN d.code = 'refunds_payable' THEN t.cents ELSE 0 END), 0)
              FROM transfer t JOIN account d ON d.id = t.debit_id JOIN account c ON c.id = t.credit_id
             WHERE t.business_id = b.id)
           <> (SELECT COALESCE(SUM(r.amount_cents + r.surcharge_cents), 0) FROM refund r
                WHERE r.business_id = b.id AND r.state = 'asked')""",
    ),
    (
        "disputed is what the banks have not decided",
        """SELECT 'business ' || b.id FROM business b WHERE -
           (SELECT COALESCE(SUM(CASE WHEN c.code = 'disputed' THEN t.cents ELSE 0 END)
                 - SUM(CASE WHEN d.code = 'disputed' THEN t.cents ELSE 0 END), 0)
              FROM transfer t JOIN account d ON d.id = t.debit_id JOIN account c ON c.id = t.credit_id
             WHERE t.business_id = b.id)
           <> (SELECT COALESCE(SUM(CASE WHEN d.state = 'open' THEN d.amount_cents WHEN d.state = 'lost'
                    THEN d.amount_cents - d.taken_cents - d.surcharge_cents ELSE 0 END), 0)
                 FROM dispute d WHERE d.business_id = b.id)""",
    ),
    (
        "what the processor holds is what came in less what went out",
        """SELECT 'business ' || b.id FROM business b WHERE -
           (SELECT COALESCE(SUM(CASE WHEN c.code = 'clearing' THEN t.cents ELSE 0 END)
                 - SUM(CASE WHEN d.code = 'clearing' THEN t.cents ELSE 0 END), 0)
              FROM transfer t JOIN account d ON d.id = t.debit_id JOIN account c ON c.id = t.credit_id
             WHERE t.business_id = b.id)
           <> (SELECT COALESCE(SUM(p.amount_cents + p.surcharge_cents - p.fee_cents), 0) FROM payment p
                WHERE p.business_id = b.id AND p.till = 'clearing' AND p.state IN ('cleared', 'returned'))
            - (SELECT COALESCE(SUM(r.amount_cents + r.surcharge_cents), 0) FROM refund r
                WHERE r.business_id = b.id AND r.state = 'done' AND r.provider_ref <> '')
            - (SELECT COALESCE(SUM(d.fee_cents + CASE WHEN d.state = 'won' THEN 0 ELSE d.amount_cents END), 0)
                 FROM dispute d JOIN payment p ON p.id = d.payment_id
                WHERE d.business_id = b.id AND p.till = 'clearing')
            - (SELECT COALESCE(SUM(o.amount_cents), 0) FROM payout o
                WHERE o.business_id = b.id AND o.state = 'paid')
            + (SELECT COALESCE(SUM(l.amount_cents - l.fee_cents), 0) FROM payout_line l
                 JOIN payout o ON o.id = l.payout_id
                WHERE o.business_id = b.id AND o.state IN ('paid', 'failed') AND l.kind = 'other')""",
    ),
    (
        "a payout is the sum of its lines",
        """SELECT 'payout ' || o.id FROM payout o WHERE o.amount_cents <>
           (SELECT COALESCE(SUM(l.amount_cents - l.fee_cents), 0) FROM payout_line l WHERE l.payout_id = o.id)""",
    ),
    (
        "a transfer moves an amount above zero between two accounts",
        "SELECT 'transfer ' || id FROM transfer WHERE cents <= 0 OR debit_id = credit_id",
    ),
    (
        "the journal speaks the currency of the job",
        """SELECT 'transfer ' || t.id FROM transfer t JOIN journal_entry e ON e.id = t.entry_id
             JOIN job j ON j.id = e.job_id WHERE t.currency <> j.currency""",
    ),
    (
        "an entry of the journal has its transfers",
        """SELECT 'entry ' || e.id FROM journal_entry e
            WHERE NOT EXISTS (SELECT 1 FROM transfer t WHERE t.entry_id = e.id)""",
    ),
    (
        "an issued invoice stands in the journal once",
        """SELECT 'invoice ' || i.number_text FROM invoice i WHERE (i.total_cents, i.net_cents) <> (0, 0)
              AND 1 <> (SELECT count(*) FROM journal_entry e WHERE e.invoice_id = i.id
                           AND e.kind = i.kind || '_invoice')""",
    ),
    (
        "a payment that came in stands in the journal with its amount",
        """SELECT 'payment ' || p.id FROM payment p
            WHERE (CASE WHEN p.state IN ('cleared', 'returned') THEN p.amount_cents + p.surcharge_cents ELSE 0 END)
               <> (SELECT COALESCE(SUM(t.cents), 0) FROM journal_entry e JOIN transfer t ON t.entry_id = e.id
                     JOIN account d ON d.id = t.debit_id
                    WHERE e.payment_id = p.id AND e.kind = 'payment_cleared' AND d.code = p.till)""",
    ),
    (
        "an invoice's entry is its total",
        """SELECT 'invoice ' || i.number_text FROM invoice i
             JOIN journal_entry e ON e.invoice_id = i.id AND e.kind = i.kind || '_invoice'
             JOIN transfer t ON t.entry_id = e.id
             JOIN account d ON d.id = t.debit_id JOIN account c ON c.id = t.credit_id
            GROUP BY i.id, i.number_text, i.total_cents
           HAVING i.total_cents <> SUM(CASE WHEN d.code = 'receivables' THEN t.cents ELSE 0 END)
                                 - SUM(CASE WHEN c.code = 'receivables' THEN t.cents ELSE 0 END)""",
    ),
    (
        "a credit note stands in the journal once, and credits what it says",
        """SELECT 'credit note ' || n.number_text FROM credit_note n
            WHERE (n.total_cents, n.net_cents) <> (0, 0)
              AND n.total_cents IS DISTINCT FROM (
                   SELECT SUM(CASE WHEN c.code = 'receivables' THEN t.cents ELSE 0 END)
                        - SUM(CASE WHEN d.code = 'receivables' AND c.code <> 'customer_credit' THEN t.cents ELSE 0 END)
                     FROM journal_entry e JOIN transfer t ON t.entry_id = e.id
                     JOIN account d ON d.id = t.debit_id JOIN account c ON c.id = t.credit_id
                    WHERE e.credit_note_id = n.id AND e.kind = n.kind)""",
    ),
)
