-- One row per sales actual: what is recorded before an invoice, and what confirmations posted. Milestones have none until they are
-- billed, and what is added to a draft by hand until it is confirmed. Each branch joins for itself: Citus refuses it outside; and
-- only by LEFT JOIN, which costs nothing where its columns are not asked for.
CREATE OR REPLACE VIEW analytics.actuals AS
SELECT
    p.actual_id,
    p.contract_id,
    p.contract_line_id,
    p.customer_id,
    p.currency,
    p.transaction_id,
    p.milestone_id,
    cast(p.kind AS text) AS kind,
    cast(p.transaction_class AS text) AS transaction_class,
    p.transaction_date,
    p.accounting_date,
    p.quantity,
    p.unit_price,
    p.amount,
    p.tax_amount,
    cast(p.billing_type AS text) AS billing_type,
    'invoice_posted' AS billing_status,
    CASE
        WHEN p.reverses_actual_id IS NOT NULL THEN 'unadjustable'
        WHEN p.kind = 'billed_sales' AND reversal.billable_id IS NOT NULL THEN 'adjusted'
    END AS adjustment_status,
    p.reverses_actual_id,
    p.replaces_actual_id,
    p.invoice_id,
    ch.changed_at AS recorded_at
FROM invoicing.posting AS p
LEFT JOIN invoicing.change AS ch ON p.change_id = ch.change_id
LEFT JOIN invoicing.posting AS reversal
    ON p.contract_id = reversal.contract_id AND p.actual_id = reversal.reverses_actual_id
UNION ALL
SELECT
    cast(b.billable_id AS text) AS actual_id,
    b.contract_id,
    b.contract_line_id,
    b.customer_id,
    c.currency,
    b.transaction_id,
    b.milestone_id,
    'unbilled_sales' AS kind,
    cast(b.transaction_class AS text) AS transaction_class,
    b.transaction_date,
    coalesce(b.accounting_date, b.transaction_date) AS accounting_date,
    b.quantity,
    b.unit_price,
    b.amount,
    b.tax_amount,
    cast(b.billing_type AS text) AS billing_type,
    CASE
        WHEN b.state IN ('billed', 'billed_elsewhere') THEN 'invoice_posted'
        WHEN b.state = 'canceled' THEN 'canceled'
        WHEN d.billable_id IS NOT NULL THEN 'invoice_created'
        WHEN b.is_ready THEN 'ready_to_invoice'
        ELSE 'unbilled'
    END AS billing_status,
    CASE WHEN rebooking.billable_id IS NOT NULL THEN 'adjusted' END AS adjustment_status,
    cast(NULL AS text) AS reverses_actual_id,
    b.replaces_actual_id,
    d.invoice_id,
    ch.changed_at AS recorded_at
FROM invoicing.billable AS b
LEFT JOIN invoicing.project_contract AS c ON b.contract_id = c.contract_id
LEFT JOIN invoicing.change AS ch ON b.change_id = ch.change_id
LEFT JOIN invoicing.invoice_line_detail AS d ON b.contract_id = d.contract_id AND b.billable_id = d.billable_id
-- A confirmation that billed it otherwise posted unbilled sales in its place, under its id.
LEFT JOIN (
    SELECT
        contract_id,
        billable_id
    FROM invoicing.posting
    WHERE
        kind = 'unbilled_sales'
        AND replaces_actual_id = cast(billable_id AS text)
    GROUP BY contract_id, billable_id
) AS rebooking ON b.contract_id = rebooking.contract_id AND b.billable_id = rebooking.billable_id
WHERE b.is_sale;

COMMENT ON VIEW analytics.actuals IS 'Sales actuals, one row each: a customer''s share of a transaction, unbilled or billed.';
COMMENT ON COLUMN analytics.actuals.actual_id IS 'Id of the actual within its contract; what a confirmation posted is named after its detail.';
COMMENT ON COLUMN analytics.actuals.contract_id IS 'Contract of the actual.';
COMMENT ON COLUMN analytics.actuals.contract_line_id IS 'Contract line of the actual.';
COMMENT ON COLUMN analytics.actuals.customer_id IS 'Customer whose share it is.';
COMMENT ON COLUMN analytics.actuals.currency IS 'ISO 4217 code of its amounts: the currency of the contract.';
COMMENT ON COLUMN analytics.actuals.transaction_id IS 'Transaction of the source; null for a billed milestone.';
COMMENT ON COLUMN analytics.actuals.milestone_id IS 'Milestone that was billed; null for a transaction.';
COMMENT ON COLUMN analytics.actuals.kind IS 'unbilled_sales or billed_sales.';
COMMENT ON COLUMN analytics.actuals.transaction_class IS 'time, expense, material, fee or milestone.';
COMMENT ON COLUMN analytics.actuals.transaction_date IS 'Date of the work or the cost.';
COMMENT ON COLUMN analytics.actuals.accounting_date IS 'Day of its confirmation in the business time zone, or the one given there; else its own date.';
COMMENT ON COLUMN analytics.actuals.quantity IS 'The customer''s share of the quantity, in the unit of the transaction.';
COMMENT ON COLUMN analytics.actuals.unit_price IS 'Price of one unit, in the currency of the contract.';
COMMENT ON COLUMN analytics.actuals.amount IS 'The customer''s share of the amount, before tax.';
COMMENT ON COLUMN analytics.actuals.tax_amount IS 'The customer''s share of the tax.';
COMMENT ON COLUMN analytics.actuals.billing_type IS 'chargeable, non_chargeable or complimentary.';
COMMENT ON COLUMN analytics.actuals.billing_status IS 'unbilled, ready_to_invoice, invoice_created (on a live invoice), invoice_posted (confirmed), canceled.';
COMMENT ON COLUMN analytics.actuals.adjustment_status IS 'adjusted: taken back, or billed otherwise; unadjustable: it takes another back; else null.';
COMMENT ON COLUMN analytics.actuals.reverses_actual_id IS 'Actual that this one takes back.';
COMMENT ON COLUMN analytics.actuals.replaces_actual_id IS 'Actual that this one stands in for.';
COMMENT ON COLUMN analytics.actuals.invoice_id IS 'Invoice that holds or billed it; null while it is open.';
COMMENT ON COLUMN analytics.actuals.recorded_at IS 'When it was recorded, or last changed by a load.';
