-- What happens to a payment after it came in: refunds that are asked for, disputes, the processor's till.

ALTER TABLE dispute ADD CONSTRAINT dispute_of_business UNIQUE (business_id, id);
ALTER TABLE dispute ADD CONSTRAINT dispute_payment_id_of_business
    FOREIGN KEY (business_id, payment_id) REFERENCES payment (business_id, id);
ALTER TABLE dispute ENABLE ROW LEVEL SECURITY;
CREATE POLICY dispute_is_in_scope ON dispute
    USING (business_id = (SELECT mp_business())) WITH CHECK (business_id = (SELECT mp_business()));
CREATE TRIGGER dispute_is_kept BEFORE DELETE ON dispute FOR EACH ROW EXECUTE FUNCTION mp_refuse_change();
CREATE TRIGGER dispute_is_not_truncated BEFORE TRUNCATE ON dispute
    FOR EACH STATEMENT EXECUTE FUNCTION mp_refuse_change();

-- A refund keeps what it is; asked becomes done or refused, and even done can be refused by the bank.
DROP TRIGGER refund_is_append_only ON refund;
CREATE TRIGGER refund_is_kept BEFORE DELETE ON refund FOR EACH ROW EXECUTE FUNCTION mp_refuse_change();
CREATE FUNCTION mp_guard_refund() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.business_id, OLD.payment_id, OLD.amount_cents, OLD.method, OLD.reference, OLD.refunded_on,
        OLD.recorded_at, OLD.recorded_by, OLD.surcharge_cents)
       IS DISTINCT FROM (NEW.business_id, NEW.payment_id, NEW.amount_cents, NEW.method, NEW.reference,
        NEW.refunded_on, NEW.recorded_at, NEW.recorded_by, NEW.surcharge_cents)
       OR (OLD.provider_ref <> '' AND NEW.provider_ref <> OLD.provider_ref)
       OR NOT (OLD.state = NEW.state
               OR (OLD.state = 'asked' AND NEW.state IN ('done', 'refused'))
               OR (OLD.state = 'done' AND NEW.state = 'refused' AND OLD.provider_ref <> '')) THEN
        PERFORM mp_fail('refund_moves_forward', format('refund %s cannot go from %s to %s', OLD.id, OLD.state, NEW.state));
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER refund_moves_forward BEFORE UPDATE ON refund FOR EACH ROW EXECUTE FUNCTION mp_guard_refund();

CREATE FUNCTION mp_guard_dispute() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.business_id, OLD.payment_id, OLD.provider_ref, OLD.amount_cents, OLD.opened_at)
       IS DISTINCT FROM (NEW.business_id, NEW.payment_id, NEW.provider_ref, NEW.amount_cents, NEW.opened_at)
       OR (OLD.state <> 'open' AND (OLD.state, OLD.taken_cents) IS DISTINCT FROM (NEW.state, NEW.taken_cents)) THEN
        PERFORM mp_fail('dispute_is_decided_once', format('dispute %s is %s', OLD.id, OLD.state));
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER dispute_is_decided_once BEFORE UPDATE ON dispute FOR EACH ROW EXECUTE FUNCTION mp_guard_dispute();

