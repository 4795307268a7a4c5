-- Purpose: forget what drafts of a bucket held, to look again.
-- Parameters: attempt_id, first_slot, last_slot.
-- Grain: held billables.
-- May be repeated: yes.
DELETE FROM invoicing.run_held
WHERE
    attempt_id = :attempt_id
    AND slot BETWEEN :first_slot AND :last_slot
