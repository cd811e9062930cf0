-- Every key inside a business is composite: a plain foreign key would see hidden rows.

ALTER TABLE "account" ADD CONSTRAINT account_of_business UNIQUE (business_id, id);
ALTER TABLE "allocation" ADD CONSTRAINT allocation_of_business UNIQUE (business_id, id);
ALTER TABLE "attempt" ADD CONSTRAINT attempt_of_business UNIQUE (business_id, id);
ALTER TABLE "completion" ADD CONSTRAINT completion_of_business UNIQUE (business_id, id);
ALTER TABLE "contact" ADD CONSTRAINT contact_of_business UNIQUE (business_id, id);
ALTER TABLE "contract_key" ADD CONSTRAINT contract_key_of_business UNIQUE (business_id, id);
ALTER TABLE "contract_line" ADD CONSTRAINT contract_line_of_business UNIQUE (business_id, id);
ALTER TABLE "customer" ADD CONSTRAINT customer_of_business UNIQUE (business_id, id);
ALTER TABLE "document" ADD CONSTRAINT document_of_business UNIQUE (business_id, id);
ALTER TABLE "invoice" ADD CONSTRAINT invoice_of_business UNIQUE (business_id, id);
ALTER TABLE "job" ADD CONSTRAINT job_of_business UNIQUE (business_id, id);
ALTER TABLE "journal_entry" ADD CONSTRAINT journal_entry_of_business UNIQUE (business_id, id);
ALTER TABLE "payment" ADD CONSTRAINT payment_of_business UNIQUE (business_id, id);
ALTER TABLE "position" ADD CONSTRAINT position_of_business UNIQUE (business_id, id);
ALTER TABLE "quote_version" ADD CONSTRAINT quote_version_of_business UNIQUE (business_id, id);
ALTER TABLE "schedule_row" ADD CONSTRAINT schedule_row_of_business UNIQUE (business_id, id);
ALTER TABLE "scheduled_event" ADD CONSTRAINT scheduled_event_of_business UNIQUE (business_id, id);
ALTER TABLE "series" ADD CONSTRAINT series_of_business UNIQUE (business_id, id);
ALTER TABLE "site" ADD CONSTRAINT site_of_business UNIQUE (business_id, id);
ALTER TABLE "stored_file" ADD CONSTRAINT stored_file_of_business UNIQUE (business_id, id);
ALTER TABLE "tax_code" ADD CONSTRAINT tax_code_of_business UNIQUE (business_id, id);

ALTER TABLE "acceptance" ADD CONSTRAINT acceptance_completion_id_of_business
    FOREIGN KEY (business_id, completion_id) REFERENCES "completion" (business_id, id);
ALTER TABLE "acceptance" ADD CONSTRAINT acceptance_contact_id_of_business
    FOREIGN KEY (business_id, contact_id) REFERENCES "contact" (business_id, id);
ALTER TABLE "acceptance" ADD CONSTRAINT acceptance_job_id_of_business
    FOREIGN KEY (business_id, job_id) REFERENCES "job" (business_id, id);
ALTER TABLE "acceptance" ADD CONSTRAINT acceptance_row_id_of_business
    FOREIGN KEY (business_id, row_id) REFERENCES "schedule_row" (business_id, id);
ALTER TABLE "allocation" ADD CONSTRAINT allocation_invoice_id_of_business
    FOREIGN KEY (business_id, invoice_id) REFERENCES "invoice" (business_id, id);
ALTER TABLE "allocation" ADD CONSTRAINT allocation_payment_id_of_business
    FOREIGN KEY (business_id, payment_id) REFERENCES "payment" (business_id, id);
ALTER TABLE "allocation" ADD CONSTRAINT allocation_reverses_id_of_business
    FOREIGN KEY (business_id, reverses_id) REFERENCES "allocation" (business_id, id);
ALTER TABLE "attempt" ADD CONSTRAINT attempt_contact_id_of_business
    FOREIGN KEY (business_id, contact_id) REFERENCES "contact" (business_id, id);
ALTER TABLE "attempt" ADD CONSTRAINT attempt_job_id_of_business
    FOREIGN KEY (business_id, job_id) REFERENCES "job" (business_id, id);
