-- Purpose: say of the contracts of a bucket that a run has worked on them, so that another run beside it looks again.
-- Parameters: attempt_id, first_slot, last_slot, change_id.
-- Grain: contracts with due lines.
-- May be repeated: yes.
UPDATE invoicing.project_contract AS c
SET change_id = :change_id
FROM (
    SELECT DISTINCT contract_id
    FROM invoicing.run_due_row
    WHERE
        attempt_id = :attempt_id
        AND slot BETWEEN :first_slot AND :last_slot
) AS due
WHERE c.contract_id = due.contract_id
