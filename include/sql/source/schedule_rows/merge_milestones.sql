-- Purpose: a line is due on the dates of its milestones. One that another system has billed is a row that it has run.
-- Parameters: none (reads changed_milestones).
-- Grain: one schedule row per milestone.
-- May be repeated: yes; what our own runs have run, or failed to run, stays so.
INSERT INTO invoicing.schedule_row AS s (
    contract_id, contract_line_id, run_date, source, source_id, cutoff_date, run_status
)
SELECT
    contract_id,
    contract_line_id,
    milestone_date AS run_date,
    'milestone' AS source,
    milestone_id AS source_id,
    milestone_date AS cutoff_date,
    cast(
        CASE billing_status WHEN 'invoice_posted' THEN 'run_successful' ELSE 'not_run' END AS invoicing.run_status
    ) AS run_status
FROM pg_temp.changed_milestones
ORDER BY contract_id ASC, contract_line_id ASC, milestone_date ASC, milestone_id ASC
ON CONFLICT (contract_id, contract_line_id, run_date, source, source_id) DO UPDATE
    SET run_status = excluded.run_status
    WHERE s.ran_at IS NULL AND (s.run_status = 'run_successful') <> (excluded.run_status = 'run_successful')
