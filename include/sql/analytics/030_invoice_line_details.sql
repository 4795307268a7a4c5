-- One row per invoice line detail. A draft shows the texts of its source unless it has its own; a confirmed detail has them all.
CREATE OR REPLACE VIEW analytics.invoice_line_details AS
SELECT
    d.invoice_id,
    d.contract_id,
    d.contract_line_id,
    d.billable_id AS detail_id,
    b.transaction_id,
    b.milestone_id,
    i.customer_id,
    cast(b.transaction_class AS text) AS transaction_class,
    b.transaction_date,
    coalesce(d.description, t.description, m.name) AS description,
    coalesce(d.role_id, t.role_id) AS role_id,
    coalesce(d.resource_id, t.resource_id) AS resource_id,
    d.quantity,
    d.unit_price,
    d.amount,
    d.tax_amount,
    cast(d.billing_type AS text) AS billing_type,
    d.original_quantity
FROM invoicing.invoice_line_detail AS d
INNER JOIN invoicing.invoice AS i ON d.contract_id = i.contract_id AND d.invoice_id = i.invoice_id
INNER JOIN invoicing.billable AS b ON d.contract_id = b.contract_id AND d.billable_id = b.billable_id
LEFT JOIN invoicing.transaction AS t
    ON b.contract_id = t.contract_id AND b.transaction_id = t.transaction_id AND NOT d.is_confirmed
LEFT JOIN invoicing.milestone AS m
    ON b.contract_id = m.contract_id AND b.milestone_id = m.milestone_id AND NOT d.is_confirmed;

COMMENT ON VIEW analytics.invoice_line_details IS 'Invoice line details: one customer''s share of one transaction or milestone each.';
COMMENT ON COLUMN analytics.invoice_line_details.invoice_id IS 'Invoice of the detail.';
COMMENT ON COLUMN analytics.invoice_line_details.contract_id IS 'Contract of the invoice.';
COMMENT ON COLUMN analytics.invoice_line_details.contract_line_id IS 'Contract line of the detail.';
COMMENT ON COLUMN analytics.invoice_line_details.detail_id IS 'Id of the detail within its contract: what it bills, which no other detail can bill.';
COMMENT ON COLUMN analytics.invoice_line_details.transaction_id IS 'Transaction that is billed; null for a milestone.';
COMMENT ON COLUMN analytics.invoice_line_details.milestone_id IS 'Milestone that is billed; null for a transaction.';
COMMENT ON COLUMN analytics.invoice_line_details.customer_id IS 'Customer who is billed.';
COMMENT ON COLUMN analytics.invoice_line_details.transaction_class IS 'time, expense, material, fee or milestone.';
COMMENT ON COLUMN analytics.invoice_line_details.transaction_date IS 'Date of the work, the cost or the milestone.';
COMMENT ON COLUMN analytics.invoice_line_details.description IS 'What was done, as it stands on the invoice.';
COMMENT ON COLUMN analytics.invoice_line_details.role_id IS 'Role that did the work.';
COMMENT ON COLUMN analytics.invoice_line_details.resource_id IS 'Person who did the work.';
COMMENT ON COLUMN analytics.invoice_line_details.quantity IS 'The customer''s share of the quantity, in the unit of the transaction.';
COMMENT ON COLUMN analytics.invoice_line_details.unit_price IS 'Price of one unit, in the currency of the invoice.';
COMMENT ON COLUMN analytics.invoice_line_details.amount IS 'The customer''s share of the amount, before tax, rounded to the currency''s decimals.';
COMMENT ON COLUMN analytics.invoice_line_details.tax_amount IS 'The customer''s share of the tax.';
COMMENT ON COLUMN analytics.invoice_line_details.billing_type IS 'chargeable (adds to the totals), non_chargeable or complimentary.';
COMMENT ON COLUMN analytics.invoice_line_details.original_quantity IS 'On a corrective invoice: the quantity invoiced before; null otherwise.';
