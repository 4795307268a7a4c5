-- Purpose: forget what was counted of a bucket, to count again.
-- Parameters: attempt_id, first_slot, last_slot.
-- Grain: counted lines.
-- May be repeated: yes.
DELETE FROM invoicing.run_line
WHERE
    attempt_id = :attempt_id
    AND slot BETWEEN :first_slot AND :last_slot
