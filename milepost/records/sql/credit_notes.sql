-- Credit notes: an issued invoice is taken back by another document, never edited, never twice.

DO $$
DECLARE
    name text; inner_keys text[]; part text; target text; named text;
BEGIN
    FOREACH name IN ARRAY ARRAY['credit_note', 'credit_row', 'credit_line', 'credit_tax'] LOOP
        EXECUTE format('ALTER TABLE %I ADD CONSTRAINT %I UNIQUE (business_id, id)', name, name || '_of_business');
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY %I ON %I USING (business_id = (SELECT mp_business())) '
                       'WITH CHECK (business_id = (SELECT mp_business()))', name || '_is_in_scope', name);
        EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION mp_refuse_change()',
                       name || '_is_append_only', name);
        EXECUTE format('CREATE TRIGGER %I BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION mp_refuse_change()',
                       name || '_is_not_truncated', name);
    END LOOP;
    FOREACH inner_keys SLICE 1 IN ARRAY ARRAY[
        ['credit_note', 'job_id', 'job'], ['credit_note', 'invoice_id', 'invoice'],
        ['credit_note', 'customer_id', 'customer'], ['credit_note', 'series_id', 'series'],
        ['credit_note', 'document_id', 'document'], ['credit_row', 'credit_note_id', 'credit_note'],
        ['credit_row', 'row_id', 'schedule_row'], ['credit_line', 'credit_note_id', 'credit_note'],
        ['credit_line', 'line_id', 'contract_line'], ['credit_tax', 'credit_note_id', 'credit_note'],
        ['credit_tax', 'tax_code_id', 'tax_code'], ['position', 'credit_note_id', 'credit_note'],
        ['key_change', 'credit_note_id', 'credit_note'], ['contract_snapshot', 'credit_note_id', 'credit_note'],
        ['journal_entry', 'credit_note_id', 'credit_note']
    ] LOOP
        part := inner_keys[1]; named := inner_keys[2]; target := inner_keys[3];
        EXECUTE format('ALTER TABLE %I ADD CONSTRAINT %I FOREIGN KEY (business_id, %I) REFERENCES %I (business_id, id)',
                       part, part || '_' || named || '_of_business', named, target);
    END LOOP;
END $$;
ALTER TABLE credit_note ADD CONSTRAINT credit_note_previous_number_exists
    FOREIGN KEY (business_id, series_id, previous_number)
    REFERENCES credit_note (business_id, series_id, number);
INSERT INTO series (business_id, kind, prefix, next_number) SELECT id, 'credit_note', 'C-', 1 FROM business;

-- 2. Nothing of an issued invoice ever moves but what is credited of it, and that is what its credit notes say.
CREATE FUNCTION mp_guard_invoice() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    said bigint;
BEGIN
    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - 'credited_cents' = to_jsonb(OLD) - 'credited_cents' THEN
        SELECT COALESCE(SUM(total_cents), 0) INTO said FROM credit_note WHERE invoice_id = NEW.id;
        IF NEW.credited_cents = said THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'invoice is append-only: % refused', lower(TG_OP)
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'invoice_is_append_only';
END $$;
DROP TRIGGER invoice_is_append_only ON invoice;
CREATE TRIGGER invoice_is_append_only BEFORE UPDATE OR DELETE ON invoice
    FOR EACH ROW EXECUTE FUNCTION mp_guard_invoice();

-- A credited invoice is an updated row, so what was added at issue is told by its document, which never is.
CREATE OR REPLACE FUNCTION mp_part_of_new_invoice() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM 1 FROM invoice i JOIN document d ON d.id = i.document_id
     WHERE i.id = NEW.invoice_id AND d.xmin = pg_current_xact_id()::xid;
    IF NOT FOUND THEN
        PERFORM mp_fail('invoice_is_complete_at_issue', 'an issued invoice takes no further lines');
    END IF;
    RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION mp_positions_are_of_new_invoice() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    stray record;
