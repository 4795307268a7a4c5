-- Purpose: invoice numbers given twice: on a distributed warehouse no unique key can forbid it.
-- Parameters: from_date, to_date (run dates of the invoices), at_most.
-- Grain: one row per invoice with such a number.
-- May be repeated: reads only.
WITH numbered AS (
    SELECT
        contract_id,
        invoice_id,
        run_date,
        invoice_number,
        count(*) OVER (PARTITION BY invoice_number) AS bearers
    FROM invoicing.invoice
    WHERE invoice_number IS NOT NULL
)

SELECT
    contract_id,
    invoice_id,
    format('the number %s was given to %s invoices', invoice_number, bearers) AS message
FROM numbered
WHERE
    run_date BETWEEN :from_date AND :to_date
    AND bearers > 1
ORDER BY invoice_number ASC, contract_id ASC, invoice_id ASC
LIMIT :at_most
