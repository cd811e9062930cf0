"""Recompute the guarantees from the rows: each question returns what does not hold, and where."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db import connections

from milepost.records import manifest


@dataclass(frozen=True)
class Finding:
    """One thing that does not hold: the rule, and the row where it is broken."""

    rule: str
    where: str

    def __str__(self) -> str:
        return f"{self.rule}: {self.where}"


CHECKS: tuple[tuple[str, str], ...] = (
    (
        "contract is the sum of its lines",
        """SELECT 'job ' || j.number FROM job j WHERE j.signed_on IS NOT NULL AND j.contract_cents <>
           (SELECT COALESCE(SUM(cents), 0) FROM contract_key k WHERE k.job_id = j.id)""",
    ),
    (
        "deposit and milestones are the contract",
        """SELECT 'job ' || j.number FROM job j WHERE j.signed_on IS NOT NULL AND j.contract_cents <>
           (SELECT COALESCE(SUM(amount_cents), 0) FROM schedule_row r WHERE r.job_id = j.id)""",
    ),
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
        "a position starts where the one before it ended",
        """SELECT 'position ' || p.id FROM position p LEFT JOIN position q ON q.id = p.prev_id
           WHERE p.start_cents <> COALESCE(q.end_cents, 0)""",
    ),
    (
        "no row is billed beyond its amount",
        """SELECT 'row ' || r.id FROM schedule_row r WHERE r.amount_cents <
           (SELECT COALESCE(SUM(delta_cents), 0) FROM position p WHERE p.row_id = r.id AND p.kind = 'due')""",
    ),
    (
        "invoice numbers have no gap",
        """SELECT 'series ' || series_id FROM invoice GROUP BY business_id, series_id
           HAVING max(number) - min(number) + 1 <> count(*)""",
    ),
    (
        "a series goes on after its last invoice",
        """SELECT 'series ' || s.id FROM series s JOIN invoice i ON i.series_id = s.id
           GROUP BY s.id, s.next_number HAVING max(i.number) + 1 <> s.next_number""",
    ),
    (
        "an invoice's taxes are those of its codes",
        """SELECT 'invoice ' || i.number_text FROM invoice i WHERE i.tax_cents <>
           (SELECT COALESCE(SUM(t.tax_cents), 0) FROM invoice_tax t WHERE t.invoice_id = i.id)""",
    ),
    (
        "an invoice's lines are its net",
        """SELECT 'invoice ' || i.number_text FROM invoice i WHERE i.kind <> 'deposit' AND i.net_cents <>
           (SELECT COALESCE(SUM(l.net_cents), 0) FROM invoice_line l WHERE l.invoice_id = i.id)""",
    ),
    (
        "an invoice's milestones are its total",
        """SELECT 'invoice ' || i.number_text FROM invoice i WHERE i.total_cents <>
           (SELECT COALESCE(SUM(r.due_cents), 0) FROM invoice_row r WHERE r.invoice_id = i.id)""",
    ),
    (
        "a contract that is billed whole has earned every line and every tax to the cent",
        """SELECT 'job ' || j.number || ' key ' || k.id FROM job j JOIN contract_key k ON k.job_id = j.id
           WHERE j.signed_on IS NOT NULL AND j.contract_cents =
              (SELECT SUM(delta_cents) FROM position p WHERE p.job_id = j.id AND p.kind = 'due')
           AND k.cents <> (SELECT COALESCE(SUM(delta_cents), 0) FROM position p WHERE p.key_id = k.id)""",
    ),
    (
        "money settles an invoice in its own currency",
        """SELECT 'allocation ' || a.id FROM allocation a JOIN payment p ON p.id = a.payment_id
           JOIN invoice i ON i.id = a.invoice_id WHERE p.currency <> i.currency""",
    ),
    (
        "an invoice is settled within its total",
        """SELECT 'invoice ' || i.number_text FROM invoice i WHERE i.total_cents <
           (SELECT COALESCE(SUM(amount_cents), 0) FROM allocation a WHERE a.invoice_id = i.id)""",
    ),
    (
        "a payment is allocated within its amount",
        """SELECT 'payment ' || p.id FROM payment p WHERE p.amount_cents <
           (SELECT COALESCE(SUM(amount_cents), 0) FROM allocation a WHERE a.payment_id = p.id)""",
    ),
    (
        "receivables are the open balances",
        """SELECT 'business ' || b.id FROM business b WHERE
           (SELECT COALESCE(SUM(CASE WHEN d.code = 'receivables' THEN t.cents ELSE 0 END)
                 - SUM(CASE WHEN c.code = 'receivables' THEN t.cents ELSE 0 END), 0)
              FROM transfer t JOIN account d ON d.id = t.debit_id JOIN account c ON c.id = t.credit_id
             WHERE t.business_id = b.id)
           <> (SELECT COALESCE(SUM(total_cents), 0) FROM invoice i WHERE i.business_id = b.id)
            - (SELECT COALESCE(SUM(a.amount_cents), 0) FROM allocation a JOIN payment p ON p.id = a.payment_id
                WHERE a.business_id = b.id AND p.state = 'cleared')""",
    ),
    (
        "refunds and allocations are within their payment",
        """SELECT 'payment ' || p.id FROM payment p WHERE p.amount_cents <
           (SELECT COALESCE(SUM(amount_cents), 0) FROM allocation a WHERE a.payment_id = p.id)
         + (SELECT COALESCE(SUM(amount_cents), 0) FROM refund r WHERE r.payment_id = p.id)""",
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
            - (SELECT COALESCE(SUM(r.amount_cents), 0) FROM refund r WHERE r.business_id = b.id)""",
    ),
    (
        "customer deposits are what is not recovered",
        """SELECT 'business ' || b.id FROM business b WHERE
           (SELECT COALESCE(SUM(CASE WHEN c.code = 'deposits' THEN t.cents ELSE 0 END)
                 - SUM(CASE WHEN d.code = 'deposits' THEN t.cents ELSE 0 END), 0)
              FROM transfer t JOIN account d ON d.id = t.debit_id JOIN account c ON c.id = t.credit_id
             WHERE t.business_id = b.id)
           <> (SELECT COALESCE(SUM(i.total_cents) FILTER (WHERE i.kind = 'deposit'), 0)
                    - COALESCE(SUM(i.recovered_cents), 0) FROM invoice i WHERE i.business_id = b.id)""",
    ),
    (
        "the timeline's hashes hold",
        """SELECT 'job ' || e.job_id || ' event ' || e.seq FROM job_event e
           LEFT JOIN job_event f ON f.job_id = e.job_id AND f.seq = e.seq - 1
           WHERE e.prev_hash <> COALESCE(f.hash, '')
              OR e.hash <> mp_event_hash(e.prev_hash, e.seq, e.at, e.kind, e.actor_name, e.text)""",
    ),
    (
        "a document's hash is that of its content",
        """SELECT 'document ' || id FROM document
           WHERE sha256 <> encode(sha256(convert_to(content, 'UTF8')), 'hex')""",
    ),
    (
        "every table of a business is behind row-level security",
        """SELECT 'table ' || c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
           WHERE a.attname = 'business_id' AND c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
             AND (NOT c.relrowsecurity OR NOT EXISTS (SELECT 1 FROM pg_policy p WHERE p.polrelid = c.oid))""",
    ),
    (
        "what guards the records is switched on",
        """SELECT 'trigger ' || tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'D'""",
    ),
)


def examine(*, using: str = "owner", say: Callable[[str], object] = lambda _line: None) -> list[Finding]:
    """Ask every question as the owner, who sees all businesses; an empty list means that all hold."""
    findings = [Finding("the database's own guards", line) for line in manifest.differences(using)]
    say(f"the database's own guards: {'hold' if not findings else len(findings)}")
    with connections[using].cursor() as cursor:
        for rule, asked in CHECKS:
            cursor.execute(asked)
            broken = [Finding(rule, str(row[0])) for row in cursor.fetchall()]
            say(f"{rule}: {'holds' if not broken else len(broken)}")
            findings += broken
    return findings
