-- Purpose: set aside the contracts with a due line whose set-up would break the grouping of invoices.
-- Parameters: run_id.
-- Grain: all due lines of such a contract.
-- May be repeated: yes.
UPDATE invoicing.run_due_line AS due
SET quarantined = TRUE
FROM (
    SELECT DISTINCT e.contract_id
    FROM invoicing.billing_exception AS e
    INNER JOIN invoicing.run_due_line AS l
        ON e.contract_id = l.contract_id AND e.contract_line_id = l.contract_line_id
    WHERE
        l.run_id = :run_id
        AND e.severity = 'error'
) AS broken
WHERE
    due.run_id = :run_id
    AND due.contract_id = broken.contract_id
