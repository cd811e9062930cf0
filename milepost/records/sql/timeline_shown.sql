-- Whom an event is for is part of what its hash covers. Events from before keep their version and their hash.
CREATE FUNCTION mp_event_hash_2(
    prev_hash text, seq integer, at timestamptz, kind text, actor_name text, for_customer boolean, said text
) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT encode(sha256(convert_to(
        '2' || E'\n' || prev_hash || E'\n' || seq || E'\n' || (extract(epoch FROM at) * 1000000)::bigint || E'\n'
        || kind || E'\n' || actor_name || E'\n' || CASE WHEN for_customer THEN 'customer' ELSE 'office' END || E'\n'
        || said, 'UTF8')), 'hex')
$$;

-- The hash that an event must carry, by its own version.
CREATE FUNCTION mp_hash_of_event(e job_event) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE e.version
        WHEN 1 THEN mp_event_hash(e.prev_hash, e.seq, e.at, e.kind, e.actor_name, e.text)
        ELSE mp_event_hash_2(e.prev_hash, e.seq, e.at, e.kind, e.actor_name, e.for_customer, e.text)
    END
$$;

CREATE OR REPLACE FUNCTION mp_chain_event() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    last record;
BEGIN
    PERFORM 1 FROM job WHERE id = NEW.job_id FOR NO KEY UPDATE;
    SELECT e.seq, e.hash INTO last FROM job_event e WHERE e.job_id = NEW.job_id ORDER BY e.seq DESC LIMIT 1;
    NEW.version := 2;
    NEW.seq := COALESCE(last.seq, 0) + 1;
    NEW.prev_hash := COALESCE(last.hash, '');
    NEW.hash := mp_hash_of_event(NEW);
    RETURN NEW;
END $$;
