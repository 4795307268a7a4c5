-- Purpose: set aside the contracts whose set-up would break the grouping of invoices, each for the run dates on which a broken line
-- is due.
-- Parameters: attempt_id, first_slot, last_slot.
-- Grain: all due rows of such a contract and run date.
-- May be repeated: yes.
UPDATE invoicing.run_due_row AS l
SET is_quarantined = TRUE
FROM (
    SELECT DISTINCT
        due_row.contract_id,
        due_row.run_date
    FROM invoicing.run_due_row AS due_row
    INNER JOIN rules.broken_line AS broken
        ON due_row.contract_id = broken.contract_id AND due_row.contract_line_id = broken.contract_line_id
    WHERE
        due_row.attempt_id = :attempt_id
        AND due_row.slot BETWEEN :first_slot AND :last_slot
) AS set_aside
WHERE
    l.attempt_id = :attempt_id
    AND l.slot BETWEEN :first_slot AND :last_slot
    AND l.contract_id = set_aside.contract_id
    AND l.run_date = set_aside.run_date
