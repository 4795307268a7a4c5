-- Purpose: forget what the steps of an attempt left for each other.
-- Parameters: attempt_id.
-- Grain: rows of run_line.
-- May be repeated: yes.
DELETE FROM invoicing.run_line
WHERE attempt_id = :attempt_id
