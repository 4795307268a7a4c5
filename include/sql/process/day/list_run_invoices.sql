-- Purpose: the invoices that stand for the rows of an attempt in progress, as analysts see them.
-- Parameters: attempt_id.
-- Grain: one row per invoice.
-- May be repeated: reads only.
SELECT i.*
FROM analytics.invoices AS i
INNER JOIN (
    SELECT DISTINCT
        l.contract_id,
        standing.invoice_id
    FROM invoicing.run_due_row AS l
    INNER JOIN invoicing.invoice AS standing
        ON l.contract_id = standing.contract_id AND l.run_date = standing.run_date AND standing.origin = 'scheduled'
    INNER JOIN invoicing.invoice_line AS line
        ON
            standing.contract_id = line.contract_id
            AND standing.invoice_id = line.invoice_id
            AND l.contract_line_id = line.contract_line_id
    WHERE l.attempt_id = :attempt_id
) AS found ON i.contract_id = found.contract_id AND i.invoice_id = found.invoice_id
ORDER BY i.run_date, i.contract_id, i.customer_id
