-- The schedules that one business keeps are nobody else's.
ALTER TABLE own_template ADD CONSTRAINT own_template_of_business UNIQUE (business_id, id);
ALTER TABLE own_template ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_template_is_in_scope ON own_template
    USING (business_id = (SELECT mp_business())) WITH CHECK (business_id = (SELECT mp_business()));
