-- One business never sees or touches another's rows. Enabled, never forced: the owner of the
-- tables (migrations, definer functions, foreign keys) is not bound by it.

ALTER TABLE business ENABLE ROW LEVEL SECURITY;
CREATE POLICY business_is_in_scope ON business
    USING (id = (SELECT mp_business())) WITH CHECK (id = (SELECT mp_business()));

DO $$
DECLARE
    name text;
BEGIN
    FOR name IN
        SELECT c.table_name FROM information_schema.columns c
        JOIN information_schema.tables t USING (table_schema, table_name)
        WHERE c.table_schema = 'public' AND c.column_name = 'business_id' AND t.table_type = 'BASE TABLE'
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY %I ON %I USING (business_id = (SELECT mp_business())) '
                       'WITH CHECK (business_id = (SELECT mp_business()))', name || '_is_in_scope', name);
    END LOOP;
END $$;
