-- Purpose: invoice lines without their invoice, and lines of nothing on invoices that nobody edited: a run leaves none.
-- Parameters: from_date, to_date (run dates of the invoices), at_most.
-- Grain: one row per invoice line; one without an invoice belongs to every date.
-- May be repeated: reads only.
WITH invoice AS (
    SELECT
        contract_id,
        invoice_id,
        is_edited,
        run_date BETWEEN :from_date AND :to_date AS is_meant
    FROM invoicing.invoice
)

SELECT
    line.contract_id,
    line.invoice_id,
    line.contract_line_id,
    CASE
        WHEN i.invoice_id IS NULL THEN format('a line of %s details has no invoice', line.detail_count)
        ELSE 'a line has no details, on an invoice that nobody edited'
    END AS message
FROM invoicing.invoice_line AS line
LEFT JOIN invoice AS i ON line.contract_id = i.contract_id AND line.invoice_id = i.invoice_id
WHERE
    coalesce(i.is_meant, TRUE)
    AND (i.invoice_id IS NULL OR (line.detail_count = 0 AND NOT i.is_edited))
ORDER BY line.contract_id ASC, line.invoice_id ASC, line.contract_line_id ASC
LIMIT :at_most
