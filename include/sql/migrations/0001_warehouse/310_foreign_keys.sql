-- Declared where rows are few. Transactions, billables, postings and details are checked once per statement instead (their row-by-row
-- checks would triple the cost of a run), and 320 keeps their parents from going away.
ALTER TABLE invoicing.project_contract
ADD CONSTRAINT fk_project_contract_currency FOREIGN KEY (currency) REFERENCES invoicing.currency (currency);

ALTER TABLE invoicing.contract_customer
ADD CONSTRAINT fk_contract_customer_contract FOREIGN KEY (contract_id) REFERENCES invoicing.project_contract (contract_id);

ALTER TABLE invoicing.contract_customer
ADD CONSTRAINT fk_contract_customer_customer FOREIGN KEY (customer_id) REFERENCES invoicing.customer (customer_id);

ALTER TABLE invoicing.contract_line
ADD CONSTRAINT fk_contract_line_contract FOREIGN KEY (contract_id) REFERENCES invoicing.project_contract (contract_id);

ALTER TABLE invoicing.contract_line
ADD CONSTRAINT fk_contract_line_frequency FOREIGN KEY (invoice_frequency_id)
REFERENCES invoicing.invoice_frequency (invoice_frequency_id);

ALTER TABLE invoicing.contract_line_customer
ADD CONSTRAINT fk_contract_line_customer_line FOREIGN KEY (contract_id, contract_line_id)
REFERENCES invoicing.contract_line (contract_id, contract_line_id);

ALTER TABLE invoicing.contract_line_customer
ADD CONSTRAINT fk_contract_line_customer_customer FOREIGN KEY (customer_id) REFERENCES invoicing.customer (customer_id);

ALTER TABLE invoicing.opening_balance
ADD CONSTRAINT fk_opening_balance_line FOREIGN KEY (contract_id, contract_line_id)
REFERENCES invoicing.contract_line (contract_id, contract_line_id);

ALTER TABLE invoicing.opening_balance
ADD CONSTRAINT fk_opening_balance_customer FOREIGN KEY (customer_id) REFERENCES invoicing.customer (customer_id);

ALTER TABLE invoicing.schedule_row
ADD CONSTRAINT fk_schedule_row_line FOREIGN KEY (contract_id, contract_line_id)
REFERENCES invoicing.contract_line (contract_id, contract_line_id);

ALTER TABLE invoicing.milestone
ADD CONSTRAINT fk_milestone_line FOREIGN KEY (contract_id, contract_line_id)
REFERENCES invoicing.contract_line (contract_id, contract_line_id);

ALTER TABLE invoicing.milestone
ADD CONSTRAINT fk_milestone_customer FOREIGN KEY (customer_id) REFERENCES invoicing.customer (customer_id);

ALTER TABLE invoicing.retainer
ADD CONSTRAINT fk_retainer_contract FOREIGN KEY (contract_id) REFERENCES invoicing.project_contract (contract_id);

ALTER TABLE invoicing.retainer
ADD CONSTRAINT fk_retainer_customer FOREIGN KEY (customer_id) REFERENCES invoicing.customer (customer_id);

ALTER TABLE invoicing.resource
ADD CONSTRAINT fk_resource_role FOREIGN KEY (default_role_id) REFERENCES invoicing.role (role_id);

ALTER TABLE invoicing.resource_capacity
ADD CONSTRAINT fk_resource_capacity_resource FOREIGN KEY (resource_id) REFERENCES invoicing.resource (resource_id);

ALTER TABLE invoicing.invoice
ADD CONSTRAINT fk_invoice_contract FOREIGN KEY (contract_id) REFERENCES invoicing.project_contract (contract_id);

ALTER TABLE invoicing.invoice
ADD CONSTRAINT fk_invoice_customer FOREIGN KEY (customer_id) REFERENCES invoicing.customer (customer_id);

ALTER TABLE invoicing.invoice_line
ADD CONSTRAINT fk_invoice_line_invoice FOREIGN KEY (contract_id, invoice_id)
REFERENCES invoicing.invoice (contract_id, invoice_id);

ALTER TABLE invoicing.invoice_line
ADD CONSTRAINT fk_invoice_line_contract_line FOREIGN KEY (contract_id, contract_line_id)
REFERENCES invoicing.contract_line (contract_id, contract_line_id);

ALTER TABLE invoicing.taken_share
ADD CONSTRAINT fk_taken_share_detail FOREIGN KEY (contract_id, billable_id)
REFERENCES invoicing.invoice_line_detail (contract_id, billable_id) ON DELETE CASCADE;
