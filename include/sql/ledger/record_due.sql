-- Purpose: record what find_due_contract_lines left.
-- Parameters: run_id, step, skipped_reason (null: there is something to do).
-- Grain: one row.
-- May be repeated: yes.
UPDATE invoicing.invoice_run AS run
SET
    step = :step,
    skipped_reason = :skipped_reason,
    due_lines = left_over.due_lines,
    quarantined_contracts = left_over.quarantined_contracts
FROM (
    SELECT
        count(*) AS due_lines,
        count(DISTINCT contract_id) FILTER (WHERE quarantined) AS quarantined_contracts
    FROM invoicing.run_due_line
    WHERE run_id = :run_id
) AS left_over
WHERE run.run_id = :run_id
RETURNING run.*
