-- Purpose: set aside the contracts whose set-up would break the grouping of invoices, each for the run dates on which a broken line
-- is found.
-- Parameters: attempt_id, first_slot, last_slot.
-- Grain: all due rows of such a contract and run date.
-- May be repeated: yes.
UPDATE invoicing.run_due_row AS l
SET is_quarantined = TRUE
FROM (
    SELECT DISTINCT
        found.contract_id,
        found.run_date
    FROM invoicing.run_due_row AS found
    INNER JOIN invoicing.billing_exception AS e
        ON found.contract_id = e.contract_id AND found.contract_line_id = e.contract_line_id
    WHERE
        found.attempt_id = :attempt_id
        AND found.slot BETWEEN :first_slot AND :last_slot
        AND e.severity = 'error'
) AS broken
WHERE
    l.attempt_id = :attempt_id
    AND l.slot BETWEEN :first_slot AND :last_slot
    AND l.contract_id = broken.contract_id
    AND l.run_date = broken.run_date
