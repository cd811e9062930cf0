-- The scope of a transaction, and the few questions that cross businesses.

CREATE FUNCTION mp_business() RETURNS bigint LANGUAGE plpgsql STABLE AS $$
DECLARE
    scope text := current_setting('milepost.business', true);
BEGIN
    IF scope IS NULL OR scope = '' THEN
        RAISE EXCEPTION 'no business is in scope' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN scope::bigint;
END $$;

-- Which businesses a person works for, before any of them is in scope.
CREATE FUNCTION mp_memberships(of_user bigint)
RETURNS TABLE (business_id bigint, role text, business_name text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT m.business_id, m.role::text, b.name::text
    FROM membership m JOIN business b ON b.id = m.business_id
    WHERE m.user_id = of_user AND m.disabled_at IS NULL
    ORDER BY m.id
$$;

-- Where a portal link leads: ids only.
CREATE FUNCTION mp_resolve_link(of_hash text)
RETURNS TABLE (business_id bigint, job_id bigint, contact_id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT l.business_id, l.job_id, l.contact_id
    FROM portal_link l WHERE l.token_hash = of_hash AND l.revoked_at IS NULL
$$;

-- Whose attempt a provider's session is.
CREATE FUNCTION mp_resolve_session(of_session text)
RETURNS TABLE (business_id bigint, attempt_id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT a.business_id, a.id FROM attempt a WHERE a.session_id = of_session AND of_session <> ''
$$;

-- Take up to `most` waiting messages for a while; others pass over them.
CREATE FUNCTION mp_claim_outbox(most integer, at timestamptz, lease interval)
RETURNS TABLE (business_id bigint, message_id bigint)
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    UPDATE message m SET claimed_until = at + lease, attempts = m.attempts + 1
    WHERE m.id IN (
        SELECT w.id FROM message w
        WHERE w.state = 'queued' AND w.not_before <= at
          AND (w.claimed_until IS NULL OR w.claimed_until < at)
        ORDER BY w.id LIMIT most FOR UPDATE SKIP LOCKED
    )
    RETURNING m.business_id, m.id
$$;

-- Frozen documents that have no PDF yet.
CREATE FUNCTION mp_unrendered(most integer)
RETURNS TABLE (business_id bigint, document_id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT d.business_id, d.id FROM document d
    WHERE NOT EXISTS (SELECT 1 FROM rendering r WHERE r.document_id = d.id)
    ORDER BY d.id LIMIT most
$$;

-- Attempts whose outcome is not known, not looked at since `before`.
CREATE FUNCTION mp_unclear_attempts(before timestamptz, most integer)
RETURNS TABLE (business_id bigint, attempt_id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT a.business_id, a.id FROM attempt a
    WHERE a.state IN ('created', 'open', 'processing') AND COALESCE(a.checked_at, a.created_at) < before
    ORDER BY COALESCE(a.checked_at, a.created_at) LIMIT most
$$;

-- Businesses with an event so near that a milestone before it may be due. `on_day` is the
-- latest calendar day anywhere; each business then counts by its own calendar.
CREATE FUNCTION mp_businesses_with_events(until_day date)
RETURNS TABLE (business_id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT DISTINCT r.business_id
    FROM schedule_row r
    JOIN scheduled_event e ON e.id = r.event_id
    JOIN job j ON j.id = r.job_id AND j.state = 'open'
    WHERE r.bill_on = 'before' AND e.on_date <= until_day
      AND NOT EXISTS (SELECT 1 FROM position p WHERE p.row_id = r.id AND p.kind = 'due')
$$;
