-- What a bank decides, or a refund that fails, after a dispute was lost.

-- More of a lost dispute can come out of its payment, because a refund that had been made before was refused;
-- and a bank can change its mind: what was lost is won, and nothing is taken any more.
CREATE OR REPLACE FUNCTION mp_guard_dispute() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.business_id, OLD.payment_id, OLD.provider_ref, OLD.amount_cents, OLD.opened_at)
       IS DISTINCT FROM (NEW.business_id, NEW.payment_id, NEW.provider_ref, NEW.amount_cents, NEW.opened_at)
       OR NOT (OLD.state = 'open'
               OR (OLD.state, OLD.taken_cents, OLD.surcharge_cents)
                  IS NOT DISTINCT FROM (NEW.state, NEW.taken_cents, NEW.surcharge_cents)
               OR (OLD.state = 'lost' AND NEW.state = 'lost' AND NEW.taken_cents >= OLD.taken_cents
                   AND NEW.surcharge_cents >= OLD.surcharge_cents)
               OR (OLD.state = 'lost' AND NEW.state = 'won')) THEN
        PERFORM mp_fail('dispute_is_decided_once', format('dispute %s is %s', OLD.id, OLD.state));
    END IF;
    RETURN NEW;
END $$;

-- A payment keeps its amount, where it arrived and what came on top; its state only moves forward, but for one
-- that a bank had taken back and gave back again.
CREATE OR REPLACE FUNCTION mp_guard_payment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.amount_cents, OLD.currency, OLD.customer_id, OLD.method, OLD.business_id, OLD.received_on, OLD.till,
        OLD.surcharge_cents)
       IS DISTINCT FROM (NEW.amount_cents, NEW.currency, NEW.customer_id, NEW.method, NEW.business_id,
        NEW.received_on, NEW.till, NEW.surcharge_cents)
       OR NOT (OLD.state = NEW.state
               OR (OLD.state = 'pending' AND NEW.state IN ('cleared', 'failed'))
               OR (OLD.state = 'cleared' AND NEW.state = 'returned')
               OR (OLD.state = 'returned' AND NEW.state = 'cleared'
                   AND EXISTS (SELECT 1 FROM dispute d WHERE d.payment_id = OLD.id AND d.state = 'won'))) THEN
        PERFORM mp_fail('payment_moves_forward', format('payment %s cannot go from %s to %s', OLD.id, OLD.state, NEW.state));
    END IF;
    RETURN NEW;
END $$;
