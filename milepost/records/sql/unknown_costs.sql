-- Attempts to ask the provider about: unfinished ones, those with a refund or a dispute that is undecided,
-- and payments whose cost nobody has told, because a process ended between booking the one and the other or
-- the provider did not know it yet. Three minutes after the last look at first, then half as long again as it
-- has lasted, at most six hours; a cost for a month, or until a payout has told it.
CREATE OR REPLACE FUNCTION mp_attempts_to_ask(at timestamptz, most integer)
RETURNS TABLE (business_id bigint, attempt_id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH unclear AS (
        SELECT a.business_id, a.id, a.created_at AS since, COALESCE(a.checked_at, a.created_at) AS seen
          FROM attempt a WHERE a.state IN ('created', 'open', 'processing')
        UNION ALL
        SELECT a.business_id, a.id, r.recorded_at, GREATEST(COALESCE(a.checked_at, a.created_at), r.recorded_at)
          FROM refund r JOIN payment p ON p.id = r.payment_id JOIN attempt a ON a.id = p.attempt_id
         WHERE r.state = 'asked'
        UNION ALL
        SELECT a.business_id, a.id, d.opened_at, GREATEST(COALESCE(a.checked_at, a.created_at), d.opened_at)
          FROM dispute d JOIN payment p ON p.id = d.payment_id JOIN attempt a ON a.id = p.attempt_id
         WHERE d.state = 'open'
        UNION ALL
        SELECT a.business_id, a.id, p.cleared_at, GREATEST(COALESCE(a.checked_at, a.created_at), p.cleared_at)
          FROM payment p JOIN attempt a ON a.id = p.attempt_id
         WHERE p.till = 'clearing' AND p.fee_cents = 0 AND p.cleared_at > at - interval '30 days'
           AND NOT EXISTS (SELECT 1 FROM payout_line l WHERE l.payment_id = p.id AND l.kind = 'payment')
    )
    SELECT u.business_id, u.id FROM unclear u
    WHERE u.seen + LEAST(GREATEST(interval '3 minutes', (u.seen - u.since) / 2), interval '6 hours') <= at
    GROUP BY u.business_id, u.id ORDER BY min(u.seen) LIMIT most
$$;
CREATE INDEX payment_cost_unknown ON payment (cleared_at) WHERE till = 'clearing' AND fee_cents = 0;
