-- Purpose: the details of the drafts, each consuming its billable.
-- Parameters: attempt_id, bucket.
-- Grain: one detail per invoiced share that is not on its draft yet. Billables are never deleted (320_guards), so one that was
-- selected exists; find_differences reads back that each detail has its invoice and its line.
-- May be repeated: no row is written twice (primary key); a second invoice for a billable fails whole.
INSERT INTO invoicing.invoice_line_detail (
    contract_id, billable_id, invoice_id, contract_line_id, billing_type, quantity, unit_price, amount, tax_amount
)
SELECT
    contract_id,
    billable_id,
    invoice_id,
    contract_line_id,
    billing_type,
    quantity,
    unit_price,
    amount,
    tax_amount
FROM invoicing.run_selection
WHERE
    attempt_id = :attempt_id
    AND bucket = :bucket
    AND reason = 'invoiced'
    AND NOT is_unchanged
