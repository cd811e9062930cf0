-- What must add up, checked by the database at every commit.

CREATE FUNCTION mp_fail(rule text, said text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%', said USING ERRCODE = 'check_violation', CONSTRAINT = rule;
END $$;

-- 1. On a signed job: contract = Σ keys, and deposit + milestones = contract.
CREATE FUNCTION mp_check_job(of_job bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    contract bigint; keys bigint; rows bigint;
BEGIN
    SELECT j.contract_cents,
           (SELECT COALESCE(SUM(k.cents), 0) FROM contract_key k WHERE k.job_id = j.id),
           (SELECT COALESCE(SUM(r.amount_cents), 0) FROM schedule_row r WHERE r.job_id = j.id)
      INTO contract, keys, rows
      FROM job j WHERE j.id = of_job;
    IF contract <> keys THEN
        PERFORM mp_fail('contract_is_the_sum_of_its_lines', format('contract %s, its lines %s', contract, keys));
    END IF;
    IF contract <> rows THEN
        PERFORM mp_fail('schedule_is_the_contract', format('contract %s, its schedule %s', contract, rows));
    END IF;
END $$;

CREATE FUNCTION mp_job_adds_up() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM mp_check_job(NEW.id);
    RETURN NULL;
END $$;

CREATE FUNCTION mp_part_adds_up() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        PERFORM mp_check_job(OLD.job_id);
    ELSE
        PERFORM mp_check_job(NEW.job_id);
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER job_adds_up AFTER UPDATE OF contract_cents ON job
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION mp_job_adds_up();
CREATE CONSTRAINT TRIGGER job_is_born_adding_up AFTER INSERT ON job
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.contract_cents <> 0) EXECUTE FUNCTION mp_job_adds_up();
CREATE CONSTRAINT TRIGGER schedule_row_adds_up AFTER INSERT OR DELETE OR UPDATE OF amount_cents ON schedule_row
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION mp_part_adds_up();
CREATE CONSTRAINT TRIGGER contract_key_adds_up AFTER INSERT OR DELETE OR UPDATE OF cents ON contract_key
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION mp_part_adds_up();

-- 3. A position stays within what it is a position of.
CREATE FUNCTION mp_position_stays_within() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    most bigint; least_cents bigint := 0; undone bigint;
BEGIN
    IF NEW.kind = 'earned' THEN
        SELECT GREATEST(k.cents, 0), LEAST(k.cents, 0) INTO most, least_cents FROM contract_key k WHERE k.id = NEW.key_id;
    ELSIF NEW.kind = 'due' THEN
        SELECT r.amount_cents INTO most FROM schedule_row r WHERE r.id = NEW.row_id FOR NO KEY UPDATE;
    ELSE
        SELECT COALESCE(SUM(p.delta_cents), 0) INTO most FROM position p WHERE p.row_id = NEW.row_id AND p.kind = 'due';
    END IF;
    IF NEW.end_cents > most OR NEW.end_cents < least_cents THEN
        PERFORM mp_fail('position_stays_within', format('%s to date would be %s of %s', NEW.kind, NEW.end_cents, most));
    END IF;
    IF NEW.reverses_id IS NOT NULL THEN
        SELECT o.delta_cents + COALESCE((SELECT SUM(p.delta_cents) FROM position p WHERE p.reverses_id = o.id), 0)
          INTO undone FROM position o WHERE o.id = NEW.reverses_id;
        IF undone < 0 THEN
            PERFORM mp_fail('position_is_reversed_once', 'more would be reversed than was billed');
        END IF;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER position_stays_within AFTER INSERT ON position
    FOR EACH ROW EXECUTE FUNCTION mp_position_stays_within();

CREATE FUNCTION mp_row_covers_billed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    billed bigint;
BEGIN
    SELECT COALESCE(SUM(p.delta_cents), 0) INTO billed FROM position p WHERE p.row_id = NEW.id AND p.kind = 'due';
    IF NEW.amount_cents < billed THEN
        PERFORM mp_fail('row_covers_what_is_billed', format('%s is billed, the row would be %s', billed, NEW.amount_cents));
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER schedule_row_covers_billed AFTER UPDATE OF amount_cents ON schedule_row
    FOR EACH ROW EXECUTE FUNCTION mp_row_covers_billed();

-- An invoice is the difference that its positions say, and so are its lines, rows and taxes.
CREATE FUNCTION mp_invoice_is_its_positions() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    due bigint; earned bigint; recovered bigint; rows bigint; lines bigint; taxes bigint;
BEGIN
    SELECT COALESCE(SUM(delta_cents) FILTER (WHERE kind = 'due'), 0),
           COALESCE(SUM(delta_cents) FILTER (WHERE kind = 'earned'), 0),
           COALESCE(SUM(delta_cents) FILTER (WHERE kind = 'recovered'), 0)
      INTO due, earned, recovered FROM position WHERE invoice_id = NEW.id;
    SELECT COALESCE(SUM(due_cents), 0) INTO rows FROM invoice_row WHERE invoice_id = NEW.id;
    SELECT COALESCE(SUM(net_cents), 0) INTO lines FROM invoice_line WHERE invoice_id = NEW.id;
    SELECT COALESCE(SUM(tax_cents), 0) INTO taxes FROM invoice_tax WHERE invoice_id = NEW.id;
    IF due <> NEW.total_cents OR rows <> NEW.total_cents OR recovered <> NEW.recovered_cents
       OR taxes <> NEW.tax_cents
       OR (NEW.kind <> 'deposit' AND (earned <> NEW.net_cents + NEW.tax_cents OR lines <> NEW.net_cents))
       OR (NEW.kind = 'deposit' AND (earned <> 0 OR lines <> 0)) THEN
        PERFORM mp_fail('invoice_is_its_positions', format(
            'invoice %s: total %s, due %s, rows %s; net %s, tax %s, earned %s, lines %s, taxes %s; recovered %s of %s',
            NEW.number_text, NEW.total_cents, due, rows, NEW.net_cents, NEW.tax_cents, earned, lines, taxes,
            NEW.recovered_cents, recovered));
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER invoice_is_its_positions AFTER INSERT ON invoice
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION mp_invoice_is_its_positions();
-- What is added to an issued invoice later is caught as well.
CREATE FUNCTION mp_part_of_new_invoice() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM 1 FROM invoice WHERE id = NEW.invoice_id AND xmin = pg_current_xact_id()::xid;
    IF NOT FOUND THEN
        PERFORM mp_fail('invoice_is_complete_at_issue', 'an issued invoice takes no further lines');
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER invoice_line_at_issue AFTER INSERT ON invoice_line FOR EACH ROW EXECUTE FUNCTION mp_part_of_new_invoice();
CREATE TRIGGER invoice_row_at_issue AFTER INSERT ON invoice_row FOR EACH ROW EXECUTE FUNCTION mp_part_of_new_invoice();
CREATE TRIGGER invoice_tax_at_issue AFTER INSERT ON invoice_tax FOR EACH ROW EXECUTE FUNCTION mp_part_of_new_invoice();

-- 5. Allocations ≤ payment, settled ≤ invoice, one customer, one currency.
CREATE FUNCTION mp_allocation_fits() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    inv record; pay record; settled bigint; used bigint;
BEGIN
    SELECT * INTO inv FROM invoice WHERE id = NEW.invoice_id FOR NO KEY UPDATE;
    SELECT * INTO pay FROM payment WHERE id = NEW.payment_id FOR NO KEY UPDATE;
    IF inv.customer_id <> pay.customer_id OR inv.currency <> pay.currency THEN
        PERFORM mp_fail('allocation_is_of_one_customer', 'payment and invoice differ in customer or currency');
    END IF;
    SELECT SUM(amount_cents) INTO settled FROM allocation WHERE invoice_id = NEW.invoice_id;
    SELECT SUM(amount_cents) INTO used FROM allocation WHERE payment_id = NEW.payment_id;
    IF settled > inv.total_cents OR settled < 0 THEN
        PERFORM mp_fail('settled_within_invoice', format('%s of %s would be settled', settled, inv.total_cents));
    END IF;
    IF used > pay.amount_cents OR used < 0 THEN
        PERFORM mp_fail('allocated_within_payment', format('%s of %s would be allocated', used, pay.amount_cents));
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER allocation_fits AFTER INSERT ON allocation FOR EACH ROW EXECUTE FUNCTION mp_allocation_fits();

-- A payment keeps its amount; its state only moves forward.
CREATE FUNCTION mp_guard_payment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.amount_cents, OLD.currency, OLD.customer_id, OLD.method, OLD.business_id, OLD.received_on)
       IS DISTINCT FROM (NEW.amount_cents, NEW.currency, NEW.customer_id, NEW.method, NEW.business_id, NEW.received_on)
       OR NOT (OLD.state = NEW.state
               OR (OLD.state = 'pending' AND NEW.state IN ('cleared', 'failed'))
               OR (OLD.state = 'cleared' AND NEW.state = 'returned')) THEN
        PERFORM mp_fail('payment_moves_forward', format('payment %s cannot go from %s to %s', OLD.id, OLD.state, NEW.state));
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER payment_moves_forward BEFORE UPDATE ON payment FOR EACH ROW EXECUTE FUNCTION mp_guard_payment();
CREATE TRIGGER payment_is_kept BEFORE DELETE ON payment FOR EACH ROW EXECUTE FUNCTION mp_refuse_change();