ALTER TABLE "attempt_invoice" ADD CONSTRAINT attempt_invoice_attempt_id_of_business
    FOREIGN KEY (business_id, attempt_id) REFERENCES "attempt" (business_id, id);
ALTER TABLE "attempt_invoice" ADD CONSTRAINT attempt_invoice_invoice_id_of_business
    FOREIGN KEY (business_id, invoice_id) REFERENCES "invoice" (business_id, id);
ALTER TABLE "completion" ADD CONSTRAINT completion_job_id_of_business
    FOREIGN KEY (business_id, job_id) REFERENCES "job" (business_id, id);
ALTER TABLE "completion" ADD CONSTRAINT completion_row_id_of_business
    FOREIGN KEY (business_id, row_id) REFERENCES "schedule_row" (business_id, id);
ALTER TABLE "contact" ADD CONSTRAINT contact_customer_id_of_business
    FOREIGN KEY (business_id, customer_id) REFERENCES "customer" (business_id, id);
ALTER TABLE "contract_key" ADD CONSTRAINT contract_key_job_id_of_business
    FOREIGN KEY (business_id, job_id) REFERENCES "job" (business_id, id);
ALTER TABLE "contract_key" ADD CONSTRAINT contract_key_line_id_of_business
    FOREIGN KEY (business_id, line_id) REFERENCES "contract_line" (business_id, id);
ALTER TABLE "contract_key" ADD CONSTRAINT contract_key_tax_code_id_of_business
    FOREIGN KEY (business_id, tax_code_id) REFERENCES "tax_code" (business_id, id);
ALTER TABLE "contract_line" ADD CONSTRAINT contract_line_job_id_of_business
    FOREIGN KEY (business_id, job_id) REFERENCES "job" (business_id, id);
ALTER TABLE "document" ADD CONSTRAINT document_job_id_of_business
    FOREIGN KEY (business_id, job_id) REFERENCES "job" (business_id, id);
ALTER TABLE "evidence" ADD CONSTRAINT evidence_completion_id_of_business
    FOREIGN KEY (business_id, completion_id) REFERENCES "completion" (business_id, id);
ALTER TABLE "evidence" ADD CONSTRAINT evidence_file_id_of_business
    FOREIGN KEY (business_id, file_id) REFERENCES "stored_file" (business_id, id);
ALTER TABLE "evidence" ADD CONSTRAINT evidence_job_id_of_business
    FOREIGN KEY (business_id, job_id) REFERENCES "job" (business_id, id);
ALTER TABLE "invoice" ADD CONSTRAINT invoice_customer_id_of_business
    FOREIGN KEY (business_id, customer_id) REFERENCES "customer" (business_id, id);
ALTER TABLE "invoice" ADD CONSTRAINT invoice_document_id_of_business
    FOREIGN KEY (business_id, document_id) REFERENCES "document" (business_id, id);
ALTER TABLE "invoice" ADD CONSTRAINT invoice_job_id_of_business
    FOREIGN KEY (business_id, job_id) REFERENCES "job" (business_id, id);
ALTER TABLE "invoice" ADD CONSTRAINT invoice_series_id_of_business
    FOREIGN KEY (business_id, series_id) REFERENCES "series" (business_id, id);
ALTER TABLE "invoice_line" ADD CONSTRAINT invoice_line_invoice_id_of_business
    FOREIGN KEY (business_id, invoice_id) REFERENCES "invoice" (business_id, id);
ALTER TABLE "invoice_line" ADD CONSTRAINT invoice_line_line_id_of_business
    FOREIGN KEY (business_id, line_id) REFERENCES "contract_line" (business_id, id);
ALTER TABLE "invoice_row" ADD CONSTRAINT invoice_row_invoice_id_of_business
    FOREIGN KEY (business_id, invoice_id) REFERENCES "invoice" (business_id, id);
ALTER TABLE "invoice_row" ADD CONSTRAINT invoice_row_row_id_of_business
    FOREIGN KEY (business_id, row_id) REFERENCES "schedule_row" (business_id, id);
