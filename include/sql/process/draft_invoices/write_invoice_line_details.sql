-- Purpose: the details of the drafts, each consuming its billable.
-- Parameters: attempt_id, bucket.
-- Grain: one detail per invoiced share that is not on its draft yet. Billables are never deleted (320_guards), so one that was
-- added up exists; find_differences reads back that each detail has its invoice and its line.
-- May be repeated: no row is written twice (primary key); a second invoice for a billable fails whole.
INSERT INTO invoicing.invoice_line_detail (
    contract_id, billable_id, invoice_id, contract_line_id, billing_type, quantity, unit_price, amount, tax_amount
)
SELECT
    rl.contract_id,
    detail.billable_id,
    i.invoice_id,
    rl.contract_line_id,
    rl.billing_type,
    detail.quantity,
    detail.unit_price,
    detail.amount,
    detail.tax_amount
FROM invoicing.run_line AS rl
INNER JOIN invoicing.invoice AS i ON rl.contract_id = i.contract_id AND rl.invoice_id = i.invoice_id
CROSS JOIN
    LATERAL unnest(rl.billable_ids, rl.quantities, rl.unit_prices, rl.amounts, rl.tax_amounts)
        AS detail (billable_id, quantity, unit_price, amount, tax_amount)
WHERE
    rl.attempt_id = :attempt_id
    AND rl.bucket = :bucket
    AND NOT rl.is_unchanged
    AND i.is_run_owned
