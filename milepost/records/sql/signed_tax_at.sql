-- Where the tax of a signed job is rounded stays as it was signed.
CREATE TRIGGER tax_at_is_signed BEFORE UPDATE OF tax_at ON job
    FOR EACH ROW WHEN (OLD.signed_on IS NOT NULL AND NEW.tax_at <> OLD.tax_at)
    EXECUTE FUNCTION mp_guard_signed_tax();
