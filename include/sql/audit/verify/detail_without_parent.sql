-- Purpose: details whose billable, invoice or invoice line is not there. No foreign key guards them (migration 310).
-- Parameters: from_date, to_date (run dates of the invoices), at_most.
-- Grain: one row per detail; one without an invoice belongs to every date.
-- May be repeated: reads only.
WITH invoice AS (
    SELECT
        contract_id,
        invoice_id,
        run_date BETWEEN :from_date AND :to_date AS is_meant
    FROM invoicing.invoice
)

SELECT
    d.contract_id,
    d.invoice_id,
    d.contract_line_id,
    d.billable_id AS detail_id,
    format(
        'a detail of %s has no %s',
        d.amount,
        concat_ws(
            ' and no ',
            CASE WHEN b.billable_id IS NULL THEN 'actual' END,
            CASE WHEN i.invoice_id IS NULL THEN 'invoice' END,
            CASE WHEN line.invoice_id IS NULL THEN 'invoice line' END
        )
    ) AS message
FROM invoicing.invoice_line_detail AS d
LEFT JOIN invoicing.billable AS b ON d.contract_id = b.contract_id AND d.billable_id = b.billable_id
LEFT JOIN invoice AS i ON d.contract_id = i.contract_id AND d.invoice_id = i.invoice_id
LEFT JOIN invoicing.invoice_line AS line
    ON
        d.contract_id = line.contract_id
        AND d.invoice_id = line.invoice_id
        AND d.contract_line_id = line.contract_line_id
WHERE
    coalesce(i.is_meant, TRUE)
    AND (b.billable_id IS NULL OR i.invoice_id IS NULL OR line.invoice_id IS NULL)
ORDER BY d.contract_id ASC, d.billable_id ASC
LIMIT :at_most
