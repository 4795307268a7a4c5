-- Purpose: the drafts of the run's lines and dates that somebody touched, which the run therefore leaves as they are.
-- Parameters: run_id.
-- Grain: one row per invoice, with who changed it last.
-- May be repeated: reads only.
SELECT DISTINCT ON (t.contract_id, t.invoice_id)
    t.contract_id,
    t.invoice_id,
    t.customer_id,
    t.run_date,
    i.status,
    c.changed_by
FROM invoicing.run_due_line AS l
INNER JOIN invoicing.touched_invoice AS t ON l.contract_id = t.contract_id AND l.run_date = t.run_date
INNER JOIN invoicing.invoice AS i ON t.contract_id = i.contract_id AND t.invoice_id = i.invoice_id
LEFT JOIN invoicing.invoice_change AS c ON t.contract_id = c.contract_id AND t.invoice_id = c.invoice_id
WHERE
    l.run_id = :run_id
    AND i.status IN ('draft', 'in_review')
ORDER BY t.contract_id ASC, t.invoice_id ASC, c.change_id DESC
