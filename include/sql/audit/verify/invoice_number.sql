-- Purpose: invoice numbers given twice, confirmed invoices without a number (but those of total 0), drafts with one, and numbers of
-- which the list of the numbers given says otherwise.
-- Parameters: from_date, to_date (run dates of the invoices), at_most.
-- Grain: one row per invoice and number; a number of an invoice that is not there belongs to every date.
-- May be repeated: reads only.
WITH stated AS (
    SELECT
        contract_id,
        invoice_id,
        invoice_number,
        run_date,
        status,
        total_amount,
        1 AS on_invoice,
        0 AS on_list
    FROM invoicing.invoice
    UNION ALL
    SELECT
        contract_id,
        invoice_id,
        invoice_number,
        cast(NULL AS date) AS run_date,
        cast(NULL AS text) AS status,
        cast(NULL AS numeric) AS total_amount,
        0 AS on_invoice,
        1 AS on_list
    FROM invoicing.invoice_number
),

compared AS (
    SELECT
        contract_id,
        invoice_id,
        invoice_number,
        max(run_date) AS run_date,
        max(status) AS status,
        max(total_amount) AS total_amount,
        sum(on_invoice) AS on_invoice,
        sum(on_list) AS on_list,
        sum(sum(on_invoice)) OVER (PARTITION BY invoice_number) AS bearers
    FROM stated
    GROUP BY contract_id, invoice_id, invoice_number
)

SELECT
    contract_id,
    invoice_id,
    CASE
        WHEN on_invoice = 0 THEN format('the number %s was given to the invoice, which does not bear it', invoice_number)
        WHEN status NOT IN ('confirmed', 'paid') THEN format('the invoice is %s and has the number %s', status, invoice_number)
        WHEN invoice_number IS NULL THEN format('the invoice is %s and has no number', status)
        WHEN bearers > 1 THEN format('the number %s was given to %s invoices', invoice_number, bearers)
        ELSE format('the invoice bears the number %s, which was not given to it', invoice_number)
    END AS message
FROM compared
WHERE
    coalesce(run_date BETWEEN :from_date AND :to_date, TRUE)
    AND CASE
        WHEN on_invoice = 0 THEN TRUE
        WHEN invoice_number IS NULL THEN status IN ('confirmed', 'paid') AND total_amount <> 0
        WHEN status IN ('confirmed', 'paid') THEN bearers > 1 OR on_list = 0
        ELSE TRUE
    END
ORDER BY invoice_number ASC, contract_id ASC, invoice_id ASC
LIMIT :at_most