BEGIN
    SELECT a.id INTO stray FROM added a JOIN invoice i ON i.id = a.invoice_id JOIN document d ON d.id = i.document_id
     WHERE a.reverses_id IS NULL AND d.xmin <> pg_current_xact_id()::xid LIMIT 1;
    IF FOUND THEN
        PERFORM mp_fail('invoice_is_complete_at_issue', 'an issued invoice bills nothing further');
    END IF;
    SELECT a.id INTO stray FROM added a JOIN invoice i ON i.id = a.invoice_id
      LEFT JOIN schedule_row r ON r.id = a.row_id LEFT JOIN contract_key k ON k.id = a.key_id
     WHERE a.job_id <> i.job_id OR a.job_id <> COALESCE(r.job_id, k.job_id) LIMIT 1;
    IF FOUND THEN
        PERFORM mp_fail('position_is_of_its_job', 'a position is of one job, with its invoice and its row');
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION mp_part_of_new_credit_note() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM 1 FROM credit_note WHERE id = NEW.credit_note_id AND xmin = pg_current_xact_id()::xid;
    IF NOT FOUND THEN
        PERFORM mp_fail('credit_note_is_complete_at_issue', 'an issued credit note takes no further lines');
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER credit_row_at_issue AFTER INSERT ON credit_row FOR EACH ROW EXECUTE FUNCTION mp_part_of_new_credit_note();
CREATE TRIGGER credit_line_at_issue AFTER INSERT ON credit_line FOR EACH ROW EXECUTE FUNCTION mp_part_of_new_credit_note();
CREATE TRIGGER credit_tax_at_issue AFTER INSERT ON credit_tax FOR EACH ROW EXECUTE FUNCTION mp_part_of_new_credit_note();

-- 4. The series of credit notes counts on like the others.
CREATE OR REPLACE FUNCTION mp_guard_series() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.next_number = OLD.next_number + 1 THEN
        RETURN NEW;
    END IF;
    PERFORM 1 FROM invoice WHERE series_id = OLD.id UNION ALL SELECT 1 FROM receipt WHERE series_id = OLD.id
     UNION ALL SELECT 1 FROM credit_note WHERE series_id = OLD.id;
    IF FOUND OR NEW.next_number < OLD.next_number THEN
        PERFORM mp_fail('series_counts_on', format('after %s comes %s', OLD.next_number, OLD.next_number + 1));
    END IF;
    RETURN NEW;
END $$;

-- 5. What is settled and credited of an invoice is within its total.
CREATE FUNCTION mp_credit_invoice() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    inv record; settled bigint;
BEGIN
    SELECT * INTO inv FROM invoice WHERE id = NEW.invoice_id FOR NO KEY UPDATE;
    IF (inv.job_id, inv.customer_id, inv.currency) IS DISTINCT FROM (NEW.job_id, NEW.customer_id, NEW.currency) THEN
        PERFORM mp_fail('credit_note_is_of_its_invoice', 'a credit note is of the job, customer and currency of its invoice');
    END IF;
    IF EXISTS (SELECT 1 FROM credit_note WHERE invoice_id = NEW.invoice_id AND is_whole AND id <> NEW.id) THEN
        PERFORM mp_fail('invoice_is_taken_back_once', format('nothing is left of invoice %s', inv.number_text));
    END IF;
    SELECT COALESCE(SUM(amount_cents), 0) INTO settled FROM allocation WHERE invoice_id = NEW.invoice_id;
    IF settled + inv.credited_cents + NEW.total_cents > inv.total_cents THEN
        PERFORM mp_fail('settled_and_credited_within_invoice', format('%s settled and %s credited of %s', settled,
            inv.credited_cents + NEW.total_cents, inv.total_cents));
    END IF;
    UPDATE invoice SET credited_cents = credited_cents + NEW.total_cents WHERE id = NEW.invoice_id AND NEW.total_cents > 0;
    RETURN NULL;
END $$;
CREATE TRIGGER credit_note_credits_its_invoice AFTER INSERT ON credit_note
    FOR EACH ROW EXECUTE FUNCTION mp_credit_invoice();

CREATE OR REPLACE FUNCTION mp_allocation_fits() RETURNS trigger
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
    IF settled > inv.total_cents - inv.credited_cents OR settled < 0 THEN
        PERFORM mp_fail('settled_within_invoice', format('%s of %s would be settled', settled, inv.total_cents - inv.credited_cents));
    END IF;
    IF used > pay.amount_cents OR used < 0 THEN
        PERFORM mp_fail('allocated_within_payment', format('%s of %s would be allocated', used, pay.amount_cents));
    END IF;
    RETURN NULL;
