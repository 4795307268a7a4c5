-- Purpose: forget the due rows of a bucket, to find them again.
-- Parameters: attempt_id, first_slot, last_slot.
-- Grain: due rows.
-- May be repeated: yes.
DELETE FROM invoicing.run_due_row
WHERE
    attempt_id = :attempt_id
    AND slot BETWEEN :first_slot AND :last_slot
