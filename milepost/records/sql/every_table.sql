-- What every table of a business has, whoever adds the table: run after every migration, like the grants.
-- Its rows are seen by one business, never change to another, and are not swept away at once.

DO $$
DECLARE
    name text;
BEGIN
    IF to_regprocedure('mp_refuse_move()') IS NULL THEN
        RETURN;  -- a schema older than this file
    END IF;
    FOR name IN
        SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
        WHERE a.attname = 'business_id' AND NOT a.attisdropped AND c.relkind = 'r'
          AND c.relnamespace = 'public'::regnamespace
    LOOP
        IF NOT EXISTS (SELECT 1 FROM pg_policy p WHERE p.polrelid = name::regclass) THEN
            EXECUTE format('CREATE POLICY %I ON %I USING (business_id = (SELECT mp_business())) '
                           'WITH CHECK (business_id = (SELECT mp_business()))', name || '_is_in_scope', name);
        END IF;
        IF NOT (SELECT relrowsecurity FROM pg_class WHERE oid = name::regclass) THEN
            EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        END IF;
        IF NOT EXISTS (SELECT 1 FROM pg_trigger t WHERE t.tgrelid = name::regclass AND t.tgtype & 32 = 32) THEN
            EXECUTE format('CREATE TRIGGER %I BEFORE TRUNCATE ON %I FOR EACH STATEMENT '
                           'EXECUTE FUNCTION mp_refuse_change()', name || '_is_not_truncated', name);
        END IF;
        IF NOT EXISTS (SELECT 1 FROM pg_trigger t WHERE t.tgrelid = name::regclass
                                                    AND t.tgname = name || '_stays_in_its_business') THEN
            EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE ON %I FOR EACH ROW '
                           'WHEN (OLD.business_id IS DISTINCT FROM NEW.business_id) '
                           'EXECUTE FUNCTION mp_refuse_move()', name || '_stays_in_its_business', name);
        END IF;
    END LOOP;
END $$;