END $$;

-- 3. A credit note takes back of its own invoice, at its issue, what its lines, rows and taxes say.
CREATE FUNCTION mp_credit_position() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM 1 FROM credit_note c JOIN position o ON o.id = NEW.reverses_id
     WHERE c.id = NEW.credit_note_id AND c.xmin = pg_current_xact_id()::xid AND c.invoice_id = NEW.invoice_id
       AND o.invoice_id = NEW.invoice_id AND o.credit_note_id IS NULL
       AND (o.kind, o.track) = (NEW.kind, NEW.track) AND sign(o.delta_cents) = -sign(NEW.delta_cents);
    IF NOT FOUND THEN
        PERFORM mp_fail('position_is_reversed_by_its_credit_note', 'a credit note takes back what its own invoice billed');
    END IF;
    PERFORM 1 FROM position WHERE reverses_id = NEW.reverses_id
    HAVING abs(SUM(delta_cents)) > (SELECT abs(delta_cents) FROM position WHERE id = NEW.reverses_id);
    IF FOUND THEN
        PERFORM mp_fail('position_is_reversed_once', 'more would be reversed than was billed');
    END IF;
    -- As it stands at commit: a deposit may be taken back and sent again at once, when a change lowers it.
    IF NEW.kind = 'due' AND (SELECT COALESCE(SUM(delta_cents) FILTER (WHERE kind = 'due'), 0)
                                    < COALESCE(SUM(delta_cents) FILTER (WHERE kind = 'recovered'), 0)
                               FROM position WHERE row_id = NEW.row_id) THEN
        PERFORM mp_fail('recovered_deposit_stands', 'invoices have used this deposit; credit them first');
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER position_is_of_its_credit_note AFTER INSERT ON position
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.credit_note_id IS NOT NULL)
    EXECUTE FUNCTION mp_credit_position();

CREATE FUNCTION mp_credit_note_is_its_positions() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    of_kind text; due bigint; earned bigint; recovered bigint; rows bigint; lines bigint; taxes bigint; changed bigint;
BEGIN
    SELECT kind INTO of_kind FROM invoice WHERE id = NEW.invoice_id;
    SELECT COALESCE(-SUM(delta_cents) FILTER (WHERE kind = 'due'), 0),
           COALESCE(-SUM(delta_cents) FILTER (WHERE kind = 'earned'), 0),
           COALESCE(-SUM(delta_cents) FILTER (WHERE kind = 'recovered'), 0)
      INTO due, earned, recovered FROM position WHERE credit_note_id = NEW.id;
    SELECT COALESCE(SUM(due_cents), 0) INTO rows FROM credit_row WHERE credit_note_id = NEW.id;
    SELECT COALESCE(SUM(net_cents), 0) INTO lines FROM credit_line WHERE credit_note_id = NEW.id;
    SELECT COALESCE(SUM(tax_cents), 0) INTO taxes FROM credit_tax WHERE credit_note_id = NEW.id;
    SELECT COALESCE(SUM(delta_cents), 0) INTO changed FROM key_change WHERE credit_note_id = NEW.id;
    IF due <> NEW.total_cents OR rows <> NEW.total_cents OR recovered <> NEW.recovered_cents
       OR taxes <> NEW.tax_cents
       OR (of_kind <> 'deposit' AND (earned <> NEW.net_cents + NEW.tax_cents OR lines <> NEW.net_cents))
       OR (of_kind = 'deposit' AND (earned <> 0 OR lines <> 0))
       OR changed <> (CASE WHEN NEW.kind = 'allowance' THEN -NEW.net_cents - NEW.tax_cents ELSE 0 END) THEN
        PERFORM mp_fail('credit_note_is_its_positions', format(
            'credit note %s: total %s, due %s, rows %s; net %s, tax %s, earned %s, lines %s, taxes %s; recovered %s of %s; contract %s',
            NEW.number_text, NEW.total_cents, due, rows, NEW.net_cents, NEW.tax_cents, earned, lines, taxes,
            NEW.recovered_cents, recovered, changed));
    END IF;
    PERFORM 1 FROM position WHERE invoice_id = NEW.invoice_id GROUP BY kind, track HAVING SUM(delta_cents) <> 0;
    IF FOUND AND NEW.is_whole THEN
        PERFORM mp_fail('whole_credit_leaves_nothing', format('credit note %s leaves something of its invoice', NEW.number_text));
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER credit_note_is_its_positions AFTER INSERT ON credit_note
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION mp_credit_note_is_its_positions();

