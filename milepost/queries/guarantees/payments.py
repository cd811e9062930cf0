"""Money that came in, what it settled and what was given back."""

from milepost.queries.guarantees.check import Checks

CHECKS: Checks = (
    (
        "an invoice is settled within its total",
        """SELECT 'invoice ' || i.number_text FROM invoice i WHERE i.total_cents - i.credited_cents <
           (SELECT COALESCE(SUM(amount_cents), 0) FROM allocation a WHERE a.invoice_id = i.id)
         + (SELECT COALESCE(SUM(amount_cents), 0) FROM concession c WHERE c.invoice_id = i.id)""",
    ),
    (
        "a payment is allocated within its amount",
        """SELECT 'payment ' || p.id FROM payment p WHERE p.amount_cents <
           (SELECT COALESCE(SUM(amount_cents), 0) FROM allocation a WHERE a.payment_id = p.id)""",
    ),
    (
        "refunds and allocations are within their payment",
        """SELECT 'payment ' || p.id FROM payment p WHERE p.amount_cents <
           (SELECT COALESCE(SUM(amount_cents), 0) FROM allocation a WHERE a.payment_id = p.id)
         + (SELECT COALESCE(SUM(amount_cents), 0) FROM refund r WHERE r.payment_id = p.id AND r.state <> 'refused')
         + (SELECT COALESCE(SUM(taken_cents), 0) FROM dispute d WHERE d.payment_id = p.id)
         + (SELECT COALESCE(SUM(amount_cents), 0) FROM concession c
             WHERE c.payment_id = p.id AND c.invoice_id IS NULL)""",
    ),
    (
        "what is settled without money is taken back once",
        """SELECT 'concession ' || c.id FROM concession c WHERE c.reverses_id IS NULL AND c.amount_cents <
           (SELECT COALESCE(-SUM(amount_cents), 0) FROM concession r WHERE r.reverses_id = c.id)""",
    ),
    (
        "money settles an invoice in its own currency",
        """SELECT 'allocation ' || a.id FROM allocation a JOIN payment p ON p.id = a.payment_id
           JOIN invoice i ON i.id = a.invoice_id WHERE p.currency <> i.currency""",
    ),
    (
        "money settles invoices of the customer whose it is, merged ones being one",
        """SELECT 'allocation ' || a.id FROM allocation a JOIN payment p ON p.id = a.payment_id
           JOIN invoice i ON i.id = a.invoice_id LEFT JOIN customer x ON x.id = p.customer_id
           LEFT JOIN customer y ON y.id = i.customer_id
           WHERE COALESCE(x.merged_into_id, p.customer_id) <> COALESCE(y.merged_into_id, i.customer_id)""",
    ),
    (
        "nothing is settled or allocated below zero",
        """SELECT 'invoice ' || invoice_id FROM allocation GROUP BY invoice_id HAVING SUM(amount_cents) < 0
           UNION ALL
           SELECT 'payment ' || payment_id FROM allocation GROUP BY payment_id HAVING SUM(amount_cents) < 0""",
    ),
    (
        "a payment that failed or came back settles nothing",
        """SELECT 'payment ' || p.id FROM payment p JOIN allocation a ON a.payment_id = p.id
            WHERE p.state IN ('failed', 'returned') GROUP BY p.id HAVING SUM(a.amount_cents) <> 0""",
    ),
    (
        "only money that is here is given back",
        """SELECT 'refund ' || r.id FROM refund r JOIN payment p ON p.id = r.payment_id
            WHERE p.state <> 'cleared' AND r.state <> 'refused'""",
    ),
    (
        "an attempt brings one payment, and a payment one receipt",
        """SELECT 'attempt ' || attempt_id FROM payment WHERE attempt_id IS NOT NULL
            GROUP BY attempt_id HAVING count(*) > 1
           UNION ALL
           SELECT 'payment ' || payment_id FROM receipt GROUP BY payment_id HAVING count(*) > 1""",
    ),
    (
        "an invoice is asked for once at a time",
        """SELECT 'invoice ' || invoice_id FROM attempt_invoice WHERE live
            GROUP BY invoice_id HAVING count(*) > 1""",
    ),
)
