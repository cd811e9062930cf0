-- A job that takes the place of a signed one: of the same business, customer and currency, said once.

ALTER TABLE "job" ADD CONSTRAINT job_replaces_id_of_business
    FOREIGN KEY (business_id, replaces_id) REFERENCES "job" (business_id, id);
CREATE FUNCTION mp_guard_replacing() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM 1 FROM job WHERE id = NEW.replaces_id AND signed_on IS NOT NULL AND id <> NEW.id
       AND (customer_id, currency) = (NEW.customer_id, NEW.currency);
    IF NOT FOUND THEN
        PERFORM mp_fail('job_replaces_a_signed_one', 'a job replaces a signed one of its customer');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER job_replaces_a_signed_one BEFORE INSERT ON job
    FOR EACH ROW WHEN (NEW.replaces_id IS NOT NULL) EXECUTE FUNCTION mp_guard_replacing();
CREATE TRIGGER job_keeps_what_it_replaces BEFORE UPDATE OF replaces_id ON job
    FOR EACH ROW EXECUTE FUNCTION mp_keep_columns('replaces_id');
