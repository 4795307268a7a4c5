-- Purpose: forget what the steps of an attempt left for each other.
-- Parameters: attempt_id.
-- Grain: rows of run_due_row.
-- May be repeated: yes.
DELETE FROM invoicing.run_due_row
WHERE attempt_id = :attempt_id
