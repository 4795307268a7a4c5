-- Purpose: say on the schedule rows of the run how it ended for them.
-- Parameters: run_id, ran_at.
-- Grain: schedule rows of due lines; a row that says so already, and one that was run elsewhere, is not touched.
-- May be repeated: yes.
UPDATE invoicing.invoice_schedule AS s
SET
    run_status = l.run_status,
    ran_at = :ran_at,
    ran_by = :run_id
FROM (
    SELECT
        contract_id,
        contract_line_id,
        run_date,
        cast(CASE WHEN quarantined THEN 'run_failed' ELSE 'run_successful' END AS invoicing.run_status) AS run_status
    FROM invoicing.run_due_line
    WHERE run_id = :run_id
) AS l
WHERE
    s.contract_id = l.contract_id
    AND s.contract_line_id = l.contract_line_id
    AND s.run_date = l.run_date
    AND s.run_status <> l.run_status
    AND (s.run_status <> 'run_successful' OR s.ran_at IS NOT NULL)
