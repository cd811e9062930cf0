-- Which businesses a person works for, asked at the door before any is in scope.
CREATE FUNCTION mp_works_for(of_user bigint)
RETURNS TABLE (business_id bigint, role text, business_name text, currency text, timezone text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT m.business_id, m.role::text, b.name::text, b.currency::text, b.timezone::text
    FROM membership m JOIN business b ON b.id = m.business_id
    WHERE m.user_id = of_user AND m.disabled_at IS NULL
    ORDER BY m.id
$$;
