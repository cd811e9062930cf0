-- What stays as it was said, whoever asks: no right of the application's, and no password of the owner's,
-- takes it back. Sums and chains are guarded in sums.sql, what is only added to in append_only.sql.

CREATE FUNCTION mp_refuse_move() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a row of % never changes its business', TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_TABLE_NAME || '_stays_in_its_business';
END $$;
CREATE TRIGGER webhook_event_is_not_truncated BEFORE TRUNCATE ON webhook_event
    FOR EACH STATEMENT EXECUTE FUNCTION mp_refuse_change();
CREATE TRIGGER business_is_not_truncated BEFORE TRUNCATE ON business
    FOR EACH STATEMENT EXECUTE FUNCTION mp_refuse_change();

-- Refuses a change of the columns that the trigger names.
CREATE FUNCTION mp_keep_columns() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    name text; was jsonb := to_jsonb(OLD); becomes jsonb := to_jsonb(NEW);
BEGIN
    FOREACH name IN ARRAY TG_ARGV LOOP
        IF was -> name IS DISTINCT FROM becomes -> name THEN
            PERFORM mp_fail(TG_NAME, format('%s of %s %s was said once and stays', name, TG_TABLE_NAME, OLD.id));
        END IF;
    END LOOP;
    RETURN NEW;
END $$;

-- 1. A contract keeps its customer's currency and its signature; a row keeps its job.
CREATE TRIGGER job_keeps_its_currency BEFORE UPDATE OF currency, number, customer_id ON job
    FOR EACH ROW WHEN (OLD.signed_on IS NOT NULL)
    EXECUTE FUNCTION mp_keep_columns('currency', 'number', 'customer_id');
CREATE TRIGGER job_stays_signed BEFORE UPDATE OF signed_on ON job
    FOR EACH ROW WHEN (OLD.signed_on IS NOT NULL) EXECUTE FUNCTION mp_keep_columns('signed_on');
CREATE TRIGGER schedule_row_keeps_its_job BEFORE UPDATE OF job_id, kind ON schedule_row
    FOR EACH ROW EXECUTE FUNCTION mp_keep_columns('job_id', 'kind');

-- 2. Nothing is moved into a version of a quote that was sent, nor out of it.
CREATE OR REPLACE FUNCTION mp_guard_quote_part() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM 1 FROM quote_version
     WHERE sent_at IS NOT NULL
       AND id IN (CASE WHEN TG_OP <> 'INSERT' THEN OLD.quote_version_id END,
                  CASE WHEN TG_OP <> 'DELETE' THEN NEW.quote_version_id END);
    IF FOUND THEN
        RAISE EXCEPTION 'this version of the quote was sent and is frozen'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_TABLE_NAME || '_is_frozen';
    END IF;
    RETURN COALESCE(NEW, OLD);
END $$;
CREATE TRIGGER completion_says_what_it_said BEFORE UPDATE ON completion FOR EACH ROW
    EXECUTE FUNCTION mp_keep_columns('job_id', 'row_id', 'by_name', 'by_user_id', 'note', 'done_at');

-- 3. An issued invoice is billed no further, and only what is of its job.
CREATE FUNCTION mp_positions_are_of_new_invoice() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    stray record;
BEGIN
    SELECT a.id INTO stray FROM added a JOIN invoice i ON i.id = a.invoice_id
     WHERE a.reverses_id IS NULL AND i.xmin <> pg_current_xact_id()::xid LIMIT 1;
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
CREATE TRIGGER position_at_issue AFTER INSERT ON position REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION mp_positions_are_of_new_invoice();

ALTER TABLE schedule_row ADD CONSTRAINT schedule_row_of_job UNIQUE (business_id, job_id, id);
ALTER TABLE completion ADD CONSTRAINT completion_of_job UNIQUE (business_id, job_id, row_id, id);
ALTER TABLE completion ADD CONSTRAINT completion_row_id_of_job
    FOREIGN KEY (business_id, job_id, row_id) REFERENCES schedule_row (business_id, job_id, id);
ALTER TABLE acceptance ADD CONSTRAINT acceptance_completion_id_of_job
    FOREIGN KEY (business_id, job_id, row_id, completion_id) REFERENCES completion (business_id, job_id, row_id, id);

