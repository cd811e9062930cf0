-- What happened is not edited; it is reversed by a new row. The owner is refused too.

CREATE FUNCTION mp_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, lower(TG_OP)
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_TABLE_NAME || '_is_append_only';
END $$;

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY[
        'acceptance', 'allocation', 'contract_key', 'contract_line', 'document', 'evidence', 'invoice',
        'invoice_line', 'invoice_row', 'invoice_tax', 'job_event', 'journal_entry', 'position', 'receipt',
        'rendering', 'signature', 'stored_file', 'transfer'
    ] LOOP
        EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION mp_refuse_change()',
                       name || '_is_append_only', name);
        EXECUTE format('CREATE TRIGGER %I BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION mp_refuse_change()',
                       name || '_is_not_truncated', name);
    END LOOP;
END $$;

-- A quote that was sent stays as it was sent; a change is the next version.
CREATE FUNCTION mp_guard_quote_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.sent_at IS NOT NULL THEN
        RAISE EXCEPTION 'version % of this quote was sent and is frozen', OLD.version
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'quote_version_is_frozen';
    END IF;
    RETURN COALESCE(NEW, OLD);
END $$;
CREATE TRIGGER quote_version_is_frozen BEFORE UPDATE OR DELETE ON quote_version
    FOR EACH ROW EXECUTE FUNCTION mp_guard_quote_version();

CREATE FUNCTION mp_guard_quote_part() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    parent bigint := CASE WHEN TG_OP = 'INSERT' THEN NEW.quote_version_id ELSE OLD.quote_version_id END;
BEGIN
    PERFORM 1 FROM quote_version WHERE id = parent AND sent_at IS NOT NULL;
    IF FOUND THEN
        RAISE EXCEPTION 'this version of the quote was sent and is frozen'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_TABLE_NAME || '_is_frozen';
    END IF;
    RETURN COALESCE(NEW, OLD);
END $$;
CREATE TRIGGER quote_line_is_frozen BEFORE INSERT OR UPDATE OR DELETE ON quote_line
    FOR EACH ROW EXECUTE FUNCTION mp_guard_quote_part();
CREATE TRIGGER quote_row_is_frozen BEFORE INSERT OR UPDATE OR DELETE ON quote_row
    FOR EACH ROW EXECUTE FUNCTION mp_guard_quote_part();

-- A document's hash is the hash of its content.
CREATE FUNCTION mp_guard_document() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.sha256 <> encode(sha256(convert_to(NEW.content, 'UTF8')), 'hex') THEN
        RAISE EXCEPTION 'the hash is not that of the content'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'document_hash_matches';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER document_hash_matches BEFORE INSERT ON document
    FOR EACH ROW EXECUTE FUNCTION mp_guard_document();

-- The timeline: the database numbers and chains each event under the job's lock.
CREATE FUNCTION mp_chain_event() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    last record;
BEGIN
    PERFORM 1 FROM job WHERE id = NEW.job_id FOR NO KEY UPDATE;
    SELECT e.seq, e.hash INTO last FROM job_event e WHERE e.job_id = NEW.job_id ORDER BY e.seq DESC LIMIT 1;
    NEW.seq := COALESCE(last.seq, 0) + 1;
    NEW.prev_hash := COALESCE(last.hash, '');
    NEW.hash := mp_event_hash(NEW.prev_hash, NEW.seq, NEW.at, NEW.kind, NEW.actor_name, NEW.text);
    RETURN NEW;
END $$;

CREATE FUNCTION mp_event_hash(prev_hash text, seq integer, at timestamptz, kind text, actor_name text, said text)
RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT encode(sha256(convert_to(
        prev_hash || E'\n' || seq || E'\n' || (extract(epoch FROM at) * 1000000)::bigint || E'\n'
        || kind || E'\n' || actor_name || E'\n' || said, 'UTF8')), 'hex')
$$;
CREATE TRIGGER job_event_is_chained BEFORE INSERT ON job_event
    FOR EACH ROW EXECUTE FUNCTION mp_chain_event();
