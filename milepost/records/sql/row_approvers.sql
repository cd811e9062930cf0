-- Who accepts a payment is one of the business's own contacts.
ALTER TABLE quote_row ADD CONSTRAINT quote_row_approver_id_of_business
    FOREIGN KEY (business_id, approver_id) REFERENCES contact (business_id, id);
ALTER TABLE schedule_row ADD CONSTRAINT schedule_row_approver_id_of_business
    FOREIGN KEY (business_id, approver_id) REFERENCES contact (business_id, id);
