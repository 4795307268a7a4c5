-- Purpose: set aside the contracts whose set-up would break the grouping of invoices, each for the run dates on which a broken line
-- is due.
-- Parameters: attempt_id, first_slot, last_slot.
-- Grain: all due rows of such a contract and run date.
-- May be repeated: yes.
UPDATE invoicing.run_due_row AS l
SET is_quarantined = TRUE
FROM (
    SELECT DISTINCT
        due.contract_id,
        due.run_date
    FROM invoicing.run_due_row AS due
    INNER JOIN rules.broken_line AS broken
        ON due.contract_id = broken.contract_id AND due.contract_line_id = broken.contract_line_id
    WHERE
        due.attempt_id = :attempt_id
        AND due.slot BETWEEN :first_slot AND :last_slot
) AS set_aside
WHERE
    l.attempt_id = :attempt_id
    AND l.slot BETWEEN :first_slot AND :last_slot
    AND l.contract_id = set_aside.contract_id
    AND l.run_date = set_aside.run_date
