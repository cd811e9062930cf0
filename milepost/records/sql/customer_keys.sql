-- A duplicate and the customer that it was merged into belong to one business.
ALTER TABLE "customer" ADD CONSTRAINT customer_merged_into_id_of_business
    FOREIGN KEY (business_id, merged_into_id) REFERENCES "customer" (business_id, id);
