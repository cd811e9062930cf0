-- Whose a connected account is, by the provider's name for it: (business, account), the one in use first.
CREATE FUNCTION mp_resolve_account(of_ref text)
RETURNS TABLE (business_id bigint, account_id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT a.business_id, a.id FROM payment_account a
    WHERE a.kind = 'connected' AND a.provider_ref = of_ref AND of_ref <> ''
    ORDER BY a.retired_at IS NOT NULL, a.id DESC;
$$;
