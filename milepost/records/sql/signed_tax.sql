-- How the tax of a signed job is counted stays as it was signed.

CREATE FUNCTION mp_guard_signed_tax() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM mp_fail('tax_is_signed', format('job %s is signed; its tax stays counted as it was', OLD.number));
    RETURN NULL;
END $$;
CREATE TRIGGER tax_is_signed BEFORE UPDATE OF tax_per, tax_rounding, prices_include_tax ON job
    FOR EACH ROW WHEN (OLD.signed_on IS NOT NULL AND (NEW.tax_per, NEW.tax_rounding, NEW.prices_include_tax)
                       IS DISTINCT FROM (OLD.tax_per, OLD.tax_rounding, OLD.prices_include_tax))
    EXECUTE FUNCTION mp_guard_signed_tax();