ALTER TABLE "invoice_tax" ADD CONSTRAINT invoice_tax_invoice_id_of_business
    FOREIGN KEY (business_id, invoice_id) REFERENCES "invoice" (business_id, id);
ALTER TABLE "invoice_tax" ADD CONSTRAINT invoice_tax_tax_code_id_of_business
    FOREIGN KEY (business_id, tax_code_id) REFERENCES "tax_code" (business_id, id);
ALTER TABLE "job" ADD CONSTRAINT job_customer_id_of_business
    FOREIGN KEY (business_id, customer_id) REFERENCES "customer" (business_id, id);
ALTER TABLE "job" ADD CONSTRAINT job_site_id_of_business
    FOREIGN KEY (business_id, site_id) REFERENCES "site" (business_id, id);
ALTER TABLE "job_event" ADD CONSTRAINT job_event_job_id_of_business
    FOREIGN KEY (business_id, job_id) REFERENCES "job" (business_id, id);
ALTER TABLE "journal_entry" ADD CONSTRAINT journal_entry_invoice_id_of_business
    FOREIGN KEY (business_id, invoice_id) REFERENCES "invoice" (business_id, id);
ALTER TABLE "journal_entry" ADD CONSTRAINT journal_entry_job_id_of_business
    FOREIGN KEY (business_id, job_id) REFERENCES "job" (business_id, id);
ALTER TABLE "journal_entry" ADD CONSTRAINT journal_entry_payment_id_of_business
    FOREIGN KEY (business_id, payment_id) REFERENCES "payment" (business_id, id);
ALTER TABLE "message" ADD CONSTRAINT message_contact_id_of_business
    FOREIGN KEY (business_id, contact_id) REFERENCES "contact" (business_id, id);
ALTER TABLE "message" ADD CONSTRAINT message_job_id_of_business
    FOREIGN KEY (business_id, job_id) REFERENCES "job" (business_id, id);
ALTER TABLE "payment" ADD CONSTRAINT payment_attempt_id_of_business
    FOREIGN KEY (business_id, attempt_id) REFERENCES "attempt" (business_id, id);
ALTER TABLE "payment" ADD CONSTRAINT payment_customer_id_of_business
    FOREIGN KEY (business_id, customer_id) REFERENCES "customer" (business_id, id);
ALTER TABLE "payment" ADD CONSTRAINT payment_job_id_of_business
    FOREIGN KEY (business_id, job_id) REFERENCES "job" (business_id, id);
ALTER TABLE "portal_link" ADD CONSTRAINT portal_link_contact_id_of_business
    FOREIGN KEY (business_id, contact_id) REFERENCES "contact" (business_id, id);
ALTER TABLE "portal_link" ADD CONSTRAINT portal_link_job_id_of_business
    FOREIGN KEY (business_id, job_id) REFERENCES "job" (business_id, id);
ALTER TABLE "position" ADD CONSTRAINT position_invoice_id_of_business
    FOREIGN KEY (business_id, invoice_id) REFERENCES "invoice" (business_id, id);
ALTER TABLE "position" ADD CONSTRAINT position_job_id_of_business
    FOREIGN KEY (business_id, job_id) REFERENCES "job" (business_id, id);
ALTER TABLE "position" ADD CONSTRAINT position_key_id_of_business
    FOREIGN KEY (business_id, key_id) REFERENCES "contract_key" (business_id, id);
ALTER TABLE "position" ADD CONSTRAINT position_reverses_id_of_business
    FOREIGN KEY (business_id, reverses_id) REFERENCES "position" (business_id, id);
ALTER TABLE "position" ADD CONSTRAINT position_row_id_of_business
    FOREIGN KEY (business_id, row_id) REFERENCES "schedule_row" (business_id, id);
ALTER TABLE "quote_line" ADD CONSTRAINT quote_line_quote_version_id_of_business
    FOREIGN KEY (business_id, quote_version_id) REFERENCES "quote_version" (business_id, id);
ALTER TABLE "quote_row" ADD CONSTRAINT quote_row_quote_version_id_of_business
    FOREIGN KEY (business_id, quote_version_id) REFERENCES "quote_version" (business_id, id);
