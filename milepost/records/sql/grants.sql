-- What the application may do, given anew after every migration. It owns nothing.
-- {app} is the application's role.

REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {app};
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO {app};
GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA public TO {app};
REVOKE INSERT ON django_migrations, django_content_type FROM {app};
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {app};

-- Accounts and sessions belong to no business.
GRANT UPDATE, DELETE ON app_user TO {app};

-- Working papers.
GRANT UPDATE ON business, customer, contact, site, scheduled_event TO {app};
GRANT UPDATE, DELETE ON quote_version, quote_line, quote_row TO {app};

-- Records that move forward, by the columns that move.
GRANT UPDATE (name, note, is_default, retired_at) ON tax_code TO {app};
GRANT UPDATE (name, name_key, description, unit, unit_price, tax_codes, section, archived_at) ON saved_item TO {app};
GRANT UPDATE (name, name_key, archived_at) ON own_template TO {app};
GRANT UPDATE (next_number, prefix) ON series TO {app};
GRANT UPDATE (role, phone, disabled_at) ON membership TO {app};
GRANT UPDATE (site_id, title, state, recovery, deposit_tax, tax_at, tax_per, tax_rounding, prices_include_tax, terms, contract_cents, signed_on, closed_at) ON job TO {app};
GRANT UPDATE (position, weight, amount_cents, placed_cents, event_id, technician_id, planned_on, planned_until, approver_id, deliverable) ON schedule_row TO {app};
GRANT UPDATE ON change_order TO {app};
GRANT UPDATE (withdrawn_at, withdrawn_reason) ON completion TO {app};
GRANT UPDATE (state, session_id, payment_ref, url, failure, checked_at) ON attempt TO {app};
GRANT UPDATE (live) ON attempt_invoice TO {app};
GRANT UPDATE (name, sealed_key, sealed_webhook_secret, key_ends, takes_card, takes_bank, connected_at, connected_by,
    heard_at, retired_at) ON payment_account TO {app};
GRANT UPDATE (state, cleared_at, fee_cents) ON payment TO {app};
GRANT UPDATE (state, provider_ref, failure, settled_at) ON refund TO {app};
GRANT UPDATE (state, payment_id, payout_id) ON bank_line TO {app};
GRANT UPDATE (state) ON payout TO {app};
GRANT UPDATE (state, taken_cents, surcharge_cents, fee_cents, closed_at) ON dispute TO {app};
GRANT UPDATE (state, not_before, attempts, claimed_until, error, subject, body_text, body_html, provider_ref, sent_at)
    ON message TO {app};
GRANT UPDATE (worked_at, attempts, not_before, error) ON webhook_event TO {app};
GRANT UPDATE (revoked_at) ON portal_link TO {app};
GRANT UPDATE (result) ON idempotency_key TO {app};
GRANT UPDATE (number, name) ON account TO {app};
GRANT UPDATE (accepted_at, revoked_at) ON invitation TO {app};

REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO {app};
DO $$
DECLARE
    name text;
BEGIN
    FOR name IN
        SELECT tablename FROM pg_tables
        WHERE schemaname = 'public'
          AND (tablename LIKE 'account\_%' OR tablename LIKE 'mfa\_%' OR tablename = 'django_session')
          AND tablename <> 'account'
    LOOP
        EXECUTE format('GRANT UPDATE, DELETE ON %I TO {app}', name);
    END LOOP;
END $$;
