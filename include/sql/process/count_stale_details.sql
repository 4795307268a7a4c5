-- Purpose: how many details stand on drafts that this run derives afresh and no longer belong there.
-- Parameters: run_id.
-- Grain: one row.
-- May be repeated: reads only.
SELECT count(*) AS stale
FROM invoicing.run_due_line AS l
INNER JOIN invoicing.untouched_draft AS i ON l.contract_id = i.contract_id AND l.run_date = i.run_date
INNER JOIN invoicing.invoice_line_detail AS d
    ON i.contract_id = d.contract_id AND i.invoice_id = d.invoice_id AND l.contract_line_id = d.contract_line_id
LEFT JOIN invoicing.run_selection AS s
    ON
        d.contract_id = s.contract_id
        AND d.actual_id = s.actual_id
        AND s.run_id = :run_id
        AND s.reason = 'invoiced'
        AND s.already_drafted
WHERE
    l.run_id = :run_id
    AND NOT l.quarantined
    AND s.actual_id IS NULL
