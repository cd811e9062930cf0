-- An invitation is its business's own. It moves forward only: accepted or taken back, once.

ALTER TABLE invitation ADD CONSTRAINT invitation_of_business UNIQUE (business_id, id);
ALTER TABLE invitation ENABLE ROW LEVEL SECURITY;
CREATE POLICY invitation_is_in_scope ON invitation
    USING (business_id = (SELECT mp_business())) WITH CHECK (business_id = (SELECT mp_business()));
CREATE FUNCTION mp_guard_invitation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.accepted_at IS NOT NULL OR OLD.revoked_at IS NOT NULL
       OR (NEW.email, NEW.role, NEW.business_id, NEW.expires_at)
          IS DISTINCT FROM (OLD.email, OLD.role, OLD.business_id, OLD.expires_at) THEN
        PERFORM mp_fail('invitation_is_used_once', format('invitation %s is used or taken back', OLD.id));
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER invitation_is_used_once BEFORE UPDATE ON invitation
    FOR EACH ROW EXECUTE FUNCTION mp_guard_invitation();
