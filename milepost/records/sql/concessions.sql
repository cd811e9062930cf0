-- What is settled without money: within the invoice or the payment, taken back once, never changed.

ALTER TABLE "concession" ADD CONSTRAINT concession_of_business UNIQUE (business_id, id);
ALTER TABLE "concession" ADD CONSTRAINT concession_invoice_id_of_business
    FOREIGN KEY (business_id, invoice_id) REFERENCES "invoice" (business_id, id);
ALTER TABLE "concession" ADD CONSTRAINT concession_payment_id_of_business
    FOREIGN KEY (business_id, payment_id) REFERENCES "payment" (business_id, id);
ALTER TABLE "concession" ADD CONSTRAINT concession_reverses_id_of_business
    FOREIGN KEY (business_id, reverses_id) REFERENCES "concession" (business_id, id);
ALTER TABLE concession ENABLE ROW LEVEL SECURITY;
CREATE POLICY concession_is_in_scope ON concession
    USING (business_id = (SELECT mp_business())) WITH CHECK (business_id = (SELECT mp_business()));
CREATE TRIGGER concession_is_append_only BEFORE UPDATE OR DELETE ON concession
    FOR EACH ROW EXECUTE FUNCTION mp_refuse_change();
CREATE TRIGGER concession_is_not_truncated BEFORE TRUNCATE ON concession
    FOR EACH STATEMENT EXECUTE FUNCTION mp_refuse_change();

-- 5. Allocations and concessions ≤ invoice. A duplicate and the customer it was merged into are one.
CREATE OR REPLACE FUNCTION mp_allocation_fits() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    inv record; pay record; settled bigint; conceded bigint; used bigint; one bigint; other bigint;
BEGIN
    SELECT * INTO inv FROM invoice WHERE id = NEW.invoice_id FOR NO KEY UPDATE;
    SELECT * INTO pay FROM payment WHERE id = NEW.payment_id FOR NO KEY UPDATE;
    SELECT COALESCE(merged_into_id, id) INTO one FROM customer WHERE id = inv.customer_id;
    SELECT COALESCE(merged_into_id, id) INTO other FROM customer WHERE id = pay.customer_id;
    IF one <> other OR inv.currency <> pay.currency THEN
        PERFORM mp_fail('allocation_is_of_one_customer', 'payment and invoice differ in customer or currency');
    END IF;
    SELECT COALESCE(SUM(amount_cents), 0) INTO settled FROM allocation WHERE invoice_id = NEW.invoice_id;
    SELECT COALESCE(SUM(amount_cents), 0) INTO conceded FROM concession WHERE invoice_id = NEW.invoice_id;
    SELECT COALESCE(SUM(amount_cents), 0) INTO used FROM allocation WHERE payment_id = NEW.payment_id;
    IF settled + conceded > inv.total_cents - inv.credited_cents OR settled < 0 THEN
        PERFORM mp_fail('settled_within_invoice', format('%s and %s without money of %s would be settled',
                                                         settled, conceded, inv.total_cents - inv.credited_cents));
    END IF;
    IF used > pay.amount_cents OR used < 0 THEN
        PERFORM mp_fail('allocated_within_payment', format('%s of %s would be allocated', used, pay.amount_cents));
    END IF;
    RETURN NULL;
END $$;

