-- Purpose: invoices of nothing that nobody edited: a run leaves none.
-- Parameters: from_date, to_date (run dates of the invoices), at_most.
-- Grain: one row per invoice.
-- May be repeated: reads only.
WITH unedited AS (
    SELECT
        contract_id,
        invoice_id,
        customer_id,
        run_date
    FROM invoicing.invoice
    WHERE
        run_date BETWEEN :from_date AND :to_date
        AND NOT is_edited
)

SELECT
    i.contract_id,
    i.invoice_id,
    format('the invoice of %s for customer %s has no lines', i.run_date, i.customer_id) AS message
FROM unedited AS i
LEFT JOIN invoicing.invoice_line AS line ON i.contract_id = line.contract_id AND i.invoice_id = line.invoice_id
WHERE line.invoice_id IS NULL
ORDER BY i.contract_id ASC, i.invoice_id ASC
LIMIT :at_most
