-- A link that was passed on to somebody who only pays: it follows from the link's hash, so that the same
-- one can be shown at any time, and the link itself cannot be found from it.

CREATE FUNCTION mp_pay_token(token_hash text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT substr(encode(sha256(convert_to('pay only ' || token_hash, 'UTF8')), 'hex'), 1, 32)
$$;
CREATE UNIQUE INDEX portal_link_by_pay_token ON portal_link (mp_pay_token(token_hash));

CREATE FUNCTION mp_resolve_pay_link(of_token text)
RETURNS TABLE (business_id bigint, job_id bigint, contact_id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT l.business_id, l.job_id, l.contact_id
    FROM portal_link l WHERE mp_pay_token(l.token_hash) = of_token AND l.revoked_at IS NULL
$$;
