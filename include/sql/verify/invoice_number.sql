-- Purpose: invoice numbers given twice (on a distributed warehouse no unique key can forbid it), confirmed invoices without a
-- number, and drafts with one.
-- Parameters: from_date, to_date (run dates of the invoices), at_most.
-- Grain: one row per invoice.
-- May be repeated: reads only.
WITH numbered AS (
    SELECT
        contract_id,
        invoice_id,
        run_date,
        status,
        invoice_number,
        num_nulls(invoice_number, number_series, number_in_series) AS missing,
        CASE WHEN invoice_number IS NOT NULL THEN count(*) OVER (PARTITION BY invoice_number) ELSE 0 END AS bearers
    FROM invoicing.invoice
)

SELECT
    contract_id,
    invoice_id,
    CASE
        WHEN bearers > 1 THEN format('the number %s was given to %s invoices', invoice_number, bearers)
        WHEN status IN ('confirmed', 'paid') THEN format('the invoice is %s and has no number', status)
        ELSE format('the invoice is %s and has the number %s', status, invoice_number)
    END AS message
FROM numbered
WHERE
    run_date BETWEEN :from_date AND :to_date
    AND (
        bearers > 1
        OR missing <> CASE WHEN status IN ('confirmed', 'paid') THEN 0 ELSE 3 END
    )
ORDER BY invoice_number ASC, contract_id ASC, invoice_id ASC
LIMIT :at_most
