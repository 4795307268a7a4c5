-- Purpose: the details of the drafts, each consuming its billable.
-- Parameters: attempt_id, bucket.
-- Grain: one detail per invoiced share that is not on its draft yet. Billables are never deleted (320_guards), so one that was
-- selected exists; find_differences reads back that each detail has its invoice and its line.
-- May be repeated: no row is written twice (primary key); a second invoice for a billable fails whole.
INSERT INTO invoicing.invoice_line_detail (
    contract_id, billable_id, invoice_id, contract_line_id, billing_type, quantity, unit_price, amount, tax_amount
)
SELECT
    selected.contract_id,
    selected.billable_id,
    i.invoice_id,
    selected.contract_line_id,
    selected.billing_type,
    selected.quantity,
    selected.unit_price,
    selected.amount,
    selected.tax_amount
FROM invoicing.run_selection AS selected
INNER JOIN invoicing.invoice AS i
    ON
        selected.contract_id = i.contract_id
        AND selected.customer_id = i.customer_id
        AND selected.run_date = i.run_date
        AND i.origin = 'scheduled'
WHERE
    selected.attempt_id = :attempt_id
    AND selected.bucket = :bucket
    AND selected.reason = 'invoiced'
    AND NOT selected.is_unchanged
    AND i.is_run_owned
