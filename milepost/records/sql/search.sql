-- Search. Row-level security keeps LIKE from using an index, so the question is asked by definer
-- functions, which see what is in scope and nothing else, and return ids alone.

DO $$
BEGIN
    CREATE EXTENSION IF NOT EXISTS pg_trgm;
    CREATE INDEX job_title_words ON job USING gin (title gin_trgm_ops);
    CREATE INDEX job_number_words ON job USING gin (number gin_trgm_ops);
    CREATE INDEX customer_name_words ON customer USING gin (name gin_trgm_ops);
    CREATE INDEX contact_name_words ON contact USING gin (name gin_trgm_ops);
    CREATE INDEX contact_email_words ON contact USING gin (email gin_trgm_ops);
    CREATE INDEX contact_phone_words ON contact USING gin (phone gin_trgm_ops);
    CREATE INDEX invoice_number_words ON invoice USING gin (number_text gin_trgm_ops);
EXCEPTION WHEN insufficient_privilege OR undefined_file OR feature_not_supported THEN
    RAISE NOTICE 'pg_trgm is not to be had here: search reads every row of a business instead';
END $$;

-- What LIKE looks for: these words anywhere, nothing in them having a meaning of its own.
CREATE FUNCTION mp_anywhere(words text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT '%' || regexp_replace(words, '([\\%_])', '\\\1', 'g') || '%'
$$;

-- A phone number however it is spaced, or NULL: four digits at least, without the zeros before them.
CREATE FUNCTION mp_anywhere_in_phone(words text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT '%' || ltrim(regexp_replace(words, '\D', '', 'g'), '0') || '%'
    WHERE words ~ '^[-+0-9 ().\/]+$' AND length(ltrim(regexp_replace(words, '\D', '', 'g'), '0')) >= 4
$$;

-- Customers by name, and by the name, email address and phone number of their people.
CREATE FUNCTION mp_customers_like(words text) RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT id FROM customer WHERE business_id = mp_business() AND name ILIKE mp_anywhere(words)
    UNION
    SELECT customer_id FROM contact WHERE business_id = mp_business() AND name ILIKE mp_anywhere(words)
    UNION
    SELECT customer_id FROM contact WHERE business_id = mp_business() AND email ILIKE mp_anywhere(words)
    UNION
    SELECT customer_id FROM contact WHERE business_id = mp_business() AND phone LIKE mp_anywhere_in_phone(words)
$$;

CREATE FUNCTION mp_search_customers(words text, archived boolean, before bigint, most integer)
RETURNS SETOF bigint LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT c.id FROM customer c
    WHERE c.business_id = mp_business() AND c.id IN (SELECT mp_customers_like(words))
      AND c.merged_into_id IS NULL AND (c.archived_at IS NOT NULL) = archived
      AND (before IS NULL OR c.id < before)
    ORDER BY c.id DESC LIMIT most
$$;

-- Jobs by number, title, the number of an invoice, and their customer, found under any of their names.
CREATE FUNCTION mp_search_jobs(words text, states text[], before bigint, most integer)
RETURNS SETOF bigint LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH theirs AS (
        SELECT mp_customers_like(words) AS id
    ), found AS (
        SELECT id FROM job WHERE business_id = mp_business() AND title ILIKE mp_anywhere(words)
        UNION
        SELECT id FROM job WHERE business_id = mp_business() AND number ILIKE mp_anywhere(words)
        UNION
        SELECT job_id FROM invoice WHERE business_id = mp_business() AND number_text ILIKE mp_anywhere(words)
        UNION
        SELECT j.id FROM job j WHERE j.business_id = mp_business() AND j.customer_id IN (
            SELECT id FROM theirs
            UNION SELECT c.id FROM customer c WHERE c.business_id = mp_business()
                                                AND c.merged_into_id IN (SELECT id FROM theirs))
    )
    SELECT j.id FROM job j JOIN found f ON f.id = j.id
    WHERE j.state = ANY (states) AND (before IS NULL OR j.id < before)
    ORDER BY j.id DESC LIMIT most
$$;
