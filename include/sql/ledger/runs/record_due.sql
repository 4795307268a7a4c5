-- Purpose: record what is due in an attempt.
-- Parameters: attempt_id, due_lines, quarantined_contracts, skipped_reason (null: there is something to do).
-- Grain: one row of invoice_run.
-- May be repeated: yes.
UPDATE invoicing.invoice_run
SET
    due_lines = :due_lines,
    quarantined_contracts = :quarantined_contracts,
    skipped_reason = :skipped_reason
WHERE attempt_id = :attempt_id
RETURNING *