-- 5. Allocations + refunds + what was taken for good ≤ payment; only money that is here is given back.
CREATE OR REPLACE FUNCTION mp_payment_covers(of_payment bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    pay record; used bigint; given bigint; taken bigint;
BEGIN
    SELECT * INTO pay FROM payment WHERE id = of_payment FOR NO KEY UPDATE;
    SELECT COALESCE(SUM(amount_cents), 0) INTO used FROM allocation WHERE payment_id = of_payment;
    SELECT COALESCE(SUM(amount_cents), 0) INTO given FROM refund WHERE payment_id = of_payment AND state <> 'refused';
    SELECT COALESCE(SUM(taken_cents), 0) INTO taken FROM dispute WHERE payment_id = of_payment;
    IF used + given + taken > pay.amount_cents THEN
        PERFORM mp_fail('refunded_within_payment', format('%s allocated, %s refunded and %s taken of %s',
                                                          used, given, taken, pay.amount_cents));
    END IF;
    IF given > 0 AND pay.state <> 'cleared' THEN
        PERFORM mp_fail('refunded_money_is_here', format('payment %s is %s, so nothing can be refunded', pay.id, pay.state));
    END IF;
END $$;
CREATE TRIGGER dispute_fits AFTER INSERT OR UPDATE OF taken_cents ON dispute
    FOR EACH ROW EXECUTE FUNCTION mp_refund_fits();

-- A payment keeps its amount, where it arrived and what came on top; its state only moves forward.
CREATE OR REPLACE FUNCTION mp_guard_payment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.amount_cents, OLD.currency, OLD.customer_id, OLD.method, OLD.business_id, OLD.received_on, OLD.till,
        OLD.surcharge_cents)
       IS DISTINCT FROM (NEW.amount_cents, NEW.currency, NEW.customer_id, NEW.method, NEW.business_id,
        NEW.received_on, NEW.till, NEW.surcharge_cents)
       OR NOT (OLD.state = NEW.state
               OR (OLD.state = 'pending' AND NEW.state IN ('cleared', 'failed'))
               OR (OLD.state = 'cleared' AND NEW.state = 'returned')) THEN
        PERFORM mp_fail('payment_moves_forward', format('payment %s cannot go from %s to %s', OLD.id, OLD.state, NEW.state));
    END IF;
    RETURN NEW;
END $$;

-- Whose attempt a provider's payment is.
CREATE FUNCTION mp_resolve_payment(of_payment text)
RETURNS TABLE (business_id bigint, attempt_id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT a.business_id, a.id FROM attempt a WHERE a.payment_ref = of_payment AND of_payment <> ''
$$;

-- Attempts to ask the provider about: unfinished ones, and those with a refund or a dispute that is
-- undecided. Three minutes after the last look at first, then half as long again as it has lasted, at
-- most six hours.
CREATE FUNCTION mp_attempts_to_ask(at timestamptz, most integer)
RETURNS TABLE (business_id bigint, attempt_id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH unclear AS (
        SELECT a.business_id, a.id, a.created_at AS since, COALESCE(a.checked_at, a.created_at) AS seen
          FROM attempt a WHERE a.state IN ('created', 'open', 'processing')
        UNION ALL
        SELECT a.business_id, a.id, r.recorded_at, GREATEST(COALESCE(a.checked_at, a.created_at), r.recorded_at)
          FROM refund r JOIN payment p ON p.id = r.payment_id JOIN attempt a ON a.id = p.attempt_id
         WHERE r.state = 'asked'
        UNION ALL
        SELECT a.business_id, a.id, d.opened_at, GREATEST(COALESCE(a.checked_at, a.created_at), d.opened_at)
          FROM dispute d JOIN payment p ON p.id = d.payment_id JOIN attempt a ON a.id = p.attempt_id
         WHERE d.state = 'open'
    )
    SELECT u.business_id, u.id FROM unclear u
    WHERE u.seen + LEAST(GREATEST(interval '3 minutes', (u.seen - u.since) / 2), interval '6 hours') <= at
    GROUP BY u.business_id, u.id ORDER BY min(u.seen) LIMIT most
$$;
CREATE INDEX attempt_unclear ON attempt (created_at) WHERE state IN ('created', 'open', 'processing');
CREATE INDEX attempt_by_payment_ref ON attempt (payment_ref) WHERE payment_ref <> '';
CREATE INDEX refund_asked ON refund (payment_id) WHERE state = 'asked';
CREATE INDEX dispute_open ON dispute (payment_id) WHERE state = 'open';

-- What online payments owe us until they are paid out, in every business that is there already.
INSERT INTO account (business_id, code, number, name, side)
SELECT b.id, 'clearing',
       CASE WHEN EXISTS (SELECT 1 FROM account a WHERE a.business_id = b.id AND a.number = '1050')
            THEN '1050-P' ELSE '1050' END,
       'Payment processor', 'debit'
FROM business b;