-- 4. A series counts on: never back, and by one as soon as it has given a number.
CREATE FUNCTION mp_guard_series() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.next_number = OLD.next_number + 1 THEN
        RETURN NEW;
    END IF;
    PERFORM 1 FROM invoice WHERE series_id = OLD.id UNION ALL SELECT 1 FROM receipt WHERE series_id = OLD.id;
    IF FOUND OR NEW.next_number < OLD.next_number THEN
        PERFORM mp_fail('series_counts_on', format('after %s comes %s', OLD.next_number, OLD.next_number + 1));
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER series_counts_on BEFORE UPDATE OF next_number ON series
    FOR EACH ROW WHEN (OLD.next_number <> NEW.next_number) EXECUTE FUNCTION mp_guard_series();

-- 6. An entry has all its transfers when it is posted, in its job's currency; an account stays what it is.
CREATE FUNCTION mp_transfers_are_of_new_entry() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    stray record;
BEGIN
    SELECT a.id INTO stray FROM added a JOIN journal_entry e ON e.id = a.entry_id
     WHERE e.xmin <> pg_current_xact_id()::xid LIMIT 1;
    IF FOUND THEN
        PERFORM mp_fail('entry_is_complete_when_posted', 'a posted entry takes no further transfers');
    END IF;
    SELECT a.id INTO stray FROM added a JOIN journal_entry e ON e.id = a.entry_id JOIN job j ON j.id = e.job_id
     WHERE j.currency <> a.currency LIMIT 1;
    IF FOUND THEN
        PERFORM mp_fail('transfer_is_in_the_currency_of_its_job', 'currencies never mix');
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER transfer_at_posting AFTER INSERT ON transfer REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION mp_transfers_are_of_new_entry();
CREATE TRIGGER account_stays_what_it_is BEFORE UPDATE OF code, side ON account
    FOR EACH ROW EXECUTE FUNCTION mp_keep_columns('code', 'side');

-- 8. Currencies never mix.
CREATE FUNCTION mp_invoice_is_in_currency() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM 1 FROM job WHERE id = NEW.job_id AND currency = NEW.currency;
    IF NOT FOUND THEN
        PERFORM mp_fail('invoice_is_in_the_currency_of_its_job', 'currencies never mix');
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER invoice_is_in_the_currency_of_its_job AFTER INSERT ON invoice
    FOR EACH ROW EXECUTE FUNCTION mp_invoice_is_in_currency();

-- 9. What came in once is not forgotten, and not done again.
CREATE TRIGGER webhook_event_is_kept BEFORE DELETE ON webhook_event
    FOR EACH ROW EXECUTE FUNCTION mp_refuse_change();
CREATE TRIGGER webhook_event_says_what_it_said BEFORE UPDATE ON webhook_event FOR EACH ROW
    EXECUTE FUNCTION mp_keep_columns('provider', 'event_id', 'kind', 'session_id', 'payload', 'received_at');
CREATE TRIGGER webhook_event_is_worked_once BEFORE UPDATE ON webhook_event
    FOR EACH ROW WHEN (OLD.worked_at IS NOT NULL) EXECUTE FUNCTION mp_keep_columns('worked_at');
CREATE TRIGGER idempotency_key_is_kept BEFORE DELETE ON idempotency_key
    FOR EACH ROW EXECUTE FUNCTION mp_refuse_change();
CREATE TRIGGER idempotency_key_says_what_it_said BEFORE UPDATE ON idempotency_key
    FOR EACH ROW EXECUTE FUNCTION mp_keep_columns('key', 'action', 'created_at');
CREATE TRIGGER idempotency_key_has_one_result BEFORE UPDATE ON idempotency_key
    FOR EACH ROW WHEN (OLD.result <> '{}'::jsonb) EXECUTE FUNCTION mp_keep_columns('result');

-- 10. A message keeps its identity; it is written once, and what was sent was sent.
CREATE TRIGGER message_is_kept BEFORE DELETE ON message FOR EACH ROW EXECUTE FUNCTION mp_refuse_change();
CREATE TRIGGER message_says_what_it_said BEFORE UPDATE ON message FOR EACH ROW
    EXECUTE FUNCTION mp_keep_columns('job_id', 'contact_id', 'identity', 'kind', 'channel', 'to_name', 'to_address',
                                     'facts', 'document_ids', 'posted_at');
CREATE TRIGGER message_is_written_once BEFORE UPDATE ON message
    FOR EACH ROW WHEN (OLD.body_text <> '') EXECUTE FUNCTION mp_keep_columns('subject', 'body_text', 'body_html');
CREATE TRIGGER message_is_sent_once BEFORE UPDATE ON message
    FOR EACH ROW WHEN (OLD.state = 'sent') EXECUTE FUNCTION mp_keep_columns('state', 'sent_at', 'provider_ref');