-- 1. A contract is changed by a signed change order, or by money off; that is taken back whole or not at all.
ALTER TABLE key_change DROP CONSTRAINT key_change_has_a_cause;
ALTER TABLE key_change ADD CONSTRAINT key_change_has_a_cause
    CHECK ((change_order_id IS NOT NULL) <> (credit_note_id IS NOT NULL));
CREATE FUNCTION mp_change_is_credited() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    moved bigint; said bigint;
BEGIN
    SELECT -net_cents - tax_cents INTO said FROM credit_note
     WHERE id = NEW.credit_note_id AND kind = 'allowance' AND job_id = NEW.job_id;
    SELECT COALESCE(SUM(delta_cents), 0) INTO moved FROM key_change WHERE credit_note_id = NEW.credit_note_id;
    IF said IS NULL OR moved NOT IN (said, 0) THEN
        PERFORM mp_fail('change_is_what_was_credited', format('%s is off, the contract moves by %s', said, moved));
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER key_change_is_credited AFTER INSERT ON key_change
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.credit_note_id IS NOT NULL)
    EXECUTE FUNCTION mp_change_is_credited();

-- 3. A position stays within what it is a position of. A key that a change left below what is billed of it
-- may only come down to it; and a key that is credited may be off by the rounding cents between invoices,
-- until the work is billed again.
CREATE OR REPLACE FUNCTION mp_position_stays_within() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    most bigint; least_cents bigint := 0; undone bigint; worth bigint;
BEGIN
    IF NEW.kind = 'earned' AND NEW.credit_note_id IS NOT NULL THEN
        most := NEW.end_cents;
        least_cents := NEW.end_cents;
    ELSIF NEW.kind = 'earned' THEN
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
    IF NEW.reverses_id IS NOT NULL AND NEW.kind <> 'earned' THEN
        SELECT o.delta_cents + COALESCE((SELECT SUM(p.delta_cents) FROM position p WHERE p.reverses_id = o.id), 0)
          INTO undone FROM position o WHERE o.id = NEW.reverses_id;
        IF undone < 0 THEN
            PERFORM mp_fail('position_is_reversed_once', 'more would be reversed than was billed');
        END IF;
    END IF;
    RETURN NULL;
END $$;

-- A milestone ahead of its event is looked at again when its invoice was taken back.
CREATE OR REPLACE FUNCTION mp_businesses_with_events(until_day date)
RETURNS TABLE (business_id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT DISTINCT r.business_id
    FROM schedule_row r
    JOIN scheduled_event e ON e.id = r.event_id
    JOIN job j ON j.id = r.job_id AND j.state = 'open'
    WHERE r.bill_on = 'before' AND e.on_date <= until_day
      AND COALESCE((SELECT SUM(p.delta_cents) FROM position p WHERE p.row_id = r.id AND p.kind = 'due'), 0) = 0
$$;

-- A taxed deposit is what the invoices say that still stand.
CREATE OR REPLACE FUNCTION mp_deposit_part_stays_within() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    put bigint; there bigint; same boolean;
BEGIN
    SELECT k.job_id = i.job_id INTO same FROM contract_key k, invoice i
     WHERE k.id = NEW.key_id AND i.id = NEW.invoice_id FOR NO KEY UPDATE OF k;
    SELECT COALESCE(SUM(p.cents) FILTER (WHERE i.kind = 'deposit'), 0), COALESCE(SUM(p.cents), 0)
      INTO put, there FROM deposit_part p JOIN invoice i ON i.id = p.invoice_id
     WHERE p.key_id = NEW.key_id
       AND NOT EXISTS (SELECT 1 FROM credit_note c WHERE c.invoice_id = i.id AND c.is_whole);
    IF same IS NOT TRUE OR there < LEAST(put, 0) OR there > GREATEST(put, 0) THEN
        PERFORM mp_fail('deposit_part_stays_within', format('key %s would have %s left of %s', NEW.key_id, there, put));
    END IF;
    RETURN NULL;
END $$;
