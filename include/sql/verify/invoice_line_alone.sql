-- Purpose: invoice lines without their invoice, and lines of nothing on invoices that nobody edited: a run leaves none.
-- Parameters: run_date (null: all; else those of its invoices), at_most.
-- Grain: one row per invoice line.
-- May be repeated: reads only.
SELECT
    line.contract_id,
    line.invoice_id,
    line.contract_line_id,
    CASE
        WHEN i.invoice_id IS NULL THEN format('a line of %s details has no invoice', line.detail_count)
        ELSE 'a line has no details, on an invoice that nobody edited'
    END AS message
FROM invoicing.invoice_line AS line
LEFT JOIN invoicing.invoice AS i ON line.contract_id = i.contract_id AND line.invoice_id = i.invoice_id
WHERE
    (CAST(:run_date AS date) IS NULL OR i.run_date = CAST(:run_date AS date))
    AND (i.invoice_id IS NULL OR (line.detail_count = 0 AND i.edited_at IS NULL))
ORDER BY line.contract_id, line.invoice_id, line.contract_line_id
LIMIT :at_most
