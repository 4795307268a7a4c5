-- Purpose: invoice numbers given twice. A unique key over all contracts is impossible on a distributed warehouse.
-- Parameters: run_date (null: all), at_most.
-- Grain: one row per invoice with such a number.
-- May be repeated: reads only.
SELECT
    contract_id,
    invoice_id,
    format('%s invoices bear the number %s', bearers, invoice_number) AS message
FROM (
    SELECT
        contract_id,
        invoice_id,
        run_date,
        invoice_number,
        count(*) OVER (PARTITION BY invoice_number) AS bearers
    FROM invoicing.invoice
    WHERE invoice_number IS NOT NULL
) AS numbered
WHERE
    (CAST(:run_date AS date) IS NULL OR run_date = CAST(:run_date AS date))
    AND bearers > 1
ORDER BY invoice_number, contract_id, invoice_id
LIMIT :at_most
