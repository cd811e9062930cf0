-- The price book of one business is nobody else's.
ALTER TABLE saved_item ADD CONSTRAINT saved_item_of_business UNIQUE (business_id, id);
ALTER TABLE saved_item ENABLE ROW LEVEL SECURITY;
CREATE POLICY saved_item_is_in_scope ON saved_item
    USING (business_id = (SELECT mp_business())) WITH CHECK (business_id = (SELECT mp_business()));