CREATE FUNCTION mp_failed_payment_settles_nothing() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    used bigint;
BEGIN
    SELECT COALESCE(SUM(amount_cents), 0) INTO used FROM allocation WHERE payment_id = NEW.id;
    IF NEW.state IN ('failed', 'returned') AND used <> 0 THEN
        PERFORM mp_fail('failed_payment_settles_nothing', format('payment %s is %s, yet settles %s', NEW.id, NEW.state, used));
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER failed_payment_settles_nothing AFTER INSERT OR UPDATE OF state ON payment
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.state IN ('failed', 'returned'))
    EXECUTE FUNCTION mp_failed_payment_settles_nothing();

-- A completion that is billed is not taken back.
CREATE FUNCTION mp_guard_completion() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    billed bigint;
BEGIN
    IF OLD.withdrawn_at IS NOT NULL OR TG_OP = 'DELETE' THEN
        PERFORM mp_fail('completion_is_kept', 'a completion is withdrawn once, and never deleted');
    END IF;
    SELECT COALESCE(SUM(delta_cents), 0) INTO billed FROM position WHERE row_id = OLD.row_id AND kind = 'due';
    IF NEW.withdrawn_at IS NOT NULL AND billed > 0 THEN
        PERFORM mp_fail('billed_completion_stands', 'the milestone is billed');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER completion_is_kept BEFORE UPDATE OR DELETE ON completion
    FOR EACH ROW EXECUTE FUNCTION mp_guard_completion();
