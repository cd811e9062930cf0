"""Deposits: a liability until they are recovered, their tax payable when the job's rule says so."""

from milepost.queries.guarantees.check import Checks

# The tax of deposits that is payable and not yet taken back, by business: from the invoice on, or for
# the part that is paid, rounded half up by code; never past zero.
_OPEN_TAX = """
SELECT o.business_id, SUM(CASE WHEN o.carried >= 0 THEN GREATEST(o.taxed - o.back, 0) ELSE LEAST(o.taxed - o.back, 0) END)
       AS cents
FROM (SELECT t.business_id, t.carried, t.back,
             CASE WHEN j.deposit_tax = 'at_deposit' THEN t.carried
                  ELSE sign(t.carried) * COALESCE(div(2 * abs(t.carried) * m.paid + m.total, NULLIF(2 * m.total, 0)), 0) END AS taxed
      FROM (SELECT i.business_id, i.job_id, k.tax_code_id,
                   COALESCE(SUM(p.cents) FILTER (WHERE i.kind = 'deposit'), 0) AS carried,
                   COALESCE(-SUM(p.cents) FILTER (WHERE i.kind <> 'deposit'), 0) AS back
            FROM deposit_part p JOIN invoice i ON i.id = p.invoice_id
            JOIN contract_key k ON k.id = p.key_id AND k.tax_code_id IS NOT NULL
            WHERE NOT EXISTS (SELECT 1 FROM credit_note c WHERE c.invoice_id = i.id AND c.is_whole)
            GROUP BY 1, 2, 3) t
      JOIN job j ON j.id = t.job_id
      JOIN (SELECT i.job_id, SUM(i.total_cents - i.credited_cents) AS total, COALESCE(SUM(a.paid), 0) AS paid
            FROM invoice i LEFT JOIN (SELECT a.invoice_id, SUM(a.amount_cents) AS paid FROM allocation a
                JOIN payment p ON p.id = a.payment_id AND p.state = 'cleared' GROUP BY 1) a ON a.invoice_id = i.id
            WHERE i.kind = 'deposit'
              AND NOT EXISTS (SELECT 1 FROM credit_note c WHERE c.invoice_id = i.id AND c.is_whole)
            GROUP BY 1) m ON m.job_id = t.job_id) o
GROUP BY o.business_id"""

CHECKS: Checks = (
    (
        "customer deposits are what is not recovered",
        f"""SELECT 'business ' || b.id FROM business b LEFT JOIN ({_OPEN_TAX}) x ON x.business_id = b.id WHERE
           (SELECT COALESCE(SUM(CASE WHEN c.code = 'deposits' THEN t.cents ELSE 0 END)
                 - SUM(CASE WHEN d.code = 'deposits' THEN t.cents ELSE 0 END), 0)
              FROM transfer t JOIN account d ON d.id = t.debit_id JOIN account c ON c.id = t.credit_id
             WHERE t.business_id = b.id)
           <> (SELECT COALESCE(SUM(i.total_cents - i.credited_cents) FILTER (WHERE i.kind = 'deposit'), 0)
                    - COALESCE(SUM(i.recovered_cents), 0) FROM invoice i WHERE i.business_id = b.id)
            + (SELECT COALESCE(SUM(n.recovered_cents), 0) FROM credit_note n WHERE n.business_id = b.id)
            - COALESCE(x.cents, 0)""",  # noqa: S608 - our own text
    ),
    (
        "tax payable is that of the work billed, and of taxed deposits not yet recovered",
        f"""SELECT 'business ' || b.id FROM business b LEFT JOIN ({_OPEN_TAX}) x ON x.business_id = b.id WHERE
           (SELECT COALESCE(SUM(CASE WHEN c.code = 'tax_payable' THEN t.cents ELSE 0 END)
                 - SUM(CASE WHEN d.code = 'tax_payable' THEN t.cents ELSE 0 END), 0)
              FROM transfer t JOIN account d ON d.id = t.debit_id JOIN account c ON c.id = t.credit_id
              JOIN journal_entry e ON e.id = t.entry_id
               AND e.kind IN ('deposit_invoice', 'progress_invoice', 'simple_invoice', 'fee_invoice', 'deposit_taxed',
                              'cancellation_invoice', 'void', 'reversal', 'allowance', 'cancellation', 'reduction')
             WHERE t.business_id = b.id)
           <> (SELECT COALESCE(SUM(i.tax_cents), 0) FROM invoice i
                WHERE i.business_id = b.id AND i.kind <> 'deposit')
            - (SELECT COALESCE(SUM(n.tax_cents), 0) FROM credit_note n JOIN invoice i ON i.id = n.invoice_id
                WHERE n.business_id = b.id AND i.kind <> 'deposit') + COALESCE(x.cents, 0)""",  # noqa: S608 - our own text
    ),
    (
        "a taxed deposit is split over its contract to the cent, and recovered within it",
        """SELECT 'invoice ' || i.number_text FROM invoice i JOIN job j ON j.id = i.job_id
           WHERE (SELECT COALESCE(SUM(p.cents), 0) FROM deposit_part p
                   WHERE p.invoice_id = i.id AND p.credit_note_id IS NULL) <>
                 CASE WHEN j.deposit_tax = 'on_application' THEN 0 WHEN i.kind = 'deposit' THEN i.total_cents
                      ELSE -i.recovered_cents END
           UNION ALL
           SELECT 'credit note ' || n.number_text FROM credit_note n JOIN job j ON j.id = n.job_id
             JOIN invoice i ON i.id = n.invoice_id
           WHERE (SELECT COALESCE(SUM(p.cents), 0) FROM deposit_part p WHERE p.credit_note_id = n.id) <>
                 CASE WHEN j.deposit_tax = 'on_application' OR n.is_whole THEN 0
                      WHEN i.kind = 'deposit' THEN -n.total_cents ELSE n.recovered_cents END
           UNION ALL
           SELECT 'key ' || p.key_id FROM deposit_part p JOIN invoice i ON i.id = p.invoice_id
           WHERE NOT EXISTS (SELECT 1 FROM credit_note c WHERE c.invoice_id = i.id AND c.is_whole) GROUP BY p.key_id
           HAVING SUM(p.cents) < LEAST(COALESCE(SUM(p.cents) FILTER (WHERE i.kind = 'deposit'), 0), 0)
               OR SUM(p.cents) > GREATEST(COALESCE(SUM(p.cents) FILTER (WHERE i.kind = 'deposit'), 0), 0)""",
    ),
)
