-- What the bank says stays as it said it; what it was matched with stays, too.

ALTER TABLE bank_line ADD CONSTRAINT bank_line_of_business UNIQUE (business_id, id);
ALTER TABLE bank_line ADD CONSTRAINT bank_line_payment_id_of_business
    FOREIGN KEY (business_id, payment_id) REFERENCES payment (business_id, id);
ALTER TABLE bank_line ADD CONSTRAINT bank_line_payout_id_of_business
    FOREIGN KEY (business_id, payout_id) REFERENCES payout (business_id, id);
ALTER TABLE bank_line ENABLE ROW LEVEL SECURITY;
CREATE POLICY bank_line_is_in_scope ON bank_line
    USING (business_id = (SELECT mp_business())) WITH CHECK (business_id = (SELECT mp_business()));
CREATE TRIGGER bank_line_is_kept BEFORE DELETE ON bank_line FOR EACH ROW EXECUTE FUNCTION mp_refuse_change();
CREATE TRIGGER bank_line_is_not_truncated BEFORE TRUNCATE ON bank_line
    FOR EACH STATEMENT EXECUTE FUNCTION mp_refuse_change();
CREATE FUNCTION mp_guard_bank_line() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = 'matched'
       OR (OLD.business_id, OLD.fingerprint, OLD.on_date, OLD.amount_cents, OLD.currency, OLD.name, OLD.memo, OLD.reference)
          IS DISTINCT FROM (NEW.business_id, NEW.fingerprint, NEW.on_date, NEW.amount_cents, NEW.currency, NEW.name,
           NEW.memo, NEW.reference) THEN
        PERFORM mp_fail('bank_line_is_matched_once', format('bank line %s is %s', OLD.id, OLD.state));
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER bank_line_is_matched_once BEFORE UPDATE ON bank_line
    FOR EACH ROW EXECUTE FUNCTION mp_guard_bank_line();
