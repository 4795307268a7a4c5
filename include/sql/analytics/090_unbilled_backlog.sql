-- One row per unbilled sales actual that is on no live invoice.
CREATE OR REPLACE VIEW analytics.unbilled_backlog AS
SELECT
    a.contract_id,
    a.contract_line_id,
    a.customer_id,
    a.transaction_id,
    a.transaction_date,
    cast(a.transaction_class AS text) AS transaction_class,
    a.quantity,
    a.amount,
    c.currency,
    cast(a.billing_type AS text) AS billing_type,
    cast(a.billing_status AS text) AS billing_status,
    s.next_run_date,
    cast(now() AT TIME ZONE 'UTC' AS date) - a.transaction_date AS age_days
FROM invoicing.actual AS a
INNER JOIN invoicing.project_contract AS c ON a.contract_id = c.contract_id
LEFT JOIN invoicing.invoice_line_detail AS d ON a.contract_id = d.contract_id AND a.actual_id = d.actual_id
LEFT JOIN (
    SELECT
        contract_id,
        contract_line_id,
        min(run_date) AS next_run_date
    FROM invoicing.invoice_schedule
    WHERE run_status <> 'run_successful'
    GROUP BY contract_id, contract_line_id
) AS s ON a.contract_id = s.contract_id AND a.contract_line_id = s.contract_line_id
WHERE
    a.kind = 'unbilled_sales'
    AND a.billing_status IN ('unbilled', 'ready_to_invoice')
    AND d.actual_id IS NULL;

COMMENT ON VIEW analytics.unbilled_backlog IS 'Work not yet billed: unbilled sales actuals that no live invoice holds.';
COMMENT ON COLUMN analytics.unbilled_backlog.contract_id IS 'Contract of the actual.';
COMMENT ON COLUMN analytics.unbilled_backlog.contract_line_id IS 'Contract line of the actual.';
COMMENT ON COLUMN analytics.unbilled_backlog.customer_id IS 'Customer whose share it is.';
COMMENT ON COLUMN analytics.unbilled_backlog.transaction_id IS 'Transaction of the source.';
COMMENT ON COLUMN analytics.unbilled_backlog.transaction_date IS 'Date of the work or the cost.';
COMMENT ON COLUMN analytics.unbilled_backlog.transaction_class IS 'time, expense, material or fee.';
COMMENT ON COLUMN analytics.unbilled_backlog.quantity IS 'The customer''s share of the quantity, in the unit of the transaction.';
COMMENT ON COLUMN analytics.unbilled_backlog.amount IS 'The customer''s share of the amount, before tax.';
COMMENT ON COLUMN analytics.unbilled_backlog.currency IS 'ISO 4217 code of the amount.';
COMMENT ON COLUMN analytics.unbilled_backlog.billing_type IS 'chargeable, non_chargeable or complimentary.';
COMMENT ON COLUMN analytics.unbilled_backlog.billing_status IS 'unbilled (not ready) or ready_to_invoice.';
COMMENT ON COLUMN analytics.unbilled_backlog.next_run_date IS 'Earliest run date of the line that has not run; null when its schedule has none.';
COMMENT ON COLUMN analytics.unbilled_backlog.age_days IS 'Days since the transaction date, as of today in UTC.';
