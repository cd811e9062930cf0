"""Jobs: the contract, its schedule, and what is billed of both to date."""

from milepost.queries.guarantees.check import Checks

CHECKS: Checks = (
    (
        "contract is the sum of its lines",
        """SELECT 'job ' || j.number FROM job j WHERE j.signed_on IS NOT NULL AND j.contract_cents <>
           (SELECT COALESCE(SUM(cents), 0) FROM contract_key k WHERE k.job_id = j.id)
           + (SELECT COALESCE(SUM(delta_cents), 0) FROM key_change c WHERE c.job_id = j.id)""",
    ),
    (
        "a change order moved the contract by what was signed",
        """SELECT 'change order ' || o.id FROM change_order o WHERE
           CASE WHEN o.state = 'approved' THEN o.difference_cents ELSE 0 END <>
           (SELECT COALESCE(SUM(delta_cents), 0) FROM key_change c WHERE c.change_order_id = o.id)
           OR (o.state = 'approved') <> EXISTS (SELECT 1 FROM change_signature s WHERE s.change_order_id = o.id)""",
    ),
    (
        "deposit and milestones are the contract",
        """SELECT 'job ' || j.number FROM job j WHERE j.signed_on IS NOT NULL AND j.contract_cents <>
           (SELECT COALESCE(SUM(amount_cents), 0) FROM schedule_row r WHERE r.job_id = j.id)""",
    ),
    (
        "a position starts where the one before it ended",
        """SELECT 'position ' || p.id FROM position p LEFT JOIN position q ON q.id = p.prev_id
           WHERE p.start_cents <> COALESCE(q.end_cents, 0)
              OR (q.kind, q.track) IS DISTINCT FROM (CASE WHEN q.id IS NOT NULL THEN p.kind END,
                                                     CASE WHEN q.id IS NOT NULL THEN p.track END)""",
    ),
    (
        "no row is billed beyond its amount",
        """SELECT 'row ' || r.id FROM schedule_row r WHERE r.amount_cents <
           (SELECT COALESCE(SUM(delta_cents), 0) FROM position p WHERE p.row_id = r.id AND p.kind = 'due')""",
    ),
    (
        "a contract that is billed whole has earned every line and every tax to the cent",
        """SELECT 'job ' || j.number || ' key ' || k.id FROM job j JOIN contract_key k ON k.job_id = j.id
           WHERE j.signed_on IS NOT NULL AND j.contract_cents =
              (SELECT SUM(delta_cents) FROM position p WHERE p.job_id = j.id AND p.kind = 'due')
           AND NOT EXISTS (
               SELECT 1 FROM schedule_row r WHERE r.job_id = j.id AND r.kind = 'milestone' AND NOT EXISTS (
                   SELECT 1 FROM invoice_row b WHERE b.row_id = r.id AND NOT EXISTS (
                       SELECT 1 FROM credit_note n WHERE n.invoice_id = b.invoice_id AND n.is_whole)))
           AND k.cents + (SELECT COALESCE(SUM(delta_cents), 0) FROM key_change c WHERE c.key_id = k.id)
              <> (SELECT COALESCE(SUM(delta_cents), 0) FROM position p WHERE p.key_id = k.id)""",
    ),
    (
        "the contract is what was signed",
        """SELECT 'job ' || j.number FROM job j JOIN LATERAL (
               SELECT e.text::json ->> 'contract_cents' AS cents FROM job_event e
               WHERE e.job_id = j.id AND e.text LIKE '%"contract_cents":%' ORDER BY e.seq DESC LIMIT 1
           ) said ON true WHERE said.cents::bigint <> j.contract_cents""",
    ),
    (
        "a position is followed by one other at most",
        """SELECT min(kind || ' of ' || CASE kind WHEN 'earned' THEN 'key ' ELSE 'row ' END || track) FROM position
           GROUP BY business_id, kind, track, prev_id HAVING count(*) > 1""",
    ),
    (
        "a reversal takes back no more than was billed",
        """SELECT 'position ' || o.id FROM position o JOIN position r ON r.reverses_id = o.id
           GROUP BY o.id, o.delta_cents HAVING sign(o.delta_cents) * (o.delta_cents + SUM(r.delta_cents)) < 0""",
    ),
    (
        "a cancelled job has its record, and dropped, kept and returned what that says",
        """SELECT 'job ' || j.number FROM job j LEFT JOIN cancellation c ON c.job_id = j.id
            WHERE (j.state = 'cancelled') <> (c.id IS NOT NULL)
               OR c.dropped_cents <> -(SELECT COALESCE(SUM(delta_cents), 0) FROM key_change k WHERE k.cancellation_id = c.id)
               OR c.kept_cents <> (SELECT COALESCE(SUM(recovered_cents), 0) FROM invoice i
                                    WHERE i.job_id = j.id AND i.kind = 'cancellation')
               OR c.returned_cents <> (SELECT COALESCE(SUM(total_cents), 0) FROM credit_note n
                                        WHERE n.job_id = j.id AND n.kind = 'cancellation')""",
    ),
    (
        "no line is earned beyond its worth",
        """SELECT 'key ' || k.id FROM contract_key k
           LEFT JOIN LATERAL (
               SELECT COALESCE(SUM(delta_cents) FILTER (WHERE delta_cents > 0), 0) AS up,
                      COALESCE(SUM(delta_cents) FILTER (WHERE delta_cents < 0), 0) AS down
               FROM key_change WHERE key_id = k.id
           ) c ON true
           LEFT JOIN LATERAL (
               -- A cent for each credit note. Where a change order came between an invoice and what takes it
               -- back, a later invoice may have given back of the line already: until it is billed again.
               SELECT CASE WHEN c.up = 0 AND c.down = 0 THEN count(*)
                           ELSE COALESCE(SUM(ABS(delta_cents)), 0) END AS most
                 FROM position WHERE key_id = k.id AND credit_note_id IS NOT NULL
           ) credited ON true JOIN position p ON p.key_id = k.id
           GROUP BY k.id, k.cents, c.up, c.down, credited.most
           HAVING SUM(p.delta_cents) NOT BETWEEN LEAST(k.cents + c.down, 0) - credited.most
                                             AND GREATEST(k.cents + c.up, 0) + credited.most""",
    ),
    (
        "no more of a deposit is recovered than was billed of it",
        """SELECT 'row ' || row_id FROM position WHERE kind IN ('due', 'recovered') GROUP BY row_id
           HAVING COALESCE(SUM(delta_cents) FILTER (WHERE kind = 'recovered'), 0) NOT BETWEEN 0
              AND COALESCE(SUM(delta_cents) FILTER (WHERE kind = 'due'), 0)""",
    ),
    (
        "what is billed, done and accepted is of its own job",
        """SELECT 'position ' || p.id FROM position p JOIN invoice i ON i.id = p.invoice_id
             LEFT JOIN schedule_row r ON r.id = p.row_id LEFT JOIN contract_key k ON k.id = p.key_id
            WHERE p.job_id <> i.job_id OR p.job_id <> COALESCE(r.job_id, k.job_id)
           UNION ALL
           SELECT 'completion ' || c.id FROM completion c JOIN schedule_row r ON r.id = c.row_id
            WHERE c.job_id <> r.job_id
           UNION ALL
           SELECT 'acceptance ' || a.id FROM acceptance a JOIN completion c ON c.id = a.completion_id
            WHERE (a.job_id, a.row_id) <> (c.job_id, c.row_id)""",
    ),
)
