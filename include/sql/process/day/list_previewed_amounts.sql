-- Purpose: the amounts of the invoices that a preview counted, and of the work on them.
-- Parameters: attempt_id.
-- Grain: one row per currency, columns as in run_amount.
-- May be repeated: reads only.
SELECT
    c.currency,
    coalesce(sum(rl.amount) FILTER (WHERE rl.is_sale), 0) AS ready_amount,
    coalesce(sum(rl.amount) FILTER (WHERE rl.billing_type = 'chargeable'), 0) AS chargeable_amount,
    coalesce(sum(rl.amount) FILTER (WHERE rl.billing_type = 'non_chargeable'), 0) AS non_chargeable_amount,
    coalesce(sum(rl.amount) FILTER (WHERE rl.billing_type = 'complimentary'), 0) AS complimentary_amount,
    coalesce(sum(rl.tax_amount) FILTER (WHERE rl.billing_type = 'chargeable'), 0) AS tax_amount
FROM invoicing.run_line AS rl
INNER JOIN invoicing.project_contract AS c ON rl.contract_id = c.contract_id
WHERE
    rl.attempt_id = :attempt_id
    AND rl.reason = 'invoiced'
GROUP BY c.currency
ORDER BY c.currency
