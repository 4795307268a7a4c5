-- Purpose: details whose actual, invoice or invoice line is not there. No foreign key guards them (migration 310).
-- Parameters: run_date (null: all; else those of its invoices), at_most.
-- Grain: one row per detail.
-- May be repeated: reads only.
SELECT
    d.contract_id,
    d.invoice_id,
    d.contract_line_id,
    d.actual_id,
    format(
        'a detail of %s has no %s',
        d.amount,
        concat_ws(
            ' and no ',
            CASE WHEN a.actual_id IS NULL THEN 'actual' END,
            CASE WHEN i.invoice_id IS NULL THEN 'invoice' END,
            CASE WHEN line.invoice_id IS NULL THEN 'invoice line' END
        )
    ) AS message
FROM invoicing.invoice_line_detail AS d
LEFT JOIN invoicing.actual AS a ON d.contract_id = a.contract_id AND d.actual_id = a.actual_id
LEFT JOIN invoicing.invoice AS i ON d.contract_id = i.contract_id AND d.invoice_id = i.invoice_id
LEFT JOIN invoicing.invoice_line AS line
    ON
        d.contract_id = line.contract_id
        AND d.invoice_id = line.invoice_id
        AND d.contract_line_id = line.contract_line_id
WHERE
    (CAST(:run_date AS date) IS NULL OR i.run_date = CAST(:run_date AS date))
    AND (a.actual_id IS NULL OR i.invoice_id IS NULL OR line.invoice_id IS NULL)
ORDER BY d.contract_id, d.actual_id
LIMIT :at_most
