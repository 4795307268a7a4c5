-- Purpose: invoices in another currency than their contract's.
-- Parameters: run_date (null: all), at_most.
-- Grain: one row per invoice.
-- May be repeated: reads only.
SELECT
    i.contract_id,
    i.invoice_id,
    format('the invoice is in %s and its contract in %s', i.currency, c.currency) AS message
FROM invoicing.invoice AS i
INNER JOIN invoicing.project_contract AS c ON i.contract_id = c.contract_id
WHERE
    (CAST(:run_date AS date) IS NULL OR i.run_date = CAST(:run_date AS date))
    AND i.currency <> c.currency
ORDER BY i.contract_id, i.invoice_id
LIMIT :at_most
