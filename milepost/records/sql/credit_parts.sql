-- A part of an invoice is taken back: what it had put into a taxed deposit, or taken out, goes with it.

ALTER TABLE "deposit_part" ADD CONSTRAINT deposit_part_credit_note_id_of_business
    FOREIGN KEY (business_id, credit_note_id) REFERENCES "credit_note" (business_id, id);
DROP TRIGGER deposit_part_at_issue ON deposit_part;
CREATE TRIGGER deposit_part_at_issue AFTER INSERT ON deposit_part
    FOR EACH ROW WHEN (NEW.credit_note_id IS NULL) EXECUTE FUNCTION mp_part_of_new_invoice();
CREATE TRIGGER deposit_part_at_credit AFTER INSERT ON deposit_part
    FOR EACH ROW WHEN (NEW.credit_note_id IS NOT NULL) EXECUTE FUNCTION mp_part_of_new_credit_note();

-- What an invoice puts in or takes out is what it says; what its credit notes move is theirs.
CREATE OR REPLACE FUNCTION mp_invoice_splits_its_deposit() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    taxed boolean; parts bigint; taxes bigint; said bigint;
BEGIN
    SELECT j.deposit_tax <> 'on_application' INTO taxed FROM job j WHERE j.id = NEW.job_id;
    SELECT COALESCE(SUM(p.cents), 0), COALESCE(SUM(p.cents) FILTER (WHERE k.tax_code_id IS NOT NULL), 0)
      INTO parts, taxes FROM deposit_part p JOIN contract_key k ON k.id = p.key_id
     WHERE p.invoice_id = NEW.id AND p.credit_note_id IS NULL;
    said := CASE WHEN NOT taxed THEN 0 WHEN NEW.kind = 'deposit' THEN NEW.total_cents ELSE -NEW.recovered_cents END;
    IF parts <> said OR (NEW.kind = 'deposit' AND taxes <> NEW.tax_cents) THEN
        PERFORM mp_fail('invoice_splits_its_deposit', format(
            'invoice %s: %s of the deposit by key, %s said; %s of tax, %s said', NEW.number_text, parts, said, taxes,
            NEW.tax_cents));
    END IF;
    RETURN NULL;
END $$;

-- A credit note of a part splits what it moves of a taxed deposit; a whole one ends its invoice's parts.
CREATE FUNCTION mp_credit_note_splits_its_deposit() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    taxed boolean; of_kind text; parts bigint; taxes bigint; said bigint; strays bigint;
BEGIN
    SELECT j.deposit_tax <> 'on_application' INTO taxed FROM job j WHERE j.id = NEW.job_id;
    SELECT kind INTO of_kind FROM invoice WHERE id = NEW.invoice_id;
    SELECT COALESCE(SUM(p.cents), 0), COALESCE(SUM(p.cents) FILTER (WHERE k.tax_code_id IS NOT NULL), 0),
           COUNT(*) FILTER (WHERE p.invoice_id <> NEW.invoice_id)
      INTO parts, taxes, strays FROM deposit_part p JOIN contract_key k ON k.id = p.key_id
     WHERE p.credit_note_id = NEW.id;
    said := CASE WHEN NOT taxed OR NEW.is_whole THEN 0 WHEN of_kind = 'deposit' THEN -NEW.total_cents
                 ELSE NEW.recovered_cents END;
    IF parts <> said OR strays > 0 OR (of_kind = 'deposit' AND NOT NEW.is_whole AND taxes <> -NEW.tax_cents) THEN
        PERFORM mp_fail('credit_note_splits_its_deposit', format(
            'credit note %s: %s of the deposit by key, %s said; %s of tax, %s said', NEW.number_text, parts, said,
            taxes, -NEW.tax_cents));
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER credit_note_splits_its_deposit AFTER INSERT ON credit_note
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION mp_credit_note_splits_its_deposit();
