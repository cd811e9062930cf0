-- 4. A series counts on: never back, and by one as soon as it has given a number, to a credit note too.
CREATE OR REPLACE FUNCTION mp_guard_series() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.next_number = OLD.next_number + 1 THEN
        RETURN NEW;
    END IF;
    PERFORM 1 FROM invoice WHERE series_id = OLD.id
    UNION ALL SELECT 1 FROM receipt WHERE series_id = OLD.id
    UNION ALL SELECT 1 FROM credit_note WHERE series_id = OLD.id;
    IF FOUND OR NEW.next_number < OLD.next_number THEN
        PERFORM mp_fail('series_counts_on', format('after %s comes %s', OLD.next_number, OLD.next_number + 1));
    END IF;
    RETURN NEW;
END $$;
