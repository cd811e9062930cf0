-- Whose account an online payment goes to: a row stays what it is, and an attempt stays with its account.

ALTER TABLE payment_account ADD CONSTRAINT payment_account_of_business UNIQUE (business_id, id);
ALTER TABLE attempt ADD CONSTRAINT attempt_account_id_of_business
    FOREIGN KEY (business_id, account_id) REFERENCES payment_account (business_id, id);
ALTER TABLE payment_account ENABLE ROW LEVEL SECURITY;
CREATE POLICY payment_account_is_in_scope ON payment_account
    USING (business_id = (SELECT mp_business())) WITH CHECK (business_id = (SELECT mp_business()));
CREATE TRIGGER payment_account_is_kept BEFORE DELETE ON payment_account
    FOR EACH ROW EXECUTE FUNCTION mp_refuse_change();
CREATE TRIGGER payment_account_is_not_truncated BEFORE TRUNCATE ON payment_account
    FOR EACH STATEMENT EXECUTE FUNCTION mp_refuse_change();

CREATE FUNCTION mp_guard_payment_account() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.business_id, OLD.kind, OLD.provider_ref, OLD.is_live)
       IS DISTINCT FROM (NEW.business_id, NEW.kind, NEW.provider_ref, NEW.is_live) THEN
        PERFORM mp_fail('payment_account_stays_what_it_is', format('payment account %s is another account', OLD.id));
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER payment_account_stays_what_it_is BEFORE UPDATE ON payment_account
    FOR EACH ROW EXECUTE FUNCTION mp_guard_payment_account();

CREATE FUNCTION mp_guard_attempt_account() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.account_id IS DISTINCT FROM NEW.account_id THEN
        PERFORM mp_fail('attempt_stays_with_its_account', format('attempt %s was begun at another account', OLD.id));
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER attempt_stays_with_its_account BEFORE UPDATE ON attempt
    FOR EACH ROW EXECUTE FUNCTION mp_guard_attempt_account();

-- The accounts that payouts are asked of: (business, account). One that was left is asked for ninety days on.
CREATE FUNCTION mp_payment_accounts(moment timestamptz)
RETURNS TABLE (business_id bigint, account_id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT a.business_id, a.id FROM payment_account a
    WHERE a.retired_at IS NULL OR a.retired_at > moment - interval '90 days'
    ORDER BY a.id;
$$;
