-- Change orders: a contract is what was signed and every approved change, to the cent.

DO $$
DECLARE
    name text; inner_keys text[]; part text; target text;
BEGIN
    FOREACH name IN ARRAY ARRAY['change_order', 'change_signature', 'line_change', 'key_change', 'contract_snapshot'] LOOP
        EXECUTE format('ALTER TABLE %I ADD CONSTRAINT %I UNIQUE (business_id, id)', name, name || '_of_business');
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY %I ON %I USING (business_id = (SELECT mp_business())) '
                       'WITH CHECK (business_id = (SELECT mp_business()))', name || '_is_in_scope', name);
        IF name <> 'change_order' THEN
            EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION mp_refuse_change()',
                           name || '_is_append_only', name);
        END IF;
        EXECUTE format('CREATE TRIGGER %I BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION mp_refuse_change()',
                       name || '_is_not_truncated', name);
    END LOOP;
    FOREACH inner_keys SLICE 1 IN ARRAY ARRAY[
        ['change_order', 'job'], ['contract_line', 'change_order'], ['change_signature', 'change_order'],
        ['change_signature', 'contact'], ['change_signature', 'document'], ['line_change', 'change_order'],
        ['key_change', 'job'], ['key_change', 'change_order'], ['contract_snapshot', 'job'],
        ['contract_snapshot', 'change_order']
    ] LOOP
        part := inner_keys[1]; target := inner_keys[2];
        EXECUTE format('ALTER TABLE %I ADD CONSTRAINT %I FOREIGN KEY (business_id, %I) REFERENCES %I (business_id, id)',
                       part, part || '_' || target || '_id_of_business', target || '_id', target);
    END LOOP;
END $$;
ALTER TABLE change_signature ADD CONSTRAINT change_signature_copy_id_of_business
    FOREIGN KEY (business_id, copy_id) REFERENCES stored_file (business_id, id);
ALTER TABLE line_change ADD CONSTRAINT line_change_line_id_of_business
    FOREIGN KEY (business_id, line_id) REFERENCES contract_line (business_id, id);
ALTER TABLE key_change ADD CONSTRAINT key_change_key_id_of_business
    FOREIGN KEY (business_id, key_id) REFERENCES contract_key (business_id, id);
ALTER TABLE key_change ADD CONSTRAINT key_change_has_a_cause CHECK (change_order_id IS NOT NULL);

-- 1. Contract = what was signed + every change of its keys; deposit + milestones = contract.
CREATE OR REPLACE FUNCTION mp_check_job(of_job bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    contract bigint; keys bigint; rows bigint;
BEGIN
    SELECT j.contract_cents,
           (SELECT COALESCE(SUM(k.cents), 0) FROM contract_key k WHERE k.job_id = j.id)
           + (SELECT COALESCE(SUM(c.delta_cents), 0) FROM key_change c WHERE c.job_id = j.id),
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
CREATE CONSTRAINT TRIGGER key_change_adds_up AFTER INSERT ON key_change
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION mp_part_adds_up();

-- A key changes with the signature of its change order, by exactly what was signed, and never after.
CREATE FUNCTION mp_change_is_signed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    of_order bigint;
    ordered record; moved bigint;
BEGIN
    IF TG_TABLE_NAME = 'key_change' THEN
        of_order := NEW.change_order_id;
    ELSE
        of_order := NEW.id;
    END IF;
    IF of_order IS NULL THEN
        RETURN NULL;
    END IF;
    SELECT * INTO ordered FROM change_order WHERE id = of_order;
    PERFORM 1 FROM change_signature WHERE change_order_id = of_order AND xmin = pg_current_xact_id()::xid;
    IF NOT FOUND OR ordered.state <> 'approved' THEN
        PERFORM mp_fail('change_is_signed', format('change order %s changes the contract only as it is signed', of_order));
    END IF;
    SELECT COALESCE(SUM(delta_cents), 0) INTO moved FROM key_change WHERE change_order_id = of_order;
    IF moved <> ordered.difference_cents THEN
        PERFORM mp_fail('change_is_what_was_signed', format('%s was signed, the contract moves by %s', ordered.difference_cents, moved));
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER key_change_is_signed AFTER INSERT ON key_change
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION mp_change_is_signed();
CREATE CONSTRAINT TRIGGER change_order_is_signed AFTER UPDATE OF state ON change_order
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.state = 'approved' AND OLD.state <> 'approved')
    EXECUTE FUNCTION mp_change_is_signed();

-- A change order moves forward; what was sent is frozen, what is answered stands.
CREATE FUNCTION mp_guard_change_order() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        PERFORM mp_fail('change_order_is_kept', 'a change order is withdrawn, never deleted');
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'draft' THEN
            PERFORM mp_fail('change_order_moves_forward', 'a change order begins as a draft');
        END IF;
        RETURN NEW;
    END IF;
    IF NOT (OLD.state = NEW.state AND OLD.state = 'draft'
            OR OLD.state = 'draft' AND NEW.state IN ('sent', 'withdrawn')
            OR OLD.state = 'sent' AND NEW.state IN ('approved', 'declined', 'withdrawn'))
       OR (NEW.business_id, NEW.job_id, NEW.number) IS DISTINCT FROM (OLD.business_id, OLD.job_id, OLD.number) THEN
        PERFORM mp_fail('change_order_moves_forward', format('change order %s cannot go from %s to %s', OLD.id, OLD.state, NEW.state));
    END IF;
    IF OLD.state <> 'draft' AND
       ((NEW.reason, NEW.placement, NEW.own_name, NEW.days, NEW.edits, NEW.row_edits, NEW.replace_unpaid, NEW.sent_at)
        IS DISTINCT FROM
        (OLD.reason, OLD.placement, OLD.own_name, OLD.days, OLD.edits, OLD.row_edits, OLD.replace_unpaid, OLD.sent_at)
        -- The difference is settled by the signature: the job may have moved since it was offered.
        OR (NEW.seen, NEW.difference_cents) IS DISTINCT FROM (OLD.seen, OLD.difference_cents)
           AND NOT (OLD.state = 'sent' AND NEW.state = 'approved')) THEN
        PERFORM mp_fail('change_order_is_frozen', format('change order %s was sent and is frozen', OLD.id));
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER change_order_moves_forward BEFORE INSERT OR UPDATE OR DELETE ON change_order
    FOR EACH ROW EXECUTE FUNCTION mp_guard_change_order();

-- 3. A position stays within what it is a position of. A key that a change left below what is
-- billed of it may only come down to it.
CREATE OR REPLACE FUNCTION mp_position_stays_within() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    most bigint; least_cents bigint := 0; undone bigint; worth bigint;
BEGIN
    IF NEW.kind = 'earned' THEN
        SELECT k.cents + COALESCE((SELECT SUM(c.delta_cents) FROM key_change c WHERE c.key_id = k.id), 0)
          INTO worth FROM contract_key k WHERE k.id = NEW.key_id;
        most := GREATEST(worth, 0, NEW.start_cents);
        least_cents := LEAST(worth, 0, NEW.start_cents);
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
