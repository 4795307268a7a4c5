-- Purpose: the invoices that a preview counted, by the columns of analytics.invoices that are known before they are written.
-- Parameters: attempt_id.
-- Grain: one row per invoice; of one that is there already, the lines that are due.
-- May be repeated: reads only.
SELECT
    rl.invoice_id,
    cast(NULL AS text) AS invoice_number,
    rl.contract_id,
    c.name AS contract_name,
    rl.customer_id,
    u.name AS customer_name,
    c.currency,
    rl.run_date,
    'scheduled' AS origin,
    'draft' AS status,
    coalesce(sum(rl.amount) FILTER (WHERE rl.billing_type = 'chargeable'), 0) AS chargeable_amount,
    coalesce(sum(rl.amount) FILTER (WHERE rl.billing_type = 'non_chargeable'), 0) AS non_chargeable_amount,
    coalesce(sum(rl.amount) FILTER (WHERE rl.billing_type = 'complimentary'), 0) AS complimentary_amount,
    0 AS retainer_applied_amount,
    coalesce(sum(rl.tax_amount) FILTER (WHERE rl.billing_type = 'chargeable'), 0) AS tax_amount,
    coalesce(sum(rl.amount + rl.tax_amount) FILTER (WHERE rl.billing_type = 'chargeable'), 0) AS total_amount,
    count(DISTINCT rl.contract_line_id) AS line_count,
    cast(sum(rl.billables) AS bigint) AS detail_count,
    cast(NULL AS uuid) AS corrects_invoice_id,
    cast(NULL AS timestamptz) AS created_at,
    cast(NULL AS timestamptz) AS confirmed_at
FROM invoicing.run_line AS rl
INNER JOIN invoicing.project_contract AS c ON rl.contract_id = c.contract_id
INNER JOIN invoicing.customer AS u ON rl.customer_id = u.customer_id
WHERE
    rl.attempt_id = :attempt_id
    AND rl.reason = 'invoiced'
GROUP BY rl.contract_id, rl.invoice_id, c.name, rl.customer_id, u.name, c.currency, rl.run_date
ORDER BY rl.run_date, rl.contract_id, rl.customer_id