-- 5. Allocations + refunds + what was taken for good + cents that are kept ≤ payment; only money that is here
-- is given back or kept.
CREATE OR REPLACE FUNCTION mp_payment_covers(of_payment bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    pay record; used bigint; given bigint; taken bigint; kept bigint;
BEGIN
    SELECT * INTO pay FROM payment WHERE id = of_payment FOR NO KEY UPDATE;
    SELECT COALESCE(SUM(amount_cents), 0) INTO used FROM allocation WHERE payment_id = of_payment;
    SELECT COALESCE(SUM(amount_cents), 0) INTO given FROM refund WHERE payment_id = of_payment AND state <> 'refused';
    SELECT COALESCE(SUM(taken_cents), 0) INTO taken FROM dispute WHERE payment_id = of_payment;
    SELECT COALESCE(SUM(amount_cents), 0) INTO kept FROM concession
        WHERE payment_id = of_payment AND invoice_id IS NULL;
    IF used + given + taken + kept > pay.amount_cents THEN
        PERFORM mp_fail('refunded_within_payment', format('%s allocated, %s refunded, %s taken and %s kept of %s',
                                                          used, given, taken, kept, pay.amount_cents));
    END IF;
    IF given > 0 AND pay.state <> 'cleared' THEN
        PERFORM mp_fail('refunded_money_is_here', format('payment %s is %s, so nothing can be refunded', pay.id, pay.state));
    END IF;
    IF kept > 0 AND pay.state <> 'cleared' THEN
        PERFORM mp_fail('kept_money_is_here', format('payment %s is %s, so nothing of it can be kept', pay.id, pay.state));
    END IF;
END $$;

-- 5. What is settled, with money or without, and credited of an invoice is within its total.
CREATE OR REPLACE FUNCTION mp_credit_invoice() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    inv record; settled bigint; conceded bigint;
BEGIN
    SELECT * INTO inv FROM invoice WHERE id = NEW.invoice_id FOR NO KEY UPDATE;
    IF (inv.job_id, inv.customer_id, inv.currency) IS DISTINCT FROM (NEW.job_id, NEW.customer_id, NEW.currency) THEN
        PERFORM mp_fail('credit_note_is_of_its_invoice', 'a credit note is of the job, customer and currency of its invoice');
    END IF;
    IF EXISTS (SELECT 1 FROM credit_note WHERE invoice_id = NEW.invoice_id AND is_whole AND id <> NEW.id) THEN
        PERFORM mp_fail('invoice_is_taken_back_once', format('nothing is left of invoice %s', inv.number_text));
    END IF;
    SELECT COALESCE(SUM(amount_cents), 0) INTO settled FROM allocation WHERE invoice_id = NEW.invoice_id;
    SELECT COALESCE(SUM(amount_cents), 0) INTO conceded FROM concession WHERE invoice_id = NEW.invoice_id;
    IF settled + conceded + inv.credited_cents + NEW.total_cents > inv.total_cents THEN
        PERFORM mp_fail('settled_and_credited_within_invoice', format('%s settled and %s credited of %s',
            settled + conceded, inv.credited_cents + NEW.total_cents, inv.total_cents));
    END IF;
    UPDATE invoice SET credited_cents = credited_cents + NEW.total_cents WHERE id = NEW.invoice_id AND NEW.total_cents > 0;
    RETURN NULL;
END $$;

CREATE FUNCTION mp_concession_fits() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    inv record; origin record; settled bigint; conceded bigint; undone bigint;
BEGIN
    IF NEW.invoice_id IS NULL THEN
        PERFORM mp_payment_covers(NEW.payment_id);
    ELSE
        SELECT * INTO inv FROM invoice WHERE id = NEW.invoice_id FOR NO KEY UPDATE;
        SELECT COALESCE(SUM(amount_cents), 0) INTO settled FROM allocation WHERE invoice_id = NEW.invoice_id;
        SELECT COALESCE(SUM(amount_cents), 0) INTO conceded FROM concession WHERE invoice_id = NEW.invoice_id;
        IF settled + conceded > inv.total_cents - inv.credited_cents THEN
            PERFORM mp_fail('conceded_within_invoice', format('%s and %s without money of %s would be settled',
                                                              settled, conceded, inv.total_cents - inv.credited_cents));
        END IF;
    END IF;
    IF NEW.reverses_id IS NOT NULL THEN
        SELECT * INTO origin FROM concession WHERE id = NEW.reverses_id FOR NO KEY UPDATE;
        SELECT COALESCE(SUM(amount_cents), 0) INTO undone FROM concession WHERE reverses_id = NEW.reverses_id;
        IF origin.reverses_id IS NOT NULL OR origin.kind <> NEW.kind
           OR (origin.invoice_id, origin.payment_id) IS DISTINCT FROM (NEW.invoice_id, NEW.payment_id)
           OR origin.amount_cents + undone < 0 THEN
            PERFORM mp_fail('concession_is_taken_back_once',
                            format('%s of %s would be taken back', -undone, origin.amount_cents));
        END IF;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER concession_fits AFTER INSERT ON concession FOR EACH ROW EXECUTE FUNCTION mp_concession_fits();
