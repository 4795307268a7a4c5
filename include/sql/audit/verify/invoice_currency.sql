-- Purpose: invoices in another currency than their contract's.
-- Parameters: from_date, to_date (run dates of the invoices), at_most.
-- Grain: one row per invoice.
-- May be repeated: reads only.
WITH invoice AS (
    SELECT
        contract_id,
        invoice_id,
        currency
    FROM invoicing.invoice
    WHERE run_date BETWEEN :from_date AND :to_date
)

SELECT
    i.contract_id,
    i.invoice_id,
    format('the invoice is in %s and its contract in %s', i.currency, c.currency) AS message
FROM invoice AS i
INNER JOIN invoicing.project_contract AS c ON i.contract_id = c.contract_id
WHERE i.currency <> c.currency
ORDER BY i.contract_id ASC, i.invoice_id ASC
LIMIT :at_most
