-- Purpose: invoices of nothing that nobody edited: a run leaves none.
-- Parameters: run_date (null: all), at_most.
-- Grain: one row per invoice.
-- May be repeated: reads only.
SELECT
    i.contract_id,
    i.invoice_id,
    format('the invoice of %s for customer %s has no lines', i.run_date, i.customer_id) AS message
FROM invoicing.invoice AS i
LEFT JOIN invoicing.invoice_line AS line ON i.contract_id = line.contract_id AND i.invoice_id = line.invoice_id
WHERE
    (CAST(:run_date AS date) IS NULL OR i.run_date = CAST(:run_date AS date))
    AND i.edited_at IS NULL
    AND line.invoice_id IS NULL
ORDER BY i.contract_id, i.invoice_id
LIMIT :at_most
