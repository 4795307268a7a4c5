-- Rule: what live drafts hold.
-- Grain: one row per detail of a draft, in review or not.
CREATE OR REPLACE VIEW rules.held AS
SELECT
    i.contract_id,
    d.billable_id,
    i.invoice_id,
    i.customer_id,
    i.run_date,
    i.is_run_owned,
    d.contract_line_id,
    d.billing_type,
    d.quantity,
    d.unit_price,
    d.amount,
    d.tax_amount
FROM invoicing.invoice AS i
INNER JOIN invoicing.invoice_line_detail AS d ON i.contract_id = d.contract_id AND i.invoice_id = d.invoice_id
WHERE i.status IN ('draft', 'in_review');
