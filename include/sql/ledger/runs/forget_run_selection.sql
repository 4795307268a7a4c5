-- Purpose: forget what the steps of an attempt left for each other.
-- Parameters: attempt_id.
-- Grain: rows of run_selection.
-- May be repeated: yes.
DELETE FROM invoicing.run_selection
WHERE attempt_id = :attempt_id
