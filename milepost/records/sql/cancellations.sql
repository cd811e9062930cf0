-- A cancelled job: once, by its record; the contract comes down to what is billed and what was kept.

ALTER TABLE cancellation ADD CONSTRAINT cancellation_of_business UNIQUE (business_id, id);
ALTER TABLE cancellation ADD CONSTRAINT cancellation_job_id_of_business
    FOREIGN KEY (business_id, job_id) REFERENCES job (business_id, id);
ALTER TABLE cancellation ENABLE ROW LEVEL SECURITY;
CREATE POLICY cancellation_is_in_scope ON cancellation
    USING (business_id = (SELECT mp_business())) WITH CHECK (business_id = (SELECT mp_business()));
CREATE TRIGGER cancellation_is_append_only BEFORE UPDATE OR DELETE ON cancellation
    FOR EACH ROW EXECUTE FUNCTION mp_refuse_change();
CREATE TRIGGER cancellation_is_not_truncated BEFORE TRUNCATE ON cancellation
    FOR EACH STATEMENT EXECUTE FUNCTION mp_refuse_change();
ALTER TABLE key_change ADD CONSTRAINT key_change_cancellation_id_of_business
    FOREIGN KEY (business_id, cancellation_id) REFERENCES cancellation (business_id, id);
ALTER TABLE key_change DROP CONSTRAINT key_change_has_a_cause;
ALTER TABLE key_change ADD CONSTRAINT key_change_has_a_cause
    CHECK (num_nonnulls(change_order_id, credit_note_id, cancellation_id) = 1);

CREATE FUNCTION mp_check_cancellation(of_job bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    gone record; of_state text; moved bigint; kept bigint; returned bigint;
BEGIN
    SELECT state INTO of_state FROM job WHERE id = of_job;
    SELECT * INTO gone FROM cancellation WHERE job_id = of_job;
    IF (gone.id IS NULL) <> (of_state <> 'cancelled') THEN
        PERFORM mp_fail('cancelled_job_says_so', format('job %s is %s', of_job, of_state));
    END IF;
    SELECT COALESCE(SUM(delta_cents), 0) INTO moved FROM key_change WHERE cancellation_id = gone.id;
    SELECT COALESCE(SUM(recovered_cents), 0) INTO kept FROM invoice WHERE job_id = of_job AND kind = 'cancellation';
    SELECT COALESCE(SUM(total_cents), 0) INTO returned FROM credit_note WHERE job_id = of_job AND kind = 'cancellation';
    IF gone.id IS NOT NULL AND (moved, kept, returned) <> (-gone.dropped_cents, gone.kept_cents, gone.returned_cents) THEN
        PERFORM mp_fail('cancellation_is_what_it_says', format('contract %s of %s, kept %s of %s, returned %s of %s',
            moved, -gone.dropped_cents, kept, gone.kept_cents, returned, gone.returned_cents));
    END IF;
END $$;
CREATE FUNCTION mp_cancellation_is_whole() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_TABLE_NAME = 'job' THEN
        PERFORM mp_check_cancellation(NEW.id);
    ELSE
        PERFORM mp_check_cancellation(NEW.job_id);
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER cancellation_is_whole AFTER INSERT ON cancellation
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION mp_cancellation_is_whole();
CREATE CONSTRAINT TRIGGER job_is_cancelled_by_its_record AFTER UPDATE OF state ON job
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN ('cancelled' IN (NEW.state, OLD.state))
    EXECUTE FUNCTION mp_cancellation_is_whole();
CREATE CONSTRAINT TRIGGER key_change_is_of_its_cancellation AFTER INSERT ON key_change
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.cancellation_id IS NOT NULL)
    EXECUTE FUNCTION mp_cancellation_is_whole();
