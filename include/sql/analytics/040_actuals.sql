-- One row per actual; milestones have none until they are billed, and what is added to a draft by hand until it is confirmed.
CREATE OR REPLACE VIEW analytics.actuals AS
SELECT
    a.actual_id,
    a.contract_id,
    a.contract_line_id,
    a.customer_id,
    a.transaction_id,
    a.milestone_id,
    cast(a.kind AS text) AS kind,
    cast(a.transaction_class AS text) AS transaction_class,
    a.transaction_date,
    a.quantity,
    a.unit_price,
    a.amount,
    a.tax_amount,
    cast(a.billing_type AS text) AS billing_type,
    CASE
        WHEN d.actual_id IS NOT NULL AND a.billing_status <> 'invoice_posted' THEN 'invoice_created'
        ELSE cast(a.billing_status AS text)
    END AS billing_status,
    a.adjustment_status,
    a.reverses_actual_id,
    a.replaces_actual_id,
    coalesce(a.invoice_id, d.invoice_id) AS invoice_id,
    a.recorded_at
FROM invoicing.actual AS a
LEFT JOIN invoicing.invoice_line_detail AS d ON a.contract_id = d.contract_id AND a.actual_id = d.actual_id
-- Compared as text: a value that was added to the type in this very transaction cannot be used yet.
WHERE cast(a.kind AS text) NOT IN ('milestone', 'added');

COMMENT ON VIEW analytics.actuals IS 'Sales actuals, one row each: a customer''s share of a transaction, unbilled or billed.';
COMMENT ON COLUMN analytics.actuals.actual_id IS 'Id of the actual within its contract.';
COMMENT ON COLUMN analytics.actuals.contract_id IS 'Contract of the actual.';
COMMENT ON COLUMN analytics.actuals.contract_line_id IS 'Contract line of the actual.';
COMMENT ON COLUMN analytics.actuals.customer_id IS 'Customer whose share it is.';
COMMENT ON COLUMN analytics.actuals.transaction_id IS 'Transaction of the source; null for a billed milestone.';
COMMENT ON COLUMN analytics.actuals.milestone_id IS 'Milestone that was billed; null for a transaction.';
COMMENT ON COLUMN analytics.actuals.kind IS 'unbilled_sales or billed_sales.';
COMMENT ON COLUMN analytics.actuals.transaction_class IS 'time, expense, material, fee or milestone.';
COMMENT ON COLUMN analytics.actuals.transaction_date IS 'Date of the work or the cost.';
COMMENT ON COLUMN analytics.actuals.quantity IS 'The customer''s share of the quantity, in the unit of the transaction.';
COMMENT ON COLUMN analytics.actuals.unit_price IS 'Price of one unit, in the currency of the contract.';
COMMENT ON COLUMN analytics.actuals.amount IS 'The customer''s share of the amount, before tax.';
COMMENT ON COLUMN analytics.actuals.tax_amount IS 'The customer''s share of the tax.';
COMMENT ON COLUMN analytics.actuals.billing_type IS 'chargeable, non_chargeable or complimentary.';
COMMENT ON COLUMN analytics.actuals.billing_status IS 'unbilled, ready_to_invoice, invoice_created (on a live invoice), invoice_posted (confirmed), canceled.';
COMMENT ON COLUMN analytics.actuals.adjustment_status IS 'adjusted or unadjustable once an adjustment touched it; null otherwise.';
COMMENT ON COLUMN analytics.actuals.reverses_actual_id IS 'Actual that this one takes back.';
COMMENT ON COLUMN analytics.actuals.replaces_actual_id IS 'Actual that this one stands in for.';
COMMENT ON COLUMN analytics.actuals.invoice_id IS 'Invoice that holds or billed it; null while it is open.';
COMMENT ON COLUMN analytics.actuals.recorded_at IS 'When it was recorded, or last changed by a load.';
