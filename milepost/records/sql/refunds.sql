-- Money given back: never more than a payment has left, never changed, never another business's.

ALTER TABLE "refund" ADD CONSTRAINT refund_of_business UNIQUE (business_id, id);
ALTER TABLE "refund" ADD CONSTRAINT refund_payment_id_of_business
    FOREIGN KEY (business_id, payment_id) REFERENCES "payment" (business_id, id);
ALTER TABLE refund ENABLE ROW LEVEL SECURITY;
CREATE POLICY refund_is_in_scope ON refund
    USING (business_id = (SELECT mp_business())) WITH CHECK (business_id = (SELECT mp_business()));
CREATE TRIGGER refund_is_append_only BEFORE UPDATE OR DELETE ON refund
    FOR EACH ROW EXECUTE FUNCTION mp_refuse_change();
CREATE TRIGGER refund_is_not_truncated BEFORE TRUNCATE ON refund
    FOR EACH STATEMENT EXECUTE FUNCTION mp_refuse_change();

-- 5. Allocations + refunds ≤ payment; only money that is here is given back.
CREATE FUNCTION mp_payment_covers(of_payment bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    pay record; used bigint; given bigint;
BEGIN
    SELECT * INTO pay FROM payment WHERE id = of_payment FOR NO KEY UPDATE;
    SELECT COALESCE(SUM(amount_cents), 0) INTO used FROM allocation WHERE payment_id = of_payment;
    SELECT COALESCE(SUM(amount_cents), 0) INTO given FROM refund WHERE payment_id = of_payment;
    IF used + given > pay.amount_cents THEN
        PERFORM mp_fail('refunded_within_payment', format('%s allocated and %s refunded of %s', used, given, pay.amount_cents));
    END IF;
    IF given > 0 AND pay.state <> 'cleared' THEN
        PERFORM mp_fail('refunded_money_is_here', format('payment %s is %s, so nothing can be refunded', pay.id, pay.state));
    END IF;
END $$;
CREATE FUNCTION mp_refund_fits() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM mp_payment_covers(NEW.payment_id);
    RETURN NULL;
END $$;
CREATE TRIGGER refund_fits AFTER INSERT ON refund FOR EACH ROW EXECUTE FUNCTION mp_refund_fits();
CREATE TRIGGER allocation_leaves_refunds AFTER INSERT ON allocation FOR EACH ROW EXECUTE FUNCTION mp_refund_fits();
CREATE FUNCTION mp_refunds_stand() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM mp_payment_covers(NEW.id);
    RETURN NULL;
END $$;
CREATE TRIGGER payment_keeps_its_refunds AFTER UPDATE OF state ON payment
    FOR EACH ROW EXECUTE FUNCTION mp_refunds_stand();
