-- What the provider sent to the bank: its lines are its amount, nothing of it changes but its state.

ALTER TABLE payout ADD CONSTRAINT payout_of_business UNIQUE (business_id, id);
ALTER TABLE payout_line ADD CONSTRAINT payout_line_of_business UNIQUE (business_id, id);
ALTER TABLE payout_line ADD CONSTRAINT payout_line_payout_id_of_business
    FOREIGN KEY (business_id, payout_id) REFERENCES payout (business_id, id);
ALTER TABLE payout_line ADD CONSTRAINT payout_line_payment_id_of_business
    FOREIGN KEY (business_id, payment_id) REFERENCES payment (business_id, id);
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['payout', 'payout_line'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY %I ON %I USING (business_id = (SELECT mp_business())) '
                       'WITH CHECK (business_id = (SELECT mp_business()))', name || '_is_in_scope', name);
        EXECUTE format('CREATE TRIGGER %I BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION mp_refuse_change()',
                       name || '_is_not_truncated', name);
    END LOOP;
END $$;
CREATE TRIGGER payout_is_kept BEFORE DELETE ON payout FOR EACH ROW EXECUTE FUNCTION mp_refuse_change();
CREATE TRIGGER payout_line_is_append_only BEFORE UPDATE OR DELETE ON payout_line
    FOR EACH ROW EXECUTE FUNCTION mp_refuse_change();

CREATE FUNCTION mp_guard_payout() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.business_id, OLD.provider_ref, OLD.amount_cents, OLD.whole_cents, OLD.currency, OLD.arrives_on, OLD.told_at)
       IS DISTINCT FROM (NEW.business_id, NEW.provider_ref, NEW.amount_cents, NEW.whole_cents, NEW.currency,
        NEW.arrives_on, NEW.told_at)
       OR NOT (OLD.state = NEW.state OR OLD.state = 'on_its_way' OR (OLD.state = 'paid' AND NEW.state = 'failed')) THEN
        PERFORM mp_fail('payout_moves_forward', format('payout %s cannot go from %s to %s', OLD.id, OLD.state, NEW.state));
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER payout_moves_forward BEFORE UPDATE ON payout FOR EACH ROW EXECUTE FUNCTION mp_guard_payout();

CREATE FUNCTION mp_check_payout(of_payout bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    said bigint; made bigint;
BEGIN
    SELECT amount_cents INTO said FROM payout WHERE id = of_payout;
    SELECT COALESCE(SUM(amount_cents - fee_cents), 0) INTO made FROM payout_line WHERE payout_id = of_payout;
    IF said <> made THEN
        PERFORM mp_fail('payout_is_its_lines', format('payout %s, its lines %s', said, made));
    END IF;
END $$;
CREATE FUNCTION mp_payout_adds_up() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM mp_check_payout(NEW.id);
    RETURN NULL;
END $$;
CREATE FUNCTION mp_payout_line_adds_up() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM mp_check_payout(NEW.payout_id);
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER payout_is_its_lines AFTER INSERT ON payout
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION mp_payout_adds_up();
CREATE CONSTRAINT TRIGGER payout_line_is_of_it AFTER INSERT ON payout_line
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION mp_payout_line_adds_up();