ALTER TABLE "quote_version" ADD CONSTRAINT quote_version_job_id_of_business
    FOREIGN KEY (business_id, job_id) REFERENCES "job" (business_id, id);
ALTER TABLE "receipt" ADD CONSTRAINT receipt_document_id_of_business
    FOREIGN KEY (business_id, document_id) REFERENCES "document" (business_id, id);
ALTER TABLE "receipt" ADD CONSTRAINT receipt_payment_id_of_business
    FOREIGN KEY (business_id, payment_id) REFERENCES "payment" (business_id, id);
ALTER TABLE "receipt" ADD CONSTRAINT receipt_series_id_of_business
    FOREIGN KEY (business_id, series_id) REFERENCES "series" (business_id, id);
ALTER TABLE "rendering" ADD CONSTRAINT rendering_document_id_of_business
    FOREIGN KEY (business_id, document_id) REFERENCES "document" (business_id, id);
ALTER TABLE "rendering" ADD CONSTRAINT rendering_file_id_of_business
    FOREIGN KEY (business_id, file_id) REFERENCES "stored_file" (business_id, id);
ALTER TABLE "schedule_row" ADD CONSTRAINT schedule_row_event_id_of_business
    FOREIGN KEY (business_id, event_id) REFERENCES "scheduled_event" (business_id, id);
ALTER TABLE "schedule_row" ADD CONSTRAINT schedule_row_job_id_of_business
    FOREIGN KEY (business_id, job_id) REFERENCES "job" (business_id, id);
ALTER TABLE "scheduled_event" ADD CONSTRAINT scheduled_event_job_id_of_business
    FOREIGN KEY (business_id, job_id) REFERENCES "job" (business_id, id);
ALTER TABLE "signature" ADD CONSTRAINT signature_contact_id_of_business
    FOREIGN KEY (business_id, contact_id) REFERENCES "contact" (business_id, id);
ALTER TABLE "signature" ADD CONSTRAINT signature_copy_id_of_business
    FOREIGN KEY (business_id, copy_id) REFERENCES "stored_file" (business_id, id);
ALTER TABLE "signature" ADD CONSTRAINT signature_document_id_of_business
    FOREIGN KEY (business_id, document_id) REFERENCES "document" (business_id, id);
ALTER TABLE "signature" ADD CONSTRAINT signature_job_id_of_business
    FOREIGN KEY (business_id, job_id) REFERENCES "job" (business_id, id);
ALTER TABLE "signature" ADD CONSTRAINT signature_quote_version_id_of_business
    FOREIGN KEY (business_id, quote_version_id) REFERENCES "quote_version" (business_id, id);
ALTER TABLE "site" ADD CONSTRAINT site_customer_id_of_business
    FOREIGN KEY (business_id, customer_id) REFERENCES "customer" (business_id, id);
ALTER TABLE "transfer" ADD CONSTRAINT transfer_credit_id_of_business
    FOREIGN KEY (business_id, credit_id) REFERENCES "account" (business_id, id);
ALTER TABLE "transfer" ADD CONSTRAINT transfer_debit_id_of_business
    FOREIGN KEY (business_id, debit_id) REFERENCES "account" (business_id, id);
ALTER TABLE "transfer" ADD CONSTRAINT transfer_entry_id_of_business
    FOREIGN KEY (business_id, entry_id) REFERENCES "journal_entry" (business_id, id);
ALTER TABLE "transfer" ADD CONSTRAINT transfer_tax_code_id_of_business
    FOREIGN KEY (business_id, tax_code_id) REFERENCES "tax_code" (business_id, id);

-- A chain entry starts where the one that it names ended, on the same track.
ALTER TABLE position ADD CONSTRAINT position_follows
    FOREIGN KEY (business_id, kind, track, prev_id, start_cents)
    REFERENCES position (business_id, kind, track, id, end_cents);

-- A number's predecessor exists: no gap can be written.
ALTER TABLE invoice ADD CONSTRAINT invoice_previous_number_exists
    FOREIGN KEY (business_id, series_id, previous_number)
    REFERENCES invoice (business_id, series_id, number);
