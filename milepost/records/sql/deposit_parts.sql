-- A taxed deposit: split over the contract's keys when it is invoiced, taken back key by key.

ALTER TABLE "deposit_part" ADD CONSTRAINT deposit_part_of_business UNIQUE (business_id, id);
ALTER TABLE "deposit_part" ADD CONSTRAINT deposit_part_invoice_id_of_business
    FOREIGN KEY (business_id, invoice_id) REFERENCES "invoice" (business_id, id);
ALTER TABLE "deposit_part" ADD CONSTRAINT deposit_part_key_id_of_business
    FOREIGN KEY (business_id, key_id) REFERENCES "contract_key" (business_id, id);
ALTER TABLE deposit_part ENABLE ROW LEVEL SECURITY;
CREATE POLICY deposit_part_is_in_scope ON deposit_part
    USING (business_id = (SELECT mp_business())) WITH CHECK (business_id = (SELECT mp_business()));
CREATE TRIGGER deposit_part_is_append_only BEFORE UPDATE OR DELETE ON deposit_part
    FOR EACH ROW EXECUTE FUNCTION mp_refuse_change();
CREATE TRIGGER deposit_part_is_not_truncated BEFORE TRUNCATE ON deposit_part
    FOR EACH STATEMENT EXECUTE FUNCTION mp_refuse_change();
CREATE TRIGGER deposit_part_at_issue AFTER INSERT ON deposit_part
    FOR EACH ROW EXECUTE FUNCTION mp_part_of_new_invoice();

-- No key gives back more of the deposit than it was given.
CREATE FUNCTION mp_deposit_part_stays_within() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    put bigint; there bigint; same boolean;
BEGIN
    SELECT k.job_id = i.job_id INTO same FROM contract_key k, invoice i
     WHERE k.id = NEW.key_id AND i.id = NEW.invoice_id FOR NO KEY UPDATE OF k;
    SELECT COALESCE(SUM(p.cents) FILTER (WHERE i.kind = 'deposit'), 0), COALESCE(SUM(p.cents), 0)
      INTO put, there FROM deposit_part p JOIN invoice i ON i.id = p.invoice_id WHERE p.key_id = NEW.key_id;
    IF same IS NOT TRUE OR there < LEAST(put, 0) OR there > GREATEST(put, 0) THEN
        PERFORM mp_fail('deposit_part_stays_within', format('key %s would have %s left of %s', NEW.key_id, there, put));
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER deposit_part_stays_within AFTER INSERT ON deposit_part
    FOR EACH ROW EXECUTE FUNCTION mp_deposit_part_stays_within();

-- What an invoice puts in or takes out is what it says: its total, its tax, the deposit it recovers.
CREATE FUNCTION mp_invoice_splits_its_deposit() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    taxed boolean; parts bigint; taxes bigint; said bigint;
BEGIN
    SELECT j.deposit_tax <> 'on_application' INTO taxed FROM job j WHERE j.id = NEW.job_id;
    SELECT COALESCE(SUM(p.cents), 0), COALESCE(SUM(p.cents) FILTER (WHERE k.tax_code_id IS NOT NULL), 0)
      INTO parts, taxes FROM deposit_part p JOIN contract_key k ON k.id = p.key_id WHERE p.invoice_id = NEW.id;
    said := CASE WHEN NOT taxed THEN 0 WHEN NEW.kind = 'deposit' THEN NEW.total_cents ELSE -NEW.recovered_cents END;
    IF parts <> said OR (NEW.kind = 'deposit' AND taxes <> NEW.tax_cents) THEN
        PERFORM mp_fail('invoice_splits_its_deposit', format(
            'invoice %s: %s of the deposit by key, %s said; %s of tax, %s said', NEW.number_text, parts, said, taxes,
            NEW.tax_cents));
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER invoice_splits_its_deposit AFTER INSERT ON invoice
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION mp_invoice_splits_its_deposit();

-- How a job's deposit is taxed is agreed when it is signed.
CREATE FUNCTION mp_guard_deposit_tax() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM mp_fail('deposit_tax_is_signed', format('job %s is signed; its deposit stays taxed %s', OLD.number, OLD.deposit_tax));
    RETURN NULL;
END $$;
CREATE TRIGGER deposit_tax_is_signed BEFORE UPDATE OF deposit_tax ON job
    FOR EACH ROW WHEN (OLD.signed_on IS NOT NULL AND NEW.deposit_tax <> OLD.deposit_tax)
    EXECUTE FUNCTION mp_guard_deposit_tax();
